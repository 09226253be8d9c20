"""The hallway: the whole trip of a batch, on one screen.

    spool -> normalise -> mark what is listed -> (lake | detect -> exceptions -> correlate) -> workbench -> one closing transaction -> spool may forget

Killed at any point, the next `step` takes the same entries again and the result is the same: the lake tells which
activities of an entry it already holds (`spoolSeq`), identities are deterministic, and the window state is the one that
was closed with the last batch. What is a duplicate is decided by identity alone: an activity in the lake under another
entry was there before.
"""

import gc
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import sqlalchemy as sa

from hinomi.database import Database, metadata
from hinomi.detect.content import Content
from hinomi.detect.correlator import Correlator
from hinomi.detect.engine import Engine
from hinomi.detect.exception_store import ExceptionStore
from hinomi.detect.exceptions import Split
from hinomi.detect.tally_store import count_matches
from hinomi.ingest.spool import Spool
from hinomi.ingest.store import DeadLetters
from hinomi.lake.lake import Lake
from hinomi.normalise.ancestry import Ancestry
from hinomi.normalise.normaliser import Normaliser
from hinomi.normalise.one_by_one import normalised
from hinomi.response.listed import ListedValues
from hinomi.schema.activity import ActivityBatch
from hinomi.schema.detection import Detection, ModelMatch
from hinomi.schema.record import DeadLetter, RecordBatch
from hinomi.workbench.workbench import Workbench

STATE = sa.Table(
    "pipeline_state",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
)


@dataclass(slots=True)
class Tally:
    """What a step, or a whole run, did. `kept` counts activities new to the lake, `hidden` what exceptions took away."""

    read: int = 0
    kept: int = 0
    duplicates: int = 0
    detections: int = 0
    hidden: int = 0
    detections_by_risk: dict[str, int] = field(default_factory=dict)
    alerts: int = 0
    dead: dict[str, int] = field(default_factory=dict)
    batches: int = 0
    last_sequence: int = 0

    def add(self, other: "Tally") -> None:
        self.read += other.read
        self.kept += other.kept
        self.duplicates += other.duplicates
        self.detections += other.detections
        self.hidden += other.hidden
        self.alerts += other.alerts
        self.batches += other.batches
        self.last_sequence = max(self.last_sequence, other.last_sequence)
        for mine, theirs in ((self.dead, other.dead), (self.detections_by_risk, other.detections_by_risk)):
            for key, count in theirs.items():
                mine[key] = mine.get(key, 0) + count


@dataclass(slots=True)
class _Entry:
    """One spool entry on its way: its activities, and for each batch of them the rows that are new."""

    sequence: int
    records: int
    batches: list[ActivityBatch]
    dead: list[DeadLetter]
    fresh: dict[str, bool] = field(default_factory=dict)  # uuid -> not in the lake yet; False: a replay of this entry
    duplicates: int = 0


@dataclass(slots=True)
class _Flight:
    """A batch that is detected and on its way to the lake; what is left is to close it.

    `state` is what stands of the windows behind it, for those of the next batch are worked on before this one is closed.
    """

    tally: Tally
    fresh: set[str]  # uuids that it brings
    dead: list[DeadLetter]
    matches: list[ModelMatch]
    hits: Mapping[str, int]
    state: dict[str, bytes]
    writing: list[Future[None]]


