"""The cable of an endpoint is pulled in the middle of a task: it goes on where it was when the cable is in again."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hinomi.schema.task import Target, TargetKind, TaskState
from hinomi.sensor import channel, link, upload
from hinomi.sensor.actions import BY_NAME
from hinomi.sensor.agent import Agent
from tests.lan import Host, lan, needs_network
from tests.make_gateway import Door, sensor
from tests.make_response import ASKER
from tests.waiting import until

pytestmark = needs_network
PIECE, CUT_AT = 64 << 10, 5


@pytest.fixture
def hosts() -> Iterator[dict[str, Host]]:
    with lan("server", "endpoint") as made:
        yield made


@pytest.fixture
def door(hosts: dict[str, Host], tmp_path: Path) -> Iterator[Door]:
    """As everywhere, in the network of the server."""
    with hosts["server"].inside():
        made = Door(tmp_path / "server", host=hosts["server"].address)
    yield made
    made.close()


@pytest.fixture
def agent(hosts: dict[str, Host], door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Agent]:
    """A sensor in the network of the endpoint that sends small pieces and does not wait long."""
    monkeypatch.setattr(upload, "PIECE_BYTES", PIECE)
    monkeypatch.setattr(upload, "RETRY_S", 0.05)
    monkeypatch.setattr(upload, "MOST_RETRY_S", 0.1)
    monkeypatch.setattr(link, "ANSWER_S", 8.0)  # on a busy machine one second is no sign of a cut
    monkeypatch.setattr(channel, "FIRST_WAIT_S", 0.05)
    monkeypatch.setattr(channel, "MOST_WAIT_S", 0.1)
    with hosts["endpoint"].inside():
        guid = door.enrolled(tmp_path / "sensor").guid
        made = sensor(tmp_path / "sensor", {"collect_file": BY_NAME["collect_file"]})
    until(lambda: "collect_file" in door.inventory.get(guid).actions, "its facts have come")
    yield made
    made.stop()


def test_a_collected_file_goes_on_where_it_was(
    hosts: dict[str, Host], door: Door, agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = tmp_path / "sample.bin"
    sample.write_bytes(os.urandom(20 * PIECE))
    placed: list[tuple[str, int]] = []
    failed_after_cut: list[str] = []
    append, send = door.desk.files.append, upload._send

    def append_and_cut(command_id: str, offset: int, data: bytes) -> int:
        held = append(command_id, offset, data)
        placed.append((command_id, offset))
        if len(placed) == CUT_AT:
            hosts["endpoint"].plug(is_in=False)  # the piece is kept, and the sensor never hears of it
        return held

    def send_or_say(*given: object) -> None:
        try:
            send(*given)  # type: ignore[arg-type]
        except Exception as error:
            failed_after_cut.append(str(error))
            raise

    monkeypatch.setattr(door.desk.files, "append", append_and_cut)
    monkeypatch.setattr(upload, "_send", send_or_say)
    target = Target(TargetKind.ENDPOINT, agent.identity.guid)
    task = door.desk.tasks.ask(ASKER, "collect_file", target, {"path": str(sample)})
    until(lambda: len(failed_after_cut) >= 2, "the sensor to try without a network")
    assert door.desk.tasks.get(task.id).state is TaskState.EXECUTING
    hosts["endpoint"].plug(is_in=True)
    ended = until(lambda: (found := door.desk.tasks.get(task.id)).result and found, "the result to come", 120)
    assert ended.state is TaskState.EXECUTED, ended.error
    assert ended.result["sha256"] == hashlib.sha256(sample.read_bytes()).hexdigest()
    ((command_id, _), *_) = placed
    kept = door.desk.files.get(command_id)
    assert placed == [(command_id, offset) for offset in range(0, kept.size_bytes, PIECE)]  # each piece once
    assert kept.sha256 == ended.result["upload_sha256"]
