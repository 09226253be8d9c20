from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hinomi.api.console.sensor_packages import PackageDetail, PackageList, PackageShape
from hinomi.schema.principal import COMMAND_LINE, Role
from hinomi.wire.update import sign_package
from tests.api.house import Running
from tests.make_package import small_package

PATH = "/console/api/sensor-packages"


@pytest.fixture
def sha256(worked: Running, tmp_path: Path) -> str:
    key = Ed25519PrivateKey.generate()
    package = small_package(tmp_path, "9.9")
    added = worked.house.sensor_packages.add(COMMAND_LINE, package, lambda one: sign_package(key, one), 1)
    return added.offer.sha256


def test_packages_are_listed_shared_stopped_and_removed(worked: Running, sha256: str) -> None:
    person = worked.person(Role.ADMINISTRATOR)
    listed = PackageList.model_validate(person.get(PATH).json())
    assert [one.sha256 for one in listed.items if one.version == "9.9"] == [sha256]
    shared = PackageShape.model_validate(
        person.put(f"{PATH}/{sha256}/share", json={"percent": 25, "group": "web"}).json()
    )
    assert (shared.percent, shared.group, shared.running) == (25, "web", 0)
    assert person.put(f"{PATH}/{sha256}/share", json={"percent": 0}).json()["percent"] == 0
    detail = PackageDetail.model_validate(person.get(f"{PATH}/{sha256[:12]}").json())
    assert detail.sensors == []
    assert person.put(f"{PATH}/{sha256}/share", json={"percent": 101}).status_code == 400
    assert person.delete(f"{PATH}/{sha256}").status_code == 204
    assert person.get(f"{PATH}/{sha256}").status_code == 404


def test_only_administrators_change_what_is_offered(worked: Running, sha256: str) -> None:
    analyst = worked.person(Role.SENIOR_ANALYST)
    assert analyst.get(PATH).status_code == 200
    assert analyst.put(f"{PATH}/{sha256}/share", json={"percent": 100}).status_code == 403
    assert analyst.delete(f"{PATH}/{sha256}").status_code == 403
    worked.person(Role.ADMINISTRATOR).delete(f"{PATH}/{sha256}")
