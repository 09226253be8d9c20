"""Events flattened into one object beside their envelope: NXLog (im_msvistalog, to_json) and the Mordor exports.

Times, best first: `@timestamp` (UTC), Sysmon's own `UtcTime`, then TimeCreated, EventReceivedTime and EventTime. The last
two are local times without an offset; where nothing better is there they are taken as UTC.

Read a column at a time where records are regular (`Gathering`); `read` takes any, alone, and means the same.
"""

from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from hinomi.normalise.columns import Column, converted, filled, is_empty
from hinomi.normalise.event import Event, EventGroup, joined, plain_columns
from hinomi.normalise.moment import milliseconds, milliseconds_of
from hinomi.normalise.node import MOST_NAMES, hex_keywords, level_of, word
from hinomi.normalise.values import integer

_TIMES = ("UtcTime", "TimeCreated", "EventReceivedTime", "EventTime")
_TIMES_BEST_FIRST = ("@timestamp", *_TIMES)
_COMPUTERS = ("HOSTNAME", "Computer", "ComputerName", "MachineName")
_ENVELOPE = frozenset({
    "EventTime", "EventReceivedTime", "TimeCreated", "@timestamp", "@version", "Hostname", "HOSTNAME", "SourceName",
    "SourceModuleName", "SourceModuleType", "Channel", "EventID", "RecordNumber", "ProviderGuid", "Version", "Task", "Opcode",
    "OpcodeValue", "Keywords", "Severity", "SeverityValue", "EventTypeOrignal", "Category", "ExecutionProcessID", "ThreadID",
    "AccountName", "AccountType", "UserID", "Domain", "Message", "host", "port", "tags", "Level", "ActivityID",
})  # fmt: skip
# NXLog's own EventType; Sysmon writes another value under the same name (SetValue, CreateKey ...)
_WRAPPING = ("Event", "case", "_source")  # names of other shapes, or of what is wrapped round a record
_OUTCOMES = frozenset({"INFO", "WARNING", "ERROR", "VERBOSE", "CRITICAL", "DEBUG", "AUDIT_SUCCESS", "AUDIT_FAILURE"})


def recognises(record: dict[str, Any]) -> bool:
    return "SourceName" in record and "EventID" in record and ("Channel" in record or "EventTime" in record)


def read(record: dict[str, Any]) -> Event:
    named = record.items() if len(record) <= MOST_NAMES else islice(record.items(), MOST_NAMES)
    data = {name: value for name, value in named if name not in _ENVELOPE}
    if data.get("EventType") in _OUTCOMES:
        del data["EventType"]
        if record.get("EventTypeOrignal") not in (*_OUTCOMES, None):
            data["EventType"] = record["EventTypeOrignal"]
    return Event(
        provider=word(record.get("SourceName")),
        channel=word(record.get("Channel")),
        event_id=integer(record.get("EventID")),
        time_ms=milliseconds(record.get("@timestamp")) or _local_time(record),
        computer=word(record.get("Hostname")) or _computer(record),
        system={
            "EventRecordID": record.get("RecordNumber"),
            "Level": level_of(record.get("Level"), record.get("Severity")),
            "Keywords": hex_keywords(record.get("Keywords")),
            "ExecutionProcessID": record.get("ExecutionProcessID", record.get("ProcessID")),
            "UserID": record.get("UserID"),
            "ProviderGuid": record.get("ProviderGuid"),
            "Message": record.get("Message"),
        },
        data=data,
    )


def _local_time(record: dict[str, Any]) -> int | None:
    return next((time_ms for name in _TIMES if (time_ms := milliseconds(record.get(name)))), None)


def _computer(record: dict[str, Any]) -> str:
    return next((name for field in _COMPUTERS if (name := word(record.get(field)))), "")


# ---- a column at a time ----
_Names = tuple[str, ...]
_Key = tuple[_Names, str, str | None, Any]  # names of the record, provider, channel, number


@dataclass(slots=True)
class _Members:
    """Records of one kind with the same names in the same order: their values end to end."""

    positions: list[int] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)


class Gathering:
    """Takes regular records one by one, and makes groups of them."""

    def __init__(self) -> None:
        self._members: dict[_Key, _Members | None] = {}  # None: irregular

    def take(self, position: int, record: dict[str, Any]) -> bool:
        """Was it taken? What is not must be read alone."""
        try:
            key = (tuple(record), record["SourceName"], record.get("Channel"), record["EventID"])
            found = self._members.get(key)
        except (KeyError, TypeError):
            return False
        if found is None:
            found = None if key in self._members else self._begun(key)
            if found is None:
                return False
        found.positions.append(position)
        found.values += record.values()
        return True

    def groups(self) -> list[EventGroup]:
        return joined([_group(key, members) for key, members in self._members.items() if members is not None])

    def _begun(self, key: _Key) -> _Members | None:
        names, provider, channel, number = key
        regular = (
            type(provider) is str
            and type(channel) in (str, type(None))
            and type(number) in (str, int)
            and ("Channel" in names or "EventTime" in names)
            and not any(name in names for name in _WRAPPING)
            and len(names) <= MOST_NAMES
        )
        found = self._members[key] = _Members() if regular else None
        return found


def _group(key: _Key, members: _Members) -> EventGroup:
    """As `read`, of all members. All have the same names, so the list of all values, cut by steps, holds the columns."""
    names, provider, channel, number = key
    columns = {name: members.values[start :: len(names)] for start, name in enumerate(names)}
    nothing: Column = [None] * len(members.positions)

    def made(convert: Any, *wanted: str) -> Column:
        return converted(convert, [columns.get(name, nothing) for name in wanted])

    return EventGroup(
        provider,
        channel or "",
        integer(number),
        positions=members.positions,
        times_ms=_times(columns, nothing),
        computers=made(_first_word, "Hostname", *(name for name in _COMPUTERS if name in columns)),
        system={
            "EventRecordID": columns.get("RecordNumber", nothing),
            "Level": made(level_of, "Level", "Severity"),
            "Keywords": made(hex_keywords, "Keywords"),
            "ExecutionProcessID": columns.get("ExecutionProcessID", columns.get("ProcessID", nothing)),
            "UserID": columns.get("UserID", nothing),
            "ProviderGuid": columns.get("ProviderGuid", nothing),
            "Message": columns.get("Message", nothing),
        },
        data=_data(columns, nothing),
    )


def _times(columns: dict[str, Column], found: Column) -> Column:
    for name in _TIMES_BEST_FIRST:
        if name in columns and None in found:
            found = filled(found, milliseconds_of(columns[name]))
    return found


def _first_word(*values: Any) -> str:
    return next((name for value in values if (name := word(value))), "")


def _data(columns: dict[str, Column], nothing: Column) -> dict[str, Column]:
    data = {name: column for name, column in columns.items() if name not in _ENVELOPE}
    if "EventType" in data:
        types = converted(_event_type, [data["EventType"], columns.get("EventTypeOrignal", nothing)])
        data["EventType"] = types
        if is_empty(types):
            del data["EventType"]
    return plain_columns(data)


def _event_type(value: Any, original: Any) -> Any:
    """Sysmon's; None where NXLog has taken the name for its own."""
    if value not in _OUTCOMES:
        return value
    return None if original in _OUTCOMES else original
