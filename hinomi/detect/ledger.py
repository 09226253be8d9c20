"""What an engine remembers of values it has seen, in bytes, more or less. Past the bound all of it is forgotten at once.

Values are the writers': without a bound whoever invents texts fills the memory.
"""

from collections.abc import Iterable
from typing import Any

MAX_BYTES = 64 << 20
LONG = 16_384  # characters; a longer text (whole scripts) is not kept
_PER_ENTRY = 200  # bytes of a text's head, its key and its place in a table


class Ledger:
    """`generation` grows when what was remembered before it must go."""

    def __init__(self, limit: int = MAX_BYTES) -> None:
        self.generation = 0
        self._limit, self._spent = limit, 0

    def admits(self, values: Iterable[Any]) -> bool:
        """May the values be kept, together? Then they are charged for."""
        size = _PER_ENTRY
        for value in values:
            size += len(value) if type(value) is str else _length(value)
        if size > LONG:
            return False
        self._spend(size)
        return True

    def charge(self, entries: int, letters: int) -> None:
        """So many texts are kept, each by itself."""
        self._spend(_PER_ENTRY * entries + letters)

    def _spend(self, size: int) -> None:
        self._spent += size
        if self._spent > self._limit:
            self.generation += 1
            self._spent = 0


def _length(value: Any) -> int:
    if isinstance(value, tuple):
        return 8 + sum(map(_length, value))
    return len(value) if isinstance(value, str) else 8
