"""The trip of a batch over real rooms: nothing lost, nothing twice, one bad record costs only itself."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from hinomi.access.access import Access
from hinomi.detect.content import Content, load_content
from hinomi.detect.engine import Engine
from hinomi.detect.exception_store import ExceptionStore
from hinomi.detect.tally_store import read_tally
from hinomi.errors import Unavailable
from hinomi.ingest.store import DeadLetters
from hinomi.normalise.normaliser import Normalised, Normaliser
from hinomi.operations.exceptions import ExceptionBook
from hinomi.operations.replay import replay
from hinomi.pipeline import Pipeline
from hinomi.response import block_store
from hinomi.response.block_object import BlockObject
from hinomi.schema.alert import AlertQuery
from hinomi.schema.exception import ExceptionOperator, ExceptionTerms
from hinomi.schema.principal import COMMAND_LINE
from hinomi.schema.record import RecordBatch
from hinomi.sensor.record import write_record
from hinomi.settings import shipped_content
from tests import make
from tests.make_rooms import Rooms


@pytest.fixture(scope="module")
def content() -> Content:
    found, errors = load_content(shipped_content())
    assert errors == []
    return found


@pytest.fixture
def rooms(tmp_path: Path, content: Content) -> Iterator[Rooms]:
    opened = Rooms(tmp_path, content)
    yield opened
    opened.close()


def demo(computer: str = "PC-1", number: int = 1) -> bytes:
    return make.record(
        computer=computer,
        record_id=number,
        Image=r"C:\Windows\System32\cmd.exe",
        CommandLine=r'cmd.exe /c echo "reg.exe save hklm\sam C:\demo\demo.hive"',
        ParentImage=r"C:\Windows\System32\cmd.exe",
        User=r"CORP\sato",
    )


def test_a_batch_is_kept_detected_and_closed(rooms: Rooms) -> None:
    rooms.spool.append(make.record_batch(demo(), make.record(number=2, Image="C:\\a.exe")))
    tally = rooms.pipeline().drain()
    assert (tally.read, tally.kept, tally.duplicates, tally.dead) == (2, 2, 0, {})
    assert (tally.detections >= 1, tally.alerts >= 1) == (True, True)
    assert rooms.lake.status().activities == 2
    assert rooms.spool.take(tally.last_sequence, 10) == []


def test_the_same_records_again_are_duplicates_and_raise_nothing(rooms: Rooms) -> None:
    pipeline = rooms.pipeline()
    rooms.spool.append(make.record_batch(demo()))
    pipeline.drain()
    before = rooms.alerts()
    rooms.spool.append(make.record_batch(demo(), demo("PC-2")))
    tally = pipeline.drain()
    assert (tally.kept, tally.duplicates, tally.alerts) == (1, 1, 1)
    assert set(before) < set(rooms.alerts())


def test_equal_lines_of_one_file_are_all_kept(rooms: Rooms) -> None:
    rooms.spool.append(make.record_batch(demo(), demo(), demo()))
    assert rooms.pipeline().drain().kept == 3


def test_a_windows_event_that_a_sensor_read_again_is_kept_once(rooms: Rooms) -> None:
    """After a crash of the sensor one batch of a channel comes under new numbers, in a batch with the first or later."""
    event = (
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon'/>"
        "<EventID>1</EventID><TimeCreated SystemTime='2026-01-15T03:00:00.0000000Z'/><EventRecordID>5</EventRecordID>"
        "<Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>pc1</Computer></System><EventData>"
        "<Data Name='Image'>C:\\Windows\\System32\\cmd.exe</Data><Data Name='CommandLine'>cmd.exe /c echo "
        '"reg.exe save hklm\\sam C:\\demo\\demo.hive"</Data></EventData></Event>'
    )
    sensor = "6d3c1f0e-9d5a-4f0e-8a39-0d4f0a1b2c3d"
    copies = [
        write_record(sensor, "0" * 16, number, 1_768_446_000_000 + number, "pc1", [], "windows_event",
                     {"channel": "Microsoft-Windows-Sysmon/Operational", "xml": event})
        for number in (1, 2, 3)
    ]  # fmt: skip
    rooms.spool.append(make.record_batch(*copies[:2], source="sensor"))
    first = rooms.pipeline().drain()
    assert (first.kept, first.duplicates, first.detections > 0) == (1, 1, True)
    rooms.spool.append(make.record_batch(copies[2], source="sensor"))
    again = rooms.pipeline().drain()
    assert (again.kept, again.duplicates, again.detections, again.alerts) == (0, 1, 0, 0)
    assert rooms.lake.status().activities == 1


@pytest.mark.parametrize("broken", ["write_detections", "close"])
def test_broken_off_after_the_lake_was_written_the_batch_comes_again_once(
    rooms: Rooms, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms.spool.append(make.record_batch(demo(), demo("PC-2", 2)))

    def break_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Pipeline, f"_{broken}", break_off)
        with pytest.raises(KeyboardInterrupt):
            rooms.pipeline().step()
    assert rooms.lake.status().activities == 2
    again = rooms.pipeline().drain()  # as after a restart
    assert (again.kept, again.duplicates, again.alerts) == (2, 0, 2)
    assert (rooms.lake.status().activities, rooms.lake.status().detections) == (2, again.detections)
    assert rooms.pipeline().drain().read == 0


def test_hits_of_rules_are_counted_once_also_after_a_crash(
    rooms: Rooms, tmp_path: Path, content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object) -> None:
        raise KeyboardInterrupt

    whole = Rooms(tmp_path / "whole", content)
    for each in (rooms, whole):
        each.spool.append(make.record_batch(demo(), demo("PC-2", 2)))
    with monkeypatch.context() as patched:
        patched.setattr(DeadLetters, "keep", break_off)  # the last act of the transaction that closes the batch
        with pytest.raises(KeyboardInterrupt):
            rooms.pipeline().step()
    assert read_tally(rooms.database) == {}
    rooms.pipeline().drain()
    whole.pipeline().drain()
    counted = read_tally(rooms.database)
    assert counted == read_tally(whole.database)
    assert set(counted.values()) == {2}
    assert read_tally(rooms.database, to_ms=0) == {}
    whole.close()


def test_how_the_stream_is_cut_does_not_matter(tmp_path: Path, content: Content) -> None:
    records = [make.record(4625, record_id=n, time=f"2026-01-15T03:00:{n:02}.000000Z", TargetUserName=f"u{n}",
                           TargetDomainName="CORP", LogonType="3", IpAddress="10.0.0.9", SubStatus="0xc000006a",
                           Status="0xc000006d") for n in range(40)] + [demo()]  # fmt: skip
    outcomes = []
    for size in (len(records), 7):
        rooms = Rooms(tmp_path / str(size), content)
        for start in range(0, len(records), size):
            rooms.spool.append(make.record_batch(*records[start : start + size], file=f"part{start}"))
            rooms.pipeline().drain()
        outcomes.append(rooms.alerts())
        rooms.close()
    assert outcomes[0] == outcomes[1]
    assert len(outcomes[0]) >= 2


def test_a_batch_begun_while_the_one_before_is_written_counts_as_after_it(tmp_path: Path, content: Content) -> None:
    """Entry after entry, each closed before the next comes, and all at once with batches that overlap."""
    entries = [
        [demo(f"PC-{number}", number), demo("PC-0", 0), demo(f"PC-{number - 1}", number - 1)] for number in range(1, 7)
    ]
    outcomes = []
    for waits in (True, False):
        rooms = Rooms(tmp_path / str(waits), content)
        pipeline = rooms.pipeline(batch_records=1)
        tallies = []
        for number, records in enumerate(entries):
            rooms.spool.append(make.record_batch(*records, file=f"part{number}"))
            tallies += [pipeline.drain()] if waits else []
        while (tally := pipeline.step()) is not None:
            tallies.append(tally)
        outcomes.append(([(one.kept, one.duplicates, one.detections, one.alerts) for one in tallies], rooms.alerts()))
        assert rooms.lake.status().activities == 8
        rooms.close()
    assert outcomes[0] == outcomes[1]


def test_trouble_with_the_next_batch_does_not_keep_this_one(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    real = rooms.lake.known

    def refuse(uuids: Sequence[str], times_ms: Sequence[int]) -> dict[str, int]:
        if len(uuids) == 2:
            raise Unavailable("the lake restarts")
        return real(uuids, times_ms)

    rooms.spool.append(make.record_batch(demo()))
    rooms.spool.append(make.record_batch(demo("PC-2", 2), demo("PC-3", 3)))
    pipeline = rooms.pipeline(batch_records=1)
    with monkeypatch.context() as patched:
        patched.setattr(rooms.lake, "known", refuse)
        first = pipeline.step()
        assert first is not None
        assert (first.last_sequence, first.alerts) == (1, 1)
        with pytest.raises(Unavailable):
            pipeline.step()
    assert pipeline.drain().alerts == 2
    assert (rooms.lake.status().activities, len(rooms.alerts())) == (3, 3)


def test_a_record_our_code_stumbles_over_costs_only_itself(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Normaliser.normalise

    def stumble(self: Normaliser, batch: RecordBatch, received_ms: int) -> Normalised:
        if any(b"poison" in record for record in batch.records):
            raise RuntimeError("a bug of ours")
        return real(self, batch, received_ms)

    monkeypatch.setattr(Normaliser, "normalise", stumble)
    rooms.spool.append(make.record_batch(demo(), make.record(Image="poison"), demo("PC-2", 2)))
    tally = rooms.pipeline().drain()
    assert (tally.kept, tally.dead) == (2, {"damaged_record": 1})
    (letter,) = rooms.letters.listed()
    assert (letter["offset"], "a bug of ours" in letter["detail"]) == (2, True)


# ---- exceptions ----
def hide(rooms: Rooms, host: str, **more: Any) -> str:
    book = ExceptionBook(rooms.database, Access(rooms.database, time.time).audit, lambda: rooms.content, time.time)
    terms = ExceptionTerms("endpointHostName", ExceptionOperator.EQUALS, host)
    return book.add(COMMAND_LINE, terms, reason="a test machine", override=True, **more).id


def hits(rooms: Rooms, exception_id: str) -> int:
    return ExceptionStore(rooms.database).get(exception_id).hits


def test_what_an_exception_hides_is_counted_and_its_activity_is_kept(rooms: Rooms) -> None:
    pipeline = rooms.pipeline()
    hidden = hide(rooms, "PC-2")
    rooms.spool.append(make.record_batch(demo(), demo("PC-2", 2)))
    tally = pipeline.drain()
    assert (tally.kept, tally.alerts, tally.hidden) == (2, 1, tally.detections)
    assert tally.hidden == hits(rooms, hidden) > 0
    assert rooms.lake.status().detections == tally.detections
    assert rooms.lake.count("endpointHostName = 'PC-2'", {}) == 1


def test_an_exception_ends_by_itself(rooms: Rooms) -> None:
    hidden = hide(rooms, "PC-1", expires_ms=int(time.time() * 1000) + 3_600_000)
    pipeline = Pipeline(
        spool=rooms.spool, database=rooms.database, lake=rooms.lake, workbench=rooms.workbench, letters=rooms.letters,
        content=rooms.content, batch_records=1000, clock=lambda: time.time() + 7200,
    )  # fmt: skip
    rooms.spool.append(make.record_batch(demo()))
    assert (pipeline.drain().alerts, hits(rooms, hidden)) == (1, 0)


@pytest.mark.parametrize("broken", ["write_detections", "close"])
def test_broken_off_and_replayed_each_hit_is_counted_once(
    rooms: Rooms, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = hide(rooms, "PC-2")
    rooms.spool.append(make.record_batch(demo(), demo("PC-2", 2)))

    def break_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Pipeline, f"_{broken}", break_off)
        with pytest.raises(KeyboardInterrupt):
            rooms.pipeline().step()
    assert hits(rooms, hidden) == 0
    again = rooms.pipeline().drain()  # as after a restart
    assert (again.alerts, again.hidden) == (1, again.detections)
    assert (hits(rooms, hidden), rooms.lake.status().detections) == (again.hidden, again.detections)
    rooms.spool.append(make.record_batch(demo("PC-2", 2)))  # a duplicate is nothing new
    assert (rooms.pipeline().drain().hidden, hits(rooms, hidden)) == (0, again.hidden)


def test_broken_off_in_the_closing_transaction_nothing_is_counted(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counts are written before the transaction ends: with it they vanish."""
    hidden = hide(rooms, "PC-1")
    rooms.spool.append(make.record_batch(demo()))

    def break_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(DeadLetters, "keep", break_off)  # comes after the count
        with pytest.raises(KeyboardInterrupt):
            rooms.pipeline().step()
    assert hits(rooms, hidden) == 0
    assert rooms.pipeline().drain().hidden == hits(rooms, hidden) > 0


