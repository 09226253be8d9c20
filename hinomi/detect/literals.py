"""Many texts looked for at once. In: texts with a place (anywhere, start, end). Out: which of them a value holds.

Hyperscan finds all of them in one pass over the value, at nearly the same cost for ten texts as for ten thousand.
Everything is folded first, so that an answer is never too small; it may be too large for what minds case.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import hyperscan

from hinomi.detect.predicate import Operator

# Letters that Unicode lower-casing keeps apart and case-insensitive matching does not: long s, final sigma.
_ALIKE = (("\u017f", "s"), ("\u03c2", "\u03c3"))


def fold(text: str) -> str:
    """Lower case, letter by letter: if one text is part of another in any case, so it is folded."""
    lower = text.lower()
    if not lower.isascii():
        for letter, other in _ALIKE:
            lower = lower.replace(letter, other)
    return lower


@dataclass(slots=True)
class _Target:
    """One text, and the numbers to return where it is found anywhere, at the start, at the end."""

    text: str
    anywhere: list[int] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)


class Literals:
    """Texts to be found, each with the number to be returned for it."""

    def __init__(self, wanted: Iterable[tuple[Operator, str, int]]) -> None:
        places: dict[bytes, int] = {}
        self._targets: list[_Target] = []
        for operator, text, number in wanted:
            literal = _bytes(fold(text))
            place = places.setdefault(literal, len(places))
            if place == len(self._targets):
                self._targets.append(_Target(fold(text)))
            _PLACES[operator](self._targets[place]).append(number)
        self._database = _compiled(list(places)) if places else None

    def found_in(self, folded: str) -> list[int]:
        """Numbers of the texts that a folded value holds at their place; a number may come twice."""
        if self._database is None or not folded:
            return []
        hits: list[int] = []
        self._database.scan(_bytes(folded), _collect, context=hits)
        found: list[int] = []
        for place in hits:
            target = self._targets[place]
            found += target.anywhere
            if target.start and folded.startswith(target.text):
                found += target.start
            if target.end and folded.endswith(target.text):
                found += target.end
        return found


# The operators whose texts are looked for here.
_PLACES: dict[Operator, Callable[[_Target], list[int]]] = {
    Operator.CONTAINS: lambda target: target.anywhere,
    Operator.STARTSWITH: lambda target: target.start,
    Operator.ENDSWITH: lambda target: target.end,
}
LITERAL_OPERATORS = frozenset(_PLACES)


def _collect(place: int, _start: int, _end: int, _flags: int, hits: Any) -> None:
    hits.append(place)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _compiled(literals: Sequence[bytes]) -> hyperscan.Database:
    """Each text is told once per value, however often it stands in it: a value of ten million letters stays cheap."""
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    flags = [hyperscan.HS_FLAG_SINGLEMATCH] * len(literals)
    database.compile(expressions=literals, ids=list(range(len(literals))), flags=flags, literal=True)
    return database
