from collections.abc import Iterator

import pytest

from hinomi.app.endpoints import EndpointDesk, _FolderDesk, _ServerDesk
from hinomi.app.local_server import LocalServer
from hinomi.errors import InputError, NotFound
from hinomi.schema.principal import Role
from tests.api.house import Running, running
from tests.make_endpoints import facts

A = "aaaaaaaa-0000-4000-8000-000000000001"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("house")) as found:
        yield found


@pytest.fixture(params=["folder", "server"])
def desk(house: Running, request: pytest.FixtureRequest) -> EndpointDesk:
    """Both ways on the same endpoints: what one does the other must show."""
    house.house.inventory.seen(A, at_ms=5, facts=facts("web-1"))
    if request.param == "folder":
        return _FolderDesk(house.house.database)
    return _ServerDesk(LocalServer(house.url, house.key_value(Role.ADMINISTRATOR)))


def test_both_ways_list_and_show_the_same(house: Running, desk: EndpointDesk) -> None:
    other = _FolderDesk(house.house.database)
    assert desk.rows("", ()) == other.rows("", ())
    assert [row["name"] for row in desk.rows("web", ("server",))] == ["web-1"]
    assert desk.rows("", ("desktop",)) == []
    assert desk.one("WEB-1") == other.one(A)
    with pytest.raises(NotFound):
        desk.one("nobody")


def test_both_ways_group_and_change_policies(desk: EndpointDesk) -> None:
    assert desk.set_group("web-1", "web")["group"] == "web"
    version = desk.change_policy("web", {"rate_per_s": 321}, "quieter")
    assert desk.policy("web")["versions"][0]["version"] == version
    assert desk.one(A)["policy"]["rate_per_s"] == 321
    assert desk.change_policy("web", None, "") > version
    assert desk.one(A)["policy"]["rate_per_s"] == 5000
    with pytest.raises(InputError):
        desk.change_policy("web", {"rate_per_s": 0}, "")


def test_both_ways_revoke_and_remove(desk: EndpointDesk) -> None:
    assert desk.revoke("web-1")["revoked"] is True
    desk.remove(A)
    assert desk.rows("", ()) == []
