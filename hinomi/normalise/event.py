"""Windows events as one shape, whoever wrote them down: what every shape is read into."""

from dataclasses import dataclass
from typing import Any

from hinomi.normalise.columns import Column, chosen, spread


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
        )


def grouped(events: list[tuple[int, Event]]) -> list[EventGroup]:
    """(position, event) pairs as groups, in the order in which the kinds appear."""
    rows: dict[tuple[str, str, int | None], list[tuple[int, Event]]] = {}
    for position, event in events:
        rows.setdefault((event.provider, event.channel, event.event_id), []).append((position, event))
    return [_group(key, members) for key, members in rows.items()]


def _group(key: tuple[str, str, int | None], members: list[tuple[int, Event]]) -> EventGroup:
    events = [event for _, event in members]
    return EventGroup(
        *key,
        positions=[position for position, _ in members],
        times_ms=[event.time_ms for event in events],
        computers=[event.computer for event in events],
        system=spread([event.system for event in events]),
        data=spread([event.data for event in events]),
    )
