"""Highlights: the facts of a matched event that decide if it is normal operation, each with the kind of value it is."""

from collections.abc import Mapping
from typing import Any

from hinomi.schema.activity import EVENT_NAMES
from hinomi.schema.alert import HighlightField
from hinomi.schema.detection import Detection
from hinomi.workbench.decode import decode_command

MAX_FIELDS = 10
MAX_VALUE = 8192  # characters of one value
MAX_MEMBERS = 50  # of a list

# field -> indicator type of the public alert shape; what is not here is text
_TYPES: dict[str, tuple[str, ...]] = {
    "command_line": ("processCmd", "parentCmd", "objectCmd", "eventDataScriptBlockText"),
    "fullpath": ("processFilePath", "parentFilePath", "objectFilePath", "objectWorkingDirectory", "eventDataServiceFileName", "eventDataPath"),
    "filename": ("processName", "parentName", "objectName", "processFileOriginalName", "objectFileOriginalName"),
    "ip": ("src", "dst", "objectIp", "objectIps", "endpointIp", "eventDataIpAddress"),
    "port": ("spt", "dpt", "objectPort"),
    "domain": ("hostName",),
    "url": ("request",),
    "host": ("endpointHostName", "eventDataWorkstationName"),
    "user_account": (
        "processUser", "parentUser", "objectUser", "logonUser", "eventDataTargetUserName", "eventDataSubjectUserName",
        "eventDataMemberName", "eventDataServiceAccount",
    ),
    "file_sha1": ("processFileHashSha1", "parentFileHashSha1", "objectFileHashSha1"),
    "file_sha256": ("processFileHashSha256", "parentFileHashSha256", "objectFileHashSha256"),
    "registry_key": ("objectRegistryKeyHandle",),
    "registry_value": ("objectRegistryValue",),
    "registry_value_data": ("objectRegistryData",),
    "process_id": ("processPid", "parentPid", "objectPid"),
}  # fmt: skip
INDICATOR_TYPE = {field: kind for kind, fields in _TYPES.items() for field in fields}

# Values that may hide a command.
_DECODED_TYPES = frozenset({"command_line", "registry_value_data"})
_DECODED_FIELDS = frozenset({"eventDataServiceFileName", "objectRawDataStr"})


def highlight_fields(detection: Detection) -> list[HighlightField]:
    """At most ten fields, in the filter's order; every value as text."""
    return [_field(name, value) for name, value in detection.highlights[:MAX_FIELDS]]


def event_type(activity: Mapping[str, Any]) -> str:
    """The activity's type as the public shape names it: TELEMETRY_PROCESS, ..."""
    name = EVENT_NAMES.get(activity.get("eventId", 0))
    return f"TELEMETRY_{name}" if name else "TELEMETRY"


def as_text(value: Any) -> str:
    """A value as a person reads it; members of a list one a line."""
    if isinstance(value, list | tuple):
        return "\n".join(as_text(member) for member in value[:MAX_MEMBERS])[:MAX_VALUE]
    return whole(str(value)[:MAX_VALUE])


def whole(text: str) -> str:
    """The text as every database and JSON can hold it: no NUL, no half characters."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()


def decoded_fields(activity: Mapping[str, Any]) -> dict[str, str]:
    """What the values of an activity hide, by field; fields that hide nothing are left out."""
    found = ((name, _hidden(name, as_text(value))) for name, value in activity.items() if value)
    return {name: text for name, text in found if text is not None}


def _hidden(name: str, text: str) -> str | None:
    hides = INDICATOR_TYPE.get(name) in _DECODED_TYPES or name in _DECODED_FIELDS
    return decode_command(text) if hides else None


def _field(name: str, value: Any) -> HighlightField:
    text = as_text(value)
    return HighlightField(name, INDICATOR_TYPE.get(name, "text"), text, _hidden(name, text))
