"""What a rule measures of the detections it looks at. In: a rule, detections in the order of time. Out: numbers for people.

Only told, never decided: the verdict is the judge's (`detect/rules/`).
"""

import math
from collections.abc import Callable, Iterator, Sequence
from statistics import fmean, median

from hinomi.detect.expression import names_of
from hinomi.detect.measure import number_value, text_value
from hinomi.detect.rule_type import value_of
from hinomi.detect.rules.value_percentile import percentile
from hinomi.schema.content import Rule
from hinomi.schema.detection import Detection

ORDERED = ("sequence", "stages", "temporal_ordered")
_SIGNS = {"gt": ">", "gte": "≥", "lt": "<", "lte": "≤", "eq": "=", "neq": "≠"}
_MEASURES: dict[str, Callable[[Rule, Sequence[float]], float]] = {
    "value_sum": lambda _rule, numbers: math.fsum(numbers),
    "value_avg": lambda _rule, numbers: fmean(numbers),
    "value_median": lambda _rule, numbers: median(numbers),
    "value_percentile": lambda rule, numbers: percentile(numbers, rule.percentile),
}


def stages_of(rule: Rule) -> tuple[tuple[str, ...], ...]:
    """The filters of each step, any of them; of a temporal rule each filter it names; () where single filters do not matter."""
    if rule.stages:
        return rule.stages
    if rule.type == "sequence":
        return tuple((name,) for name in rule.filters)
    if rule.type in ("temporal", "temporal_ordered"):
        names = rule.order or (names_of(rule.expression) if rule.expression is not None else rule.filters)
        return tuple((name,) for name in names)
    return ()


def wanted_number(rule: Rule) -> float:
    """The first bound, the number of steps, or the threshold."""
    if rule.condition:
        return rule.condition[0].number
    return len(stages_of(rule)) or rule.threshold


def wanted_bounds(rule: Rule) -> str:
    """≥ 5, or all bounds of the condition."""
    bounds = [f"{_SIGNS[one.operator]} {one.number:g}" for one in rule.condition]
    return ", ".join(bounds) or f"≥ {wanted_number(rule):g}"


def counted_of(rule: Rule, own: Sequence[Detection], evidence: Sequence[Detection]) -> float:
    """Detections, values, filters or steps in the stretch that holds the most; of numbers what they come to."""
    if rule.type in _MEASURES:
        numbers = [value for one in (evidence or own) if isinstance(value := number_value(rule, one), int | float)]
        return _MEASURES[rule.type](rule, numbers) if numbers else 0
    if rule.type == "single":
        return len(own)
    if rule.type in ("sequence", "stages") and evidence:
        return len(evidence)
    if stages_of(rule):
        seen = {one.filter_id for one in (evidence or own)}
        return sum(any(name in seen for name in stage) for stage in dict.fromkeys(stages_of(rule)))
    return max((_amount(rule, inside) for inside in _stretches(rule, own)), default=0)


def value_in(rule: Rule, one: Detection) -> str | None:
    """What the rule looks at in this detection, where it looks at a value."""
    if rule.distinct:
        return value_of(one, rule.distinct)
    if rule.type in _MEASURES:
        number = number_value(rule, one)
        return None if number is None else f"{number:g}" if isinstance(number, int | float) else number
    if rule.type == "value_count":
        text = text_value(rule, one)
        return None if text is None else str(text).replace("\x1f", ", ")
    return None


def _amount(rule: Rule, inside: Sequence[Detection]) -> int:
    if rule.distinct or rule.type == "value_count":
        return len({value_in(rule, one) for one in inside} - {None})
    if rule.type == "variety":
        return len({one.filter_id for one in inside})
    return len(inside)


def _stretches(rule: Rule, own: Sequence[Detection]) -> Iterator[Sequence[Detection]]:
    """What stands in the window that ends at each detection."""
    first = 0
    for last, one in enumerate(own):
        while one.event_time_ms - own[first].event_time_ms > rule.window_s * 1000:
            first += 1
        yield own[first : last + 1]
