"""value_median: the median of a field's numbers within `window` keeps the condition."""

from statistics import median

from hinomi.detect.measure import always, judge_of, number_value
from hinomi.detect.rule_type import RuleType

RULE_TYPE = RuleType(
    "value_median",
    keeps_window=True,
    judge=judge_of(lambda _rule, numbers: median(numbers)),
    reads=number_value,
    waits=always,
)