class Pipeline:
    """One per data folder; `step` is not thread-safe, run it from one thread (`run`)."""

    def __init__(
        self,
        *,
        spool: Spool,
        database: Database,
        lake: Lake,
        workbench: Workbench,
        letters: DeadLetters,
        content: Content,
        batch_records: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._spool, self._database, self._lake = spool, database, lake
        self._workbench, self._letters, self._content = workbench, letters, content
        self._batch_records, self._clock = batch_records, clock
        self._next_content: Content | None = None
        self._exceptions = ExceptionStore(database)
        self._flights: deque[_Flight] = deque()  # at most two: one that the lake writes, one that is detected meanwhile
        self._normaliser = Normaliser()
        self._engine = Engine(content.enabled_filters)
        self._ancestry = Ancestry(lake.creators)
        self._listed = ListedValues(database)
        self._writer = ThreadPoolExecutor(2, thread_name_prefix="lake-writer")
        self._asker = ThreadPoolExecutor(1, thread_name_prefix="lake-asker")  # never behind what is being written
        self._closed = threading.Condition()
        self.total = Tally()
        self._restore()

    def prepare(self) -> None:
        """Make what the first batches need, while there is time before they come."""
        self._engine.prepare()

    # ---- one batch ------------------------------------------------------------------------------------------------
    def step(self) -> Tally | None:
        """Take the oldest entries through the house and close them; None when the spool is empty.

        While the lake writes them the next ones are begun. Raises what the rooms raise (DiskFull, Unavailable ...);
        nothing is closed then, and the same entries come again.
        """
        gc.disable()  # a batch is a million short-lived objects: looking for circles among them doubles its time
        try:
            return self._step()
        except BaseException:
            self._land()
            raise
        finally:
            gc.enable()

    def _step(self) -> Tally | None:
        if not self._flights:
            self._take_content()
            self._begin(self.position)
        if not self._flights:
            return None
        flight = self._flights[0]
        if self._next_content is None:  # else the windows of the new content begin where this batch ends
            self._begin_behind(flight)
        return self._end(flight)

    def _begin_behind(self, flight: _Flight) -> None:
        """Begin the next entries. Their trouble is not this batch's: they are begun again, and tell it then."""
        try:
            self._begin(flight.tally.last_sequence)
        except Exception:  # noqa: BLE001
            while self._flights[-1] is not flight:
                wait(self._flights.pop().writing)
            self._correlator = self._correlator_at(flight.state["windows"])

    def _begin(self, after: int) -> None:
        """Read and detect the entries after a position, and give them to the lake."""
        now_ms = int(self._clock() * 1000)
        taken = self._spool.take(after, self._batch_records)
        if not taken:
            return
        entries = [self._normalise(sequence, batch, now_ms) for sequence, batch in taken]
        tally = Tally(batches=1, last_sequence=entries[-1].sequence, read=sum(entry.records for entry in entries))
        under_way = set[str]().union(*(flight.fresh for flight in self._flights))  # not yet in the lake, or only just
        marking = self._asker.submit(self._mark_known, entries, under_way)
        self._ancestry.complete([batch for entry in entries for batch in entry.batches])
        self._listed.mark([batch for entry in entries for batch in entry.batches], now_ms)
        writing = [self._writer.submit(self._write_activities, entries, tally, marking)]
        flight = _Flight(tally, set(), [], [], {}, {}, writing)
        self._flights.append(flight)
        found = [self._engine.observe_all(entry.batches) for entry in entries]
        marking.result()
        flight.fresh = {uuid for entry in entries for uuid in entry.fresh}
        split = self._exceptions.working(now_ms).split(_of_fresh(entries, found))
        writing.append(self._writer.submit(self._write_detections, split, tally))
        flight.matches = self._correlator.observe(split.kept)
        flight.hits = split.hits
        flight.dead = [letter for entry in entries for letter in entry.dead]
        flight.state = {
            "position": b"%d" % tally.last_sequence,
            "windows": self._correlator.snapshot(),
            "content": self._content.version.encode(),
        }

    def _end(self, flight: _Flight) -> Tally:
        """Close a batch once the lake holds it."""
        for written in flight.writing:
            written.result()
        tally = flight.tally
        self._close(flight)
        self._flights.popleft()
        self._spool.done(tally.last_sequence)
        self._count(tally)
        return tally

    def _land(self) -> None:
        """After trouble: wait for what is being written, forget what was begun, and stand where the last batch closed."""
        for flight in self._flights:
            wait(flight.writing)
        self._flights.clear()
        self._restore()

    def _normalise(self, sequence: int, batch: RecordBatch, received_ms: int) -> _Entry:
        found = normalised(self._normaliser, batch, received_ms)
        return _Entry(sequence, len(batch.records), found.activities, [*batch.dead, *found.dead])

    def _mark_known(self, entries: Sequence[_Entry], seen: set[str]) -> None:
        """Decide for each activity: new, a replay of this entry, or a duplicate of something kept before or in `seen`."""
        uuids: list[str] = []
        times: list[int] = []
        for entry in entries:
            for batch in entry.batches:
                if not batch.projected:
                    uuids += batch.fields["uuid"]
                    times += batch.fields["eventTime"]
        known = self._lake.known(uuids, times)
        for entry in entries:
            for batch in entry.batches:
                if batch.projected:
                    continue
                for uuid in batch.fields["uuid"]:
                    held = known.get(uuid)
                    if uuid in seen or (held is not None and held != entry.sequence):
                        entry.duplicates += 1
                    else:
                        entry.fresh[uuid] = held is None
                        seen.add(uuid)

    def _write_activities(self, entries: Sequence[_Entry], tally: Tally, marking: Future[None]) -> None:
        marking.result()
        chosen: list[tuple[int, ActivityBatch, list[int] | None]] = []
        for entry in entries:
            tally.duplicates += entry.duplicates
            tally.kept += len(entry.fresh)
            for batch in entry.batches:
                if batch.projected:
                    continue
                chosen.append((entry.sequence, batch, _rows_to_write(entry, batch)))
        self._lake.write_activities([(seq, batch, rows) for seq, batch, rows in chosen if rows is None or rows])

    def _write_detections(self, split: Split, tally: Tally) -> None:
        """A replayed entry may have left some of its detections in the lake: it writes only those it does not hold."""
        fed = self._content.fed
        kept = [one for one in split.kept if one.filter_id not in fed] if fed else split.kept
        self._lake.write_detections(kept)
        tally.detections += len(kept)
        tally.hidden += len(split.hidden)
        for detection in kept:
            risk = str(detection.risk)
            tally.detections_by_risk[risk] = tally.detections_by_risk.get(risk, 0) + 1

    def _close(self, flight: _Flight) -> None:
        """The one transaction that closes the batch."""
        tally = flight.tally
        with self._database.begin() as connection:
            raised = self._workbench.keep(connection, flight.matches, self._content, self._clock())
            self._exceptions.count(connection, flight.hits, int(self._clock() * 1000))
            count_matches(connection, flight.matches)
            for reason, count in self._letters.keep(connection, flight.dead, self._clock()).items():
                tally.dead[reason] = tally.dead.get(reason, 0) + count
            for name, value in flight.state.items():
                connection.execute(sa.delete(STATE).where(STATE.c.name == name))
                connection.execute(sa.insert(STATE).values(name=name, value=value))
        tally.alerts += len(raised)

    # ---- content --------------------------------------------------------------------------------------------------
    def use(self, content: Content) -> None:
        """Detect with this content from the next batch on; safe from any thread."""
        self._next_content = content

    def _take_content(self) -> None:
        """Between batches: the window state is carried over, so a switched-off model loses only what it would match."""
        content, self._next_content = self._next_content, None
        if content is None:
            return
        if content.enabled_filters != self._content.enabled_filters:
            self._engine = Engine(content.enabled_filters)
        self._content = content
        self._restore()

    @property
    def correlation(self) -> dict[str, int]:
        """How full the state of the rules is, and what left it (`Correlator.figures`); safe from any thread."""
        return self._correlator.figures()

    # ---- many batches ---------------------------------------------------------------------------------------------
    def drain(self, on_step: Callable[[Tally], None] | None = None) -> Tally:
        """Step until the spool is empty."""
        whole = Tally()
        while (tally := self.step()) is not None:
            whole.add(tally)
            if on_step:
                on_step(whole)
        return whole

    def wait_closed(self, sequence: int, timeout_s: float) -> bool:
        """True once the entry `sequence` is closed; False after the time-out."""
        with self._closed:
            return self._closed.wait_for(lambda: self.position >= sequence, timeout_s)

    def close(self) -> None:
        self._asker.shutdown()
        self._writer.shutdown()

    # ---- state ----------------------------------------------------------------------------------------------------
    @staticmethod
    def position_in(database: Database) -> int:
        """The last closed entry that the database knows of; 0 before the first."""
        return int(_state(database).get("position", b"0"))

    def _restore(self) -> None:
        """Position and window state as of the last closed batch."""
        state = _state(self._database)
        self.position = int(state.get("position", b"0"))
        self._correlator = self._correlator_at(state.get("windows"))

    def _correlator_at(self, windows: bytes | None) -> Correlator:
        correlator = Correlator([model for model in self._content.models if model.enabled])
        if windows is not None:
            correlator.restore(windows)
        return correlator

    def _count(self, tally: Tally) -> None:
        with self._closed:
            self.position = tally.last_sequence
            self.total.add(tally)
            self._closed.notify_all()


def _state(database: Database) -> dict[str, bytes]:
    with database.read() as connection:
        rows = connection.execute(sa.select(STATE.c.name, STATE.c.value)).all()
    return {row.name: bytes(row.value) for row in rows}


def _of_fresh(entries: Sequence[_Entry], found: Sequence[list[Detection]]) -> list[Detection]:
    """What was detected in each entry, without its duplicates."""
    return [one for entry, some in zip(entries, found, strict=True) for one in some if one.uuid in entry.fresh]


def _rows_to_write(entry: _Entry, batch: ActivityBatch) -> list[int] | None:
    """Rows that the lake does not hold; None when that is all of them. Each uuid once."""
    uuids = batch.fields["uuid"]
    rows = [index for index, uuid in enumerate(uuids) if entry.fresh.get(uuid)]
    if len(rows) == batch.length and len(set(uuids)) == batch.length:
        return None
    first: dict[str, int] = {}
    for index in rows:
        first.setdefault(uuids[index], index)
    return list(first.values())
