"""Windows events as one shape, whoever wrote them down: what every shape is read into."""

from dataclasses import dataclass
from typing import Any

from hinomi.normalise.columns import Column, alike, chosen, spread
from hinomi.normalise.values import integer

MOST_NAMES = 2000  # values of one event that get a name; what is beyond stands in the record itself

# Levels by the words of renderers and of NXLog (winmeta.xml: 1 critical, 2 error, 3 warning, 4 information, 5 verbose)
_LEVELS = {"critical": 1, "error": 2, "warning": 3, "warn": 3, "information": 4, "info": 4, "verbose": 5, "debug": 5}


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


def plain_columns(columns: dict[str, Column]) -> dict[str, Column]:
    """Values that are objects ({"#attributes": .., "#text": ..}) become their text, in place."""
    for name, column in columns.items():
        if dict in set(map(type, column)):
            columns[name] = [plain(value) for value in column]
    return columns


def plain(value: Any) -> Any:
    """The text of a node that has attributes beside it, under either name that converters give it."""
    if type(value) is not dict:
        return value
    found = value.get("#text", value.get("text"))
    return found if type(found) is not dict else None


def word(value: Any) -> str:
    """A name: text, or nothing."""
    found = plain(value)
    return found if type(found) is str else ""


def attributes(node: Any) -> dict[str, Any]:
    """The attributes of a node, whether under `#attributes` or beside its text."""
    if type(node) is not dict:
        return {}
    found = node.get("#attributes")
    return found if type(found) is dict else node


def data_of(*parts: Any) -> dict[str, Any]:
    """EventData and UserData of shapes that keep them apart, as one; nested values by the name of the leaf."""
    found: dict[str, Any] = {}
    for part in parts:
        if type(part) is dict:
            flatten(part, found)
    return found


def flatten(tree: dict[str, Any], into: dict[str, Any], depth: int = 8) -> None:
    """Leaves by their own name, the first of a name wins; `xmlns` is no content."""
    for name, value in tree.items():
        if len(into) >= MOST_NAMES:
            return
        if type(value) is dict:
            if depth:
                flatten(value, into, depth - 1)
            if (content := plain(value)) is not None:
                into.setdefault(name, content)
        elif name not in ("#text", "xmlns") and value is not None:
            into.setdefault(name, value)


def level_of(number: Any, name: Any) -> int | None:
    """The level as Windows counts it, from its number or its word."""
    found = integer(number)
    return found if found is not None else _LEVELS.get(name.lower()) if type(name) is str else None


def hex_keywords(value: Any) -> Any:
    """Keywords as Windows writes them (0x8020000000000000); NXLog writes the same 64 bits as a signed number."""
    return f"0x{value & 0xFFFFFFFFFFFFFFFF:x}" if type(value) is int else value
