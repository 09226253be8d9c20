"""Events asked for over WMI (class Win32_NTLogEvent): values without names, in the order of the message's placeholders."""

from typing import Any

from hinomi.normalise.event import Event
from hinomi.normalise.moment import milliseconds
from hinomi.normalise.node import level_of, word
from hinomi.normalise.values import integer


def recognises(record: dict[str, Any]) -> bool:
    return "EventCode" in record and "Logfile" in record


def read(record: dict[str, Any]) -> Event:
    strings = record.get("InsertionStrings")
    user = record.get("User")
    return Event(
        provider=word(record.get("SourceName")),
        channel=word(record.get("Logfile")),
        event_id=integer(record.get("EventCode")),
        time_ms=milliseconds(record.get("TimeGenerated")) or milliseconds(record.get("TimeWritten")),
        computer=word(record.get("ComputerName")),
        system={
            "EventRecordID": record.get("RecordNumber"),
            "Level": level_of(None, record.get("Type")),
            "Message": record.get("Message"),
        },
        data={"Data": strings, "User": user} if user else {"Data": strings},
    )
