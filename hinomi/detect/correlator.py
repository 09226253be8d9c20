"""Rules and models at work. In: detections in record order. Out: matches. The state is bounded and can be written down.

One detection after the other, so the result does not depend on how the stream is cut into calls. Time is event time.
A detection that lacks a value of the rule's group_by is not counted by that rule.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from hinomi.detect.rule_type import RuleType, value_of
from hinomi.detect.rules import RULE_TYPES
from hinomi.detect.snapshot import read_state, write_state
from hinomi.detect.standing import Standing
from hinomi.detect.window import MAX_DETECTIONS, Window, trimmed
from hinomi.schema.content import Model, Rule
from hinomi.schema.detection import Detection, ModelMatch

MAX_WAITING = 20_000  # detections in all windows together, about 40 MB; the window touched longest ago goes first

WindowKey = tuple[str, str, tuple[str, ...]]  # (model id, rule id, values of group_by)


@dataclass(frozen=True, slots=True)
class _Watch:
    """One rule that waits for a filter."""

    model: Model
    rule: Rule
    type: RuleType


class Correlator:
    """`evicted` counts detections that left a full window before their time, and alerts that were forgotten at a bound."""

    def __init__(self, models: Sequence[Model]) -> None:
        self._models = {model.id: model for model in models}
        self._watches = _watches(models)
        self._windows: OrderedDict[WindowKey, Window] = OrderedDict()
        self._standing = Standing()
        self._arrivals = 0
        self._waiting = 0
        self._evicted = 0

    @property
    def evicted(self) -> int:
        return self._evicted + self._standing.forgotten

    def observe(self, detections: Sequence[Detection]) -> list[ModelMatch]:
        """The matches that the detections bring about, in their order."""
        found = []
        for detection in detections:
            watches = self._watches.get(detection.filter_id)
            if watches:
                self._arrivals += 1
                kept = trimmed(detection)
                found += [match for watch in watches if (match := self._meet(watch, kept)) is not None]
        return found

    def snapshot(self) -> bytes:
        """All state, compact."""
        versions = {model.id: model.version for model in self._models.values()}
        return write_state(self._windows, self._standing, self._arrivals, self._evicted, versions)

    def restore(self, data: bytes) -> None:
        """Go on from a snapshot. Windows of models that have changed since start anew; standing alerts stay."""
        state = read_state(data)
        self._standing, self._arrivals, self._evicted = state.standing, state.arrivals, state.evicted
        self._windows = OrderedDict(
            (key, window)
            for key, window in state.windows.items()
            if key[0] in self._models and self._models[key[0]].version == state.versions.get(key[0])
        )
        self._waiting = sum(len(window) for window in self._windows.values())

    def _meet(self, watch: _Watch, detection: Detection) -> ModelMatch | None:
        values = tuple(value_of(detection, name) for name in watch.rule.group_by)
        key = tuple(value for value in values if value is not None)
        if len(key) < len(values):
            return None
        window = self._window(watch, key)
        place = self._put(watch, window, detection)
        evidence = () if place is None else watch.type.judge(watch.rule, window, place)
        return self._standing.match(watch.model, watch.rule, key, evidence) if evidence else None

    def _window(self, watch: _Watch, key: tuple[str, ...]) -> Window:
        if not watch.type.keeps_window:
            return Window()
        place = (watch.model.id, watch.rule.id, key)
        window = self._windows.setdefault(place, Window())
        self._windows.move_to_end(place)
        return window

    def _put(self, watch: _Watch, window: Window, detection: Detection) -> int | None:
        """Insert, within the bounds; the place of the detection then."""
        if watch.type.keeps_window:
            if len(window) >= MAX_DETECTIONS:
                window.forget_first()
                self._forgot(1)
            self._waiting += 1
        distinct = watch.rule.distinct
        place = window.insert(detection, self._arrivals, value_of(detection, distinct) if distinct else None)
        if watch.type.keeps_window:
            self._waiting -= place is None
            self._keep_bound()
        return place

    def _keep_bound(self) -> None:
        while self._waiting > MAX_WAITING and len(self._windows) > 1:
            _, window = self._windows.popitem(last=False)
            self._forgot(len(window))

    def _forgot(self, count: int) -> None:
        self._waiting -= count
        self._evicted += count


def _watches(models: Sequence[Model]) -> dict[str, list[_Watch]]:
    """Filter id -> the rules that wait for it, in the order of models and rules."""
    types = {one.name: one for one in RULE_TYPES}
    found: dict[str, list[_Watch]] = {}
    for model in models:
        for rule in [one for one in model.rules if model.enabled and one.enabled]:
            for filter_id in dict.fromkeys(rule.filters):
                found.setdefault(filter_id, []).append(_Watch(model, rule, types[rule.type]))
    return found
