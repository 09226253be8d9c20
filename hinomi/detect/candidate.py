"""A filter that activities of a kind can meet, and what it has answered before. In: values. Out: met or not."""

from typing import Any

from hinomi.detect.checks import Check, checked, fields_of
from hinomi.detect.condition import Node
from hinomi.detect.ledger import Ledger

RAW = "rawDataStr"  # the column that the field None (keywords) stands for

Values = tuple[Any, ...]


class Candidate:
    """`number` is the filter's place among all filters; `node` its condition, as far as the kind leaves it open."""

    __slots__ = ("_check", "_columns", "_generation", "_known", "_ledger", "node", "number")

    def __init__(self, number: int, node: Node, ledger: Ledger) -> None:
        self.number, self.node = number, node
        self._ledger, self._generation = ledger, ledger.generation
        self._columns: tuple[str, ...] | None = None
        self._check: Check | None = None  # made when a witness is first seen: most never are
        self._known: dict[Values, bool] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that the condition looks at."""
        if self._columns is None:
            self._columns = tuple(RAW if field is None else field for field in fields_of(self.node))
        return self._columns

    def check(self, values: Values) -> bool:
        """Is the condition met by the values of `columns`?"""
        if self._check is None:
            self._check = checked(self.node)
        return self._check(values)

    def met(self, values: Values) -> bool:
        """The same, remembered."""
        verdict = self._known.get(values)
        if verdict is None:
            verdict = self.check(values)
            if RAW not in self.columns and self._ledger.admits(values):
                if self._generation != self._ledger.generation:
                    self._known, self._generation = {}, self._ledger.generation
                self._known[values] = verdict
        return verdict
