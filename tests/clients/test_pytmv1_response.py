"""Response actions asked for by an unchanged client of the public API, done by a real sensor on a host of its own."""

import hashlib
import io
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import pyzipper

from tests.clients.test_pytmv1 import PYTHON, ROOT
from tests.lan import Host, lan, needs_network
from tests.make_process import own_program
from tests.stories.conftest import run
from tests.stories.test_sensor import Sensor, Trip
from tests.waiting import until

pytestmark = [
    needs_network,
    pytest.mark.skipif(not PYTHON.exists(), reason="no .venv-clients: make setup-clients"),
    pytest.mark.timeout(600),
]


@pytest.fixture
def hosts() -> Iterator[dict[str, Host]]:
    with lan("server", "endpoint") as found:
        yield found


def test_a_script_of_the_public_api_responds(
    hosts: dict[str, Host], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HINOMI_GATEWAY_HOST", hosts["server"].address)
    monkeypatch.setenv("HINOMI_GATEWAY_PORT", "0")
    data, folder, sample = tmp_path / "data", tmp_path / "sensor", tmp_path / "sample.txt"
    sample.write_text("left here by somebody")
    run("init", data=data)
    with hosts["server"].inside():
        trip = Trip(data)
        text = run("sensor", "token", data=data).stdout.strip()
    program = own_program(tmp_path)  # of the same bytes every such process of the machine would be ended
    victim = hosts["endpoint"].start([program, "600"])
    try:
        with hosts["endpoint"].inside():
            run("sensor", "enrol", text, "--folder", folder)
            sensor = Sensor(folder)
        seen, content = _trip(hosts["server"], trip, sample, program)
        assert victim.wait(30) != 0
    finally:
        victim.kill()
        with hosts["server"].inside():
            assert trip.server.stop() == 0
        assert sensor.stop() == 0

    guid = seen["isolated guid"]
    assert [one for _, one in seen["endpoints"]] == [guid]
    assert seen["isolate"] == ["isolate", "succeeded"]
    assert seen["collect"][:3] == ["collectFile", hashlib.sha1(sample.read_bytes()).hexdigest(), True]
    with pyzipper.AESZipFile(io.BytesIO(content)) as opened:
        (name,) = [one for one in opened.namelist() if one.endswith(sample.name)]
        assert opened.read(name, pwd=seen["password"].encode()) == sample.read_bytes()
    assert seen["terminate"] == ["terminateProcess", "succeeded"]
    assert seen["script"].startswith("#!/bin/bash")
    assert seen["run"] == ["runCustomScript", "succeeded"]
    assert seen["scripts left"] == 0
    assert seen["restore"] == ["restoreIsolate", "succeeded"]
    assert (seen["block"], seen["unblock"]) == (["block", "succeeded"], ["restoreBlock", "succeeded"])
    assert seen["nobody"] == [[400, "Target not found."]]


def _trip(server: Host, trip: Trip, sample: Path, program: Path) -> tuple[dict[str, object], bytes]:
    """What the client saw, and the zip it was pointed to."""
    with server.inside():
        (one,) = until(lambda: trip.ask("GET", "/console/api/endpoints?connected=true")["items"], "the sensor")
        until(lambda: trip.ask("GET", f"/console/api/endpoints/{one['guid']}")["kernel"], "what the host says")
        name = trip.ask("GET", f"/console/api/endpoints/{one['guid']}")["name"]
        token = trip.headers["Authorization"].removeprefix("Bearer ")
        sha1 = hashlib.sha1(program.read_bytes()).hexdigest()
        words = [PYTHON, ROOT / "tests/clients/pytmv1_response_trip.py", trip.server.url, token, name, sample, sha1]
        done = subprocess.run(
            list(map(str, words)), capture_output=True, text=True, timeout=400, check=False, stdin=subprocess.DEVNULL
        )
        assert done.returncode == 0, done.stderr + done.stdout
        seen = json.loads(done.stdout)
        found = httpx.get(seen["collect"][3], headers=trip.headers, timeout=60, trust_env=False)
        assert found.status_code == 200, found.text
        return seen, found.content
