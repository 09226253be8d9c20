"""temporal: detections of the filters within `window`, in any order.

The number of different filters seen keeps the condition (without one: all of them), or the expression holds for those seen.
"""

from collections.abc import Collection

from hinomi.detect.expression import has_not, holds
from hinomi.detect.measure import has_other_than_lower, keeps
from hinomi.detect.rule_type import RuleType, filter_of
from hinomi.detect.window import Value, Window
from hinomi.schema.content import Rule
from hinomi.schema.detection import Detection


def judge(rule: Rule, window: Window, last: int) -> tuple[Detection, ...]:
    if not waits(rule) and not _may_be_met(rule, window.kinds):
        return ()
    places = window.stretch(last, rule.window_s)
    seen = {str(value) for value in window.values[places.start : places.stop]}
    is_met = keeps(rule.condition, len(seen)) if rule.expression is None else holds(rule.expression, seen)
    return tuple(window.detections[places.start : places.stop]) if is_met else ()


def _may_be_met(rule: Rule, seen: Collection[Value]) -> bool:
    """Were all detections that wait near each other: a quick look before the window is cut out."""
    if rule.expression is None:
        return keeps(rule.condition, len(seen))
    return holds(rule.expression, {str(value) for value in seen})


def waits(rule: Rule) -> bool:
    return has_other_than_lower(rule) if rule.expression is None else has_not(rule.expression)


RULE_TYPE = RuleType("temporal", keeps_window=True, judge=judge, reads=filter_of, waits=waits)
