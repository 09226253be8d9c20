"""What is worked out once for all kinds of activity. In: all filters. Out: the filters of a kind, and one index per field.

Witnesses are chosen by what is usual on hosts; where that proves poor for a kind, its route chooses anew (route.py).
"""

from collections.abc import Iterable
from itertools import chain
from typing import Any, NamedTuple

from hinomi.detect.candidate import RAW, Candidate
from hinomi.detect.checks import checked, fields_of
from hinomi.detect.condition import NEVER, Node, assuming, predicates_of
from hinomi.detect.cost import usual_cost
from hinomi.detect.field_index import Index
from hinomi.detect.ledger import Ledger
from hinomi.detect.log_source import asks_kind, events_of, fits, known_of_kind
from hinomi.detect.names import Names, loose
from hinomi.detect.predicate import Predicate
from hinomi.detect.witness import NO_WITNESS, Witnesses, witnesses
from hinomi.schema.activity import ActivityKind
from hinomi.schema.content import LogSource

MAX_SCOPES = 4096  # combinations of product, categories and services; real ones are some dozens


class _Varying(NamedTuple):
    """A condition that the kind of activity decides in part."""

    number: int
    node: Node
    events: frozenset[Any] | None


class _Scope(NamedTuple):
    """The filters whose log source fits."""

    steady: tuple[Candidate, ...]
    varying: tuple[_Varying, ...]


class Plan:
    """`watched[number]`: the columns in which the witnesses of a filter are looked for; () for a filter without any."""

    def __init__(self, filters: Iterable[tuple[LogSource, Node]]) -> None:
        self._sources: dict[LogSource, list[Candidate | _Varying]] = {}
        self._waiting: dict[str, dict[Predicate, list[int]]] = {}
        self._indexes: dict[str, Index] = {}
        self._scopes: dict[tuple[Any, ...], _Scope] = {}
        self.ledger = Ledger()
        self.watched: list[tuple[str, ...]] = []
        nodes = []
        for number, (logsource, node) in enumerate(filters):
            nodes.append(node)
            self.watched.append(self._watch(number, steady_witnesses(node)))
            self._sources.setdefault(logsource, []).append(_entry(number, node, self.ledger))
        self.names = Names(RAW if field is None else field for node in nodes for field in fields_of(node))

    def candidates(self, kind: ActivityKind) -> list[Candidate]:
        """The filters that activities of the kind can meet, in their order."""
        scope = self._scope(kind)
        found = list(scope.steady)
        for number, node, events in scope.varying:
            if events is None or kind.event_id is None or kind.event_id in events:
                rest = assuming(node, lambda predicate: known_of_kind(predicate, kind))
                if rest != NEVER:
                    found.append(Candidate(number, rest, self.ledger))
        return sorted(found, key=lambda one: one.number)

    def prepare(self) -> None:
        """Make the index of every column, and the patterns that conditions look for (they are kept by their text)."""
        for column in list(self._waiting):
            self.index(column).of_texts.compile()
        for entry in chain.from_iterable(self._sources.values()):
            checked(entry.node)

    def index(self, column: str) -> Index:
        """The witnesses of all filters in the column."""
        index = self._indexes.get(column)
        if index is None:
            index = self._indexes[column] = Index(self._waiting[column].items())
        return index

    def _watch(self, number: int, found: Witnesses) -> tuple[str, ...]:
        for predicate in found:
            self._waiting.setdefault(column_of(predicate), {}).setdefault(predicate, []).append(number)
        return tuple(dict.fromkeys(map(column_of, found)))

    def _scope(self, kind: ActivityKind) -> _Scope:
        key = (kind.product, kind.categories, kind.services)
        scope = self._scopes.get(key)
        if scope is None:
            if len(self._scopes) >= MAX_SCOPES:
                self._scopes.clear()
            fitting = list(
                chain.from_iterable(some for logsource, some in self._sources.items() if fits(logsource, kind))
            )
            scope = self._scopes[key] = _Scope(
                tuple(one for one in fitting if isinstance(one, Candidate)),
                tuple(one for one in fitting if isinstance(one, _Varying)),
            )
        return scope


def column_of(predicate: Predicate) -> str:
    return RAW if predicate.field is None else predicate.field


def steady_witnesses(node: Node) -> Witnesses:
    """Witnesses that the kind does not decide: they serve the condition on every kind of activity. () for none."""
    found, price = witnesses(node, _steady_cost)
    return found if price < NO_WITNESS else ()


def _steady_cost(predicate: Predicate) -> float:
    if asks_kind(predicate):
        return NO_WITNESS
    return usual_cost(predicate) + (_OF_ALL if predicate.field and loose(predicate.field) in _PROVIDERS else 0.0)


# Whoever asks for a provider asks for events that are its own: nearly all activities of their kind have it
_PROVIDERS = frozenset({"provider_name", "providername", "source"})
_OF_ALL = 1000.0  # as what every activity of a batch holds (cost.py)


def _entry(number: int, node: Node, ledger: Ledger) -> Candidate | _Varying:
    if any(map(asks_kind, predicates_of(node))):
        return _Varying(number, node, events_of(node))
    return Candidate(number, node, ledger)
