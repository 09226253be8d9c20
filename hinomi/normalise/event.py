"""Windows events as one shape, whoever wrote them down: what every shape is read into."""

from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any

from hinomi.normalise.columns import Column, alike, are_alike, chosen, end_to_end, spread
from hinomi.normalise.node import plain


@dataclass(slots=True)
class Event:
    """One event. `system` is what the log says about it (EventRecordID, Level ...), `data` what its provider says."""

    provider: str
    channel: str
    event_id: int | None
    time_ms: int | None
    computer: str
    system: dict[str, Any]
    data: dict[str, Any]
    product: str = "windows"


@dataclass(slots=True)
class EventGroup:
    """Events of one provider, channel and number as columns. `positions` are places in the RecordBatch, rising."""

    provider: str
    channel: str
    event_id: int | None
    positions: list[int]
    times_ms: list[int | None]
    computers: list[str]
    system: dict[str, Column]
    data: dict[str, Column]
    product: str = "windows"

    def rows(self, indexes: list[int]) -> "EventGroup":
        """Some of the events."""
        return EventGroup(
            self.provider,
            self.channel,
            self.event_id,
            positions=[self.positions[row] for row in indexes],
            times_ms=[self.times_ms[row] for row in indexes],
            computers=[self.computers[row] for row in indexes],
            system=chosen(self.system, indexes),
            data=chosen(self.data, indexes),
            product=self.product,
        )


def grouped(events: list[tuple[int, Event]]) -> list[EventGroup]:
    """(position, event) pairs as groups, in the order in which the kinds appear."""
    rows: dict[tuple[str, str, str, int | None], list[tuple[int, Event]]] = {}
    for position, event in events:
        key = (event.product, event.provider, event.channel, event.event_id)
        rows.setdefault(key, []).append((position, event))
    return [
        _group([members[row] for row in part])
        for members in rows.values()
        for part in alike([event.data for _, event in members])
    ]


def _group(members: list[tuple[int, Event]]) -> EventGroup:
    events = [event for _, event in members]
    one = events[0]
    return EventGroup(
        one.provider,
        one.channel,
        one.event_id,
        positions=[position for position, _ in members],
        times_ms=[event.time_ms for event in events],
        computers=[event.computer for event in events],
        system=spread([event.system for event in events]),
        data=plain_columns(spread([event.data for event in events])),
        product=one.product,
    )


def joined(groups: list[EventGroup]) -> list[EventGroup]:
    """Groups of one kind as one group, events in their order: a group costs as much as dozens of events.

    A name that a group lacks is None there. Groups that share hardly any names stay apart (`columns.are_alike`).
    """
    kinds: dict[tuple[str, str, str, int | None], list[EventGroup]] = {}
    for group in groups:
        kinds.setdefault((group.product, group.provider, group.channel, group.event_id), []).append(group)
    found: list[EventGroup] = []
    for same in kinds.values():
        shapes = [(tuple(group.data), len(group.positions)) for group in same]
        found += [_joined(same)] if len(same) > 1 and are_alike(shapes) else same
    return found


def _joined(groups: list[EventGroup]) -> EventGroup:
    one, lengths = groups[0], [len(group.positions) for group in groups]
    positions = list(chain.from_iterable(group.positions for group in groups))
    order = sorted(range(len(positions)), key=positions.__getitem__)
    in_order = itemgetter(*order)

    def table(parts: list[dict[str, Column]]) -> dict[str, Column]:
        names = dict.fromkeys(chain.from_iterable(parts))
        return {name: list(in_order(end_to_end(name, parts, lengths))) for name in names}

    return EventGroup(
        one.provider,
        one.channel,
        one.event_id,
        positions=list(in_order(positions)),
        times_ms=list(in_order([time_ms for group in groups for time_ms in group.times_ms])),
        computers=list(in_order([name for group in groups for name in group.computers])),
        system=table([group.system for group in groups]),
        data=table([group.data for group in groups]),
        product=one.product,
    )


def plain_columns(columns: dict[str, Column]) -> dict[str, Column]:
    """Values that are objects ({"#attributes": .., "#text": ..}) become their text, in place."""
    for name, column in columns.items():
        if dict in set(map(type, column)):
            columns[name] = [plain(value) for value in column]
    return columns
