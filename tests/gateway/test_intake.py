"""Batches: acknowledged when they are kept, refused when they are not the sensor's own or over a limit, never lost or mixed."""

from pathlib import Path

import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection

from hinomi.errors import DiskFull, Unavailable
from hinomi.schema.record import RecordBatch
from hinomi.sensor import channel
from hinomi.sensor.record import pack_records, write_record
from hinomi.sensor.spool import SensorSpool
from hinomi.wire import message as wire
from hinomi.wire.message import MAX_FRAME_BYTES, write_batch
from hinomi.wire.packing import pack
from tests.make_gateway import Door, Hostile, sensor
from tests.waiting import until


def record(guid: str, sequence: int, name: str = "x") -> bytes:
    return write_record(guid, "0" * 16, sequence, 1_780_000_000_000, "web-1", [], "process_start", {"exe": name})


def test_a_batch_is_acknowledged_when_it_is_kept(door: Door, tmp_path: Path) -> None:
    guid = door.enrolled(tmp_path / "a").guid
    hostile = Hostile(tmp_path / "a")
    with hostile.open() as socket:
        hostile.greet(socket)
        socket.send(write_batch(7, pack_records(guid, [record(guid, 1), record(guid, 2)])))
        assert hostile.hear(socket, wire.Ack) == wire.Ack(batch=7)
    assert [each["sequence"] for each in door.records("process_start")] == [1, 2]


def test_records_of_another_sensor_are_dead_letters_and_a_sign(door: Door, tmp_path: Path) -> None:
    guid = door.enrolled(tmp_path / "a").guid
    victim = "11111111-2222-4333-8444-555555555555"
    twice = record(guid, 3)[:-1] + b',"sensor":"' + victim.encode() + b'"}'
    hostile = Hostile(tmp_path / "a")
    with hostile.open() as socket:
        hostile.greet(socket)
        socket.send(write_batch(1, pack_records(guid, [record(guid, 1), record(victim, 2), twice])))
        hostile.hear(socket, wire.Ack)
    own = door.records("process_start")
    assert [(each["sensor"], each["sequence"]) for each in own] == [(guid, 1)]
    dead = [letter.reason for batch in door.batches() for letter in batch.dead]
    assert dead == ["wrong_sender", "wrong_sender"]
    until(lambda: "records_of_another" in door.signs(), "a sign of tampering")


def test_what_cannot_be_read_is_refused_for_good_and_harms_nobody(door: Door, tmp_path: Path) -> None:
    guid = door.enrolled(tmp_path / "a").guid
    hostile = Hostile(tmp_path / "a")
    bomb = pack(RecordBatch("sensor", [guid], [b"\0" * (40 << 20)], [0], [0], [0]))
    with hostile.open() as socket:
        hostile.greet(socket)
        for number, body in enumerate((b"no zstd", bomb), 1):
            socket.send(write_batch(number, body))
            error = hostile.hear(socket, wire.Error)
            assert (error.batch, error.retry_after_ms) == (number, 0)
        socket.send(write_batch(3, pack_records(guid, [record(guid, 1)])))
        assert hostile.hear(socket, wire.Ack).batch == 3


def _send_and_hear(hostile: Hostile, socket: ClientConnection) -> None:
    socket.send(b"\0" * (MAX_FRAME_BYTES + 1))
    hostile.hear(socket, wire.Ack)


def test_an_oversized_frame_ends_the_channel(door: Door, tmp_path: Path) -> None:
    guid = door.enrolled(tmp_path / "a").guid
    hostile = Hostile(tmp_path / "a")
    with hostile.open() as socket:
        hostile.greet(socket)
        with pytest.raises((Unavailable, OSError, WebSocketException)):
            _send_and_hear(hostile, socket)
    until(lambda: guid not in door.gateway.connected(), "it is cut off")
    assert hostile.link.ask("POST", "/sensor/v1/batches/1", b"\0" * (MAX_FRAME_BYTES + 1)).status == 413
    assert door.records("process_start") == []


def test_a_full_disk_asks_to_come_again(door: Door, tmp_path: Path) -> None:
    guid = door.enrolled(tmp_path / "a").guid
    hostile = Hostile(tmp_path / "a")

    def full(_count: int) -> None:
        door.kept.pop()
        raise DiskFull("no room")

    door.before_ack = full
    with hostile.open() as socket:
        hostile.greet(socket)
        socket.send(write_batch(1, pack_records(guid, [record(guid, 1)])))
        error = hostile.hear(socket, wire.Error)
        assert (error.code, error.batch) == ("InsufficientStorage", 1)
        assert error.retry_after_ms > 0
    assert door.kept == []


def fill(folder: Path, guid: str, total: int) -> None:
    """A spool as a sensor leaves it that could not reach the server for a while: batches of 50."""
    spool = SensorSpool(folder, 512 << 20)
    for first in range(1, total + 1, 50):
        spool.append(pack_records(guid, [record(guid, first + each) for each in range(50)]), 50)
    spool.close()


@pytest.mark.parametrize("bulk_batches", [48, 10**9], ids=["bulk", "channel"])
def test_a_crash_before_every_seventh_ack_loses_nothing(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bulk_batches: int
) -> None:
    total = 20_000
    monkeypatch.setattr(channel, "FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(channel, "MOST_WAIT_S", 0.02)
    monkeypatch.setattr(channel, "BULK_BATCHES", bulk_batches)
    monkeypatch.setattr("hinomi.sensor.bulk.BULK_RECORDS", 500)
    identity = door.enrolled(tmp_path / "a")

    def crash(count: int) -> None:
        """It is on disk, and nobody is told."""
        if count % 7 == 0:
            door.gateway.disconnect(identity.guid, "stopping")
            raise Unavailable("the server crashed")

    door.before_ack = crash
    fill(tmp_path / "a" / "spool", identity.guid, total)
    agent = sensor(tmp_path / "a")
    try:
        until(lambda: agent.spool.waiting_batches == 0, "all is acknowledged", 120)
    finally:
        agent.stop()
    came = [each for batch in door.batches() for each in batch.records if b'"process_start"' in each]
    once = set(came)  # what is sent again is the same to the byte: the lake knows it by that
    assert once == {record(identity.guid, number) for number in range(1, total + 1)}
    assert len(came) > total, "nothing was sent again: the test proves nothing"
