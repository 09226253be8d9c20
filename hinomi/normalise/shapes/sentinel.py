"""Rows of Microsoft Sentinel's tables: SecurityEvent (values as columns), Event and WindowsEvent (EventData as JSON or XML)."""

from itertools import islice
from typing import Any
from xml.etree import ElementTree as ET

import orjson

from hinomi.normalise.event import Event
from hinomi.normalise.moment import milliseconds
from hinomi.normalise.node import MOST_NAMES, hex_keywords, level_of, word
from hinomi.normalise.values import integer, text

_TIMES = ("TimeCreated", "TimeCreatedUtc", "TimeCollected", "TimeGenerated", "TimeGenerated [UTC]")
_ENVELOPE = frozenset({
    "", "TenantId", "TimeGenerated", "TimeGenerated [UTC]", "TimeCreatedUtc", "TimeCreated", "TimeCollected", "Computer",
    "EventID", "Channel", "EventLog", "Source", "EventSourceName", "Provider", "EventData", "ParameterXml", "EventLevel",
    "EventLevelName", "Level", "Keywords", "Task", "Type", "_ResourceId", "ManagementGroupName", "SourceSystem", "MG",
    "SourceComputerId", "EventOriginId", "EventRecordId", "Version", "Opcode", "RenderedDescription", "SystemUserId",
    "SystemProcessId", "SystemThreadId", "Correlation", "Activity", "AzureDeploymentID", "Role", "EventCategory",
})  # fmt: skip
_FORBIDDEN = ("<!doctype", "<!entity")  # a log needs neither; with them a few bytes can grow to gigabytes


def recognises(record: dict[str, Any]) -> bool:
    return "EventID" in record and "Computer" in record and any(name in record for name in _TIMES)


def read(record: dict[str, Any]) -> Event:
    data = {name: value for name, value in islice(record.items(), MOST_NAMES) if name not in _ENVELOPE}
    data |= _event_data(record.get("EventData")) or _event_data(record.get("ParameterXml"))
    named = word(record.get("EventSourceName")) or word(record.get("Source")) or word(record.get("Provider"))
    channel = word(record.get("Channel")) or word(record.get("EventLog"))
    # SecurityEvent rows need not name their log: it is in the table's name
    security = not named and not channel
    return Event(
        provider="Microsoft-Windows-Security-Auditing" if security else named,
        channel="Security" if security else channel,
        event_id=integer(record.get("EventID")),
        time_ms=next((found for name in _TIMES if (found := milliseconds(record.get(name)))), None),
        computer=word(record.get("Computer")),
        system={
            "EventRecordID": record.get("EventRecordId"),
            "Level": level_of(record.get("Level", record.get("EventLevel")), record.get("EventLevelName")),
            "Keywords": hex_keywords(record.get("Keywords")),
            "UserID": record.get("SystemUserId"),
            "ExecutionProcessID": record.get("SystemProcessId"),
            "Message": record.get("RenderedDescription"),
        },
        data=data,
    )


def _event_data(content: Any) -> dict[str, Any]:
    """The values of EventData given as an object, as JSON text or as XML text; none of what cannot be read."""
    if type(content) is str:
        content = content.strip()
        content = _of_xml(content) if content.startswith("<") else _of_json(content)
    return content if type(content) is dict else {}


def _of_json(content: str) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


def _of_xml(content: str) -> dict[str, Any]:
    """Values of <Data Name="x">y</Data>; those without a name become Data; other leaves stand under their tag."""
    if any(word in content.lower() for word in _FORBIDDEN):
        return {}
    try:
        root = ET.fromstring(content)  # noqa: S314 - no DTD or entity comes this far
    except ET.ParseError:
        return {}
    found: dict[str, Any] = {}
    unnamed: list[str] = []
    for node in islice(root.iter(), MOST_NAMES):
        tag = str(node.tag).rpartition("}")[2]
        if tag in ("Data", "Param"):
            name = node.get("Name")
            if name:
                found.setdefault(name, text(node.text))
            else:
                unnamed.append(node.text or "")
        elif not len(node) and node.text and node.text.strip():
            found.setdefault(tag, node.text)
    if unnamed:
        found.setdefault("Data", unnamed if len(unnamed) > 1 else unnamed[0])
    return found
