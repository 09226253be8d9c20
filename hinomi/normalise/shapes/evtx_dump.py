"""Events as evtx_dump and the `evtx` library write them: {"Event": {"System": {...}, "EventData": {...}}},
attributes under `#attributes` and the text beside them under `#text`.

The one shape that is read a column at a time, for it is what EVTX files become. An event that does not look as expected
is read alone by `read_one`, which takes anything.
"""

from collections.abc import Sequence
from typing import Any

from hinomi.normalise.columns import Column, spread
from hinomi.normalise.event import Event, EventGroup
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
            groups.append(_group(key, members))
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
    if "#attributes" in data or "Data" in data:
        data = _plain_data(data)
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


def plain_columns(columns: dict[str, Column]) -> dict[str, Column]:
    """Values that are objects ({"#attributes": .., "#text": ..}) become their text."""
    for name, column in columns.items():
        if dict in set(map(type, column)):
            columns[name] = [_plain(value) for value in column]
    return columns


def _plain(value: Any) -> Any:
    return value.get("#text") if type(value) is dict else value


def _plain_data(data: dict[str, Any]) -> dict[str, Any]:
    """EventData without its attributes; unnamed data under `Data` as text, or as a list where there are several."""
    found = {name: value for name, value in data.items() if name != "#attributes"}
    if "Data" in found:
        unnamed = _plain(found["Data"])
        found["Data"] = unnamed[0] if type(unnamed) is list and len(unnamed) == 1 else unnamed
    return found


def read_one(record: dict[str, Any]) -> Event:
    """One event of any build: UserData flattened by leaf name, missing parts left out. `record` is recognised."""
    event = record["Event"]
    system = event["System"]
    provider = _attributes(system.get("Provider"))
    execution = _attributes(system.get("Execution"))
    details = {name: _plain(system.get(name)) for name in _SYSTEM}
    details |= {
        "ExecutionProcessID": execution.get("ProcessID"),
        "ThreadID": execution.get("ThreadID"),
        "UserID": _attributes(system.get("Security")).get("UserID"),
        "ProviderGuid": provider.get("Guid"),
    }
    return Event(
        provider=_word(provider.get("Name")) or _word(provider.get("EventSourceName")),
        channel=_word(system.get("Channel")),
        event_id=integer(_plain(system.get("EventID"))),
        time_ms=milliseconds(_attributes(system.get("TimeCreated")).get("SystemTime")),
        computer=_word(system.get("Computer")),
        system=details,
        data=_data(event),
    )


def _data(event: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for part, content in event.items():
        if part == "EventData" and type(content) is dict:
            data |= {name: _plain(value) for name, value in _plain_data(content).items()}
        elif part not in ("System", "#attributes") and type(content) is dict:
            flatten(content, data)
    return data


def flatten(tree: Any, into: dict[str, Any], depth: int = 8) -> None:
    """Leaves by their own name, the first of a name wins; `xmlns` is no content."""
    for name, value in tree.items():
        if type(value) is dict:
            if depth:
                flatten(value, into, depth - 1)
            if "#text" in value:
                into.setdefault(name, value["#text"])
        elif name not in ("#text", "xmlns") and value is not None:
            into.setdefault(name, value)


def _attributes(node: Any) -> dict[str, Any]:
    """The attributes of a node, whether under `#attributes` or beside its text."""
    if type(node) is not dict:
        return _EMPTY
    found = node.get("#attributes")
    return found if type(found) is dict else node


def _word(value: Any) -> str:
    found = _plain(value)
    return found if type(found) is str else ""
