"""All witnesses of one field. In: the values of a column. Out: for each value, the numbers of the filters it makes candidates.

Each distinct value is looked at once; what was found is remembered for values that come again.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from hinomi.detect.guards import guards_of
from hinomi.detect.literals import LITERAL_OPERATORS, Literals, fold
from hinomi.detect.predicate import Operator, Predicate, Test, number_of, scalar_test, text_of

REMEMBERED = 16_384  # values per field and kind of activity
LONG = 512  # characters; of longer values (script blocks) only the hash is remembered

Numbers = tuple[int, ...]
NOTHING: Numbers = ()
_HASH = object()  # beside the hash of a long value; no value of a column is a tuple with this in it


class FieldIndex:
    """Built from (witness, numbers of the filters that wait for it) and from (whole condition, number of the filter).

    `missing`: the numbers for a missing value, which only whole conditions can meet.
    """

    def __init__(
        self, wanted: Iterable[tuple[Predicate, Sequence[int]]], conditions: Sequence[tuple[Test, int]] = ()
    ) -> None:
        self._equal: dict[str, Numbers] = {}
        self._names: dict[str, Numbers] = {}  # a text after the last backslash, for paths that end with \name
        self._numbers: dict[float, Numbers] = {}
        self._present: Numbers = ()
        self._tests: list[tuple[Test, Numbers]] = []
        self._groups: list[tuple[Test | None, Numbers]] = []
        literals: list[tuple[Operator, str, int]] = []
        for predicate, numbers in wanted:
            self._add(predicate, tuple(numbers), literals)
        self._literals = Literals(literals)
        self._conditions = conditions
        self.missing: Numbers = tuple(number for condition, number in conditions if condition(None))
        self._known: dict[Any, Numbers] = {None: self.missing}

    def of_values(self, distinct: Iterable[Any]) -> dict[Any, Numbers]:
        """The values among the distinct ones that make any filter a candidate."""
        known = self._known
        if len(known) > REMEMBERED:
            known.clear()
            known[None] = self.missing
        found = {}
        for value in distinct:
            numbers = known.get(value)
            if numbers is None:
                key = (_HASH, hash(value)) if isinstance(value, str) and len(value) > LONG else value
                numbers = known.get(key)
                if numbers is None:
                    numbers = known[key] = self.of_value(value)
            if numbers:
                found[value] = numbers
        return found

    def of_value(self, value: Any) -> Numbers:
        """Numbers for one value that is text, a number or a tuple of such."""
        if value is None:
            return self.missing
        members = value if isinstance(value, tuple) else (value,)
        found = {number for condition, number in self._conditions if condition(value)} if self._conditions else set()
        found.update(self._present)
        for member in members:
            if member is not None:
                self._look(member, found)
        return tuple(sorted(found))

    def _add(self, predicate: Predicate, numbers: Numbers, literals: list[tuple[Operator, str, int]]) -> None:
        operator, value = predicate.operator, predicate.value
        if operator is Operator.EXISTS:
            self._present += numbers
        elif operator is Operator.EQUALS:
            _extend(self._equal, fold(value), numbers)
        elif operator is Operator.BOOLEAN:
            _extend(self._equal, text_of(value), numbers)
        elif operator is Operator.NUMBER:
            _extend(self._numbers, value, numbers)
        elif operator is Operator.ENDSWITH and value.rfind("\\") == 0 and len(value) > 1:
            _extend(self._names, fold(value[1:]), numbers)
        elif operator in LITERAL_OPERATORS and value:
            literals.append((operator, value, len(self._groups)))
            self._groups.append((None, numbers))
        else:
            self._add_test(predicate, numbers, literals)

    def _add_test(self, predicate: Predicate, numbers: Numbers, literals: list[tuple[Operator, str, int]]) -> None:
        """What has no text of its own is asked value by value; a pattern only where one of its guards is found."""
        test = scalar_test(predicate)
        guards = guards_of(predicate)
        if not guards:
            self._tests.append((test, numbers))
            return
        literals += [(Operator.CONTAINS, guard, len(self._groups)) for guard in guards]
        self._groups.append((test, numbers))

    def _look(self, value: Any, found: set[int]) -> None:
        folded = fold(text_of(value))
        found.update(self._equal.get(folded, NOTHING))
        if self._names:
            found.update(self._names.get(folded.rpartition("\\")[2], NOTHING))
        if self._numbers:
            number = number_of(value)
            if number is not None:
                found.update(self._numbers.get(number, NOTHING))
        for group in set(self._literals.found_in(folded)):
            test, numbers = self._groups[group]
            if test is None or test(value):
                found.update(numbers)
        for test, numbers in self._tests:
            if test(value):
                found.update(numbers)


def _extend(table: dict[Any, Numbers], key: Any, numbers: Numbers) -> None:
    table[key] = table.get(key, NOTHING) + numbers
