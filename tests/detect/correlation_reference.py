"""The slow, obvious evaluator of rules: all detections at once, every window looked at anew, nothing remembered.

    alerts(models, detections)  ->  what must have been raised in the end, whatever the order of arrival

It shares no code with `hinomi.detect`. A rule is met at a detection when the detections of its entity in the `window_s` up to
and with that one meet it. Alerts: the first match of an entity opens one, matches within `suppress_s` of it join.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from statistics import quantiles
from typing import Any

from hinomi.schema.content import CHAINED, Model, Rule
from hinomi.schema.detection import Detection


@dataclass(frozen=True)
class Event:
    """A detection, or a match of a correlation in its place; `behind` are the detections that it stands for."""

    name: str
    at_ms: int
    uuid: str
    id: str
    fields: dict[str, Any]
    behind: frozenset[str]

    @property
    def place(self) -> tuple[int, int, str, str]:
        number = self.fields.get("winEventRecordId") or self.fields.get("recordNumber") or 0
        return self.at_ms, number, self.uuid, self.id


@dataclass(frozen=True)
class Match:
    entity: tuple[str, ...]
    last: Event
    evidence: frozenset[str]


Alert = tuple[
    str, tuple[str, ...], str, frozenset[str], int
]  # model, entity, first match's detection, evidence, joined


def alerts(models: Sequence[Model], detections: Sequence[Detection]) -> set[Alert]:
    once = {one.id: one for one in detections}.values()
    events = [
        Event(one.filter_id, one.event_time_ms, one.uuid, one.id, one.activity | one.values, frozenset({one.id}))
        for one in once
    ]
    found: set[Alert] = set()
    for model in models:
        by_entity: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Match]] = {}
        for rule in model.rules:
            for match in matches(rule, events, models):
                by_entity.setdefault((rule.group_by, match.entity), []).append(match)
        for (_, entity), met in by_entity.items():
            if model.is_alone:
                found |= {(model.id, entity, *rest) for rest in parted(met, model.suppress_s)}
    return found


def matches(rule: Rule, events: Sequence[Event], models: Sequence[Model]) -> list[Match]:
    pool = [one for one in events if one.name in rule.filters]
    for model in models:
        if model.id in rule.models:
            (inner,) = model.rules
            for one in matches(inner, events, models):
                grouped = {name: field(inner, one.last, name) for name in inner.group_by}
                fields = one.last.fields | grouped
                behind = stretch_of(inner, one, events, models)
                pool.append(Event(CHAINED + model.id, one.last.at_ms, one.last.uuid, one.last.id, fields, behind))
    found = []
    for last in pool:
        entity = entity_of(rule, last)
        if entity is None:
            continue
        window = sorted(
            (
                one
                for one in pool
                if entity_of(rule, one) == entity
                and last.at_ms - rule.window_s * 1000 <= one.at_ms
                and one.place <= last.place
            ),
            key=lambda one: one.place,
        )
        evidence = met(rule, window)
        if evidence:
            found.append(Match(entity, last, frozenset(id_ for one in evidence for id_ in one.behind)))
    return found


def stretch_of(rule: Rule, match: Match, events: Sequence[Event], models: Sequence[Model]) -> frozenset[str]:
    """Everything of the inner rule's entity in its window before the match: what an outer rule shows of it."""
    return frozenset(
        one.id
        for one in events
        if one.name in rule.filters
        and entity_of(rule, one) == match.entity
        and match.last.at_ms - rule.window_s * 1000 <= one.at_ms <= match.last.at_ms
    )


def field(rule: Rule, event: Event, name: str) -> Any:
    for alias, filter_id, meant in rule.aliases:
        if (alias, filter_id) == (name, event.name):
            return event.fields.get(meant)
    return event.fields.get(name)


def entity_of(rule: Rule, event: Event) -> tuple[str, ...] | None:
    values = [field(rule, event, name) for name in rule.group_by]
    return None if None in values else tuple(str(value).lower() for value in values)


def parted(met: list[Match], suppress_s: int) -> list[tuple[str, frozenset[str], int]]:
    groups: list[list[Match]] = []
    for one in sorted(met, key=lambda match: match.last.place):
        if groups and one.last.at_ms - groups[-1][0].last.at_ms <= suppress_s * 1000:
            groups[-1].append(one)
        else:
            groups.append([one])
    return [
        (group[0].last.id, frozenset(id_ for one in group for id_ in one.evidence), len(group) - 1) for group in groups
    ]


