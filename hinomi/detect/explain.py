"""Why, and why not. In: a filter and one activity of a batch. Out: the condition as a tree, each part with its verdict.

The same predicates as the engine's, evaluated one by one without any short cut: what is shown is what decided.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hinomi.detect.candidate import RAW
from hinomi.detect.condition import And, Constant, Node, Not, Or, predicates_of
from hinomi.detect.log_source import fits, known_of_kind
from hinomi.detect.names import Names
from hinomi.detect.predicate import Operator, Predicate, fields_test, scalar_test, test_of, text_of
from hinomi.detect.record_text import record_values
from hinomi.detect.span import Span, spans_of, spans_of_field
from hinomi.detect.table import Table
from hinomi.schema.activity import ActivityBatch, ActivityKind
from hinomi.schema.content import Filter, LogSource


@dataclass(frozen=True, slots=True)
class Verdict:
    """One part. `kind`: log source, demand, all, any, not, predicate, always, never.

    A predicate says what was wanted and found; `column` is the name under which the activity has the field, `spans` the
    characters of `found` that met it. Of a list with a member that met it, `found` is that member and `members` how many
    there are. A demand is one named part of a log source (`field`: product, category, service).
    """

    kind: str
    met: bool
    parts: tuple["Verdict", ...] = ()
    field: str | None = None
    operator: str = ""
    wanted: Any = None
    found: Any = None
    cased: bool = False
    column: str | None = None
    spans: tuple[Span, ...] = ()
    members: int = 0


def explain(found: Filter, batch: ActivityBatch, index: int) -> Verdict:
    """`met` is whether the engine finds a detection; the first part is the log source, the second the condition."""
    demands = tuple(_demands(found.logsource, batch.kind))
    source = Verdict("log source", fits(found.logsource, batch.kind), demands, wanted=found.logsource, found=batch.kind)
    condition = _Explainer(found.sigma.condition, batch, index).verdict(found.sigma.condition)
    return Verdict("all", source.met and condition.met, (source, condition))


def _demands(source: LogSource, kind: ActivityKind) -> Iterator[Verdict]:
    """What the log source asks for, one by one."""
    offers = (("product", {kind.product}), ("category", kind.categories), ("service", kind.services))
    for name, offered in offers:
        wanted = getattr(source, name)
        if wanted is not None:
            yield Verdict("demand", wanted in offered, field=name, wanted=wanted, found=sorted(offered))


class _Explainer:
    def __init__(self, node: Node, batch: ActivityBatch, index: int) -> None:
        wanted = tuple(dict.fromkeys(name for predicate in predicates_of(node) for name in _names(predicate)))
        names = Names(wanted)
        self._table, self._columns = Table(names.columns(batch)), names.resolved(batch)
        self._batch, self._index = batch, index

    def verdict(self, node: Node) -> Verdict:
        if isinstance(node, And | Or):
            parts = tuple(self.verdict(part) for part in node.parts)
            if isinstance(node, And):
                return Verdict("all", all(part.met for part in parts), parts)
            return Verdict("any", any(part.met for part in parts), parts)
        if isinstance(node, Not):
            inner = self.verdict(node.part)
            return Verdict("not", not inner.met, (inner,))
        if isinstance(node, Constant):
            return Verdict("always" if node.value else "never", node.value)
        return self._predicate(node)

    def _predicate(self, predicate: Predicate) -> Verdict:
        met, found = self._met(predicate)
        value, spans, members = self._shown(predicate, found) if met else (found, (), 0)
        return Verdict(
            "predicate",
            met,
            field=predicate.field,
            operator=str(predicate.operator),
            wanted=predicate.value,
            found=value,
            cased=predicate.cased,
            column=self._columns.get(predicate.field) if predicate.field else None,
            spans=spans,
            members=members,
        )

    def _met(self, predicate: Predicate) -> tuple[bool, Any]:
        """Verdict and the value it was given on; for a keyword the first value that met it."""
        known = known_of_kind(predicate, self._batch.kind)
        if known is not None:
            return known, self._of_kind(predicate)
        if predicate.field is None:
            test = scalar_test(predicate)
            values = [value for value in record_values(self._value(RAW)) if test(value)]
            return bool(values), values[0] if values else None
        value = self._value(predicate.field)
        if predicate.operator is Operator.FIELD:
            other, how = predicate.value
            return fields_test(how)(value, self._value(other)), value
        return test_of(predicate)(value), value

    def _shown(self, predicate: Predicate, value: Any) -> tuple[Any, tuple[Span, ...], int]:
        """The value that met the predicate, the characters that did, and of how many values it is one."""
        members = [one for one in value if one is not None] if isinstance(value, list | tuple) else [value]
        if not members or value is None or predicate.operator in (Operator.NULL, Operator.EXISTS):
            return value, (), 0
        count = len(members) if isinstance(value, list | tuple) else 0
        if predicate.operator is Operator.FIELD:
            return (*self._shared(predicate, members), count)
        test = scalar_test(predicate)
        one = next((member for member in members if test(member)), members[0])
        return one, spans_of(predicate, one), count

    def _shared(self, predicate: Predicate, members: list[Any]) -> tuple[Any, tuple[Span, ...]]:
        """The member that met the other field's value, and where."""
        other, how = predicate.value
        wanted = self._value(other)
        others = [text_of(one) for one in (wanted if isinstance(wanted, list | tuple) else [wanted]) if one is not None]
        for member in members:
            for one in others:
                if fields_test(how)(member, one):
                    return member, spans_of_field(how, text_of(member), one)
        return members[0], ()

    def _of_kind(self, predicate: Predicate) -> Any:
        is_number = (predicate.field or "").lower().startswith("event")
        return self._batch.kind.event_id if is_number else self._batch.kind.channel

    def _value(self, name: str) -> Any:
        column = self._table.column(name)
        return None if column is None else column[self._index]


def _names(predicate: Predicate) -> tuple[str, ...]:
    if predicate.operator is Operator.FIELD:
        return (predicate.field or RAW, predicate.value[0])
    return (predicate.field or RAW,)
