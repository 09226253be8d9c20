"""A collected file on its way out: downloaded, packed, asked for analysis; and its hash on its way to the pattern set."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pyzipper

from hinomi.app.house import House
from hinomi.response import store
from hinomi.schema.principal import COMMAND_LINE, Role
from hinomi.schema.task import Target, TargetKind
from hinomi.wire.inventory import HostFacts
from tests.api.house import Running, running

SCRIPT = b"#!/bin/sh\necho harmless\n"
PASSWORD = "Xk3.9fQz27LmPaRw4u7T"
GUID = "5f0c3f0e-1111-4000-8000-000000000001"
PATH = "/tmp/T1003_Demo_Script.sh"


@dataclass
class Collected:
    at: Running
    task: str
    zip: bytes

    def url(self, name: str) -> str:
        return f"/console/api/response/tasks/{self.task}/{name}"


def collect(house: House) -> tuple[str, bytes]:
    """A task as it is after the sensor has sent its file and its result."""
    actions = ("collect_file", "apply_patterns")
    facts = HostFacts("web01", type="server", os_name="Debian GNU/Linux", os_version="12", actions=actions)
    house.inventory.seen(GUID, at_ms=1_780_000_000_000, connected=True, facts=facts)
    packed = io.BytesIO()
    with pyzipper.AESZipFile(packed, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(PASSWORD.encode())
        archive.writestr("T1003_Demo_Script.sh", SCRIPT)
    data, tasks = packed.getvalue(), house.response.tasks
    task = tasks.ask(COMMAND_LINE, "collect_file", Target(TargetKind.ENDPOINT, GUID), {"path": PATH})
    tasks.handed_out(task.id)
    with house.database.read() as connection:
        command = store.find(connection, task.id).command_id
    files = house.forensics.files
    files.begin(command, sensor=GUID, name=f"{command}.zip")
    files.append(command, 0, data)
    sha256 = files.finish(command, hashlib.sha256(data).hexdigest()).sha256
    result = {"path": PATH, "sha256": hashlib.sha256(SCRIPT).hexdigest(), "sha1": hashlib.sha1(SCRIPT).hexdigest()}
    result |= {"size_bytes": len(SCRIPT), "modified_ms": 0, "upload_sha256": sha256, "password": PASSWORD}
    tasks.finished(command, GUID, result)
    return task.id, data


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collected]:
    with running(tmp_path_factory.mktemp("house")) as found:
        yield Collected(found, *collect(found.house))


def test_the_file_comes_as_the_sensor_packed_it(collected: Collected) -> None:
    reply = collected.at.person().get(collected.url("file"))
    assert reply.status_code == 200
    assert reply.content == collected.zip
    assert 'filename="T1003_Demo_Script.sh.zip"' in reply.headers["content-disposition"]
    assert reply.headers["content-type"] == "application/zip"
    assert collected.at.house.response.tasks.get(collected.task).result["stored_sha256"]


@pytest.mark.parametrize("encryption", ["zipcrypto", "aes"])
def test_the_package_opens_with_virus_and_the_remarks_open_the_rest(collected: Collected, encryption: str) -> None:
    client = collected.at.person()
    package = client.get(collected.url("submission.zip"), params={"encryption": encryption})
    assert package.status_code == 200
    with pyzipper.AESZipFile(io.BytesIO(package.content)) as archive:
        archive.setpassword(b"virus")
        inner = archive.read("sample.zip")
    assert inner == collected.zip
    told = client.get(collected.url("submission"), params={"to": "vendor:samples@example.com"}).json()
    assert (told["recipient"], told["address"]) == ("vendor", "samples@example.com")
    (remarks,) = [line for line in told["text"]["ja"].splitlines() if line.startswith("備考")]
    assert remarks.endswith(PASSWORD)
    with pyzipper.AESZipFile(io.BytesIO(inner)) as archive:
        archive.setpassword(remarks.rpartition(" ")[2].encode())
        assert archive.read("T1003_Demo_Script.sh") == SCRIPT
    assert list(collected.at.house.forensics.packages.iterdir()) == []


def test_who_took_what_is_written_down(collected: Collected) -> None:
    client = collected.at.person()
    client.get(collected.url("file"))
    client.get(collected.url("submission"))
    actions = [row.action for row in collected.at.house.access.audit.search(top=2).items]
    assert actions == ["write analysis request", "download collected file"]


@pytest.mark.parametrize("name", ["file", "submission", "submission.zip"])
def test_an_analyst_without_the_right_gets_nothing(collected: Collected, name: str) -> None:
    assert collected.at.key(Role.ANALYST).get(collected.url(name)).status_code == 403
    missing = collected.at.person().get(f"/console/api/response/tasks/99999999/{name}")
    assert missing.status_code == 404


@pytest.mark.parametrize("parameters", [{"to": "nobody"}, {"encryption": "rot13"}])
def test_what_nobody_can_do_is_refused(collected: Collected, parameters: dict[str, str]) -> None:
    assert collected.at.person().get(collected.url("submission"), params=parameters).status_code == 400


def test_the_samples_hash_goes_into_the_pattern_set_and_the_sensor_is_told(collected: Collected) -> None:
    client = collected.at.person()
    made = client.post("/console/api/patterns", json={"kind": "hash", "taskId": collected.task})
    assert made.status_code == 201, made.text
    row = made.json()
    assert (row["type"], row["value"]) == ("sha256", hashlib.sha256(SCRIPT).hexdigest())
    assert (row["name"], row["source"]) == ("T1003_Demo_Script.sh", f"task {collected.task}")
    again = client.post("/console/api/patterns", json={"kind": "hash", "taskId": collected.task})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "Exists")
    listed = client.get("/console/api/patterns").json()
    assert (listed["version"], listed["endpoints"]) == (1, {"0": 1})
    (waiting,) = collected.at.house.response.tasks.waiting(GUID)
    assert (waiting.action, waiting.parameters["version"]) == ("apply_patterns", 1)
    assert waiting.parameters["sha256"] == listed["sha256"]
    assert client.delete(f"/console/api/patterns/{row['id']}").status_code == 204
    assert client.get("/console/api/patterns").json()["version"] == 2


def test_the_packages_of_a_crash_are_gone_after_the_next_start(tmp_path: Path) -> None:
    with running(tmp_path) as found:
        (found.house.forensics.packages / "left.zip").write_bytes(b"x")
        settings = found.house.settings
    with House(settings) as house:
        assert list(house.forensics.packages.iterdir()) == []
