"""One field as one route looks at it. In: the distinct values of a column. Out: the class of each that singles out a filter.

A class is a set of filters; its number is the route's. Each value is looked at once and then remembered (ledger.py).
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from hinomi.detect.asked import Numbers
from hinomi.detect.bulk_index import BulkView, plain
from hinomi.detect.field_index import Index
from hinomi.detect.ledger import Ledger
from hinomi.detect.predicate import Test

NOTHING = 0  # the class of values that single out no filter
LONG = 256  # characters; of longer texts (whole records, call stacks, scripts) only the hash is remembered


class FieldView:
    """`sources`: indexes, each with the filters that count; `conditions`: whole conditions that look at this field alone."""

    def __init__(
        self,
        sources: Sequence[tuple[Index, AbstractSet[int]]],
        conditions: Sequence[tuple[Test, int]],
        class_of: Callable[[Numbers], int],
        ledger: Ledger,
    ) -> None:
        """`class_of` numbers the sets of filters; the empty one is NOTHING."""
        self._sources, self._conditions, self._class_of = sources, conditions, class_of
        self._ledger = ledger
        self._bulk: list[BulkView] | None = None  # made when a text is first seen
        self.forget()
        self.missing: Numbers = tuple(number for condition, number in conditions if condition(None))

    def classes(self, distinct: AbstractSet[Any]) -> dict[Any, int]:
        """Value -> class, of those values that single out any filter."""
        new = distinct - self._cold  # most values are cold: leaving them out is one step for all
        if self._cold_hashes and new:
            new = self._without_cold_hashes(new)
        found = {value: self._hot[value] for value in new & self._hot.keys()}
        if self._hot_hashes:
            found |= {one: self._hot_hashes[hash(one)] for one in new if hash(one) in self._hot_hashes}
        new = new - found.keys() if found else new
        for value in self._learned(new, found):
            number = self._class_of(self.of_value(value))
            if number:
                found[value] = number
            self._remember(value, number)
        return found

    def _without_cold_hashes(self, new: AbstractSet[Any]) -> AbstractSet[Any]:
        hashes = self._cold_hashes
        if hashes.issuperset(map(hash, new)):  # no short text's hash is among them but by a chance of 1 in 2 ** 64
            return frozenset()
        return {one for one in new if hash(one) not in hashes}

    def forget(self) -> None:
        """Forget the values; what is looked for stays."""
        self._cold: set[Any] = set()
        self._cold_hashes: set[int] = set()
        self._hot_hashes: dict[int, int] = {}
        self._hot: dict[Any, int] = {}

    def _remember(self, value: Any, number: int) -> None:
        if _is_long(value):
            self._ledger.charge(1, 0)
            if number:
                self._hot_hashes[hash(value)] = number
            else:
                self._cold_hashes.add(hash(value))
        elif self._ledger.admits((value,)):
            if number:
                self._hot[value] = number
            else:
                self._cold.add(value)

    def _learned(self, new: AbstractSet[Any], found: dict[Any, int]) -> AbstractSet[Any]:
        """Look at the plain texts among the new values all at once; the others are given back."""
        texts = plain(new)
        if not texts:
            return new
        hits = self._hits(texts)
        for condition, number in self._conditions:
            for index, text in enumerate(texts):
                if condition(text):
                    hits.setdefault(index, set()).add(number)
        for index, numbers in hits.items():
            found[texts[index]] = number = self._class_of(tuple(sorted(numbers)))
            self._remember(texts[index], number)
        cold = [text for index, text in enumerate(texts) if index not in hits] if hits else texts
        short = [text for text in cold if len(text) <= LONG]
        self._cold.update(short)
        if len(short) < len(cold):
            self._cold_hashes.update([hash(text) for text in cold if len(text) > LONG])
        self._ledger.charge(len(cold), sum(map(len, short)))
        return new - set(texts) if len(texts) < len(new) else frozenset()

    def _hits(self, texts: list[str]) -> dict[int, set[int]]:
        if self._bulk is None:
            self._bulk = [BulkView(index.of_texts, live) for index, live in self._sources]
        found: dict[int, set[int]] = {}
        for bulk in self._bulk:
            for index, numbers in bulk.hits(texts).items():
                found.setdefault(index, set()).update(numbers)
        return found

    def of_value(self, value: Any) -> Numbers:
        """Numbers of the filters that one value (text, number, tuple of such or None) singles out."""
        if value is None:
            return self.missing
        found = {number for condition, number in self._conditions if condition(value)}
        for index, live in self._sources:
            found |= index.of_others.of_value(value, live)
        return tuple(sorted(found))


def _is_long(value: Any) -> bool:
    return type(value) is str and len(value) > LONG
