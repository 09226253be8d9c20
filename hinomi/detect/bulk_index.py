"""The witnesses of one field, looked for in many texts at once. In: texts. Out: which of them single out which filters.

The texts are joined, with a separator round each, and scanned in one pass: a text that begins with `a` is then just one
that holds separator + `a`. Most texts hold nothing, and cost little more than their letters.

One index serves every kind of activity; each looks at it through a view of its own, for which only some filters count.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from itertools import accumulate
from typing import Any

import hyperscan

from hinomi.detect.asked import Asked
from hinomi.detect.guards import guards_of
from hinomi.detect.literals import fold
from hinomi.detect.predicate import Operator, Predicate, number_of, text_of

SEPARATOR = "\x1f"
_SEPARATOR = SEPARATOR.encode()
LONGEST = 16_384  # characters; each occurrence is told here, so that longer texts are better looked at alone
_NUMERIC = frozenset("0123456789+- \t\n\r\x0b\x0c\x1c\x1d\x1e")  # how a text begins that may mean a number

Numbers = tuple[int, ...]


def plain(values: Iterable[Any]) -> list[str]:
    """Those that may be looked at among others."""
    return [one for one in values if type(one) is str and len(one) <= LONGEST and SEPARATOR not in one]


class BulkIndex:
    """Built from (witness, numbers of the filters that wait for it)."""

    def __init__(self, wanted: Iterable[tuple[Predicate, Sequence[int]]]) -> None:
        self.numbers: dict[float, Numbers] = {}
        self.present: Numbers = ()
        self.tests: list[Asked] = []
        self._groups: list[list[Numbers | Asked]] = []  # literal -> who waits for it
        self._back: list[int] = []  # literal -> bytes from behind it to behind its text
        self._known: dict[str, int] = {}
        for predicate, numbers in wanted:
            self._add(predicate, tuple(numbers))

    def found(self, texts: Sequence[str]) -> tuple[list[tuple[int, int]], list[int]]:
        """(literal, where it ends) and where each text starts; all texts are plain."""
        told: list[tuple[int, int]] = []
        if self._database is None:
            return told, []
        if all(map(str.isascii, texts)):  # Hyperscan itself minds no case of theirs
            data, lengths = SEPARATOR.join(("", *texts, "")).encode(), map(len, texts)
        else:  # one text beyond ASCII makes a joined one four times as slow to encode
            parts = list(map(_encoded, texts))
            data, lengths = _SEPARATOR.join((b"", *parts, b"")), map(len, parts)
        self._database.scan(data, _tell, context=told)
        return told, list(accumulate((length + 1 for length in lengths), initial=1)) if told else []

    def back(self, literal: int) -> int:
        """Bytes from behind a literal to behind its text, separator included."""
        return self._back[literal]

    def groups(self, literal: int, live: AbstractSet[int]) -> list[Numbers | Asked]:
        """Who waits for a literal, of the filters that count."""
        found: list[Numbers | Asked] = []
        for group in self._groups[literal]:
            if isinstance(group, Asked):
                found += () if live.isdisjoint(group.numbers) else (group,)
            else:
                numbers = tuple(number for number in group if number in live)
                found += (numbers,) if numbers else ()
        return found

    def _add(self, predicate: Predicate, numbers: Numbers) -> None:
        operator, value = predicate.operator, predicate.value
        if operator is Operator.EXISTS:
            self.present += numbers
        elif operator is Operator.NUMBER:
            self.numbers[value] = self.numbers.get(value, ()) + numbers
        elif operator in _SHAPES and (value or operator is Operator.EQUALS):
            before, after = _SHAPES[operator]
            self._wait_for(before, fold(text_of(value)), after, numbers)
        else:
            self._add_asked(Asked(predicate, numbers), guards_of(predicate))

    def _add_asked(self, asked: Asked, guards: tuple[str, ...]) -> None:
        for guard in guards:
            self._wait_for("", fold(guard), "", asked)
        if not guards:
            self.tests.append(asked)

    def _wait_for(self, before: str, text: str, after: str, group: Numbers | Asked) -> None:
        if SEPARATOR in text:
            return  # no text that is looked at here holds it
        place = self._known.setdefault(before + text + after, len(self._known))
        if place == len(self._groups):
            self._groups.append([])
            self._back.append(len(after))
        self._groups[place].append(group)

    def compile(self) -> None:
        """Else it is done when the first texts come, and pattern by pattern."""
        _ = self._database
        for one in {one for group in self._groups for one in group if isinstance(one, Asked)}.union(self.tests):
            one.compile()

    @cached_property
    def _database(self) -> hyperscan.Database | None:
        literals = [literal.encode("utf-8", "surrogatepass") for literal in self._known]
        if not literals:
            return None
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        flags = [hyperscan.HS_FLAG_CASELESS] * len(literals)
        database.compile(expressions=literals, ids=list(range(len(literals))), flags=flags, literal=True)
        return database


class BulkView:
    """An index where only the `live` filters count."""

    def __init__(self, index: BulkIndex, live: AbstractSet[int]) -> None:
        self._index, self._live = index, live
        self._present = live & set(index.present)
        self._tests = [one for one in index.tests if not live.isdisjoint(one.numbers)]
        self._groups: dict[int, tuple[int, Numbers, list[Asked]] | None] = {}  # of the literals that have been found

    def hits(self, texts: Sequence[str]) -> dict[int, set[int]]:
        """Index of a text -> numbers of filters, for those texts that single out any. All texts are plain."""
        found: dict[int, set[int]] = {}
        self._look_for_literals(texts, found)
        if self._index.numbers:
            self._look_for_numbers(texts, found)
        for one in self._tests:
            for index, text in enumerate(texts):
                if one.met(text, fold(text)):
                    found.setdefault(index, set()).update(one.numbers)
        if self._present:
            for index in range(len(texts)):
                found.setdefault(index, set()).update(self._present)
        return {index: live for index, numbers in found.items() if (live := numbers & self._live)}

    def _look_for_literals(self, texts: Sequence[str], found: dict[int, set[int]]) -> None:
        told, starts = self._index.found(texts)
        guarded: set[tuple[int, int]] = set()  # (index of a text, guard): it may stand there more than once
        known = self._groups
        for literal, end in told:
            group = known[literal] if literal in known else self._group(literal)
            if group is None:
                continue
            back, numbers, asked = group
            index = bisect_right(starts, end - back) - 1
            if numbers:
                found.setdefault(index, set()).update(numbers)
            if asked:
                guarded.add((index, literal))
        self._ask(texts, guarded, found)

    def _ask(self, texts: Sequence[str], guarded: AbstractSet[tuple[int, int]], found: dict[int, set[int]]) -> None:
        """Ask what waits for these guards, each once a text."""
        at, folded, done = -1, "", set[Asked]()
        for index, literal in sorted(guarded):
            if index != at:
                at, folded, done = index, fold(texts[index]), set()
            group = self._groups[literal]
            for one in group[2] if group else ():
                if one not in done:
                    done.add(one)
                    if one.met(texts[index], folded):
                        found.setdefault(index, set()).update(one.numbers)

    def _group(self, literal: int) -> tuple[int, Numbers, list[Asked]] | None:
        """Who waits for the literal here, and how far its text's end is back; None where it means nothing."""
        groups = self._index.groups(literal, self._live)
        asked = [one for one in groups if isinstance(one, Asked)]
        numbers = tuple(number for one in groups if not isinstance(one, Asked) for number in one)
        group = self._groups[literal] = (self._index.back(literal), numbers, asked) if groups else None
        return group

    def _look_for_numbers(self, texts: Sequence[str], found: dict[int, set[int]]) -> None:
        numbers = self._index.numbers
        for index, text in enumerate(texts):
            if text[:1] in _NUMERIC or not text.isascii():
                number = number_of(text)
                if number in numbers:
                    found.setdefault(index, set()).update(numbers[number])


# operator -> what stands before and after its text in the joined texts
_SHAPES = {
    Operator.EQUALS: (SEPARATOR, SEPARATOR),
    Operator.BOOLEAN: (SEPARATOR, SEPARATOR),
    Operator.CONTAINS: ("", ""),
    Operator.STARTSWITH: (SEPARATOR, ""),
    Operator.ENDSWITH: ("", SEPARATOR),
}


def _encoded(text: str) -> bytes:
    return text.encode() if text.isascii() else fold(text).encode("utf-8", "surrogatepass")


def _tell(place: int, _start: int, end: int, _flags: int, told: Any) -> None:
    told.append((place, end))
