"""Rule types: one file each, and one line here."""

from hinomi.detect.rule_type import RuleType
from hinomi.detect.rules import count, sequence, single, variety

RULE_TYPES: tuple[RuleType, ...] = (single.RULE_TYPE, count.RULE_TYPE, sequence.RULE_TYPE, variety.RULE_TYPE)
