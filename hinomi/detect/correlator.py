"""Rules and models at work. In: detections in record order. Out: matches. The state is bounded and can be written down.

One detection after the other, so the result does not depend on how the stream is cut into calls. Time is event time: a
detection that comes late is put at its place, and the windows that look back on it are judged once more. So neither does the
result depend on the order of arrival, as long as nothing comes later than LATENESS_S behind the newest detection.
A rule whose verdict a late detection could take back is judged when the newest detection is more than LATENESS_S further.
A detection that lacks a value of the rule's group_by is not counted by that rule.
"""

import heapq
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hinomi.detect.chain import Met, WindowKey, met, real
from hinomi.detect.rule_type import RuleType, key_of
from hinomi.detect.rules import RULE_TYPES
from hinomi.detect.snapshot import Numbers, Pending, read_state, write_state
from hinomi.detect.standing import Standing
from hinomi.detect.window import MAX_DETECTIONS, Window, trimmed
from hinomi.schema.content import CHAINED, Model, Rule
from hinomi.schema.detection import Detection, ModelMatch

MAX_WAITING = 20_000  # detections in all windows together, about 40 MB; the window touched longest ago goes first
LATENESS_S = 300  # how far behind the newest detection one may come and still count as if it had come in order


@dataclass(frozen=True, slots=True)
class _Watch:
    """One rule that waits for a filter. `depth`: how many correlations stand below it."""

    model: Model
    rule: Rule
    type: RuleType
    waits: bool
    depth: int


class Correlator:
    """`numbers.evicted`: detections that left a window before their time, and alerts forgotten at a bound.

    `numbers.late`: detections that came more than LATENESS_S behind a later one of their rule and entity.
    """

    def __init__(self, models: Sequence[Model]) -> None:
        self._models = {model.id: model for model in models}
        self._watches = _watches(models)
        self._by_rule = {(one.model.id, one.rule.id): one for watches in self._watches.values() for one in watches}
        self._windows: OrderedDict[WindowKey, Window] = OrderedDict()
        self._standing = Standing()
        self._pending: list[Pending] = []
        self._numbers = Numbers()
        self._waiting = 0

    @property
    def evicted(self) -> int:
        return self._numbers.evicted + self._standing.forgotten

    @property
    def late(self) -> int:
        return self._numbers.late

    @property
    def suppressed(self) -> int:
        """Matches that only joined an alert that stood."""
        return self._standing.suppressed

    @property
    def waiting(self) -> int:
        """Detections in windows now; at most MAX_WAITING."""
        return self._waiting

    def figures(self) -> dict[str, int]:
        """What a person watches: how full the state is, and what was forgotten, came too late, only joined an alert."""
        return {
            "waiting": self.waiting,
            "bound": MAX_WAITING,
            "windows": len(self._windows),
            "evicted": self.evicted,
            "late": self.late,
            "suppressed": self.suppressed,
        }

    def observe(self, detections: Sequence[Detection]) -> list[ModelMatch]:
        """The matches that the detections bring about, in their order."""
        found: list[ModelMatch] = []
        for detection in detections:
            watches = self._watches.get(detection.filter_id)
            if watches:
                found += self._take(watches, trimmed(detection))
            if detection.event_time_ms > self._numbers.newest_ms:
                self._numbers.newest_ms = detection.event_time_ms
                if self._pending:
                    found += self._settle(self._numbers.newest_ms - LATENESS_S * 1000)
        return found

    def finish(self) -> list[ModelMatch]:
        """What is left to judge when nothing more will come: at the end of a file."""
        return list(self._settle(None))

    def snapshot(self) -> bytes:
        """All state, compact."""
        versions = {model.id: model.version for model in self._models.values()}
        return write_state(self._windows, self._standing, self._pending, self._numbers, versions)

    def restore(self, data: bytes) -> None:
        """Go on from a snapshot. Windows of models that have changed since start anew; standing alerts stay."""
        state = read_state(data)
        self._standing, self._numbers = state.standing, state.numbers
        self._windows = OrderedDict(
            (key, window)
            for key, window in state.windows.items()
            if key[:2] in self._by_rule and self._models[key[0]].version == state.versions.get(key[0])
        )
        self._pending = [one for one in state.pending if one.window in self._windows]
        self._waiting = sum(len(window) for window in self._windows.values())

    # ---- one detection, or the match of a correlation as one ----
    def _take(self, watches: Iterable[_Watch], detection: Detection) -> Iterator[ModelMatch]:
        for watch in watches:
            values = key_of(watch.rule, detection)
            if values is not None:
                yield from self._put(watch, values, detection)

    def _put(self, watch: _Watch, values: tuple[str, ...], detection: Detection) -> Iterator[ModelMatch]:
        key = (watch.model.id, watch.rule.id, values)
        window = self._window(watch, key)
        if watch.type.keeps_window and len(window) >= MAX_DETECTIONS and window.place_of(detection.id) is None:
            window.forget_first()
            self._forgot(1)
        place = window.insert(detection, watch.type.reads(watch.rule, detection))
        is_new = place is not None
        if place is None and isinstance(detection, Met):
            place = window.place_of(detection.id)  # a match whose evidence grew is told once more
        if place is None:
            return
        if is_new and watch.type.keeps_window:
            self._waiting += 1
            self._numbers.late += window.moments[-1][0] - detection.event_time_ms > LATENESS_S * 1000
            self._keep_bound()
        if watch.waits:
            yield from self._postpone(watch, key, window, place)
            return
        for last in _lasts(window, window.reach(place, watch.rule.window_s), watch.model.suppress_s, is_new):
            yield from self._judge(watch, key, window, last)

    def _judge(self, watch: _Watch, key: WindowKey, window: Window, last: int) -> Iterator[ModelMatch]:
        """Is the rule met by what ends at `last`? Then an alert, and the rules that wait for the match."""
        evidence = watch.type.judge(watch.rule, window, last)
        if not evidence:
            return
        trigger = window.detections[last]
        again = trigger.id in window.told
        window.told.add(trigger.id)
        if watch.model.is_alone:
            shown = real(evidence, self._windows) if watch.rule.models else evidence
            found = self._standing.match(watch.model, watch.rule, key[2], trigger, shown, again=again)
            if found is not None:
                yield found
        outer = self._watches.get(CHAINED + watch.model.id)
        if outer:
            yield from self._take(outer, met(watch.model, watch.rule, key[2], trigger))

    # ---- verdicts that wait ----
    def _postpone(self, watch: _Watch, key: WindowKey, window: Window, place: int) -> Iterator[ModelMatch]:
        moment = window.moments[place]
        if moment[0] < self._numbers.newest_ms - LATENESS_S * 1000:
            yield from self._judge(watch, key, window, place)
        else:
            heapq.heappush(self._pending, Pending(moment[0], watch.depth, moment[3], key))

    def _settle(self, before_ms: int | None) -> Iterator[ModelMatch]:
        """Judge what happened before this time; None: all that waits. What rests on other correlations comes after them."""
        while self._pending and (before_ms is None or self._pending[0].time_ms < before_ms):
            one = heapq.heappop(self._pending)
            window, watch = self._windows.get(one.window), self._by_rule.get(one.window[:2])
            place = window.place_of(one.detection_id) if window else None
            if window is not None and watch is not None and place is not None:
                yield from self._judge(watch, one.window, window, place)

    # ---- bounds ----
    def _window(self, watch: _Watch, key: WindowKey) -> Window:
        if not watch.type.keeps_window:
            return Window()
        window = self._windows.get(key)
        if window is None:
            window = self._windows[key] = Window()
        else:
            self._windows.move_to_end(key)
        return window

    def _keep_bound(self) -> None:
        while self._waiting > MAX_WAITING and len(self._windows) > 1:
            _, window = self._windows.popitem(last=False)
            self._forgot(len(window))

    def _forgot(self, count: int) -> None:
        self._waiting -= count
        self._numbers.evicted += count


