"""Rule types: one file each, and one line here."""

from hinomi.detect.rule_type import RuleType
from hinomi.detect.rules import (
    count,
    event_count,
    sequence,
    single,
    stages,
    temporal,
    temporal_ordered,
    value_avg,
    value_count,
    value_median,
    value_percentile,
    value_sum,
    variety,
)

RULE_TYPES: tuple[RuleType, ...] = (
    single.RULE_TYPE,
    count.RULE_TYPE,
    sequence.RULE_TYPE,
    stages.RULE_TYPE,
    variety.RULE_TYPE,
    event_count.RULE_TYPE,
    value_count.RULE_TYPE,
    value_sum.RULE_TYPE,
    value_avg.RULE_TYPE,
    value_percentile.RULE_TYPE,
    value_median.RULE_TYPE,
    temporal.RULE_TYPE,
    temporal_ordered.RULE_TYPE,
)
