"""A remote shell over the real thing: signed command, mutual TLS channel, real sensor, real pty."""

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hinomi.response.shell_store import ShellPolicy
from hinomi.response.shells import Shells
from hinomi.schema.task import TaskState
from hinomi.sensor.actions import remote_shell
from hinomi.sensor.agent import Agent
from tests.make_gateway import Door, sensor
from tests.make_response import ADMINISTRATOR, ASKER
from tests.make_shell import USER, Screen
from tests.waiting import until


@pytest.fixture
def shells(door: Door) -> Iterator[Shells]:
    made = Shells(door.database, door.audit, door.desk.tasks, door.folder / "shells", time.time)
    door.desk.tasks.watchers.append(made.task_moved)
    door.gateway._rooms.shells = made
    made.use(door.gateway.send)
    door.desk.start()
    made.set_policy(ADMINISTRATOR, ShellPolicy(user=USER, shell="/bin/bash"))
    yield made
    made.close()


def opened(door: Door, shells: Shells, agent: Agent) -> tuple[str, Screen]:
    guid = agent.identity.guid
    until(lambda: guid in door.gateway.connected(), "the sensor is connected")
    until(lambda: "remote_shell" in door.inventory.get(guid).actions, "the sensor said what it can")
    task = shells.open(ASKER, guid, "a test")
    screen = Screen(ASKER.name, True)
    screen.live = shells.attach(ASKER, task.id, screen.viewer)
    screen.until(lambda: screen.state["mayType"])
    return task.id, screen


@pytest.fixture
def agent(door: Door, tmp_path: Path) -> Iterator[Agent]:
    door.enrolled(tmp_path / "sensor")
    made = sensor(tmp_path / "sensor", {"remote_shell": remote_shell.ACTION})
    yield made
    made.stop()


def test_a_shell_over_the_channel_is_verified_at_its_end(door: Door, shells: Shells, agent: Agent) -> None:
    task, screen = opened(door, shells, agent)
    screen.type("echo 火の$((40+2)); seq 1 30000; exit 3\n")
    screen.sees("火の42")
    assert screen.ended() == "exit"
    assert "29999\r\n30000\r\n" in screen.text
    until(lambda: door.desk.tasks.get(task).state is TaskState.VERIFIED, "the task is verified")
    assert door.desk.tasks.get(task).result["exit_code"] == 3
    path = shells.recording(ASKER, task)
    (row,) = shells.page().items
    assert hashlib.sha256(path.read_bytes()).hexdigest() == row["sha256"]
    assert all(json.loads(line) for line in path.read_text().splitlines())


def test_a_sensor_that_goes_away_ends_its_shells(door: Door, shells: Shells, agent: Agent) -> None:
    task, screen = opened(door, shells, agent)
    screen.type("echo on\n")
    screen.sees("on\r\n")
    door.gateway.disconnect(agent.identity.guid, "stopping")
    assert screen.ended() == "channel_lost"
    until(
        lambda: door.desk.tasks.get(task).state is TaskState.VERIFIED, "the sensor tells how it ended, when it is back"
    )
    assert door.desk.tasks.get(task).result["reason"] == "channel_lost"
    assert door.desk.tasks.get(task).result["left"] == 0
