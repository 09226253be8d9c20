"""A real sensor on loopback runs a script of the library: asked for in a terminal, signed, verified, its output opened."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import pyzipper

from tests.stories import test_sensor
from tests.stories.conftest import run, run_json
from tests.stories.test_sensor import Sensor, Trip
from tests.waiting import until

trip, started = test_sensor.trip, test_sensor.started

pytestmark = pytest.mark.timeout(300)


def ask(trip: Trip, *words: object) -> dict[str, Any]:
    return dict(run_json("response", *words, "--json", data=trip.data))


def save(trip: Trip, file: Path, text: str) -> None:
    file.write_text(text)
    run("response", "scripts", "save", file, data=trip.data)


def test_a_script_from_the_library_to_its_output(trip: Trip, started: Callable[[Path], Sensor], tmp_path: Path) -> None:
    folder, mark = tmp_path / "sensor", tmp_path / "mark.txt"
    guid = trip.enrolled(folder)
    started(folder)
    until(lambda: trip.is_connected(guid), "the sensor to connect")
    save(trip, tmp_path / "greet.sh", f'#!/bin/bash\necho "hello $1"\necho once >> {mark}\n')

    wish = ("ask", "run_script", guid, "name=greet.sh", 'arguments=["two words"]', "--yes")
    task = ask(trip, *wish, "--wait", 90)
    assert task["state"] == "verified", json.dumps(task, indent=1)
    assert task["result"]["exit_code"] == 0
    states = [step["state"] for step in task["steps"]]
    assert [state for state in dict.fromkeys(states) if state != "executing"] == [
        "queued", "delivered", "executed", "verified",
    ]  # fmt: skip
    assert "two words" in output(trip, task["id"])
    assert mark.read_text() == "once\n"


def output(trip: Trip, id_: str) -> str:
    """All that the zip of a task holds, opened with the password that is shown."""
    path = f"/console/api/response/tasks/{id_}"
    password = trip.ask("POST", f"{path}/password")["password"]
    raw = httpx.get(f"{trip.server.url}{path}/file", headers=trip.headers, timeout=60, trust_env=False).content
    with pyzipper.AESZipFile(io.BytesIO(raw)) as archive:
        archive.setpassword(password.encode())
        return "\n".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


def test_what_waits_over_a_restart_is_done_once_and_what_was_cancelled_never(
    trip: Trip, started: Callable[[Path], Sensor], tmp_path: Path
) -> None:
    folder = tmp_path / "sensor"
    trip.enrolled(folder)
    sensor = started(folder)
    until(lambda: run_json("endpoints", "list", "--json", data=trip.data)[0]["connected"], "the sensor to connect")
    guid = run_json("endpoints", "list", "--json", data=trip.data)[0]["guid"]
    sensor.stop()
    until(lambda: not trip.is_connected(guid), "the server to notice that it is gone")
    wanted, unwanted = tmp_path / "wanted.txt", tmp_path / "unwanted.txt"
    save(trip, tmp_path / "wanted.sh", f"#!/bin/bash\necho once >> {wanted}\n")
    save(trip, tmp_path / "unwanted.sh", f"#!/bin/bash\necho once >> {unwanted}\n")
    first = ask(trip, "ask", "run_script", guid, "name=wanted.sh", "--yes")
    second = ask(trip, "ask", "run_script", guid, "name=unwanted.sh", "--yes")
    assert (first["state"], second["state"]) == ("queued", "queued")
    twice = run("response", "ask", "run_script", guid, "name=wanted.sh", "--yes", data=trip.data, check=False)
    assert (twice.returncode, first["id"] in twice.stderr) == (1, True)
    assert ask(trip, "cancel", second["id"])["state"] == "cancelled"

    trip.restart(trip.server.kill)
    started(folder)
    done = run("response", "wait", first["id"], "--seconds", 90, "--json", data=trip.data)
    assert json.loads(done.stdout)["state"] == "verified"
    assert wanted.read_text() == "once\n"
    assert not unwanted.exists()
    assert run("response", "wait", second["id"], "--seconds", 0, data=trip.data, check=False).returncode == 1
