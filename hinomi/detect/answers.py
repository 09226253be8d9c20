"""Which activities a part of a detection meets, as bits. In: batches of activities. Out: for any part one integer.

Every value is asked once for each activity; what is put together from them, and anything a mutation makes of them, costs
a few operations on integers. Rows are numbered over the batches in their order.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import and_, or_

from hinomi.detect.candidate import RAW
from hinomi.detect.checks import checked, fields_of
from hinomi.detect.condition import Node, assuming
from hinomi.detect.log_source import known_of_kind
from hinomi.detect.names import Names
from hinomi.detect.table import Table
from hinomi.detect.written import Group, Inverse, Leaf, Part, Reference
from hinomi.schema.activity import ActivityBatch


class Answers:
    """`batches`: activities that the log source fits. `everything`: the bits of all rows."""

    def __init__(self, batches: Sequence[ActivityBatch]) -> None:
        self._batches = batches
        self._known: dict[Node, int] = {}
        self.everything = (1 << sum(batch.length for batch in batches)) - 1

    def bits(self, part: Part, selections: Mapping[str, int]) -> int:
        """The rows that meet the part. `selections`: the bits of those that a condition refers to."""
        if isinstance(part, Leaf):
            return self._of_node(part.node)
        if isinstance(part, Reference):
            return selections[part.name]
        if isinstance(part, Inverse):
            return self.everything ^ self.bits(part.part, selections)
        return self._joined(part, selections)

    def _joined(self, group: Group, selections: Mapping[str, int]) -> int:
        parts = (self.bits(part, selections) for part in group.parts)
        return reduce(and_, parts, self.everything) if group.is_all else reduce(or_, parts, 0)

    def _of_node(self, node: Node) -> int:
        found = self._known.get(node)
        if found is None:
            found = self._known[node] = self._ask(node)
        return found

    def _ask(self, node: Node) -> int:
        bits, first = 0, 0
        for batch in self._batches:
            for row in _rows_met(node, batch):
                bits |= 1 << (first + row)
            first += batch.length
        return bits


def _rows_met(node: Node, batch: ActivityBatch) -> list[int]:
    """As the engine asks: what the kind of activity tells first, then the columns by the names filters use."""
    known = assuming(node, lambda predicate: known_of_kind(predicate, batch.kind))
    fields = tuple(RAW if field is None else field for field in fields_of(known))
    table = Table(Names(tuple(dict.fromkeys(fields))).columns(batch))
    columns = [table.column(field) for field in fields]
    check = checked(known)
    return [row for row in range(batch.length) if check(tuple(column[row] if column else None for column in columns))]
