"""What `Filter.sigma` holds: the condition as we evaluate it, and pySigma's rule for those few who ask for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hinomi.detect.condition import Node

if TYPE_CHECKING:  # importing pySigma takes longer than reading all conditions from a cache
    from sigma.rule import SigmaRule


class RuleSource:
    """How pySigma's rule can be had again: kept for all filters, the rules would be the most of what they take up."""

    __slots__ = ("_parse", "_rule")

    def __init__(self, parse: Callable[[], "SigmaRule"], rule: "SigmaRule | None" = None) -> None:
        self._parse, self._rule = parse, rule

    @property
    def rule(self) -> "SigmaRule":
        if self._rule is None:
            self._rule = self._parse()
        return self._rule

    def forget(self) -> None:
        """Let the rule go; who asks again gets it parsed again."""
        self._rule = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """`rule_id`: the rule's UUID, or ""."""

    condition: Node
    rule_id: str
    source: RuleSource

    @property
    def rule(self) -> "SigmaRule":
        return self.source.rule
