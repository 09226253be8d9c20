"""Why a condition cannot be read, for the person who typed it: in both languages, with the column where it went wrong."""

from hinomi.errors import InputError
from hinomi.schema.content import Text


class QueryError(InputError):
    """An InputError with its text in both languages. `column` counts from 1; None when no place is to blame."""

    def __init__(self, en: str, ja: str, column: int | None = None) -> None:
        told = Text(en, ja)
        if column is not None:
            told = Text(f"column {column}: {en}", f"{column} 文字目: {ja}")
        super().__init__(told.en)
        self.text, self.column = told, column
        self._bare = Text(en, ja)

    def at(self, column: int) -> "QueryError":
        """The same problem, blamed on a place."""
        return QueryError(self._bare.en, self._bare.ja, column)
