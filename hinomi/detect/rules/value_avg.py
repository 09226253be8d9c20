"""value_avg: the mean of a field's numbers within `window` keeps the condition."""

import math

from hinomi.detect.measure import always, judge_of, number_value
from hinomi.detect.rule_type import RuleType

RULE_TYPE = RuleType(
    "value_avg",
    keeps_window=True,
    judge=judge_of(lambda _rule, numbers: math.fsum(numbers) / len(numbers)),
    reads=number_value,
    waits=always,
)
