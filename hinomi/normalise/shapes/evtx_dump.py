"""Events as evtx_dump and the `evtx` library write them: {"Event": {"System": {...}, "EventData": {...}}},
attributes under `#attributes` and the text beside them under `#text`.

The one shape that is read a column at a time, for it is what EVTX files become. An event that does not look as expected
is read alone by `read_one`, which takes anything.
"""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from hinomi.normalise.columns import Column, alike, spread
from hinomi.normalise.event import MOST_NAMES, Event, EventGroup, attributes, flatten, plain, plain_columns, word
from hinomi.normalise.moment import milliseconds, milliseconds_of
from hinomi.normalise.values import integer

_SYSTEM = ("EventRecordID", "Level", "Keywords", "Version", "Task", "Opcode")
_Member = tuple[int, dict[str, Any], dict[str, Any]]  # position, System, the named data


def recognises(record: dict[str, Any]) -> bool:
    event = record.get("Event")
    return type(event) is dict and type(event.get("System")) is dict


def read(records: Sequence[tuple[int, dict[str, Any]]]) -> tuple[list[EventGroup], list[tuple[int, Event]]]:
    """Groups of the regular events; the irregular ones one by one."""
    regular: dict[tuple[str, str, int], list[_Member]] = {}
    irregular: list[tuple[int, Event]] = []
    for position, record in records:
        event = record["Event"]
        try:
            system = event["System"]
            key, data = _key_and_data(system, event["EventData"])
            regular.setdefault(key, []).append((position, system, data))
        except (KeyError, TypeError, AttributeError):
            irregular.append((position, read_one(record)))
    groups = []
    for key, members in regular.items():
        try:
            parts = alike([data for _, _, data in members])
            groups += [_group(key, [members[row] for row in part]) for part in parts]
        except (KeyError, TypeError, AttributeError):
            wanted = {position for position, _, _ in members}
            irregular.extend((position, read_one(record)) for position, record in records if position in wanted)
    return groups, irregular


def _key_and_data(system: dict[str, Any], data: Any) -> tuple[tuple[str, str, int], dict[str, Any]]:
    event_id = system["EventID"]
    if type(event_id) is not int:
        if type(event_id) is dict:
            event_id = event_id["#text"]
        event_id = int(event_id)
    key = (system["Provider"]["#attributes"]["Name"], system["Channel"], event_id)
    if type(key[0]) is not str or type(key[1]) is not str:
        raise TypeError
    if data is None:
        return key, {}
    if "#attributes" in data or "Data" in data or len(data) > MOST_NAMES:
        data = dict(islice(_plain_data(data).items(), MOST_NAMES))
    return key, data


def _group(key: tuple[str, str, int], members: list[_Member]) -> EventGroup:
    systems = [system for _, system, _ in members]
    count = len(systems)
    executions = [(system.get("Execution") or _EMPTY).get("#attributes", _EMPTY) for system in systems]
    columns: dict[str, Column] = {name: [system.get(name) for system in systems] for name in _SYSTEM}
    columns["ExecutionProcessID"] = [found.get("ProcessID") for found in executions]
    columns["ThreadID"] = [found.get("ThreadID") for found in executions]
    columns["UserID"] = [
        (system.get("Security") or _EMPTY).get("#attributes", _EMPTY).get("UserID") for system in systems
    ]
    columns["ProviderGuid"] = [systems[0]["Provider"]["#attributes"].get("Guid")] * count
    times = [system["TimeCreated"]["#attributes"]["SystemTime"] for system in systems]
    computers = [system.get("Computer") or "" for system in systems]
    if set(map(type, computers)) != {str}:
        raise TypeError
    return EventGroup(
        *key,
        positions=[position for position, _, _ in members],
        times_ms=milliseconds_of(times),
        computers=computers,
        system=columns,
        data=plain_columns(spread([data for _, _, data in members])),
    )


_EMPTY: dict[str, Any] = {}


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
    details = {name: plain(system.get(name)) for name in _SYSTEM}
    details |= {
        "ExecutionProcessID": execution.get("ProcessID"),
        "ThreadID": execution.get("ThreadID"),
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
