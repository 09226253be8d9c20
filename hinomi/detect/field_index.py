"""All witnesses of one field. In: a value that is no plain text (a number, several values, a very long text; texts are
looked at in bulk, see bulk_index.py). Out: the numbers of the filters it makes candidates.

One index serves every kind of activity: whoever asks says which filters count there.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import Any

from hinomi.detect.asked import Asked, Numbers
from hinomi.detect.bulk_index import BulkIndex
from hinomi.detect.guards import guards_of
from hinomi.detect.literals import LITERAL_OPERATORS, Literals, fold
from hinomi.detect.predicate import Operator, Predicate, number_of, text_of

NOTHING: Numbers = ()


class FieldIndex:
    """Built from (witness, numbers of the filters that wait for it)."""

    def __init__(self, wanted: Iterable[tuple[Predicate, Sequence[int]]]) -> None:
        self._equal: dict[str, Numbers] = {}
        self._names: dict[str, Numbers] = {}  # a text after the last backslash, for paths that end with \name
        self._numbers: dict[float, Numbers] = {}
        self._present: Numbers = ()
        self._tests: list[Asked] = []
        self._groups: list[Numbers | Asked] = []
        literals: list[tuple[Operator, str, int]] = []
        for predicate, numbers in wanted:
            self._add(predicate, tuple(numbers), literals)
        self._literals = Literals(literals)

    def of_value(self, value: Any, live: AbstractSet[int]) -> set[int]:
        """Those of the `live` numbers that one value singles out; it is text, a number or a tuple of such."""
        found = set(self._present)
        for member in value if isinstance(value, tuple) else (value,):
            if member is not None:
                self._look(member, live, found)
        return found & live

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
            self._groups.append(numbers)
        else:
            self._add_asked(Asked(predicate, numbers), guards_of(predicate), literals)

    def _add_asked(self, asked: Asked, guards: tuple[str, ...], literals: list[tuple[Operator, str, int]]) -> None:
        """A pattern is asked only where one of its guards is found."""
        if guards:
            literals += [(Operator.CONTAINS, guard, len(self._groups)) for guard in guards]
            self._groups.append(asked)
        else:
            self._tests.append(asked)

    def _look(self, value: Any, live: AbstractSet[int], found: set[int]) -> None:
        folded = fold(text_of(value))
        found.update(self._equal.get(folded, NOTHING))
        if self._names:
            found.update(self._names.get(folded.rpartition("\\")[2], NOTHING))
        if self._numbers:
            number = number_of(value)
            if number is not None:
                found.update(self._numbers.get(number, NOTHING))
        asked = list(self._tests)
        for group in set(self._literals.found_in(folded)):
            numbers = self._groups[group]
            if isinstance(numbers, Asked):
                asked.append(numbers)
            else:
                found.update(numbers)
        for one in asked:
            if not live.isdisjoint(one.numbers) and one.met(value, folded):
                found.update(one.numbers)


class Index:
    """All witnesses of one field, and the two ways to look for them; each is made when it is first needed."""

    def __init__(self, wanted: Iterable[tuple[Predicate, Sequence[int]]]) -> None:
        self._wanted = list(wanted)

    @cached_property
    def of_texts(self) -> BulkIndex:
        return BulkIndex(self._wanted)

    @cached_property
    def of_others(self) -> FieldIndex:
        return FieldIndex(self._wanted)


def _extend(table: dict[Any, Numbers], key: Any, numbers: Numbers) -> None:
    table[key] = table.get(key, NOTHING) + numbers