def _lasts(window: Window, reach: range, suppress_s: int, is_new: bool) -> list[int]:
    """The places to be judged after a detection was put where `reach` begins.

    Where the rule was met before it still is, only with more evidence: one such place for each alert is enough, and
    a recording that is read backwards stays cheap.
    """
    if is_new and len(reach) == 1:  # nearly always: it came in order
        return [reach.start]
    chosen: list[int] = []
    told = [place for place in reach if window.detections[place].id in window.told]
    if is_new and len(reach) > len(told):
        known = set(told)
        chosen += [place for place in reach if place not in known]
    next_ms = 0
    for place in told:
        if window.moments[place][0] >= next_ms or place == told[-1]:
            next_ms = window.moments[place][0] + suppress_s * 1000
            chosen.append(place)
    return sorted(chosen)


def _watches(models: Sequence[Model]) -> dict[str, list[_Watch]]:
    """Filter or model id -> the rules that wait for it, in the order of models and rules."""
    types = {one.name: one for one in RULE_TYPES}
    by_id = {model.id: model for model in models}
    found: dict[str, list[_Watch]] = {}
    for model in models:
        for rule in [one for one in model.rules if model.enabled and one.enabled]:
            kind = types[rule.type]
            watch = _Watch(model, rule, kind, kind.waits(rule), _depth(model, by_id))
            for filter_id in dict.fromkeys([*rule.filters, *(CHAINED + name for name in rule.models)]):
                found.setdefault(filter_id, []).append(watch)
    return found


def _depth(model: Model, by_id: dict[str, Model]) -> int:
    """0 for a model of filters alone; sigma_content.py has refused circles."""
    below = [by_id[name] for rule in model.rules for name in rule.models if name in by_id]
    return 1 + max(map(_depth, below, [by_id] * len(below))) if below else 0
