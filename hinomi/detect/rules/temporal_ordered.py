"""temporal_ordered: as temporal, and the detections come in the order in which the rule names the filters.

The longest chain in that order that ends at the last detection keeps the condition (without one: all filters; evidence is
then what stands in such a chain). With an expression: it holds for the filters seen, and those of them that stand outside
any `not` make such a chain.
"""

from hinomi.detect.expression import has_not, has_or, holds, positive_names
from hinomi.detect.measure import has_other_than_lower, keeps
from hinomi.detect.order import chained, longest
from hinomi.detect.rule_type import RuleType, filter_of
from hinomi.detect.window import Window
from hinomi.schema.content import Rule
from hinomi.schema.detection import Detection


def judge(rule: Rule, window: Window, last: int) -> tuple[Detection, ...]:
    order = rule.order or rule.filters
    if rule.expression is None and not _may_be_met(rule, order, window, last):
        return ()
    places = window.stretch(last, rule.window_s)
    detections = window.detections[places.start : places.stop]
    if rule.expression is not None:
        seen = {one.filter_id for one in detections}
        wanted = tuple(name for name in positive_names(rule.expression) if name in seen)
        is_met = holds(rule.expression, seen) and longest(wanted, detections) == len(wanted)
    else:
        length = longest(order, detections)
        is_met = keeps(rule.condition, length)
        if is_met and length == len(order):
            return chained([(name,) for name in order], detections)
    return tuple(detections) if is_met else ()


def _may_be_met(rule: Rule, order: tuple[str, ...], window: Window, last: int) -> bool:
    """A quick look before the window is cut out: the chain cannot be longer than the place of its last filter in the order."""
    if waits(rule):
        return True
    name = window.values[last]
    longest_here = max((step for step, other in enumerate(order, 1) if other == name), default=0)
    return keeps(rule.condition, min(longest_here, len(window.kinds)))


def waits(rule: Rule) -> bool:
    """An `or` waits too: the other side may come late and break the order."""
    if rule.expression is None:
        return has_other_than_lower(rule)
    return has_not(rule.expression) or has_or(rule.expression)


RULE_TYPE = RuleType("temporal_ordered", keeps_window=True, judge=judge, reads=filter_of, waits=waits)
