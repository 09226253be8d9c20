"""A filter or model tried before it is saved: what it would have found among the activities of the last days.

The lake is read again (replay.py), so what is shown is what the stream would have made of it. Counted are activities
that arrived in the last days: an imported recording may be years old. Bounded in time, in what is kept, and in how many
run at once; a person may stop it.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from hinomi.detect.content import Content
from hinomi.detect.correlator import Correlator
from hinomi.detect.engine import Engine
from hinomi.errors import InputError
from hinomi.lake.lake import Lake
from hinomi.normalise.normaliser import Normaliser
from hinomi.operations.jobs import Job, Jobs
from hinomi.operations.replay import replay
from hinomi.query.fields import ACTIVITY
from hinomi.query.sql import to_sql
from hinomi.query.tree import Compare, Operator
from hinomi.schema.content import Filter, Model, Text
from hinomi.schema.detection import Detection

MAX_DAYS = 30
PER_PERSON = 2  # who stops one and starts another need not wait for the end of the first
MAX_SAMPLES = 20
MAX_CHART_DAYS = 400  # days that are counted apart; recordings may spread over more
MAX_SECONDS = 600.0
DAY_MS = 86_400_000


class TookTooLong(InputError):
    text = Text("this took too long: try fewer days", "時間がかかりすぎました。日数を減らしてください")

    def __init__(self) -> None:
        super().__init__(self.text.en)


@dataclass
class Preview:
    """What was found so far. `alerts` is None for a filter; `days` counts by day of the event."""

    read: int = 0
    matched: int = 0
    alerts: int | None = None
    days: Counter[int] = field(default_factory=Counter)
    samples: list[Detection] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def per_day(self) -> list[tuple[str, int]]:
        """(2026-01-15, matches), oldest first."""
        return [(_day(number), count) for number, count in sorted(self.days.copy().items())]


class Previews:
    """`result` of a job is its Preview from the beginning on, so that it can be looked at while it runs."""

    def __init__(self, lake: Lake, clock: Callable[[], float] = time.time) -> None:
        self._lake, self._clock = lake, clock
        self.jobs = Jobs("preview", time.monotonic, per_owner=PER_PERSON)

    def start(self, owner: str, value: Filter | Model, content: Content, days: int) -> Job:
        """Begin; a model is tried with the filters in effect. TooMany while others run."""
        if not 1 <= days <= MAX_DAYS:
            raise InputError(f"days: {days} is not between 1 and {MAX_DAYS}")
        since_ms = int(self._clock() * 1000) - days * DAY_MS
        filters = _filters(value, content)
        return self.jobs.start(owner, lambda job: self._work(job, value, filters, since_ms))

    def _work(self, job: Job, value: Filter | Model, filters: tuple[Filter, ...], since_ms: int) -> Preview:
        made = job.result = Preview(alerts=0 if isinstance(value, Model) else None)
        began = time.monotonic()
        engine, correlator = Engine(filters), Correlator([value]) if isinstance(value, Model) else None
        condition, parameters = to_sql(Compare("logReceivedTime", Operator.AT_LEAST, str(since_ms)), ACTIVITY)

        def report(done: int, total: int) -> None:
            made.read = done
            job.report(done, total)

        def is_over() -> bool:
            made.seconds = time.monotonic() - began
            return job.cancel.is_set() or made.seconds > MAX_SECONDS

        pages = replay(
            *(self._lake, Normaliser()),
            from_ms=None,
            to_ms=None,
            where=condition,
            parameters=parameters,
            on_progress=report,
            cancelled=is_over,
        )
        for batches in pages:
            _count(made, engine.observe_all(batches), correlator)
        if is_over() and not job.cancel.is_set():
            raise TookTooLong
        return made


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
