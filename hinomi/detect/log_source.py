"""Which filters can meet a kind of activity, and what the kind alone decides of their conditions."""

from typing import Any

from hinomi.detect.condition import And, Node, Or
from hinomi.detect.names import loose
from hinomi.detect.predicate import Operator, Predicate, number_of, test_of
from hinomi.schema.activity import ActivityKind
from hinomi.schema.content import LogSource

_OF_KIND = frozenset({"eventid", "channel"})


def fits(logsource: LogSource, kind: ActivityKind) -> bool:
    """Can a filter of this log source meet activities of this kind?"""
    return (
        logsource.product in (None, kind.product)
        and (logsource.category is None or logsource.category in kind.categories)
        and (logsource.service is None or logsource.service in kind.services)
    )


def asks_kind(predicate: Predicate) -> bool:
    """May the kind alone decide the predicate?"""
    return (
        predicate.field is not None and predicate.operator is not Operator.FIELD and loose(predicate.field) in _OF_KIND
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


def events_of(node: Node) -> frozenset[Any] | None:
    """Event ids beside which no activity meets the condition; None where it says nothing about them."""
    if isinstance(node, Predicate):
        return _events_of(node)
    if isinstance(node, And):
        stated = [events for events in map(events_of, node.parts) if events is not None]
        return frozenset.intersection(*stated) if stated else None
    if isinstance(node, Or):
        parts = [events_of(part) for part in node.parts]
        return None if None in parts else frozenset[Any]().union(*(events for events in parts if events is not None))
    return None


def _events_of(predicate: Predicate) -> frozenset[Any] | None:
    if predicate.operator not in (Operator.NUMBER, Operator.EQUALS) or not asks_kind(predicate):
        return None
    number = number_of(predicate.value)
    return (
        frozenset({number}) if number is not None and predicate.field and loose(predicate.field) == "eventid" else None
    )
