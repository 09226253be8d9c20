"""One kind of activity and the filters that can meet it. In: columns. Out: (row, filter) pairs that are met.

A condition is evaluated as far as the kind alone decides it; what is never true is gone. Of what remains each filter has
witnesses (Tier 1), looked for in each distinct value of a column; only rows with a witness are evaluated whole (Tier 2),
and each combination of values only once.
"""

from collections.abc import Sequence
from typing import Any

from hinomi.detect.checks import Checked, checked
from hinomi.detect.condition import NEVER, Node, assuming
from hinomi.detect.field_index import FieldIndex
from hinomi.detect.names import Names, loose
from hinomi.detect.predicate import Operator, Predicate, test_of
from hinomi.detect.table import Table
from hinomi.detect.witness import usual_cost, witnesses
from hinomi.schema.activity import ActivityBatch, ActivityKind
from hinomi.schema.content import LogSource

RAW = "rawDataStr"  # the column that the field None (keywords) stands for
REMEMBERED = 4_096  # combinations of values per filter and kind


class _Candidate:
    """A filter on this route, and what it has answered before."""

    __slots__ = ("check", "fields", "known", "number")

    def __init__(self, number: int, condition: Checked) -> None:
        self.number = number
        self.fields = tuple(RAW if field is None else field for field in condition.fields)
        self.check = condition.check
        self.known: dict[tuple[Any, ...], bool] = {}

    def met(self, values: tuple[Any, ...]) -> bool:
        verdict = self.known.get(values)
        if verdict is None:
            if len(self.known) >= REMEMBERED:
                self.known.clear()
            verdict = self.known[values] = self.check(values)
        return verdict


class Route:
    """All filters of one kind of activity."""

    def __init__(self, kind: ActivityKind, conditions: Sequence[tuple[LogSource, Node]]) -> None:
        self._candidates: list[_Candidate] = []
        self._always: list[int] = []  # places of candidates that have no witness
        waiting: dict[str, dict[Predicate, list[int]]] = {}
        for number, (logsource, condition) in enumerate(conditions):
            if fits(logsource, kind):
                node = assuming(condition, lambda predicate: known_of_kind(predicate, kind))
                if node != NEVER:
                    self._add(_Candidate(number, checked(node)), node, waiting)
        self._indexes = {
            name: FieldIndex((predicate, tuple(places)) for predicate, places in wanted.items())
            for name, wanted in waiting.items()
        }
        self._names = Names(tuple(dict.fromkeys(name for one in self._candidates for name in one.fields)))

    def _add(self, candidate: _Candidate, node: Node, waiting: dict[str, dict[Predicate, list[int]]]) -> None:
        place = len(self._candidates)
        self._candidates.append(candidate)
        found, _ = witnesses(node, usual_cost)
        if not found:
            self._always.append(place)
        for predicate in found:
            name = RAW if predicate.field is None else predicate.field
            waiting.setdefault(name, {}).setdefault(predicate, []).append(place)

    def meet(self, batch: ActivityBatch) -> list[tuple[int, int]]:
        """(row, number of the filter) for all that is met, by row and then by filter."""
        if not self._candidates:
            return []
        table = Table(self._names.columns(batch))
        suspects = self._suspects(table)
        rows = range(batch.length) if self._always else sorted(suspects)
        sources: dict[int, list[list[Any] | None]] = {}
        met = []
        for row in rows:
            found = suspects.get(row)
            for place in self._always if found is None else sorted({*found, *self._always}):
                candidate = self._candidates[place]
                columns = sources.get(place)
                if columns is None:
                    columns = sources[place] = [table.column(name) for name in candidate.fields]
                if candidate.met(tuple([column[row] if column else None for column in columns])):
                    met.append((row, candidate.number))
        return met

    def _suspects(self, table: Table) -> dict[int, list[int]]:
        """Row -> places of candidates of which a witness was seen."""
        suspects: dict[int, list[int]] = {}
        for name, index in self._indexes.items():
            hot = index.of_values(table.distinct(name))
            if hot:
                for row, value in enumerate(table.column(name) or ()):
                    if value in hot:
                        suspects.setdefault(row, []).extend(hot[value])
        return suspects


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
