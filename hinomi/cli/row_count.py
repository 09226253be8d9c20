"""How many rows have come of a file that is made while it is read. Of CSV and NDJSON; Parquet says it only at its end."""

FORMS = ("csv", "ndjson")


class RowCount:
    """`form`: one of FORMS."""

    def __init__(self, form: str) -> None:
        self._is_csv = form == "csv"
        self._lines = -1 if self._is_csv else 0  # the first line of CSV names the columns
        self._is_quoted = False

    def after(self, part: bytes) -> int:
        """Rows that are whole by now."""
        self._lines += self._ends(part) if self._is_csv else part.count(b"\n")
        return max(0, self._lines)

    def _ends(self, part: bytes) -> int:
        """Ends of lines that do not stand in a quoted cell. A quote within one is written twice: out of it and in again."""
        pieces = part.split(b'"')
        found = sum(piece.count(b"\n") for piece in pieces[1 if self._is_quoted else 0 :: 2])
        self._is_quoted ^= len(pieces) % 2 == 0
        return found
