"""What it costs to look for a predicate: the more often it is met, the more. In: predicates, activities at hand.

A witness that most activities hold singles out nothing. What is usual on Windows is known beforehand; what is usual on
this kind of activity is read off a batch of it.
"""

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from hinomi.detect.guards import guards_of
from hinomi.detect.predicate import Operator, Predicate, test_of, text_of
from hinomi.detect.table import Table
from hinomi.detect.typical import TYPICAL

_TEXTS = (Operator.EQUALS, Operator.CONTAINS, Operator.STARTSWITH, Operator.ENDSWITH)
_PER_TYPICAL = 100.0  # a typical value costs as much as a hundred odd ones
_PER_SHARE = 1000.0  # a predicate that every activity meets costs as much as ten typical values
_PER_SHORTNESS = 20.0  # a text of one letter costs this much, of two letters half
_PER_TEST = 2.0  # what has no text is asked value by value
_PER_PATTERN = 200.0  # so are patterns without guards, and they take long
SAMPLE = 48  # rows of a batch, evenly spread, that stand for the kind
COMMON_SHARE = 0.02  # what more of the rows hold singles out too little


def _joined_text(value: Any) -> str:
    return "\n".join(map(text_of, value)) if isinstance(value, tuple) else text_of(value)


class Common:
    """Values with weights. Most texts stand in none of them, which one search over all of them joined tells."""

    def __init__(self, values: Iterable[tuple[Any, float]]) -> None:
        self._values = [(value, weight) for value, weight in values if value is not None]
        self._joined = "\n".join(_joined_text(value).lower() for value, _ in self._values)

    def weight(self, predicate: Predicate) -> float:
        """The weights of the values that meet the predicate."""
        texts = (predicate.value,) if predicate.operator in _TEXTS else guards_of(predicate)
        if texts and not any(text.lower() in self._joined for text in texts):
            return 0.0
        test = test_of(predicate)
        return sum(weight for value, weight in self._values if test(value))


_USUAL = Common((value, 1.0) for value in TYPICAL)


@lru_cache(maxsize=65_536)
def usual_cost(predicate: Predicate) -> float:
    """The cost on an ordinary Windows host."""
    return _PER_TYPICAL * _USUAL.weight(predicate) + _effort(predicate)


def usual_share(predicate: Predicate) -> float:
    """The share of an ordinary Windows host's usual values that meet the predicate, 0 to 1."""
    return _USUAL.weight(predicate) / len(TYPICAL)


class Cost:
    """The cost on the activities of a table, which stand for those to come."""

    def __init__(self, table: Table, rows: int) -> None:
        self._table, self._rows = table, rows
        self._common: dict[str, Common] = {}
        self._known: dict[Predicate, float] = {}

    def __call__(self, predicate: Predicate) -> float:
        cost = self._known.get(predicate)
        if cost is None:
            cost = usual_cost(predicate)
            if predicate.field is not None:
                cost += _PER_SHARE * self._seen(predicate.field).weight(predicate)
            self._known[predicate] = cost
        return cost

    def _seen(self, field: str) -> Common:
        common = self._common.get(field)
        if common is None:
            column = self._table.column(field) or ()
            sample = Counter(column[:: max(1, self._rows // SAMPLE)])
            common = self._common[field] = Common((value, count / sample.total()) for value, count in sample.items())
        return common


def _effort(predicate: Predicate) -> float:
    if predicate.operator is Operator.EQUALS:
        return 1.0
    if predicate.operator in _TEXTS:
        return _PER_SHORTNESS / (len(predicate.value) + 1)
    is_pattern = predicate.operator in (Operator.REGEX, Operator.GLOB)
    return _PER_PATTERN if is_pattern and not guards_of(predicate) else _PER_TEST
