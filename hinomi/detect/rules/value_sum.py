"""value_sum: the sum of a field's numbers within `window` keeps the condition.

With lower bounds alone it is judged at once: a negative number that comes late takes no match back.
"""

import math

from hinomi.detect.measure import has_other_than_lower, judge_of, number_value
from hinomi.detect.rule_type import RuleType

RULE_TYPE = RuleType(
    "value_sum",
    keeps_window=True,
    judge=judge_of(lambda _rule, numbers: math.fsum(numbers)),
    reads=number_value,
    waits=has_other_than_lower,
)
