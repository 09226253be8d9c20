"""Columns as the engine looks at them: every value hashable, and values that differ in meaning differ as keys."""

from collections.abc import Set as AbstractSet
from typing import Any

from hinomi.detect.predicate import text_of

# True == 1 == 1.0 to a dict; as texts they differ, and mean the same to every predicate.
_AMBIGUOUS = frozenset({bool, float})
_PLAIN = frozenset({str, int, type(None), tuple})


class Table:
    """The columns of one batch, by the filters' names. Each is tidied when it is first looked at."""

    def __init__(self, columns: dict[str, list[Any]]) -> None:
        self._raw = columns
        self._tidied: dict[int, tuple[list[Any], AbstractSet[Any]]] = {}

    def column(self, name: str) -> list[Any] | None:
        """The values: text, int, tuple or None."""
        found = self._look(name)
        return found[0] if found else None

    def distinct(self, name: str) -> AbstractSet[Any]:
        """The distinct values; empty where there is no such column."""
        found = self._look(name)
        return found[1] if found else frozenset()

    def _look(self, name: str) -> tuple[list[Any], AbstractSet[Any]] | None:
        raw = self._raw.get(name)
        if raw is None:
            return None
        found = self._tidied.get(id(raw))
        if found is None:
            found = self._tidied[id(raw)] = _tidied(raw)
        return found


def _tidied(column: list[Any]) -> tuple[list[Any], AbstractSet[Any]]:
    try:
        distinct = set(column)
        kinds = set(map(type, distinct))
        if int in kinds:  # a set takes True for 1: only the column itself tells
            kinds = set(map(type, column))
        if kinds <= _PLAIN and not kinds & _AMBIGUOUS:
            return column, distinct
    except TypeError:
        pass
    column = [_key(value) for value in column]
    return column, set(column)


def _key(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(_key(member) for member in value)
    return value if type(value) in _PLAIN else text_of(value)
