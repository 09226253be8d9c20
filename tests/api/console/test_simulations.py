"""Simulations through the door, in a house with the shipped demonstration."""

import io
import shutil
import zipfile
from collections.abc import Iterator

import pytest

from hinomi.schema.principal import COMMAND_LINE, Role
from hinomi.settings import shipped_content
from hinomi.wire.inventory import CollectorState, HostFacts
from hinomi.wire.policy import Exclusion, SensorPolicy, write_policy
from tests.api.house import Running, content_folder, running

URL = "/console/api/simulations"
GUID = "5f0c3f0e-2222-4000-8000-000000000001"
DEMO = ("demo_credential_dumping_registry_hive", "demo_credential_dumping_security_hive")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("house")
    content, shipped = content_folder(folder / "content"), shipped_content()
    shutil.copytree(shipped / "simulations", content / "simulations")
    for name in DEMO:
        shutil.copy(shipped / "filters/windows" / f"{name}.yml", content / "filters/windows")
    shutil.copy(shipped / "models/demo_credential_dumping_registry.yml", content / "models")
    with running(folder) as found:
        yield found


def test_the_demonstration_is_listed_with_its_password_which_opens_it(house: Running) -> None:
    client = house.key(Role.ANALYST)
    listed = client.get(URL).json()
    (demo,) = listed["items"]
    assert (demo["id"], demo["technique"], demo["file"]) == ("t1003_demo", "T1003", "T1003_Demo_Script.zip")
    assert demo["model"]["en"] == "Demo - Credential Dumping via Registry"
    assert [one["id"] for one in demo["scenarios"]] == [1, 2]
    assert {one["id"] for one in listed["recordings"]} >= {"t1003_demo", "first_intrusion"}
    script = client.get(f"{URL}/t1003_demo/script", params={"scenario": 1})
    assert 'filename="T1003_Demo_Script.zip"' in script.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(script.content)) as archive:
        text = archive.read("T1003_Demo_Script.sh", pwd=demo["password"].encode())
        assert b"scenario=${1:-1}" in text
        with pytest.raises(RuntimeError, match="encrypted"):
            archive.read("T1003_Demo_Script.sh")


@pytest.mark.parametrize("scenario", [1, 2])
def test_a_replayed_scenario_becomes_its_detection(house: Running, scenario: int) -> None:
    before = house.house.pipeline.total.detections
    reply = house.person().post(f"{URL}/t1003_demo/replay", params={"scenario": scenario})
    assert reply.json()["records"] == 4
    house.house.pipeline.drain()
    assert house.house.pipeline.total.detections > before
    found = house.person().get("/console/api/detections", params={"filter": DEMO[scenario - 1]})
    assert found.status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nothing/script", 404),
        ("t1003_demo/script?scenario=3", 400),
        ("ordinary_day/script", 404),
        ("t1003_demo/preflight", 400),
    ],
)
def test_what_is_not_there_is_refused(house: Running, path: str, status: int) -> None:
    assert house.person().get(f"{URL}/{path}").status_code == status


def look(house: Running) -> dict[str, tuple[bool | None, bool]]:
    told = house.person().get(f"{URL}/t1003_demo/preflight", params={"endpoint": "lnx-demo"}).json()
    assert told["ready"] is not any(one["blocking"] for one in told["items"])
    return {one["name"]: (one["ok"], one["blocking"]) for one in told["items"]}


def test_the_preflight_says_what_stands_in_the_way(house: Running) -> None:
    inventory, endpoints = house.house.inventory, house.house.endpoints
    active = {"audit": CollectorState(True, watches=("process",))}
    facts = HostFacts("lnx-demo", os_name="Debian", collectors=active, isolation="off")
    inventory.seen(GUID, at_ms=1_780_000_000_000, connected=True, facts=facts)
    assert look(house) == dict.fromkeys(look(house), (True, False))

    inventory.seen(GUID, at_ms=1_780_000_000_000, connected=False)
    assert look(house)["connected"] == (False, True)
    idle = {"audit": CollectorState(False, "no permission", ("process",))}
    inventory.seen(GUID, at_ms=1_780_000_000_000, connected=True, facts=HostFacts("lnx-demo", collectors=idle))
    assert look(house)["collectors"] == (False, True)

    (sha256,) = [
        one for one in house.house.forensics.simulations.hashes("t1003_demo")["T1003_Demo_Script.sh"] if len(one) == 64
    ][:1]
    house.house.response.block_list.add(
        COMMAND_LINE, [{"type": "fileSha256", "value": sha256, "action": "block", "risk": "high"}]
    )
    assert look(house)["block_list"] == (False, True)
    house.house.response.block_list.remove(COMMAND_LINE, [("fileSha256", sha256)])
    assert look(house)["block_list"] == (True, False)

    policy = write_policy(SensorPolicy(exclusions=(Exclusion("cmd", "sh -c *", "process"),)))
    endpoints.change_policy(COMMAND_LINE, "", policy, 0, "")
    assert look(house)["exclusions"] == (False, True)
    house.house.editor.switch_filter(COMMAND_LINE, DEMO[0], enabled=False)
    assert look(house)["content"] == (False, False), "the other scenario still works"
    house.house.editor.switch_filter(COMMAND_LINE, DEMO[0], enabled=True)
