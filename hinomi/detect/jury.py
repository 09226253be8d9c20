"""Candidates that are asked together: the same witnesses were seen. In: rows. Out: which candidates each row meets.

Each combination of values is judged once, however many candidates there are: a hundred more filters that look at the same
columns cost nothing where the values have been seen.
"""

from collections.abc import Iterable, Sequence

from hinomi.detect.candidate import RAW, Candidate, Values
from hinomi.detect.ledger import Ledger

Numbers = tuple[int, ...]


class Jury:
    """`columns`: names of the columns that any of the candidates looks at."""

    __slots__ = ("_known", "_ledger", "_seats", "columns", "rows")

    def __init__(self, candidates: Sequence[Candidate], ledger: Ledger) -> None:
        """`candidates` in the order of the filters."""
        self.columns = tuple(dict.fromkeys(name for one in candidates for name in one.columns))
        places = {name: place for place, name in enumerate(self.columns)}
        self._seats = [(one, [places[name] for name in one.columns]) for one in candidates]
        self._known: dict[Values, Numbers] = {}
        self._ledger = ledger
        self.rows = 0  # that have been asked about

    @property
    def numbers(self) -> Numbers:
        return tuple(one.number for one, _ in self._seats)

    def judge(self, rows: Sequence[int], values: Iterable[Values]) -> list[tuple[int, int]]:
        """(row, number of the filter) for all that is met. `values` of `columns`, row by row."""
        known, met = self._known, []
        self.rows += len(rows)
        for row, found in zip(rows, values, strict=True):
            numbers = known.get(found)
            if numbers is None:
                numbers = self._ask(found)
            if numbers:
                met += [(row, number) for number in numbers]
        return met

    def _ask(self, values: Values) -> Numbers:
        if len(self._seats) == 1:  # its columns are the jury's, and so is its memory
            candidate = self._seats[0][0]
            numbers: Numbers = (candidate.number,) if candidate.check(values) else ()
        else:
            met = [one for one, places in self._seats if one.met(tuple([values[place] for place in places]))]
            numbers = tuple(one.number for one in met)
        if RAW not in self.columns and self._ledger.admits(values):
            self._known[values] = numbers
        return numbers
