"""value_percentile: the percentile of a field's numbers within `window` keeps the condition.

Between two numbers the percentile lies on the line that joins them, so that the 50th is the median.
"""

from collections.abc import Sequence

from hinomi.detect.measure import always, judge_of, number_value
from hinomi.detect.rule_type import RuleType
from hinomi.schema.content import Rule


def percentile(numbers: Sequence[float], percent: float) -> float:
    ordered = sorted(numbers)
    rank = percent / 100 * (len(ordered) - 1)
    below = int(rank)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (rank - below)


def _measure(rule: Rule, numbers: Sequence[float]) -> float:
    return percentile(numbers, rule.percentile)


RULE_TYPE = RuleType("value_percentile", keeps_window=True, judge=judge_of(_measure), reads=number_value, waits=always)