def listed(rooms: Rooms, value: str, risk: str = "high") -> None:
    with rooms.database.begin() as connection:
        block_store.put(connection, BlockObject("ip", value, risk=risk))
        block_store.next_version(connection)


def connection_to(address: str, number: int) -> bytes:
    return make.record(
        3, record_id=number, Image=r"C:\a.exe", SourceIp="192.0.2.1", DestinationIp=address, DestinationPort="443"
    )


def test_a_value_of_the_block_list_is_seen_from_its_listing_on(rooms: Rooms) -> None:
    pipeline = rooms.pipeline()
    rooms.spool.append(make.record_batch(connection_to("203.0.113.9", 1)))
    assert pipeline.drain().alerts == 0
    listed(rooms, "203.0.113.9")
    listed(rooms, "203.0.113.10", risk="low")
    rooms.spool.append(make.record_batch(connection_to("203.0.113.9", 2), connection_to("203.0.113.10", 3)))
    assert pipeline.drain().alerts == 1
    (alert,) = rooms.workbench.page(AlertQuery()).items
    assert alert.model_id == "listed_object_seen"
    seen = {tuple(row.get("denyListIp", ())): row.get("denyListRisk") for row in rooms.lake.search("1", {}, limit=10)}
    assert seen == {(): None, ("203.0.113.9",): "high", ("203.0.113.10",): "low"}


def test_what_stood_on_the_list_then_is_what_a_later_reading_finds(rooms: Rooms, content: Content) -> None:
    listed(rooms, "203.0.113.9")
    rooms.spool.append(make.record_batch(connection_to("203.0.113.9", 1), connection_to("203.0.113.10", 2)))
    rooms.pipeline().drain()
    with rooms.database.begin() as connection:
        connection.execute(sa.delete(block_store.OBJECTS))
        block_store.put(connection, BlockObject("ip", "203.0.113.10"))
    engine = Engine(content.enabled_filters)
    pages = replay(rooms.lake, Normaliser(), from_ms=None, to_ms=None)
    found = {one.id: one for batches in pages for one in engine.observe_all(batches)}
    again = [one for one in found.values() if one.filter_id == "listed_address_contacted"]
    assert [dict(one.highlights)["denyListIp"] for one in again] == [["203.0.113.9"]]
    assert rooms.lake.known_detections([again[0].id], [again[0].event_time_ms]) == {again[0].id}
