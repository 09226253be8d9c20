"""Why a condition cannot be read, for the person who typed it: in both languages, with the column where it went wrong."""

import difflib
from collections.abc import Iterable

from hinomi.errors import InputError
from hinomi.schema.content import Text


class QueryError(InputError):
    """An InputError with its text in both languages. `column` counts from 1; None when no place is to blame.

    `suggestion`: what would be right in place of the word there; "" when nothing is near.
    """

    def __init__(self, en: str, ja: str, column: int | None = None, suggestion: str = "") -> None:
        told = Text(en, ja)
        if column is not None:
            told = Text(f"column {column}: {en}", f"{column} 文字目: {ja}")
        super().__init__(told.en)
        self.text, self.column, self.suggestion = told, column, suggestion
        self._bare = Text(en, ja)

    def at(self, column: int) -> "QueryError":
        """The same problem, blamed on a place."""
        return QueryError(self._bare.en, self._bare.ja, column, self.suggestion)


def nearest(typed: str, known: Iterable[str]) -> str:
    """The word that was probably meant, letters' case aside; "" when none is near."""
    folded = {word.lower(): word for word in known}
    near = difflib.get_close_matches(typed.lower(), folded, n=1)
    return folded[near[0]] if near else ""
