"""Time travel: the alerts as they would be, had today's content (or another) stood then, beside those that were raised.

    lake -> replay -> engine -> exceptions of now -> correlator -> alerts that would be | compared by fingerprint | raised

The reading begins a little before the window and ends a little after it: a rule that counts an hour, or an alert that
still takes evidence, reaches over the edges. Nothing is written.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

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
from hinomi.workbench.raised import Raised, RaisedAlerts

DAY_MS = 86_400_000
MOST_BEFORE_MS = 7 * DAY_MS  # what is read before the window, at most
MAX_ALERTS = 20_000  # held on each side; what is beyond is counted
MAX_EVIDENCE = 5  # detections of one alert that are kept with their activity
MAX_HELD = 20_000  # activities held in all, about 100 MB at most
MAX_EVENTS = 500_000  # ids of activities held in all
MAX_HIDDEN = 10_000


class Group(StrEnum):
    ONLY_THEN = "onlyThen"  # raised then, and would not be now
    ONLY_NOW = "onlyNow"  # would be raised now, and was not
    BOTH = "both"


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

    def read_from_ms(self) -> int | None:
        """The windows and the standing alerts of the models reach back so far."""
        if self.from_ms is None:
            return None
        reach = max((self._window_s(model) + model.suppress_s for model in self.models), default=0)
        return self.from_ms - min(reach * 1000, MOST_BEFORE_MS)

    def read_to_ms(self) -> int | None:
        """An alert that begins in the window is whole only when its rule's window has passed."""
        if self.to_ms is None:
            return None
        return self.to_ms + min(max(map(self._window_s, self.models), default=0) * 1000, MOST_BEFORE_MS)

    @staticmethod
    def _window_s(model: Model) -> int:
        return max((rule.window_s for rule in model.rules), default=0)

    def holds(self, moment_ms: int) -> bool:
        return (self.from_ms is None or self.from_ms <= moment_ms) and (self.to_ms is None or moment_ms < self.to_ms)


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


@dataclass(frozen=True, slots=True)
class Pair:
    """One alert in the comparison: as it was raised, as it would be, or both."""

    group: Group
    raised: Raised | None
    would: Would | None

    @property
    def first_ms(self) -> int:
        return self.raised.first_ms if self.raised else self.would.first_ms if self.would else 0


@dataclass(slots=True)
class Travel:
    """`pairs`: newest first. `is_partial`: there were more alerts than can be held."""

    route: Route
    seen: Seen
    pairs: list[Pair] = field(default_factory=list)
    is_partial: bool = False

    def count(self, group: Group) -> int:
        return sum(pair.group is group for pair in self.pairs)


def travel(
    lake: Lake,
    raised: RaisedAlerts,
    route: Route,
    exceptions: Exceptions,
    *,
    on_progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Travel:
    """The whole trip. A cancelled one has what was found so far and is not compared."""
    seen = look(lake, route, exceptions, on_progress=on_progress, cancelled=cancelled)
    found = Travel(route, seen)
    if not seen.is_cancelled:
        compare(found, raised)
    return found


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
        from_ms=route.read_from_ms(),
        to_ms=route.read_to_ms(),
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
    seen.unread = max(0, read - seen.read)
    seen.is_cancelled = bool(cancelled and cancelled())
    return seen


def _keep(seen: Seen, match: ModelMatch) -> None:
    would = seen.would.get(match.fingerprint)
    if would is None:
        if len(seen.would) >= MAX_ALERTS:
            seen.lost += match.is_new
            return
        first_ms = match.detections[0].event_time_ms
        would = seen.would[match.fingerprint] = Would(
            match.fingerprint, match.model_id, match.rule_id, match.entity_key, first_ms, first_ms
        )
    for one in match.detections:
        would.first_ms, would.last_ms = min(would.first_ms, one.event_time_ms), max(would.last_ms, one.event_time_ms)
        if len(would.evidence) < MAX_EVIDENCE and seen.held < MAX_HELD:
            would.evidence.append(one)
            seen.held += 1
        if one.uuid not in would.events and seen.events < MAX_EVENTS:
            would.events.add(one.uuid)
            seen.events += 1


def compare(found: Travel, raised: RaisedAlerts) -> None:
    """By fingerprint: equal evidence and content make an equal one. What begins in the window counts, on either side."""
    route, would = found.route, found.seen.would
    then = raised.between(route.from_ms, route.to_ms, route.scope, MAX_ALERTS)
    now = {key: one for key, one in would.items() if route.holds(one.first_ms)}
    then_any = then | raised.of(key for key in now if key not in then)
    pairs = [Pair(Group.BOTH, one, would[key]) for key, one in then_any.items() if key in would]
    pairs += [Pair(Group.ONLY_THEN, one, None) for key, one in then.items() if key not in would]
    pairs += [Pair(Group.ONLY_NOW, None, one) for key, one in now.items() if key not in then_any]
    found.pairs = sorted(pairs, key=lambda pair: -pair.first_ms)
    found.is_partial = bool(found.seen.lost) or len(then) >= MAX_ALERTS


def with_models_on(content: Content, ids: tuple[str, ...]) -> Content:
    """Whoever names a model wants to know what it would raise, also where it is switched off."""
    return Content(
        content.filters,
        tuple(replace(one, enabled=True) if one.id in ids else one for one in content.models),
    )
