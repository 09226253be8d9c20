"""The collector of the Windows event log, on rendered events in files: nothing is lost, whenever it is ended."""

import gzip
import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from evtx import PyEvtxParser

from hinomi.normalise.normaliser import Normaliser
from hinomi.sensor import state_file
from hinomi.sensor.collectors.windows_event_log import BATCH, LONGEST_XML, WindowsEventLog
from hinomi.sensor.recorder import Recorder
from hinomi.sensor.spool import SensorSpool
from hinomi.sensor.telemetry.event_folder import EventFolder
from hinomi.sensor.watch import Watch
from hinomi.wire.packing import unpack
from hinomi.wire.policy import SensorPolicy
from tests import make
from tests.waiting import until

SENSOR = "6d3c1f0e-9d5a-4f0e-8a39-0d4f0a1b2c3d"
SYSMON, SECURITY = "Microsoft-Windows-Sysmon/Operational", "Security"


def event(record_id: int, channel: str = SYSMON, **data: str) -> str:
    values = "".join(f"<Data Name='{name}'>{value}</Data>" for name, value in data.items())
    return (
        f"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon'/>"
        f"<EventID>1</EventID><Level>4</Level><TimeCreated SystemTime='2026-01-15T03:00:00.0000000Z'/>"
        f"<EventRecordID>{record_id}</EventRecordID><Channel>{channel}</Channel><Computer>pc1</Computer></System>"
        f"<EventData>{values}</EventData></Event>"
    )


def write(folder: Path, channel: str, *events: str) -> None:
    with (folder / f"{channel.replace('/', '%4')}.xml").open("a") as file:
        file.writelines(f"{each}\n" for each in events)


class Host:
    """A folder of rendered events, and a sensor's way from the collector to the spool."""

    def __init__(self, path: Path) -> None:
        self.logs, self.path = path / "logs", path
        self.logs.mkdir()
        self.marks = path / "marks.json"
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.spool = SensorSpool(path / "spool", 64 << 20)
        policy = SensorPolicy(batch_ms=10, rate_per_s=10)
        self.recorder = Recorder(SENSOR, "e", self.spool, policy, lambda: ("pc1", ()), lambda: None)
        self.recorder.start()

    def collector(self, *channels: str) -> WindowsEventLog:
        return WindowsEventLog(EventFolder(self.logs), self.marks, channels or (SYSMON, SECURITY))

    def emit(self, kind: str, data: Any) -> None:
        self.told.append((kind, dict(data)))
        self.recorder.emit(kind, data)

    def records(self) -> list[bytes]:
        """Of all batches in the spool."""
        self.spool.take_again()
        found: list[bytes] = []
        while (frame := self.spool.take()) is not None:
            found += unpack(frame.payload, 64 << 20).records
        return found

    def numbers(self) -> list[int]:
        found = [orjson.loads(each) for each in self.records()]
        return [_number(each["data"]["xml"]) for each in found if each["kind"] == "windows_event"]


def _number(xml: str) -> int:
    return int(xml.partition("<EventRecordID>")[2].partition("<")[0])


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    made = Host(tmp_path)
    yield made
    made.recorder.stop()
    made.spool.close()


def run(collector: WindowsEventLog, host: Host, done: Callable[[], bool]) -> None:
    assert collector.probe() is None
    collector.start(host.emit, SensorPolicy())
    try:
        until(done, "what the collector was to read")
    finally:
        collector.stop()


def marks_of(host: Host) -> dict[str, Any]:
    return state_file.read(host.marks) or {}


def test_what_was_read_before_a_restart_is_not_read_again_and_what_came_meanwhile_is(host: Host) -> None:
    write(host.logs, SYSMON, *(event(number) for number in range(1, 450)))
    run(host.collector(), host, lambda: len(host.numbers()) == 449 and SYSMON in marks_of(host))
    write(host.logs, SYSMON, *(event(number) for number in range(450, 460)))
    run(host.collector(), host, lambda: len(host.numbers()) >= 459)
    assert host.numbers() == list(range(1, 460))
    assert host.recorder.lost == 0  # the policy's rate of ten a second is not for what its log keeps


