"""The witnesses of one field, looked for in many new texts at once. In: texts. Out: which of them single out which filters.

The texts are joined, with a separator round each, and scanned in one pass: a text that begins with `a` is then just one
that holds separator + `a`. Most texts hold nothing, and cost little more than their letters.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

import hyperscan

from hinomi.detect.asked import Asked
from hinomi.detect.guards import guards_of
from hinomi.detect.literals import fold
from hinomi.detect.predicate import Operator, Predicate, number_of, text_of

SEPARATOR = "\x1f"
LONGEST = 16_384  # characters; each occurrence is told here, so that longer texts are better looked at alone
_NUMERIC = frozenset("0123456789+- \t\n\r\x0b\x0c\x1c\x1d\x1e")  # how a text begins that may mean a number

Numbers = tuple[int, ...]


def is_plain(text: Any) -> bool:
    """May the text be looked at among others?"""
    return type(text) is str and len(text) <= LONGEST


class BulkIndex:
    """Built from (witness, numbers of the filters that wait for it)."""

    def __init__(self, wanted: Iterable[tuple[Predicate, Sequence[int]]]) -> None:
        self._groups: list[Numbers | Asked] = []
        self._places: list[list[int]] = []  # literal -> its groups
        self._back: list[int] = []  # literal -> bytes from behind it to behind its text
        self._known: dict[str, int] = {}
        self._numbers: dict[float, Numbers] = {}
        self._present: Numbers = ()
        self._tests: list[Asked] = []
        for predicate, numbers in wanted:
            self._add(predicate, tuple(numbers))
        self._database = self._compiled()

    def hits(self, texts: Sequence[str]) -> dict[int, set[int]]:
        """Index of a text -> numbers of filters, for those texts that single out any. All texts are plain."""
        found: dict[int, set[int]] = {}
        if self._database is not None and texts:
            self._scan(self._database, texts, found)
        if self._numbers:
            self._look_for_numbers(texts, found)
        for one in self._tests:
            for index, text in enumerate(texts):
                if one.met(text, fold(text)):
                    found.setdefault(index, set()).update(one.numbers)
        if self._present:
            for index in range(len(texts)):
                found.setdefault(index, set()).update(self._present)
        return found

    def _scan(self, database: hyperscan.Database, texts: Sequence[str], found: dict[int, set[int]]) -> None:
        told: list[tuple[int, int]] = []
        parts = [text if text.isascii() else fold(text) for text in texts]  # of ASCII Hyperscan minds no case itself
        joined = SEPARATOR.join(("", *parts, ""))
        if joined.count(SEPARATOR) != len(texts) + 1:
            raise ValueError("a text holds the separator")
        data = joined.encode("utf-8", "surrogatepass")
        database.scan(data, _tell, context=told)
        starts = _starts(parts, is_ascii=len(data) == len(joined)) if told else []
        asked: set[tuple[int, int]] = set()
        for place, end in told:
            index = bisect_right(starts, end - self._back[place]) - 1
            for group in self._places[place]:
                numbers = self._groups[group]
                if not isinstance(numbers, Asked):
                    found.setdefault(index, set()).update(numbers)
                elif (index, group) not in asked:  # a guard may stand in a text more than once
                    asked.add((index, group))
                    if numbers.met(texts[index], fold(texts[index])):
                        found.setdefault(index, set()).update(numbers.numbers)

    def _look_for_numbers(self, texts: Sequence[str], found: dict[int, set[int]]) -> None:
        for index, text in enumerate(texts):
            if text[:1] in _NUMERIC or not text.isascii():
                number = number_of(text)
                if number in self._numbers:
                    found.setdefault(index, set()).update(self._numbers[number])

    def _add(self, predicate: Predicate, numbers: Numbers) -> None:
        operator, value = predicate.operator, predicate.value
        if operator is Operator.EXISTS:
            self._present += numbers
        elif operator is Operator.NUMBER:
            self._numbers[value] = self._numbers.get(value, ()) + numbers
        elif operator in _SHAPES and (value or operator is Operator.EQUALS):
            before, after = _SHAPES[operator]
            self._wait_for(before, fold(text_of(value)), after, numbers)
        else:
            self._add_asked(Asked(predicate, numbers), guards_of(predicate))

    def _add_asked(self, asked: Asked, guards: tuple[str, ...]) -> None:
        for guard in guards:
            self._wait_for("", fold(guard), "", asked)
        if not guards:
            self._tests.append(asked)

    def _wait_for(self, before: str, text: str, after: str, group: Numbers | Asked) -> None:
        if SEPARATOR in text:
            return  # no text that is looked at here holds it
        place = self._known.setdefault(before + text + after, len(self._known))
        if place == len(self._places):
            self._places.append([])
            self._back.append(len(after))
        self._places[place].append(len(self._groups))
        self._groups.append(group)

    def _compiled(self) -> hyperscan.Database | None:
        literals = [literal.encode("utf-8", "surrogatepass") for literal in self._known]
        if not literals:
            return None
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        flags = [hyperscan.HS_FLAG_CASELESS] * len(literals)
        database.compile(expressions=literals, ids=list(range(len(literals))), flags=flags, literal=True)
        return database


# operator -> what stands before and after its text in the joined texts
_SHAPES = {
    Operator.EQUALS: (SEPARATOR, SEPARATOR),
    Operator.BOOLEAN: (SEPARATOR, SEPARATOR),
    Operator.CONTAINS: ("", ""),
    Operator.STARTSWITH: (SEPARATOR, ""),
    Operator.ENDSWITH: ("", SEPARATOR),
}


def _starts(parts: Sequence[str], *, is_ascii: bool) -> list[int]:
    """Where each part starts in the joined bytes."""
    lengths = map(len, parts) if is_ascii else (len(part.encode("utf-8", "surrogatepass")) for part in parts)
    return list(accumulate((length + 1 for length in lengths), initial=1))


def _tell(place: int, _start: int, end: int, _flags: int, told: Any) -> None:
    told.append((place, end))
