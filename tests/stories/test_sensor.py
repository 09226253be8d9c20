"""A real sensor and a real server on loopback: enrolment, records, commands, restarts, and identities that are not theirs."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sensor.audit_lock import audit_lock
from tests.stories.conftest import Server, run, run_json
from tests.waiting import until

SENSOR = [sys.executable, "-m", "hinomi.sensor"]


class Trip:
    """A server that keeps its sensors' port over restarts, with a client of it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.server = Server(data)
        text = run("token", "create", "--role", "administrator", "--name", "trip", data=data).stdout
        self.headers = {"Authorization": f"Bearer {text.strip()}"}

    def ask(self, method: str, path: str, **more: Any) -> Any:
        reply = httpx.request(method, self.server.url + path, headers=self.headers, timeout=60, trust_env=False, **more)
        assert reply.is_success, f"{method} {path}: {reply.status_code} {reply.text[:1000]}"
        return reply.json() if reply.content else None

    def enrolled(self, folder: Path) -> str:
        text = run("sensor", "token", data=self.data).stdout.strip()
        run("sensor", "enrol", text, "--folder", folder)
        return str(run_json("sensor", "status", "--folder", folder)["guid"])

    def is_connected(self, guid: str) -> bool:
        return bool(self.ask("GET", f"/console/api/endpoints/{guid}")["connected"])

    def records_of(self, guid: str) -> int:
        found = httpx.get(
            f"{self.server.url}/v3.0/search/endpointActivities",
            params={"mode": "countOnly"},
            headers=self.headers | {"TMV1-Query": f'endpointGuid:"{guid}"'},
            timeout=60,
            trust_env=False,
        )
        return int(found.json()["totalCount"])

    def task(self, path: str, wish: dict[str, Any]) -> dict[str, Any]:
        (item,) = self.ask("POST", f"/v3.0/response{path}", json=[wish])
        assert item["status"] == 202, item
        id_ = item["headers"][0]["value"].rpartition("/")[2]

        def ended() -> Any:
            found = self.ask("GET", f"/v3.0/response/tasks/{id_}")
            return found if found["status"] not in ("queued", "running") else None

        return dict(until(ended, f"the end of {path}"))

    def restart(self, how: Callable[[], Any]) -> None:
        how()
        self.server = Server(self.data)


class Sensor:
    def __init__(self, folder: Path) -> None:
        self._log = (folder.parent / f"{folder.name}.log").open("a")
        words = [*SENSOR, "run", "--folder", str(folder)]
        self.process = subprocess.Popen(words, stdout=self._log, stderr=self._log, start_new_session=True)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self._log.close()

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self._log.close()
        return code


@pytest.fixture
def trip(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trip]:
    monkeypatch.setenv("HINOMI_GATEWAY_PORT", str(_free_port()))
    made = Trip(data)
    yield made
    if made.server.is_running:
        assert made.server.stop() == 0