# ---- is the window met? the evidence, or nothing ----
def met(rule: Rule, window: list[Event]) -> list[Event]:
    kind = rule.type
    if kind == "single":
        return window[-1:]
    if kind == "count":
        if rule.distinct is None:
            return window if len(window) >= rule.threshold else []
        return measured(window, [rule.distinct], lambda values: len(set(values)) >= rule.threshold)
    if kind == "sequence":
        return in_chains([{name} for name in rule.filters], window)
    if kind == "stages":
        return in_chains([set(stage) for stage in rule.stages], window)
    if kind == "variety":
        return window if various(rule.threshold, window) else []
    if kind == "event_count":
        return window if keeps(rule, len(window)) else []
    if kind == "value_count":
        return measured(window, rule.fields, lambda values: keeps(rule, len(set(values))))
    if kind.startswith("value_"):
        return measured(window, rule.fields, lambda values: keeps(rule, number(rule, values)), numbers=True)
    seen = {one.name for one in window}
    if kind == "temporal":
        is_met = keeps(rule, len(seen)) if rule.expression is None else true(rule.expression, seen)
        return window if is_met else []
    return ordered(rule, window, seen)


def measured(window: list[Event], fields: Any, is_met: Any, numbers: bool = False) -> list[Event]:
    pairs = []
    for one in window:
        values = [one.fields.get(name) for name in fields]
        if None not in values:
            pairs.append((one, float(values[0]) if numbers else tuple(str(value).lower() for value in values)))
    if not pairs or pairs[-1][0] is not window[-1] or not is_met([value for _, value in pairs]):
        return []
    return [one for one, _ in pairs]


def number(rule: Rule, values: list[float]) -> float:
    if rule.type == "value_sum":
        return sum(values)
    if rule.type == "value_avg":
        return sum(values) / len(values)
    percent = 50 if rule.type == "value_median" else int(rule.percentile)
    if len(values) == 1 or percent in (0, 100):
        return sorted(values)[-1 if percent == 100 else 0]
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def keeps(rule: Rule, found: float) -> bool:
    answers = {
        "gt": float.__gt__,
        "gte": float.__ge__,
        "lt": float.__lt__,
        "lte": float.__le__,
        "eq": float.__eq__,
        "neq": float.__ne__,
    }
    return all(answers[one.operator](float(found), float(one.number)) for one in rule.condition)


def true(expression: Any, seen: set[str]) -> bool:
    if isinstance(expression, str):
        return expression in seen
    word, parts = expression
    if word == "not":
        return not true(parts[0], seen)
    return (all if word == "and" else any)(true(part, seen) for part in parts)


def in_chains(steps: list[set[str]], window: list[Event]) -> list[Event]:
    """Members of chains that end with the last event: every choice of as many events, tried."""
    members: set[str] = set()
    for chosen in combinations(window[:-1], len(steps) - 1):
        chain = [*chosen, window[-1]]
        fits = all(one.name in step for one, step in zip(chain, steps, strict=True))
        if fits and all(one.uuid != other.uuid for one, other in pairwise(chain)):
            members |= {one.id for one in chain}
    return [one for one in window if one.id in members]


def various(threshold: int, window: list[Event]) -> bool:
    return any(
        len({one.name for one in chosen}) == len({one.uuid for one in chosen}) == threshold
        for chosen in combinations(window, threshold)
    )


def ordered(rule: Rule, window: list[Event], seen: set[str]) -> list[Event]:
    order = rule.order or rule.filters
    if rule.expression is not None:
        wanted = [name for name in positive(rule.expression) if name in seen]
        chain = bool(wanted) and bool(in_chains([{name} for name in wanted], window))
        return window if true(rule.expression, seen) and chain else []
    longest = max(
        (
            size
            for size in range(1, len(order) + 1)
            for names in combinations(order, size)
            if in_chains([{n} for n in names], window)
        ),
        default=0,
    )
    if not keeps(rule, longest):
        return []
    return in_chains([{name} for name in order], window) if longest == len(order) else window


def positive(expression: Any) -> list[str]:
    if isinstance(expression, str):
        return [expression]
    return (
        [] if expression[0] == "not" else list(dict.fromkeys(name for part in expression[1] for name in positive(part)))
    )
