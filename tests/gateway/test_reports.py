"""What sensors say of themselves, and what the gateway makes of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hinomi.gateway.reports import POLICY_PATIENCE_MS
from hinomi.gateway.rooms import GatewayRooms
from hinomi.sensor.agent import Agent
from hinomi.sensor.folder import SensorFolder
from hinomi.sensor.tamper import RunMark, boot_id
from hinomi.wire import message as wire
from hinomi.wire.inventory import HostFacts
from hinomi.wire.message import write_message
from hinomi.wire.policy import SensorPolicy, write_policy
from tests.make_gateway import Door, Hostile, sensor
from tests.waiting import until


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    ahead = [0]
    true = GatewayRooms.now_ms
    monkeypatch.setattr(GatewayRooms, "now_ms", lambda self: true(self) + ahead[0])
    return ahead


def new_policy(door: Door) -> None:
    with door.database.begin() as connection:
        door.policies.change(connection, "hanako", "", write_policy(SensorPolicy(rate_per_s=100)), 0, "")


def test_a_sensor_that_keeps_an_old_policy_is_told(door: Door, tmp_path: Path, clock: list[int]) -> None:
    identity = door.enrolled(tmp_path / "a")
    new_policy(door)
    hostile = Hostile(tmp_path / "a")
    with hostile.open() as socket:
        hostile.greet(socket)
        wanted = hostile.hear(socket, wire.Policy).policy.version
        facts = write_message(wire.Facts(HostFacts("a", policy_version=wanted - 1)))
        socket.send(facts)
        until(lambda: door.inventory.get(identity.guid).name == "a", "the first facts")
        assert door.signs() == []
        clock[0] = POLICY_PATIENCE_MS
        socket.send(facts)
        until(lambda: door.signs() == ["policy_old"], "a sign of tampering")


def test_a_refused_policy_is_told(door: Door, tmp_path: Path) -> None:
    door.enrolled(tmp_path / "a")
    hostile = Hostile(tmp_path / "a")
    with hostile.open() as socket:
        hostile.greet(socket)
        socket.send(write_message(wire.RefusedPolicy(7, "I do not like it")))
        until(lambda: door.signs() == ["policy_refused"], "a sign of tampering")


@pytest.fixture
def meddled(door: Door, tmp_path: Path) -> Iterator[Agent]:
    """A sensor whose last run was killed, and whose policy somebody changed on its host."""
    folder = SensorFolder(tmp_path / "a")
    identity = door.enrolled(tmp_path / "a")
    new_policy(door)
    RunMark(folder, boot_id()).begin(1000)
    folder.write_json("policy.json", write_policy(replace(door.policies.of(identity.guid), watch=())))
    agent = sensor(tmp_path / "a")
    yield agent
    agent.stop()


def test_a_kill_and_a_changed_policy_are_told_by_the_sensor(door: Door, meddled: Agent) -> None:
    def names() -> set[str]:
        return {each["data"]["name"] for each in door.records("sensor_tamper")}

    until(lambda: names() >= {"stopped_uncleanly", "policy_changed_here"}, "both signs")