def _free_port() -> int:
    """Free a moment ago; the same over restarts of the server, which is what these tests are about."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[[Path], Sensor]]:
    made: list[Sensor] = []

    def start(folder: Path) -> Sensor:
        made.append(Sensor(folder))
        return made[-1]

    with audit_lock():  # these sensors watch the whole machine
        yield start
        for sensor in made:
            if sensor.process.poll() is None:
                sensor.kill()


def test_from_an_enrolment_to_a_collected_file(trip: Trip, started: Callable[[Path], Sensor], tmp_path: Path) -> None:
    folder = tmp_path / "sensor"
    guid = trip.enrolled(folder)
    sensor = started(folder)
    until(lambda: trip.is_connected(guid), "the sensor to connect")
    until(lambda: trip.ask("GET", f"/console/api/endpoints/{guid}")["kernel"], "what the host says of itself")

    sample = tmp_path / "sample.txt"
    sample.write_text("what somebody left here")
    found = trip.task("/endpoints/collectFile", {"agentGuid": guid, "filePath": str(sample)})
    assert (found["status"], found["fileSize"]) == ("succeeded", sample.stat().st_size)
    assert len(found["password"]) >= 16
    missing = trip.task("/endpoints/collectFile", {"agentGuid": guid, "filePath": str(tmp_path / "nothing")})
    assert missing["status"] == "failed"
    assert missing["error"]["message"]
    until(lambda: trip.records_of(guid), "a record of the sensor in the lake")
    assert run("search", f'endpointGuid: "{guid}"', "--limit", 1, data=trip.data).stdout.strip()
    assert sensor.stop() == 0
    until(lambda: not trip.is_connected(guid), "the server to notice that it is gone")


def test_a_token_is_good_for_one_sensor(trip: Trip, tmp_path: Path) -> None:
    text = run("sensor", "token", data=trip.data).stdout.strip()
    run("sensor", "enrol", text, "--folder", tmp_path / "first")
    again = run("sensor", "enrol", text, "--folder", tmp_path / "second", check=False)
    assert again.returncode == 1
    assert "token" in again.stderr
    assert run("sensor", "enrol", "hs1.nonsense", "--folder", tmp_path / "third", check=False).returncode == 1


def test_what_waits_for_a_sensor_is_done_when_it_comes(
    trip: Trip, started: Callable[[Path], Sensor], tmp_path: Path
) -> None:
    folder, sample = tmp_path / "sensor", tmp_path / "sample.txt"
    sample.write_text("later")
    guid = trip.enrolled(folder)
    wish = {"agentGuid": guid, "filePath": str(sample)}
    (item,) = trip.ask("POST", "/v3.0/response/endpoints/collectFile", json=[wish])
    id_ = item["headers"][0]["value"].rpartition("/")[2]
    assert trip.ask("GET", f"/v3.0/response/tasks/{id_}")["status"] == "queued"
    trip.restart(trip.server.kill)  # and the server may die meanwhile
    started(folder)
    until(lambda: trip.ask("GET", f"/v3.0/response/tasks/{id_}")["status"] == "succeeded", "the task that waited")


def test_a_revoked_sensor_is_cut_off_and_stays_out(
    trip: Trip, started: Callable[[Path], Sensor], tmp_path: Path
) -> None:
    folder = tmp_path / "sensor"
    guid = trip.enrolled(folder)
    started(folder)
    until(lambda: trip.is_connected(guid), "the sensor to connect")
    trip.ask("POST", f"/console/api/endpoints/{guid}/revoke")
    until(lambda: not trip.is_connected(guid), "the cut")
    until(lambda: "revoked" in json.dumps(run_json("sensor", "status", "--folder", folder)), "the sensor to be told")


def test_a_copy_of_an_identity_is_found_out(trip: Trip, started: Callable[[Path], Sensor], tmp_path: Path) -> None:
    folder, copy = tmp_path / "sensor", tmp_path / "copy"
    guid = trip.enrolled(folder)
    shutil.copytree(folder, copy)
    sensor = started(folder)
    until(lambda: trip.is_connected(guid), "the true one to connect")
    started(copy)
    audit = until(
        lambda: [one for one in trip.ask("GET", "/console/api/audit")["items"] if one["action"] == "sensor.cloned"],
        "the copy to be told in the audit log",
    )
    assert audit[0]["target"] == guid
    assert trip.is_connected(guid)
    assert sensor.process.poll() is None


@pytest.mark.slow
def test_nothing_is_lost_when_both_are_killed(trip: Trip, started: Callable[[Path], Sensor], tmp_path: Path) -> None:
    """Files made on disk are what the sensor tells of; every one is in the lake once, whoever was killed meanwhile."""
    folder = tmp_path / "sensor"
    guid = trip.enrolled(folder)
    sensor = started(folder)
    until(lambda: trip.is_connected(guid), "the sensor to connect")
    for _ in range(3):
        sensor.kill()
        sensor = started(folder)
        trip.restart(trip.server.kill)
        until(lambda: trip.is_connected(guid), "the sensor to come back", 120)
    status = until(
        lambda: (found := run_json("sensor", "status", "--folder", folder))["health"]["spool_batches"] == 0 and found,
        "the spool to be empty",
    )
    last = status["health"]["last_sequence"]
    until(lambda: trip.records_of(guid) >= last, "every record to be in the lake")
