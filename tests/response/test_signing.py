"""The signer as a process of its own, over its line."""

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hinomi.errors import Refused, Unavailable
from hinomi.response.approvals import ApprovalPolicy, ApprovalRule
from hinomi.response.signer import rotate, script_digest
from hinomi.wire.command import SignedCommand, verify
from tests.make_response import ADMINISTRATOR, ASKER, GUID, OTHER, SECOND, Desk


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Desk]:
    found = Desk(tmp_path, clock=None)
    import time

    found.clock.now_s = time.time()  # the signer reads the real clock
    yield found
    found.close()


def read(made: Desk, signed: SignedCommand, sensor: str = GUID) -> object:
    key, epoch = made.desk.signing.public()
    public = Ed25519PublicKey.from_public_bytes(key)
    return verify(signed, public, sensor=sensor, least_epoch=epoch, now_ms=made.clock.now_ms)


def test_a_queued_task_is_signed_for_its_sensor_with_the_same_bytes_every_time(made: Desk) -> None:
    task = made.ask("collect_file", parameters={"path": "/tmp/x"})
    first = made.desk.signing.command(task.id)
    command = read(made, first)
    assert (command.id, command.sensor, command.action, command.parameters) == (  # type: ignore[attr-defined]
        made.tasks.command_id(task.id), GUID, "collect_file", task.parameters,
    )  # fmt: skip
    assert made.desk.signing.command(task.id) == first
    assert made.desk.commands(GUID) == [first]
    assert made.desk.commands(OTHER) == []


def test_what_is_not_queued_is_not_signed(made: Desk) -> None:
    made.desk.approvals.set_policy(ADMINISTRATOR, ApprovalPolicy((ApprovalRule("isolate_endpoint"),)))
    pending, cancelled = made.ask("isolate_endpoint"), made.ask()
    made.tasks.cancel(ASKER, cancelled.id)
    for id_ in (pending.id, cancelled.id, "99999999", "' OR 1=1"):
        with pytest.raises(Refused):
            made.desk.signing.command(id_)
    made.tasks.approve(SECOND, pending.id)
    assert read(made, made.desk.signing.command(pending.id))


def test_a_task_queued_behind_the_policy_is_not_signed(made: Desk) -> None:
    """A row that says queued while its approval says nothing: what a fault of the server could leave."""
    made.desk.approvals.set_policy(ADMINISTRATOR, ApprovalPolicy((ApprovalRule("isolate_endpoint"),)))
    task = made.ask("isolate_endpoint")
    from hinomi.response import store

    with made.database.begin() as connection:
        store.change(connection, task.id, state="queued")
    with pytest.raises(Refused, match="not approved"):
        made.desk.signing.command(task.id)


def test_looks_are_signed_only_when_they_change_nothing_and_only_for_a_minute(made: Desk) -> None:
    signed = made.desk.look(GUID, "look_at_isolation", {}, 3600)
    command = read(made, signed)
    assert command.expires_ms - command.not_before_ms <= 60_000  # type: ignore[attr-defined]
    for action in ("isolate_endpoint", "run_script", "apply_block_list", ""):
        with pytest.raises(Refused, match="read-only"):
            made.desk.look(GUID, action, {})


def test_a_signer_that_is_killed_is_started_again_and_remembers(made: Desk) -> None:
    task = made.ask()
    first = made.desk.signing.command(task.id)
    process = made.desk.signing._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert made.desk.signing.command(task.id) == first


def test_the_key_is_private_and_a_rotation_raises_the_epoch(made: Desk, tmp_path: Path) -> None:
    key, epoch = made.desk.signing.public()
    for name in ("signer.key", "signer.epoch", "signer.db", "sealing.key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert epoch == 1
    rotate(tmp_path, new_key=False)
    assert made.desk.signing.public() == (key, 2)
    rotate(tmp_path, new_key=True)
    assert made.desk.signing.public()[1] == 3
    assert made.desk.signing.public()[0] != key


def test_scripts_are_known_by_their_signature(made: Desk) -> None:
    digest = script_digest("a", "bash", "id")
    signature = made.desk.signing.script(digest)
    assert made.desk.signing.is_script(digest, signature)
    assert not made.desk.signing.is_script(script_digest("a", "bash", "id "), signature)
    assert not made.desk.signing.is_script(digest, b"x" * 64)


def test_after_closing_nothing_is_signed(made: Desk) -> None:
    made.desk.signing.close()
    with pytest.raises(Unavailable):
        made.desk.signing.public()
