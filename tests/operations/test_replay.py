"""What the lake gives back is what the stream saw: activities, detections, and the matches of rules with a memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson
import pytest

from hinomi.detect.content import Content, load_content
from hinomi.detect.correlator import Correlator
from hinomi.detect.engine import Engine
from hinomi.ingest.protocols.file import read_paths
from hinomi.lake import records
from hinomi.normalise.ancestry import Ancestry
from hinomi.normalise.normaliser import Normaliser
from hinomi.operations.replay import replay
from hinomi.operations.simulation import read_simulations, record_batch
from hinomi.schema.activity import ActivityBatch
from hinomi.schema.detection import Detection, ModelMatch
from hinomi.schema.record import RecordBatch
from hinomi.settings import shipped_content
from tests import make
from tests.make_rooms import Rooms

NOW_MS = 1_790_000_000_000
Row = bytes


def digest(value: Any) -> Row:
    written = orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=str)
    return blake2b(written, digest_size=16).digest()


class Seen:
    """What went past an engine and a correlator, each activity once."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, bool], Row] = {}  # uuid and whether projected -> all fields, as one hash
        self.detections: list[Detection] = []
        self.matches: list[ModelMatch] = []

    def look(self, batches: Sequence[ActivityBatch]) -> None:
        for batch in batches:
            for index, uuid in enumerate(batch.fields["uuid"]):
                native = {name: column[index] for name, column in batch.native.items() if column[index] is not None}
                self.rows.setdefault((uuid, batch.projected), digest([batch.row(index), native]))

    def note(self, found: Sequence[Detection], matches: Sequence[ModelMatch]) -> None:
        """Without the activities: a recording has very many."""
        self.detections += [replace(one, activity={}) for one in found]
        self.matches += [
            replace(one, detections=tuple(replace(each, activity={}) for each in one.detections)) for one in matches
        ]

    def alerts(self) -> list[tuple[str, bool, str, tuple[str, ...], list[str]]]:
        return [
            (one.fingerprint, one.is_new, one.rule_id, one.entity_key, [each.id for each in one.detections])
            for one in self.matches
        ]


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


@pytest.fixture
def stream(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> Callable[[Sequence[RecordBatch]], Seen]:
    """Takes batches through the real pipeline, and tells what its engine and its correlator saw."""

    def taken(batches: Sequence[RecordBatch]) -> Seen:
        seen = Seen()
        observe_all, observe = Engine.observe_all, Correlator.observe

        def engine(self: Engine, given: Sequence[ActivityBatch]) -> list[Detection]:
            seen.look(given)
            return observe_all(self, given)

        def correlator(self: Correlator, given: Sequence[Detection]) -> list[ModelMatch]:
            found = observe(self, given)
            seen.note(given, found)
            return found

        for batch in batches:
            rooms.spool.append(batch)
        with monkeypatch.context() as patched:
            patched.setattr(Engine, "observe_all", engine)
            patched.setattr(Correlator, "observe", correlator)
            rooms.pipeline().drain()
        return seen

    return taken


def again(rooms: Rooms, **window: Any) -> Seen:
    """The lake read with the same content."""
    seen, engine, correlator = Seen(), Engine(rooms.content.filters), Correlator(rooms.content.models)
    for batches in replay(rooms.lake, Normaliser(), **({"from_ms": None, "to_ms": None} | window)):
        seen.look(batches)
        found = engine.observe_all(batches)
        seen.note(found, correlator.observe(found))
    return seen


def from_files(content: Content, batches: Sequence[RecordBatch]) -> Seen:
    """The same without lake, spool or database: what the stream knows as a duplicate is left out here too."""
    seen, engine, correlator = Seen(), Engine(content.filters), Correlator(content.models)
    normaliser, ancestry = Normaliser(), Ancestry()
    known: set[str] = set()
    for batch in batches:
        activities = normaliser.normalise(batch, 0).activities
        ancestry.complete(activities)
        uuids = {uuid for one in activities for uuid in one.fields["uuid"]}
        found = [one for one in engine.observe_all(activities) if one.uuid not in known]
        known |= uuids
        seen.note(found, correlator.observe(found))
    return seen


def assert_equal(one: Seen, other: Seen) -> None:
    assert one.detections == other.detections
    assert one.alerts() == other.alerts()


def made() -> list[RecordBatch]:
    """The shipped simulations, and entries with equal lines, late arrivals, two files and a record of another time."""
    batches = [record_batch(one, NOW_MS) for one in read_simulations(shipped_content() / "simulations")]
    failures = [
        make.record(4625, record_id=n, time=f"2026-01-15T03:{59 - n:02}:00.000000Z", TargetUserName=f"u{n}",
                    TargetDomainName="CORP", LogonType="3", IpAddress="10.0.0.9", Status="0xc000006d", SubStatus="0xc000006a")
        for n in range(40)
    ]  # fmt: skip
    equal = make.record(Image="C:\\a.exe", CommandLine="reg.exe save hklm\\sam C:\\x.hive")
    return [
        *batches,
        make.record_batch(*failures),
        make.record_batch(equal, equal, equal),
        make.record_batch(*failures),
    ]


def test_the_lake_gives_back_what_the_stream_saw(
    rooms: Rooms, stream: Callable[[Sequence[RecordBatch]], Seen], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "PAGE_ROWS", 7)
    first = stream(made())
    found = again(rooms)
    assert found.rows == first.rows
    assert len(first.detections) > 40
    assert sum(match.is_new for match in first.matches) > 5
    assert_equal(found, first)
    assert_equal(from_files(rooms.content, made()), first)


@pytest.mark.shared_data
@pytest.mark.parametrize("folder", ["windows/evtx-to-mitre", "windows/mordor/lateral_movement"])
def test_real_recordings_too(
    rooms: Rooms, stream: Callable[[Sequence[RecordBatch]], Seen], shared_data: Path, folder: str
) -> None:
    batches = list(read_paths([shared_data / folder]))
    first = stream(batches)
    found = again(rooms)
    assert len(first.rows) > 100
    assert found.rows == first.rows
    assert_equal(found, first)
    assert_equal(from_files(rooms.content, batches), first)
