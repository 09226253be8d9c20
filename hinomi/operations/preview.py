"""A filter or model tried before it is saved: what it would have found among the activities of the last days.

The lake is read again (replay.py), so what is shown is what the stream would have made of it. Counted are activities
that arrived in the last days: an imported recording may be years old. Bounded in time, in what is kept, and in how many
run at once; a person may stop it.
"""

import logging
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from hinomi.detect.content import Content
from hinomi.detect.correlator import Correlator
from hinomi.detect.engine import Engine
from hinomi.errors import HinomiError, InputError, NotFound, TooMany
from hinomi.lake.lake import Lake
from hinomi.normalise.normaliser import Normaliser
from hinomi.operations.replay import replay
from hinomi.query.fields import ACTIVITY
from hinomi.query.sql import to_sql
from hinomi.query.tree import Compare, Operator
from hinomi.schema.content import Filter, Model, Text
from hinomi.schema.detection import Detection

log = logging.getLogger(__name__)

MAX_DAYS = 30
MAX_RUNNING = 2
MAX_KEPT = 50  # previews whose result can still be asked for
MAX_SAMPLES = 20
MAX_CHART_DAYS = 400  # days that are counted apart; recordings may spread over more
MAX_SECONDS = 600.0
DAY_MS = 86_400_000


class State(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass
class Preview:
    """One preview under way or at its end. `alerts` is None for a filter; `days` counts by day of the event."""

    id: str
    value: Filter | Model
    filters: tuple[Filter, ...]
    since_ms: int
    state: State = State.RUNNING
    progress: float = 0.0
    read: int = 0
    matched: int = 0
    alerts: int | None = None
    days: Counter[int] = field(default_factory=Counter)
    samples: list[Detection] = field(default_factory=list)
    seconds: float = 0.0
    error: Text | None = None
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def per_day(self) -> list[tuple[str, int]]:
        """(2026-01-15, matches), oldest first."""
        return [(_day(number), count) for number, count in sorted(self.days.copy().items())]


class Previews:
    """Each runs in a thread of its own; `close` ends all of them."""

    def __init__(self, lake: Lake, clock: Callable[[], float] = time.time) -> None:
        self._lake, self._clock = lake, clock
        self._lock = threading.Lock()
        self._known: dict[str, Preview] = {}
        self._threads: list[threading.Thread] = []

    def start(self, value: Filter | Model, content: Content, days: int) -> Preview:
        """Begin; ask `get` how far it is. A model is tried with the filters in effect. TooMany while others run."""
        if not 1 <= days <= MAX_DAYS:
            raise InputError(f"days: {days} is not between 1 and {MAX_DAYS}")
        since_ms = int(self._clock() * 1000) - days * DAY_MS
        alerts = 0 if isinstance(value, Model) else None
        made = Preview(uuid.uuid4().hex, value, _filters(value, content), since_ms, alerts=alerts)
        with self._lock:
            running = sum(one.state is State.RUNNING for one in self._known.values())
            if running >= MAX_RUNNING:
                raise TooMany(f"{running} previews are running: wait for one, or stop one", 5)
            for id_ in list(self._known)[: max(0, len(self._known) - MAX_KEPT + 1)]:
                del self._known[id_]
            self._known[made.id] = made
            self._threads = [one for one in self._threads if one.is_alive()]
            thread = threading.Thread(target=self._run, args=(made,), name="preview", daemon=True)
            self._threads.append(thread)
            thread.start()
        return made

    def get(self, id_: str) -> Preview:
        with self._lock:
            found = self._known.get(id_)
        if found is None:
            raise NotFound("there is no such preview any more: start it again")
        return found

    def cancel(self, id_: str) -> None:
        """It ends with the page that is being read; what it found so far can be looked at."""
        self.get(id_).stop.set()

    def close(self) -> None:
        """Stop all and wait for their end."""
        with self._lock:
            threads = list(self._threads)
            for one in self._known.values():
                one.stop.set()
        for thread in threads:
            thread.join()

    def _run(self, made: Preview) -> None:
        try:
            try_out(made, self._lake)
        except HinomiError as error:
            made.error, made.state = Text(str(error), str(error)), State.FAILED
        except Exception:
            log.exception("a preview stumbled")
            made.error = Text("Hinomi stumbled; the log has it", "内部エラーです。ログを確認してください")
            made.state = State.FAILED


def try_out(made: Preview, lake: Lake) -> None:
    """Run the preview to its end, in the caller's thread."""
    began = time.monotonic()
    engine, correlator = Engine(made.filters), _correlator(made.value)
    condition, parameters = to_sql(Compare("logReceivedTime", Operator.AT_LEAST, str(made.since_ms)), ACTIVITY)

    def told(done: int, total: int) -> None:
        made.read, made.progress = done, done / total if total else 1.0

    def is_over() -> bool:
        made.seconds = time.monotonic() - began
        return made.stop.is_set() or made.seconds > MAX_SECONDS

    pages = replay(
        lake,
        Normaliser(),
        from_ms=None,
        to_ms=None,
        where=condition,
        parameters=parameters,
        on_progress=told,
        cancelled=is_over,
    )
    for batches in pages:
        _count(made, engine.observe_all(batches), correlator)
    made.seconds = time.monotonic() - began
    if made.stop.is_set():
        made.state = State.CANCELLED
    elif made.seconds > MAX_SECONDS:
        made.error = Text("this took too long: try fewer days", "時間がかかりすぎました。日数を減らしてください")
        made.state = State.FAILED
    else:
        made.progress, made.state = 1.0, State.DONE


def _count(made: Preview, found: Sequence[Detection], correlator: Correlator | None) -> None:
    """Of a filter each detection is a match, of a model each detection of its filters; a sample is what raised an alert."""
    made.matched += len(found)
    if correlator is None:
        _keep(made, found)
        return
    matches = correlator.observe(found)
    made.alerts = (made.alerts or 0) + sum(match.is_new for match in matches)
    _keep(made, (match.detections[-1] for match in matches if match.is_new))


def _keep(made: Preview, found: Iterable[Detection]) -> None:
    for one in found:
        day = one.event_time_ms // DAY_MS
        if day in made.days or len(made.days) < MAX_CHART_DAYS:
            made.days[day] += 1
        if len(made.samples) < MAX_SAMPLES:
            made.samples.append(one)


def _correlator(value: Filter | Model) -> Correlator | None:
    return Correlator([value]) if isinstance(value, Model) else None


def _filters(value: Filter | Model, content: Content) -> tuple[Filter, ...]:
    if isinstance(value, Filter):
        return (value,)
    wanted = {name for rule in value.rules for name in rule.filters}
    return tuple(one for one in content.enabled_filters if one.id in wanted)


def _day(number: int) -> str:
    try:
        return datetime.fromtimestamp(number * DAY_MS / 1000, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return str(number)