def test_a_mark_never_stands_behind_what_is_on_disk(host: Host) -> None:
    """The recorder is cut off in the middle: what it had not laid down is read again by the next."""
    write(host.logs, SYSMON, *(event(number) for number in range(1, BATCH + 50)))
    held = threading.Event()
    kept: list[int] = []

    def emit(kind: str, data: Any) -> None:
        """The first batch reaches the disk; of the second nothing ever does."""
        if len(kept) < BATCH:
            kept.append(_number(data["xml"]))
            if "_on_disk" in data:
                data["_on_disk"]()
        else:
            held.set()

    first = host.collector()
    first.start(emit, SensorPolicy())
    assert held.wait(30)
    first.stop()
    run(host.collector(), host, lambda: len(host.numbers()) >= 49)
    assert kept + host.numbers() == list(range(1, BATCH + 50))


def test_a_channel_that_is_missing_is_said_and_the_others_are_read(host: Host) -> None:
    write(host.logs, SYSMON, event(1))
    watch = Watch([host.collector], host.emit)
    watch.apply(SensorPolicy())
    try:
        until(lambda: host.numbers() == [1], "the one event")
        state = watch.states()["windows_event_log"]
        assert (state.active, state.reason) == (True, "not read: Security: there is no file Security.xml")
    finally:
        watch.stop()


def test_a_host_without_the_log_says_why(tmp_path: Path) -> None:
    collector = WindowsEventLog(EventFolder(tmp_path / "none"), tmp_path / "marks.json")
    assert collector.probe() == f"there is no folder {tmp_path / 'none'}"
    (tmp_path / "none").mkdir()
    assert "Security: there is no file Security.xml" in (collector.probe() or "")


def test_a_log_that_was_cleared_is_told_and_read_from_its_beginning(host: Host) -> None:
    write(host.logs, SYSMON, *(event(number) for number in range(1, 30)))
    run(host.collector(), host, lambda: SYSMON in marks_of(host))
    (host.logs / f"{SYSMON.replace('/', '%4')}.xml").unlink()
    write(host.logs, SYSMON, event(1001))
    run(host.collector(), host, lambda: 1001 in host.numbers())
    told = [data for kind, data in host.told if kind == "sensor_tamper"]
    assert [(each["name"], each["channel"]) for each in told] == [("event_log_gap", SYSMON)]


def test_an_event_that_is_too_long_is_cut_and_its_size_told(host: Host) -> None:
    write(host.logs, SYSMON, event(1, CommandLine="x" * LONGEST_XML), event(2))
    run(host.collector(), host, lambda: len(host.records()) == 2)
    found = Normaliser().normalise(make.record_batch(*host.records()), 7)
    assert sum(batch.length for batch in found.activities) == 1
    assert [letter.reason for letter in found.dead] == ["invalid_xml"]


def test_bad_xml_becomes_a_dead_letter_on_the_server_and_its_neighbours_activities(host: Host) -> None:
    write(host.logs, SYSMON, event(1, Image="C:\\a.exe"), "<Event><System>", event(2, Image="C:\\b.exe"))
    run(host.collector(), host, lambda: len(host.records()) == 3)
    found = Normaliser().normalise(make.record_batch(*host.records()), 7)
    assert sorted(path for batch in found.activities for path in batch.fields["objectFilePath"]) == [
        "C:\\a.exe",
        "C:\\b.exe",
    ]
    assert {guid for batch in found.activities for guid in batch.fields["endpointGuid"]} == {SENSOR}
    assert [letter.reason for letter in found.dead] == ["invalid_xml"]


@pytest.mark.shared_data
def test_a_recording_goes_through_the_sensor_whole(host: Host, shared_data: Path) -> None:
    path = next(each for each in sorted((shared_data / "windows").rglob("*.evtx.gz")) if each.stat().st_size > 20_000)
    rendered = [each["data"] for each in PyEvtxParser(io.BytesIO(gzip.decompress(path.read_bytes()))).records()]
    write(host.logs, SECURITY, *(each.replace("\r", "&#13;").replace("\n", " ") for each in rendered))
    run(host.collector(), host, lambda: len(host.records()) == len(rendered))
    found = Normaliser().normalise(make.record_batch(*host.records()), 7)
    assert found.dead == []
    assert sum(batch.length for batch in found.activities if not batch.projected) == len(rendered)
