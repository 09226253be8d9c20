"""What `Filter.sigma` holds: the condition as we evaluate it, and pySigma's rule for those few who ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from hinomi.detect.condition import Node

if TYPE_CHECKING:  # importing pySigma takes longer than reading all conditions from a cache
    from sigma.rule import SigmaRule


class RuleSource:
    """Where pySigma's rule can be had again: kept for all filters it would be the most of what they take up."""

    __slots__ = ("_index", "_placeholders", "_rule", "_text")

    def __init__(
        self,
        text: str,
        index: int,
        placeholders: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
        rule: "SigmaRule | None" = None,
    ) -> None:
        """`index`: which of the YAML documents in the text."""
        self._text, self._index, self._placeholders, self._rule = text, index, placeholders, rule

    @property
    def rule(self) -> "SigmaRule":
        if self._rule is None:
            from hinomi.detect.sigma_rule import parsed_again

            self._rule = parsed_again(self._text, self._index, self._placeholders)
        return self._rule

    @property
    def index(self) -> int:
        return self._index

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
