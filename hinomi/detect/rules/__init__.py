"""Rule types: one file each, and one line here."""

from hinomi.detect.rule_type import RuleType
from hinomi.detect.rules import count, sequence, single, stages, variety

RULE_TYPES: tuple[RuleType, ...] = (
    single.RULE_TYPE,
    count.RULE_TYPE,
    sequence.RULE_TYPE,
    stages.RULE_TYPE,
    variety.RULE_TYPE,
)
