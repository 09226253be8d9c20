"""The Security log. Names of values: Microsoft Learn, "Advanced security audit policy settings", one page per event."""

from collections.abc import Callable
from typing import Any

from hinomi.normalise.identity import started_hash
from hinomi.normalise.registry import details, joined, short_path
from hinomi.normalise.source import Mapping, Recipe, Source, Split, Take, categories
from hinomi.normalise.values import (
    account,
    address,
    alone,
    drive_path,
    first,
    integer,
    integrity,
    integrity_name,
    own_address,
    protocol,
    text,
)

_OUTBOUND = "%%14593"  # Direction of 5156 to 5159; %%14592 is inbound
_VALUE_DELETED = "%%1906"  # OperationType of 4657; %%1904 is new, %%1905 changed


def _when(kind: str) -> Callable[[Any, Any], Any]:
    """A reader of the object's name for objects of one type."""
    return lambda object_type, name: text(name) if text(object_type) == kind else None


def _initiated(direction: Any) -> str | None:
    found = text(direction)
    return None if found is None else "true" if found == _OUTBOUND else "false"


def _connection_sub(direction: Any) -> int:
    return 204 if text(direction) == _OUTBOUND else 203


def _remote(direction: Any, source: Any, destination: Any) -> Any:
    """In 5156 an inbound record keeps the far end as source, as the packet has it."""
    return text(destination) if text(direction) == _OUTBOUND else text(source)


def _own(direction: Any, source: Any, destination: Any) -> list[str] | None:
    return own_address(source if text(direction) == _OUTBOUND else destination)


_SUBJECT: dict[str, Recipe] = {
    "processFilePath": Take(first, "ProcessName", "CallerProcessName"),
    "processPid": Take(first, "ProcessId", "CallerProcessId"),
    "processUser": "SubjectUserName",
    "processUserDomain": "SubjectDomainName",
    "authId": "SubjectLogonId",
    "logonUser": Take(alone, "SubjectUserName"),
    "userDomain": Take(alone, "SubjectDomainName"),
}
_ACCOUNT: dict[str, Recipe] = _SUBJECT | {
    "objectUser": "TargetUserName",
    "objectUserDomain": "TargetDomainName",
    "src": Take(address, "IpAddress"),
    "spt": "IpPort",
}
# Whoever came is the user to look at, not the service that let them in
_LOGON: dict[str, Recipe] = _ACCOUNT | {
    "objectAuthId": "TargetLogonId",
    "logonUser": Take(alone, "TargetUserName"),
    "userDomain": Take(alone, "TargetDomainName"),
}
_MEMBERS: dict[str, Recipe] = _ACCOUNT | {"objectName": Take(first, "MemberName", "MemberSid")}
_KERBEROS: dict[str, Recipe] = _LOGON | {"objectName": "ServiceName"}
_START = Mapping(
    event=1,
    sub=2,
    categories=categories("process_creation"),
    fields={
        "objectFilePath": "NewProcessName",
        "objectCmd": "CommandLine",
        "objectPid": "NewProcessId",
        "objectProcessHashId": Take(started_hash, "@endpoint", "NewProcessId", "@time"),
        "objectUser": Take(first, "TargetUserName", "SubjectUserName"),
        "objectUserDomain": Take(first, "TargetDomainName", "SubjectDomainName"),
        "objectIntegrityLevel": Take(integrity, "MandatoryLabel"),
        "objectAuthId": "TargetLogonId",
        "processFilePath": "ParentProcessName",
        "processPid": "ParentProcessId",
        "processUser": "SubjectUserName",
        "processUserDomain": "SubjectDomainName",
        "authId": "SubjectLogonId",
        "logonUser": Take(alone, "SubjectUserName"),
        "userDomain": Take(alone, "SubjectDomainName"),
    },
    native={
        "Image": "NewProcessName",
        "ParentImage": "ParentProcessName",
        "ParentProcessId": Take(integer, "ProcessId"),  # before Sigma's ProcessId takes the name
        "ProcessId": Take(integer, "NewProcessId"),
        "User": Take(account, "SubjectDomainName", "SubjectUserName"),
        "LogonId": "SubjectLogonId",
        "IntegrityLevel": Take(integrity_name, "MandatoryLabel"),
    },
)
_STOP = Mapping(
    event=1,
    sub=3,
    categories=categories("process_termination"),
    fields=_SUBJECT | {
        "objectFilePath": "ProcessName",
        "objectPid": "ProcessId",
    },
    native={
        "Image": "ProcessName",
        "ProcessId": Take(integer, "ProcessId"),
        "User": Take(account, "SubjectDomainName", "SubjectUserName"),
    },
)  # fmt: skip
_REGISTRY: dict[str, Recipe] = _SUBJECT | {
    "objectRegistryKeyHandle": Take(short_path, "ObjectName"),
    "objectRegistryValue": "ObjectValueName",
    "objectRegistryData": Take(details, "NewValue", "NewValueType"),
}
_REGISTRY_NATIVE: dict[str, Recipe] = {
    "Image": "ProcessName",
    "ProcessId": Take(integer, "ProcessId"),
    "TargetObject": Take(joined, "ObjectName", "ObjectValueName"),
    "User": Take(account, "SubjectDomainName", "SubjectUserName"),
}
_VALUE_SET = Mapping(
    event=5,
    sub=402,
    categories=categories("registry_set", "registry_event"),
    fields=_REGISTRY,
    native=_REGISTRY_NATIVE | {
        "Details": Take(details, "NewValue", "NewValueType"),
        "EventType": Take(lambda _: "SetValue", "ObjectName"),
    },
)  # fmt: skip
_VALUE_GONE = Mapping(
    event=5,
    sub=403,
    categories=categories("registry_delete", "registry_event"),
    fields=_REGISTRY,
    native=_REGISTRY_NATIVE | {"EventType": Take(lambda _: "DeleteValue", "ObjectName")},
)
_ENDS: dict[str, Recipe] = {
    "processFilePath": Take(drive_path, "Application"),
    "processPid": Take(first, "ProcessID", "ProcessId"),
    "src": Take(address, "SourceAddress"),
    "spt": "SourcePort",
    "dst": Take(address, "DestAddress"),
    "dpt": "DestPort",
    "proto": Take(protocol, "Protocol"),
    "objectIp": Take(_remote, "Direction", "SourceAddress", "DestAddress"),
    "objectPort": Take(_remote, "Direction", "SourcePort", "DestPort"),
    "endpointIp": Take(_own, "Direction", "SourceAddress", "DestAddress"),
}
_ENDS_NATIVE: dict[str, Recipe] = {
    "Image": Take(drive_path, "Application"),
    "ProcessId": Take(integer, "ProcessID"),
    "SourceIp": "SourceAddress",
    "DestinationIp": "DestAddress",
    "DestinationPort": Take(integer, "DestPort"),
    "Protocol": Take(protocol, "Protocol"),
    "Initiated": Take(_initiated, "Direction"),
}
_CONNECTION = Mapping(3, Take(_connection_sub, "Direction"), categories("network_connection"), _ENDS, _ENDS_NATIVE)
_REFUSED = Mapping(3, Take(_connection_sub, "Direction"), fields=_ENDS)
_LISTEN = Mapping(
    3, 202, fields={name: _ENDS[name] for name in ("processFilePath", "processPid", "src", "spt", "proto")}
)
_OBJECT: dict[str, Recipe] = _SUBJECT | {"objectName": "ObjectName", "objectAccessMask": "AccessMask"}
_HANDLE = Split(
    "ObjectType",
    {
        "File": Mapping(2, 102, fields=_OBJECT | {"objectFilePath": Take(_when("File"), "ObjectType", "ObjectName")}),
        "Key": Mapping(5, 0, fields=_OBJECT | {"objectRegistryKeyHandle": Take(short_path, "ObjectName")}),
        "Process": Mapping(1, 1, fields=_OBJECT | {"objectFilePath": Take(drive_path, "ObjectName")}),
    },
    Mapping(10, 0, fields=_OBJECT),
)
_SHARE = Mapping(10, 0, fields=_ACCOUNT | {
    "smbSharedName": "ShareName",
    "objectName": "RelativeTargetName",
    "objectFilePath": Take(drive_path, "ShareLocalPath"),
    "objectAccessMask": "AccessMask",
})  # fmt: skip
_SERVICE = Mapping(10, 0, fields=_SUBJECT | {"objectName": "ServiceName", "objectCmd": "ServiceFileName"})
_TASK = Mapping(
    10, 0, fields=_SUBJECT | {"objectName": "TaskName", "objectCmd": Take(first, "TaskContent", "TaskContentNew")}
)
_DIRECTORY = Mapping(10, 0, fields=_SUBJECT | {"objectName": Take(first, "ObjectDN", "ObjectName")})
_OTHER = Mapping(10, 0, fields=_ACCOUNT)


