"""Filters at work. In: a batch of activities. Out: detections, in row order. No clock, no disk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hinomi.detect.condition import ALWAYS, NEVER, And, Node, Not, Or, assuming, condition_of, predicates_of
from hinomi.detect.evidence import Evidence
from hinomi.detect.names import Names, loose
from hinomi.detect.predicate import Operator, Predicate, fields_test, test_of
from hinomi.detect.record_text import record_values
from hinomi.schema.activity import ActivityBatch, ActivityKind
from hinomi.schema.content import Filter, LogSource
from hinomi.schema.detection import Detection

Row = Callable[[str | None], Any]
Check = Callable[[Row], bool]


@dataclass(frozen=True, slots=True)
class _Candidate:
    filter: Filter
    check: Check


class Engine:
    """Holds the filters compiled, by kind of activity."""

    def __init__(self, filters: Sequence[Filter]) -> None:
        self._conditions = [(one, condition_of(one.sigma)) for one in filters]
        self._routes: dict[ActivityKind, tuple[list[_Candidate], list[str]]] = {}
        self._names = Names()
        self._evidence = Evidence()

    def observe(self, batch: ActivityBatch) -> list[Detection]:
        """Detections of the batch, row by row, in each row by the order of the filters."""
        if batch.kind not in self._routes:
            self._routes[batch.kind] = self._route(batch.kind)
        candidates, wanted = self._routes[batch.kind]
        columns = self._names.columns(batch, [*wanted, "rawDataStr"]) if candidates else {}
        found = []
        for index in range(batch.length if candidates else 0):
            row = _row(columns, index)
            found += [self._evidence.detection(one.filter, batch, index) for one in candidates if one.check(row)]
        return found

    def _route(self, kind: ActivityKind) -> tuple[list[_Candidate], list[str]]:
        candidates: list[_Candidate] = []
        wanted: dict[str | None, None] = {}
        for one, condition in self._conditions:
            if fits(one.logsource, kind):
                node = assuming(condition, lambda predicate: known_of_kind(predicate, kind))
                if node != NEVER:
                    candidates.append(_Candidate(one, _check(node)))
                    for predicate in predicates_of(node):
                        wanted[predicate.field] = None
                        if predicate.operator is Operator.FIELD:
                            wanted[predicate.value[0]] = None
        return candidates, [name for name in wanted if name]


def fits(logsource: LogSource, kind: ActivityKind) -> bool:
    """Can a filter of this log source meet activities of this kind?"""
    return (
        logsource.product in (None, kind.product)
        and (logsource.category is None or logsource.category in kind.categories)
        and (logsource.service is None or logsource.service in kind.services)
    )


def known_of_kind(predicate: Predicate, kind: ActivityKind) -> bool | None:
    """The verdict that is the same for all activities of the kind; None where it depends on the activity."""
    if predicate.operator is not Operator.FIELD:
        name = loose(predicate.field or "")
        if name == "eventid" and kind.event_id is not None:
            return test_of(predicate)(kind.event_id)
        if name == "channel" and kind.channel:
            return test_of(predicate)(kind.channel)
    return None


def _row(columns: dict[str, list[Any]], index: int) -> Row:
    def value(name: str | None) -> Any:
        if name is None:
            raw = columns.get("rawDataStr")
            return record_values(raw[index]) if raw else []
        column = columns.get(name)
        return None if column is None else column[index]

    return value


def _check(node: Node) -> Check:
    if isinstance(node, And):
        parts = [_check(part) for part in node.parts]
        return lambda row: all(part(row) for part in parts)
    if isinstance(node, Or):
        parts = [_check(part) for part in node.parts]
        return lambda row: any(part(row) for part in parts)
    if isinstance(node, Not):
        inner = _check(node.part)
        return lambda row: not inner(row)
    if isinstance(node, Predicate):
        return _predicate_check(node)
    return lambda _: node == ALWAYS


def _predicate_check(predicate: Predicate) -> Check:
    field = predicate.field
    if predicate.operator is Operator.FIELD:
        other, how = predicate.value
        pair_test = fields_test(how)
        return lambda row: pair_test(row(field), row(other))
    test = test_of(predicate)
    return lambda row: test(row(field))
