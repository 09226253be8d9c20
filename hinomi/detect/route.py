"""One kind of activity and the filters that can meet it. In: columns. Out: (row, filter) pairs that are met.

What the kind alone decides is evaluated beforehand (plan.py); what is never true is gone. Of what remains each filter has
witnesses (Tier 1), looked for in each distinct value of a column; only rows with a witness are evaluated whole (Tier 2),
and each combination of values only once (jury.py).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import repeat

from hinomi.detect.asked import Numbers
from hinomi.detect.candidate import Candidate
from hinomi.detect.cost import COMMON_SHARE, SAMPLE, Cost
from hinomi.detect.field_index import Index
from hinomi.detect.field_view import NOTHING, FieldView
from hinomi.detect.jury import Jury
from hinomi.detect.plan import Plan, column_of
from hinomi.detect.predicate import Predicate, Test
from hinomi.detect.table import Table
from hinomi.detect.witness import Witnesses, witnesses
from hinomi.schema.activity import ActivityBatch, ActivityKind

FEW_ROWS = 1000  # fewer rows say little about what is common
MORE_ROWS = 10  # times the rows that were judged by: then it is judged again
MAX_JURIES = 4096
MAX_CLASSES = 16_384

Signature = tuple[int | None, ...]  # the classes of a row's values, column by column


class Route:
    """All filters of one kind. Witnesses that many activities hold are replaced by others once there are enough rows."""

    def __init__(self, plan: Plan, kind: ActivityKind) -> None:
        self._plan = plan
        self._candidates = {one.number: one for one in plan.candidates(kind)}
        self._own: dict[int, Witnesses] = {}  # number -> witnesses of this kind's own choice
        self._rows, self._judged_at = 0, FEW_ROWS  # rows seen since the witnesses were laid out; when to judge them
        self._lay()

    def meet(self, batch: ActivityBatch) -> list[tuple[int, int]]:
        """(row, number of the filter) for all that is met, by row and then by filter."""
        if not self._candidates:
            return []
        if self._generation != self._plan.ledger.generation or len(self._sets) > MAX_CLASSES:
            self._forget()
        table = Table(self._plan.names.columns(batch))
        groups = self._groups(table, batch.length)
        met: list[tuple[int, int]] = []
        for jury, rows in groups:
            columns = [table.column(name) or [None] * batch.length for name in jury.columns]
            some = columns if len(rows) == batch.length else [[column[row] for row in rows] for column in columns]
            met += jury.judge(rows, zip(*some, strict=True) if some else repeat((), len(rows)))
        self._rows += batch.length
        if self._rows >= self._judged_at and batch.length >= SAMPLE:
            self._choose(table, batch.length)
        return sorted(met) if len(groups) > 1 else met

    # ---- what to look for ----
    def _lay(self) -> None:
        """Lay out where the witnesses of each candidate are looked for."""
        shared: dict[str, set[int]] = {}
        own: dict[str, dict[Predicate, list[int]]] = {}
        alone: dict[str, list[tuple[Test, int]]] = {}
        always: list[int] = []
        for number, candidate in self._candidates.items():
            if number in self._own:
                for predicate in self._own[number]:
                    own.setdefault(column_of(predicate), {}).setdefault(predicate, []).append(number)
                continue
            columns = self._plan.watched[number]
            for column in columns:
                shared.setdefault(column, set()).add(number)
            if not columns and len(candidate.columns) == 1:
                alone.setdefault(candidate.columns[0], []).append((_of_one(candidate), number))
            elif not columns:
                always.append(number)
        self._shared, self._wanted, self._alone = shared, own, alone
        self._looked_at = tuple(dict.fromkeys([*shared, *own, *alone]))
        self._always = tuple(always)
        self._views: dict[str, FieldView] = {}
        self._forget()

    def _forget(self) -> None:
        self._generation = self._plan.ledger.generation
        for view in self._views.values():
            view.forget()
        self._classes: dict[Numbers, int] = {(): NOTHING}
        self._sets: list[Numbers] = [()]
        self._juries: dict[Numbers, dict[Signature, Jury | None]] = {}

    def _view(self, column: str) -> FieldView:
        view = self._views.get(column)
        if view is None:
            sources: list[tuple[Index, set[int]]] = []
            if column in self._shared:
                sources.append((self._plan.index(column), self._shared[column]))
            if column in self._wanted:
                wanted = self._wanted[column]
                sources.append((Index(wanted.items()), {one for some in wanted.values() for one in some}))
            view = self._views[column] = FieldView(
                sources, self._alone.get(column, ()), self._class_of, self._plan.ledger
            )
        return view

    def _class_of(self, numbers: Numbers) -> int:
        known = self._classes.get(numbers)
        if known is None:
            known = self._classes[numbers] = len(self._sets)
            self._sets.append(numbers)
        return known

    # ---- Tier 1 ----
    def _groups(self, table: Table, length: int) -> list[tuple[Jury, Sequence[int]]]:
        """The rows to be judged, with those who judge them."""
        classes, always = self._seen(table)
        juries = self._juries.setdefault(always, {})
        if len(juries) > MAX_JURIES:
            juries.clear()
        if not classes:
            jury = self._jury(juries, (), always)
            return [(jury, range(length))] if jury else []
        rows_of: dict[Signature, list[int]] = {}
        for row, signature in enumerate(zip(*classes, strict=True)):
            if signature in rows_of:
                rows_of[signature].append(row)
            else:
                rows_of[signature] = [row]
        asked = ((self._jury(juries, signature, always), rows) for signature, rows in rows_of.items())
        return [(jury, rows) for jury, rows in asked if jury]

    def _seen(self, table: Table) -> tuple[list[Iterable[int | None]], Numbers]:
        """Columns of classes, of those columns in which any witness was seen; and the candidates to be asked for every row."""
        seen: list[Iterable[int | None]] = []
        always = self._always
        for name in self._looked_at:
            column = table.column(name)
            if column is None:
                if name in self._alone:
                    always += self._view(name).missing
                continue
            found = self._view(name).classes(table.distinct(name))
            if found:
                seen.append(map(found.get, column))
        return seen, always

    def _jury(self, juries: dict[Signature, Jury | None], signature: Signature, always: Numbers) -> Jury | None:
        """Those who judge the rows of a signature; None where there is nobody to ask."""
        if signature not in juries:
            numbers = {number for one in signature if one for number in self._sets[one]}
            suspects = [self._candidates[number] for number in sorted(numbers.union(always))]
            juries[signature] = Jury(suspects, self._plan.ledger) if suspects else None
        return juries[signature]

    # ---- measured ----
    def _choose(self, table: Table, length: int) -> None:
        """Other witnesses for the candidates that too many rows were suspected of; `table` stands for what comes."""
        seen, self._judged_at = self._rows, MORE_ROWS * self._rows
        asked: Counter[int] = Counter()
        for jury in {id(one): one for some in self._juries.values() for one in some.values() if one}.values():
            asked.update(dict.fromkeys(jury.numbers, jury.rows))
        cost = Cost(table, length)
        chosen = {
            number: witnesses(self._candidates[number].node, cost)[0]
            for number, times in asked.items()
            if times >= COMMON_SHARE * seen
        }
        if any(chosen.values()):
            self._own.update({number: found for number, found in chosen.items() if found})
            self._lay()


def _of_one(candidate: Candidate) -> Test:
    return lambda value: candidate.check((value,))