def _accounts(sub: int, fields: dict[str, Recipe], *event_ids: int) -> dict[int, Mapping | Split]:
    return dict.fromkeys(event_ids, Mapping(6, sub, fields=fields))


def _all(mapping: Mapping | Split, *event_ids: int) -> dict[int, Mapping | Split]:
    return dict.fromkeys(event_ids, mapping)


SOURCE = Source(
    name="windows_security",
    providers=frozenset({"microsoft-windows-security-auditing"}),
    channels=frozenset({"security"}),
    otherwise=_OTHER,
    events={
        4688: _START,
        4689: _STOP,
        4657: Split("OperationType", {_VALUE_DELETED: _VALUE_GONE}, _VALUE_SET),
        5156: _CONNECTION,
        **_all(_REFUSED, 5152, 5157),
        **_all(_LISTEN, 5154, 5158),
        **_accounts(505, _LOGON, 4624, 4625, 4776, 4778),
        **_accounts(505, _KERBEROS, 4768, 4769, 4771),
        **_accounts(506, _LOGON, 4634, 4647, 4779),
        **_accounts(503, _ACCOUNT, 4648),
        **_accounts(0, _SUBJECT, 4672, 4964),
        **_accounts(501, _ACCOUNT, 4720, 4741),
        **_accounts(502, _ACCOUNT, 4726, 4743),
        # changed, enabled, disabled, locked, renamed; passwords; members of groups
        **_accounts(504, _ACCOUNT, 4722, 4723, 4724, 4725, 4738, 4740, 4742, 4765, 4766, 4767, 4781, 4794),
        **_accounts(504, _MEMBERS, 4727, 4728, 4729, 4730, 4731, 4732, 4733, 4734, 4735, 4737, 4746, 4747, 4751, 4752),
        **_accounts(504, _MEMBERS, 4754, 4755, 4756, 4757, 4758, 4761, 4762, 4764),
        **_all(_HANDLE, 4656, 4658, 4659, 4660, 4661, 4663, 4670, 4690),
        **_all(_SHARE, 5140, 5142, 5143, 5144, 5145, 5168),
        **_all(_DIRECTORY, 4662, 5136, 5137, 5138, 5139, 5141),
        **_all(_TASK, 4698, 4699, 4700, 4701, 4702),
        4697: _SERVICE,
    },
)
