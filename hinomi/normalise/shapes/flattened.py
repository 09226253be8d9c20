"""Events flattened into one object beside their envelope: NXLog (im_msvistalog, to_json) and the Mordor exports.

Times, best first: `@timestamp` (UTC), Sysmon's own `UtcTime`, then TimeCreated, EventReceivedTime and EventTime. The last
two are local times without an offset; where nothing better is there they are taken as UTC.
"""

from itertools import islice
from typing import Any

from hinomi.normalise.event import Event
from hinomi.normalise.moment import milliseconds
from hinomi.normalise.node import MOST_NAMES, hex_keywords, level_of, word
from hinomi.normalise.values import integer

_TIMES = ("UtcTime", "TimeCreated", "EventReceivedTime", "EventTime")
_COMPUTERS = ("HOSTNAME", "Computer", "ComputerName", "MachineName")
_ENVELOPE = frozenset({
    "EventTime", "EventReceivedTime", "TimeCreated", "@timestamp", "@version", "Hostname", "HOSTNAME", "SourceName",
    "SourceModuleName", "SourceModuleType", "Channel", "EventID", "RecordNumber", "ProviderGuid", "Version", "Task", "Opcode",
    "OpcodeValue", "Keywords", "Severity", "SeverityValue", "EventTypeOrignal", "Category", "ExecutionProcessID", "ThreadID",
    "AccountName", "AccountType", "UserID", "Domain", "Message", "host", "port", "tags", "Level", "ActivityID",
})  # fmt: skip
# NXLog's own EventType; Sysmon writes another value under the same name (SetValue, CreateKey ...)
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
