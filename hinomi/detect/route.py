"""One kind of activity and the filters that can meet it. In: columns. Out: (row, filter) pairs that are met.

A condition is evaluated as far as the kind alone decides it; what is never true is gone. Of what remains each filter has
witnesses (Tier 1), looked for in each distinct value of a column; only rows with a witness are evaluated whole (Tier 2),
and each combination of values only once.
"""

from collections.abc import Iterable
from typing import Any

from hinomi.detect.checks import Check, checked, fields_of
from hinomi.detect.condition import NEVER, Node, assuming
from hinomi.detect.cost import Cost
from hinomi.detect.field_index import FieldIndex
from hinomi.detect.names import Names, loose
from hinomi.detect.predicate import Operator, Predicate, Test, test_of
from hinomi.detect.table import Table
from hinomi.detect.witness import witnesses
from hinomi.schema.activity import ActivityBatch, ActivityKind
from hinomi.schema.content import LogSource

RAW = "rawDataStr"  # the column that the field None (keywords) stands for
REMEMBERED = 512  # combinations of values per filter and kind
FEW_ROWS = 200  # a plan made on fewer rows is made once more when a batch has as many


class _Candidate:
    """A filter on this route, and what it has answered before."""

    __slots__ = ("_check", "fields", "known", "node", "number")

    def __init__(self, number: int, node: Node) -> None:
        self.number, self.node = number, node
        self.fields = tuple(RAW if field is None else field for field in fields_of(node))
        self._check: Check | None = None  # made when a witness is first seen: most never are
        self.known: dict[tuple[Any, ...], bool] = {}

    def check(self, values: tuple[Any, ...]) -> bool:
        if self._check is None:
            self._check = checked(self.node)
        return self._check(values)

    def met(self, values: tuple[Any, ...]) -> bool:
        verdict = self.known.get(values)
        if verdict is None:
            if len(self.known) >= REMEMBERED:
                self.known.clear()
            verdict = self.known[values] = self.check(values)
        return verdict


class Route:
    """All filters of one kind of activity. Witnesses are chosen on the first batch, and once more on a larger one."""

    def __init__(self, kind: ActivityKind, conditions: Iterable[tuple[int, Node]]) -> None:
        """`conditions`: (number of the filter, its condition) of the filters whose log source fits, in their order."""
        self._candidates: list[_Candidate] = []
        for number, condition in conditions:
            node = assuming(condition, lambda predicate: known_of_kind(predicate, kind))
            if node != NEVER:
                self._candidates.append(_Candidate(number, node))
        self._names = Names(tuple(dict.fromkeys(name for one in self._candidates for name in one.fields)))
        self._indexes: dict[str, FieldIndex] = {}
        self._always: list[int] = []  # places of candidates that must be asked for every row
        self._planned_on = 0  # rows of the batch that the witnesses were chosen on

    def meet(self, batch: ActivityBatch) -> list[tuple[int, int]]:
        """(row, number of the filter) for all that is met, by row and then by filter."""
        if not self._candidates:
            return []
        table = Table(self._names.columns(batch))
        if not self._planned_on or (self._planned_on < FEW_ROWS <= batch.length):
            self._plan(table, batch.length)
        suspects, always = self._suspects(table)
        rows = range(batch.length) if always else sorted(suspects)
        sources: dict[int, list[list[Any] | None]] = {}
        met = []
        for row in rows:
            found = suspects.get(row)
            for place in always if found is None else sorted({*found, *always}):
                candidate = self._candidates[place]
                columns = sources.get(place)
                if columns is None:
                    columns = sources[place] = [table.column(name) for name in candidate.fields]
                if candidate.met(tuple([column[row] if column else None for column in columns])):
                    met.append((row, candidate.number))
        return met

    def _plan(self, table: Table, rows: int) -> None:
        """Choose the witnesses of each candidate, and make the indexes that look for them."""
        cost = Cost(table, rows)
        waiting: dict[str, dict[Predicate, list[int]]] = {}
        alone: dict[str, list[tuple[Test, int]]] = {}
        self._always, self._planned_on = [], rows
        for place, candidate in enumerate(self._candidates):
            found, _ = witnesses(candidate.node, cost)
            for predicate in found:
                name = RAW if predicate.field is None else predicate.field
                waiting.setdefault(name, {}).setdefault(predicate, []).append(place)
            if not found and len(candidate.fields) == 1:
                alone.setdefault(candidate.fields[0], []).append((_of_one(candidate), place))
            elif not found:
                self._always.append(place)
        self._indexes = {
            name: FieldIndex(waiting.get(name, {}).items(), alone.get(name, ())) for name in {**waiting, **alone}
        }

    def _suspects(self, table: Table) -> tuple[dict[int, list[int]], list[int]]:
        """Row -> places of candidates of which a witness was seen; and the candidates to be asked for every row."""
        suspects: dict[int, list[int]] = {}
        always = self._always
        for name, index in self._indexes.items():
            column = table.column(name)
            if column is None:
                always = [*always, *index.missing]
                continue
            hot = index.of_values(table.distinct(name))
            if hot:
                for row, value in enumerate(column):
                    if value in hot:
                        suspects.setdefault(row, []).extend(hot[value])
        return suspects, sorted(always)


def _of_one(candidate: _Candidate) -> Test:
    return lambda value: candidate.check((value,))


def fits(logsource: LogSource, kind: ActivityKind) -> bool:
    """Can a filter of this log source meet activities of this kind?"""
    return (
        logsource.product in (None, kind.product)
        and (logsource.category is None or logsource.category in kind.categories)
        and (logsource.service is None or logsource.service in kind.services)
    )


def known_of_kind(predicate: Predicate, kind: ActivityKind) -> bool | None:
    """The verdict that is the same for all activities of the kind; None where it depends on the activity."""
    if predicate.field is not None and predicate.operator is not Operator.FIELD:
        name = loose(predicate.field)
        if name == "eventid" and kind.event_id is not None:
            return test_of(predicate)(kind.event_id)
        if name == "channel" and kind.channel:
            return test_of(predicate)(kind.channel)
    return None
