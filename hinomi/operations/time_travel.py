"""Time travel: the alerts as they would be, had today's content (or another) stood then.

    lake -> replay -> engine -> exceptions of now -> correlator -> alerts that would be (time_pairs.py: beside those raised)

The reading begins before the window and ends after it: a rule that counts an hour, or an alert that still takes evidence,
reaches over the edges. Nothing is written.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from hinomi.detect.content import Content
from hinomi.detect.correlator import Correlator
from hinomi.detect.engine import Engine
from hinomi.detect.exceptions import Exceptions
from hinomi.detect.text_store import Key
from hinomi.lake.lake import Lake
from hinomi.normalise.normaliser import Normaliser
from hinomi.operations.replay import Progress, replay
from hinomi.schema.content import Filter, Model
from hinomi.schema.detection import Detection, ModelMatch

DAY_MS = 86_400_000
MOST_REACH_MS = 7 * DAY_MS  # what is read before the window, and after it, at most
MAX_ALERTS = 20_000  # held on each side; what is beyond is counted
MAX_EVIDENCE = 5  # detections of one alert that are kept with their activity
MAX_HELD = 20_000  # activities held in all, about 100 MB at most
MAX_EVENTS = 500_000  # ids of activities held in all
MAX_HIDDEN = 10_000


@dataclass(frozen=True, slots=True)
class Route:
    """What to look at. `scope`: ids of the models that are compared; None is all there are and ever were."""

    content: Content
    from_ms: int | None = None
    to_ms: int | None = None
    scope: tuple[str, ...] | None = None
    drafts: frozenset[Key] = frozenset()  # what is tried and not in effect

    @property
    def models(self) -> tuple[Model, ...]:
        return tuple(one for one in self.content.models if one.enabled and self._is_meant(one))

    def _is_meant(self, model: Model) -> bool:
        return self.scope is None or model.id in self.scope

    @property
    def filters(self) -> tuple[Filter, ...]:
        """Those that the models wait for: the others are not looked for."""
        wanted = {name for model in self.models for rule in model.rules if rule.enabled for name in rule.filters}
        return tuple(one for one in self.content.enabled_filters if one.id in wanted)

    @property
    def reach_ms(self) -> int:
        """So far the rules' windows and the standing alerts of the models reach over the edges; a week at most."""
        reach_s = max((_window_s(model) + model.suppress_s for model in self.models), default=0)
        return min(reach_s * 1000, MOST_REACH_MS)

    @property
    def read_from_ms(self) -> int | None:
        return None if self.from_ms is None else self.from_ms - self.reach_ms

    @property
    def read_to_ms(self) -> int | None:
        return None if self.to_ms is None else self.to_ms + self.reach_ms

    def holds(self, moment_ms: int) -> bool:
        return (self.from_ms is None or self.from_ms <= moment_ms) and (self.to_ms is None or moment_ms < self.to_ms)


def _window_s(model: Model) -> int:
    return max((rule.window_s for rule in model.rules), default=0)


@dataclass(slots=True)
class Would:
    """An alert as it would be. `evidence`: the earliest detections, at most MAX_EVIDENCE, in the order they came."""

    fingerprint: str
    model_id: str
    rule_id: str
    entity: tuple[str, ...]
    first_ms: int
    last_ms: int
    evidence: list[Detection] = field(default_factory=list)
    events: set[str] = field(default_factory=set)  # uuids of its activities


@dataclass(slots=True)
class Seen:
    """What the reading found. `hidden`: detections that an exception of now hides, by id; `lost` alerts are only counted."""

    would: dict[str, Would] = field(default_factory=dict)
    hidden: dict[str, Detection] = field(default_factory=dict)
    read: int = 0
    unread: int = 0  # records that cannot be normalised any more
    detections: int = 0
    lost: int = 0
    held: int = 0
    events: int = 0
    is_cancelled: bool = False


def look(
    lake: Lake,
    route: Route,
    exceptions: Exceptions,
    *,
    on_progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Seen:
    """The alerts that would be raised. Memory: a page of records, the rules' windows, and the alerts found."""
    seen, engine, correlator = Seen(), Engine(route.filters), Correlator(route.models)
    read = 0

    def progress(done: int, total: int) -> None:
        nonlocal read
        read = done
        if on_progress:
            on_progress(done, total)

    pages = replay(
        lake,
        Normaliser(),
        from_ms=route.read_from_ms,
        to_ms=route.read_to_ms,
        on_progress=progress,
        cancelled=cancelled,
    )
    for batches in pages:
        seen.read += sum(batch.length for batch in batches if not batch.projected)
        split = exceptions.split(engine.observe_all(batches))
        seen.detections += sum(route.holds(one.event_time_ms) for one in split.kept)
        seen.hidden |= {one.id: one for one in split.hidden[: MAX_HIDDEN - len(seen.hidden)]}
        for match in correlator.observe(split.kept):
            _keep(seen, match)
    for match in correlator.finish():  # the stream has judged these by now: time has passed the window
        _keep(seen, match)
    seen.unread = max(0, read - seen.read)
    seen.is_cancelled = bool(cancelled and cancelled())
    return seen


def _keep(seen: Seen, match: ModelMatch) -> None:
    """As the workbench does: a new alert, more of one that stands, or one whose beginning turns out to be earlier."""
    would = seen.would.pop(match.was, None) if match.was else None
    would = would or seen.would.get(match.fingerprint) or _new(seen, match)
    if would is None:
        return
    would.fingerprint = match.fingerprint
    seen.would[match.fingerprint] = would
    for one in match.detections:
        would.first_ms, would.last_ms = min(would.first_ms, one.event_time_ms), max(would.last_ms, one.event_time_ms)
        if len(would.evidence) < MAX_EVIDENCE and seen.held < MAX_HELD:
            would.evidence.append(one)
            seen.held += 1
        if one.uuid not in would.events and seen.events < MAX_EVENTS:
            would.events.add(one.uuid)
            seen.events += 1


def _new(seen: Seen, match: ModelMatch) -> Would | None:
    if not match.detections:
        return None
    if len(seen.would) >= MAX_ALERTS:
        seen.lost += match.is_new
        return None
    first_ms = match.detections[0].event_time_ms
    return Would(match.fingerprint, match.model_id, match.rule_id, match.entity_key, first_ms, first_ms)


def with_models_on(content: Content, ids: tuple[str, ...]) -> Content:
    """Whoever names a model wants to know what it would raise, also where it is switched off."""
    return Content(
        content.filters,
        tuple(replace(one, enabled=True) if one.id in ids else one for one in content.models),
    )
