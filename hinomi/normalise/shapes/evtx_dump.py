"""Events as evtx_dump and the `evtx` library write them: {"Event": {"System": {...}, "EventData": {...}}},
attributes under `#attributes` and the text beside them under `#text`.

Read a column at a time (`Gathering`), for it is what EVTX files become. An event that does not look as expected is read
alone by `read_one`, which takes anything.
"""

from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from hinomi.normalise.columns import Column
from hinomi.normalise.event import Event, EventGroup, plain_columns
from hinomi.normalise.moment import milliseconds, milliseconds_of
from hinomi.normalise.node import MOST_NAMES, attributes, data_of, flatten, plain, word
from hinomi.normalise.values import integer

_SYSTEM = ("EventRecordID", "Level", "Keywords")
_Names = tuple[str, ...]
_Key = tuple[str, str, int, _Names]  # provider, channel, EventID, names of the data
_EMPTY: dict[str, Any] = {}


@dataclass(slots=True)
class _Members:
    """Events of one kind while they are gathered: a row of the log's own values each, and all data end to end."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)


def recognises(record: dict[str, Any]) -> bool:
    event = record.get("Event")
    return type(event) is dict and type(event.get("System")) is dict


class Gathering:
    """Takes regular events one by one, takes them apart, and makes groups of them."""

    def __init__(self) -> None:
        self._members: dict[_Key, _Members] = {}

    def take(self, position: int, record: dict[str, Any]) -> bool:
        """Was it taken? What is not must be read alone."""
        try:
            event = record["Event"]
            system = event["System"]
            data = event["EventData"] if "EventData" in event else data_of(event["UserData"])
            number = system["EventID"]
            if type(number) is not int:
                number = int(number["#text"] if type(number) is dict else number)
            if data is None:
                data = _EMPTY
            elif "Data" in data or "#attributes" in data:
                data = _plain_data(data)
            provider, execution, security = system["Provider"]["#attributes"], system["Execution"], system["Security"]
            row = (
                position,
                system["TimeCreated"]["#attributes"]["SystemTime"],
                system["Computer"],
                system["EventRecordID"],
                system["Level"],
                system["Keywords"],
                execution["#attributes"]["ProcessID"] if execution else None,
                security["#attributes"]["UserID"] if security else None,
                provider.get("Guid"),
            )
            key = (provider["Name"], system["Channel"] or "", number, tuple(data))
            found = self._members.get(key)
            values = data.values()
        except (KeyError, TypeError, ValueError, AttributeError):
            return False
        if found is None:
            found = self._members[key] = _Members()
        found.rows.append(row)
        found.values += values
        return True

    def groups(self) -> tuple[list[EventGroup], list[int]]:
        """The groups, and the positions of those that turned out to be irregular: a value that must be text is none."""
        found: list[EventGroup] = []
        irregular: list[int] = []
        for key, members in self._members.items():
            group = _group(key, members)
            if group is None:
                irregular += (row[0] for row in members.rows)
            else:
                found.append(group)
        return found, irregular


def _group(key: _Key, members: _Members) -> EventGroup | None:
    """The gathered events as a group; None when a value that must be text is none."""
    provider, channel, number, names = key
    positions, times, computers, *system = map(list, zip(*members.rows, strict=True))
    words = {type(provider), type(channel), *map(type, computers)}
    if words != {str} or len(names) > MOST_NAMES:
        return None
    columns = dict(zip((*_SYSTEM, "ExecutionProcessID", "UserID", "ProviderGuid"), system, strict=True))
    return EventGroup(
        provider,
        channel,
        number,
        positions=positions,
        times_ms=milliseconds_of(times),
        computers=computers,
        system=columns,
        data=_data_columns(names, members.values),
    )


def _data_columns(names: _Names, values: list[Any]) -> dict[str, Column]:
    """All rows have the same names in the same order, so the list of all values, cut by steps, holds the columns."""
    columns = {name: values[start :: len(names)] for start, name in enumerate(names)}
    return plain_columns(columns) if dict in set(map(type, values)) else columns


def _plain_data(data: dict[str, Any]) -> dict[str, Any]:
    """EventData without its attributes; unnamed data under `Data` as text, or as a list where there are several."""
    found = {name: value for name, value in data.items() if name != "#attributes"}
    unnamed = plain(found.pop("Data", None))
    if type(unnamed) is list:
        # xml2json writes named data as a list of {"Name": .., "text": ..}
        named = [part for part in unnamed if type(part) is dict and type(part.get("Name")) is str]
        found |= {part["Name"]: plain(part) for part in named}
        unnamed = [part for part in unnamed if type(part) is not dict]
        unnamed = unnamed[0] if len(unnamed) == 1 else unnamed
    elif type(data.get("Data")) is dict and type(data["Data"].get("Name")) is str:
        found[data["Data"]["Name"]] = unnamed
        unnamed = None
    if unnamed not in (None, []):
        found["Data"] = unnamed
    return found


def read_one(record: dict[str, Any]) -> Event:
    """One event of any build: UserData flattened by leaf name, missing parts left out. `record` is recognised."""
    event = record["Event"]
    system = event["System"]
    provider = attributes(system.get("Provider"))
    execution = attributes(system.get("Execution"))
    details = {name: plain(system.get(name)) for name in _SYSTEM} | {
        "ExecutionProcessID": execution.get("ProcessID"),
        "UserID": attributes(system.get("Security")).get("UserID"),
        "ProviderGuid": provider.get("Guid"),
    }
    return Event(
        provider=word(provider.get("Name")) or word(provider.get("EventSourceName")),
        channel=word(system.get("Channel")),
        event_id=integer(plain(system.get("EventID"))),
        time_ms=milliseconds(attributes(system.get("TimeCreated")).get("SystemTime")),
        computer=word(system.get("Computer")),
        system=details,
        data=_data(event),
    )


def _data(event: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for part, content in event.items():
        if part == "EventData" and type(content) is dict:
            data |= islice(_plain_data(content).items(), MOST_NAMES)
        elif part not in ("System", "#attributes", "RenderingInfo") and type(content) is dict:
            flatten(content, data)
    return data
