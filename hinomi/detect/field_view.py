"""One field as one route looks at it. In: the distinct values of a column. Out: the class of each that singles out a filter.

A class is a set of filters; its number is the route's. Each value is looked at once and then remembered (ledger.py).
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from hinomi.detect.field_index import FieldIndex, Numbers
from hinomi.detect.ledger import Ledger
from hinomi.detect.predicate import Test

NOTHING = 0  # the class of values that single out no filter
_HASH = object()  # beside the hash of a long value; no value of a column is a tuple with this in it


class FieldView:
    """`sources`: indexes, each with the filters that count; `conditions`: whole conditions that look at this field alone."""

    def __init__(
        self,
        sources: Sequence[tuple[FieldIndex, AbstractSet[int]]],
        conditions: Sequence[tuple[Test, int]],
        class_of: Callable[[Numbers], int],
        ledger: Ledger,
    ) -> None:
        """`class_of` numbers the sets of filters; the empty one is NOTHING."""
        self._sources, self._conditions, self._class_of = sources, conditions, class_of
        self._ledger = ledger
        self._cold: set[Any] = set()
        self._hot: dict[Any, int] = {}
        self.missing: Numbers = tuple(number for condition, number in conditions if condition(None))

    def classes(self, distinct: AbstractSet[Any]) -> dict[Any, int]:
        """Value -> class, of those values that single out any filter."""
        found = {}
        hot = self._hot
        for value in distinct - self._cold:  # most values are cold: leaving them out is one step for all
            number = hot.get(value)
            if number is None:
                number = self._class(value)
            if number:
                found[value] = number
        return found

    def _class(self, value: Any) -> int:
        key = value if self._ledger.admits((value,)) else (_HASH, hash(value))
        if key is not value and key in self._hot:  # of long values only the hash is kept
            return self._hot[key]
        number = self._class_of(self.of_value(value))
        if number or key is not value:
            self._hot[key] = number
        else:
            self._cold.add(value)
        return number

    def of_value(self, value: Any) -> Numbers:
        """Numbers of the filters that one value (text, number, tuple of such or None) singles out."""
        if value is None:
            return self.missing
        found = {number for condition, number in self._conditions if condition(value)}
        for index, live in self._sources:
            found |= index.of_value(value, live)
        return tuple(sorted(found))
