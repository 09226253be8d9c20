"""The System log's Service Control Manager and Eventlog: services installed, changed and stopped, logs cleared."""

from hinomi.normalise.source import Mapping, Recipe, Source, Take
from hinomi.normalise.values import alone, first, text

_SUBJECT: dict[str, Recipe] = {
    "processUser": "SubjectUserName",
    "processUserDomain": "SubjectDomainName",
    "logonUser": Take(alone, "SubjectUserName"),
    "userDomain": Take(alone, "SubjectDomainName"),
}
_INSTALLED = Mapping(
    event=10,
    fields={
        "objectName": "ServiceName",
        "objectCmd": Take(first, "ImagePath", "ServiceFileName"),
        "objectUser": "AccountName",
    },
)
# 7036 and 7040 call the service param1 (its display name)
_CHANGED = Mapping(
    10, fields={"objectName": "param1", "eventDataServiceName": "param1", "eventMessage": Take(text, "Message")}
)
# The cleared log is called Channel in the record; rules mean that one, not the log that tells of it
_CLEARED = Mapping(16, fields=_SUBJECT | {"objectName": Take(first, "Channel")}, native={"Channel": "Channel"})

SOURCE = Source(
    name="windows_system",
    providers=frozenset({"service control manager", "microsoft-windows-eventlog", "eventlog"}),
    channels=frozenset({"system"}),
    otherwise=Mapping(10, fields=_SUBJECT | {"eventMessage": Take(text, "Message")}),
    events={
        7045: _INSTALLED,
        7036: _CHANGED,
        7040: _CHANGED,
        104: _CLEARED,
        1102: Mapping(16, fields=_SUBJECT | {"objectName": Take(lambda _: "Security", "SubjectUserName")}),
    },
)
