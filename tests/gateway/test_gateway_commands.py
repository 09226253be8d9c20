"""Commands on their way: done once however often they come, refused and told when they are forged, another's or too old."""

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hinomi.errors import Refused, Unavailable
from hinomi.schema.task import Target, TargetKind, TaskState
from hinomi.sensor.action import EndpointAction, Work
from hinomi.sensor.agent import Agent
from hinomi.sensor.identity import IdentityKeeper
from hinomi.wire.command import Command, SignedCommand, sign
from hinomi.wire.inventory import HostFacts
from hinomi.wire.message import CommandMessage, Receipt, Result
from tests.make_gateway import Door, sensor
from tests.make_response import ASKER
from tests.waiting import until

KEY = Ed25519PrivateKey.generate()


class Counted:
    """An action of the sensor that counts how often it was done."""

    def __init__(self, name: str) -> None:
        self.times = 0
        self.begun = threading.Event()
        self.action = EndpointAction(name, self._run)

    def _run(self, _work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        self.times += 1
        self.begun.set()
        return {"path": str(parameters.get("path", "")), "exists": False}


@pytest.fixture
def counted() -> Counted:
    return Counted("look_at_file")


@pytest.fixture
def agent(door: Door, tmp_path: Path, counted: Counted) -> Iterator[Agent]:
    """A sensor that obeys the key of this file."""
    folder = tmp_path / "sensor"
    identity = door.enrolled(folder)
    agent = Agent(folder, collectors=(), actions={"look_at_file": counted.action, "collect_evidence": counted.action})
    agent.identity = replace(identity, command_key=KEY.public_key().public_bytes_raw(), command_epoch=3)
    IdentityKeeper(agent.folder).save(agent.identity)
    agent.start()
    until(lambda: agent.channel.state.is_up, "the sensor is connected")
    yield agent
    agent.stop()


def command(agent: Agent, **more: Any) -> Command:
    now_ms = int(time.time() * 1000)
    made = Command("a" * 32, agent.identity.guid, "look_at_file", {"path": "/x"}, now_ms, now_ms + 60_000, 3)
    return replace(made, **more)


def deliver(door: Door, agent: Agent, signed: SignedCommand) -> None:
    door.gateway.send(agent.identity.guid, CommandMessage(signed.body, signed.signature))


def refusals(door: Door) -> list[str]:
    return [each["data"]["reason"] for each in door.records("sensor_tamper") if "seen_by" not in each["data"]]


def test_134_copies_of_one_command_are_one(door: Door, agent: Agent, counted: Counted) -> None:
    signed = sign(command(agent), KEY)
    for _ in range(134):
        deliver(door, agent, signed)
    last = sign(command(agent, id="b" * 32), KEY)
    deliver(door, agent, last)
    until(lambda: counted.times >= 2, "the command behind the copies is done")
    assert counted.times == 2
    assert [entry.id for entry in agent.journal.unfinished()] in ([], ["b" * 32])


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"sensor": "7b1f0c55-2a35-4a1c-8a6e-0c8f1a2d3e4f"}, "other_device"),
        ({"expires_ms": 1}, "expired"),
        ({"epoch": 2}, "old_epoch"),
        ({"not_before_ms": 1 << 50, "expires_ms": 1 << 51}, "not_yet"),
        ({"action": "format_disk"}, "unknown_action"),
        ({"not_before_ms": 1}, "repeated"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_command_that_must_not_be_done_is_told(
    door: Door, agent: Agent, counted: Counted, changed: dict[str, Any], reason: str
) -> None:
    if reason == "repeated":  # a journal that was lost: nothing that was signed before its making is obeyed
        agent.journal._raise_floor("signed", int(time.time() * 1000) - 1000)
    deliver(door, agent, sign(command(agent, **changed), KEY))
    until(lambda: refusals(door) == [reason], f"the sensor tells {reason}")
    until(lambda: f"command_refused_{reason}" in door.signs(), "the server makes it a sign of tampering")
    assert counted.times == 0
    assert agent.journal.get("a" * 32) is None


def test_forged_and_changed_commands_are_told(door: Door, agent: Agent, counted: Counted) -> None:
    honest = sign(command(agent), KEY)
    deliver(door, agent, sign(command(agent), Ed25519PrivateKey.generate()))
    deliver(door, agent, SignedCommand(honest.body.replace(b"/x", b"/y"), honest.signature))
    until(lambda: refusals(door) == ["forged", "forged"], "both are told")
    assert counted.times == 0


# ---- through the real desk and its signer ---------------------------------------------------------------------------
@pytest.fixture
def obedient(door: Door, tmp_path: Path, counted: Counted) -> Iterator[Agent]:
    """A sensor as it is enrolled, which obeys the server's own signer."""
    guid = door.enrolled(tmp_path / "sensor").guid
    agent = sensor(tmp_path / "sensor", {"look_at_file": counted.action, "collect_evidence": counted.action})
    until(lambda: door.gateway.connected() == {guid}, "the sensor is connected")
    until(lambda: "collect_evidence" in door.inventory.get(guid).actions, "its facts have come")
    yield agent
    agent.stop()


def test_the_server_asks_and_is_answered(door: Door, obedient: Agent) -> None:
    found = door.gateway.ask(obedient.identity.guid, "look_at_file", {"path": "/etc/x"}, 30)
    assert found == {"path": "/etc/x", "exists": False}
    with pytest.raises(Refused):
        door.gateway.ask(obedient.identity.guid, "collect_file", {"path": "/etc/x"}, 30)
    with pytest.raises(Unavailable):
        door.gateway.ask("7b1f0c55-2a35-4a1c-8a6e-0c8f1a2d3e4f", "look_at_file", {"path": "/"}, 30)


def test_a_task_goes_out_and_its_result_is_acknowledged(door: Door, obedient: Agent, counted: Counted) -> None:
    task = ask(door, obedient)
    until(lambda: door.desk.tasks.get(task).state is TaskState.EXECUTED, "the task is executed")
    until(lambda: obedient.journal.unacknowledged() == [], "the result is acknowledged")
    assert counted.times == 1


def test_a_command_of_an_older_backup_is_not_done_again(door: Door, obedient: Agent, counted: Counted) -> None:
    """The server forgets that it was done, and sends the same bytes once more: it gets the result of then."""
    signing, sent = door.desk.signing.command, list[SignedCommand]()

    def remembered(task_id: str) -> SignedCommand:
        sent.append(signing(task_id))
        return sent[-1]

    door.desk.signing.command = remembered  # type: ignore[method-assign]
    ask(door, obedient)
    until(lambda: obedient.journal.unacknowledged() == [] and counted.times == 1, "it was done")
    signed = sent[0]
    deliver(door, obedient, signed)
    found = door.gateway.ask(obedient.identity.guid, "look_at_file", {"path": "/later"}, 30)
    assert found["path"] == "/later"
    assert counted.times == 2  # the one before, and the question


def test_what_the_server_never_heard_of_is_told_again_at_the_next_connection(
    door: Door, tmp_path: Path, counted: Counted
) -> None:
    """A result whose acknowledgement was lost stays in the journal over a restart of the sensor."""
    folder = tmp_path / "sensor"
    guid = door.enrolled(folder).guid
    agent = sensor(folder, {"collect_evidence": counted.action})
    until(lambda: door.gateway.connected() == {guid}, "the sensor is connected")
    until(lambda: "collect_evidence" in door.inventory.get(guid).actions, "its facts have come")
    agent.executor.acknowledged = lambda _id: None  # type: ignore[method-assign]  # the acknowledgement is lost
    task = ask(door, agent)
    until(lambda: len(agent.journal.unacknowledged()) == 1, "it is done and kept")
    agent.stop()
    again = sensor(folder, {"collect_evidence": counted.action})
    try:
        until(lambda: again.journal.unacknowledged() == [], "it is told again and acknowledged")
    finally:
        again.stop()
    assert counted.times == 1
    assert door.desk.tasks.get(task).state is TaskState.EXECUTED


def ask(door: Door, agent: Agent) -> str:
    target = Target(TargetKind.ENDPOINT, agent.identity.guid)
    return door.desk.tasks.ask(ASKER, "collect_evidence", target, {}).id


def test_a_sensor_speaks_only_of_its_own_tasks(door: Door, obedient: Agent, tmp_path: Path) -> None:
    other = door.enrolled(tmp_path / "other").guid
    door.inventory.seen(other, at_ms=1, facts=HostFacts("web-2", actions=("collect_evidence",)))
    task = door.desk.tasks.ask(ASKER, "collect_evidence", Target(TargetKind.ENDPOINT, other), {})
    assert len(door.desk.commands(other)) == 1
    assert obedient.channel.send(Receipt(task.id, "executing", 1))
    assert obedient.channel.send(Result(task.id, 1, {"ok": True}))
    until(lambda: door.audited().count(("task.forged", "failure")) == 2, "both words are refused and audited")
    assert door.desk.tasks.get(task.id).state is TaskState.QUEUED
