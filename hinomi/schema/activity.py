"""An activity: one thing that happened, in the one vocabulary (docs/reference/fields.md).

`process*` is the actor, `parent*` its parent, `object*` what it acted on (for a started process: the new process).
Activities travel in batches of one kind, as columns; a missing value is None.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class FieldType(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    TIME = "time"  # int, milliseconds since 1970 UTC
    TEXTS = "texts"  # list of text
    BOOLEAN = "boolean"


_T, _I, _L, _MS = FieldType.TEXT, FieldType.INTEGER, FieldType.TEXTS, FieldType.TIME

# Every field an activity may carry: name -> type. Names of the public schema; ours (marked) in the same style.
FIELDS: dict[str, FieldType] = {
    # identity and time
    "uuid": _T,
    "eventTime": _MS,
    "logReceivedTime": _MS,
    "eventId": _I,
    "eventSubId": _I,
    "productCode": _T,
    "pname": _T,
    # endpoint
    "endpointGuid": _T,
    "endpointHostName": _T,
    "endpointIp": _L,
    "osName": _T,
    "logonUser": _L,
    "userDomain": _L,
    # the actor
    "processFilePath": _T,
    "processName": _T,
    "processCmd": _T,
    "processPid": _I,
    "processHashId": _I,
    "processUser": _T,
    "processUserDomain": _T,
    "processLaunchTime": _MS,
    "processFileHashMd5": _T,
    "processFileHashSha1": _T,
    "processFileHashSha256": _T,
    "processFileOriginalName": _T,
    "processSigner": _L,
    "processStackTrace": _T,
    "integrityLevel": _I,
    "authId": _T,
    "sessionId": _I,
    # its parent
    "parentFilePath": _T,
    "parentName": _T,
    "parentCmd": _T,
    "parentPid": _I,
    "parentHashId": _I,
    "parentUser": _T,
    "parentUserDomain": _T,
    "parentFileHashSha1": _T,
    "parentFileHashSha256": _T,
    # what it acted on
    "objectFilePath": _T,
    "objectName": _T,
    "objectCmd": _T,
    "objectPid": _I,
    "objectProcessHashId": _I,
    "objectUser": _T,
    "objectUserDomain": _T,
    "objectFileHashMd5": _T,
    "objectFileHashSha1": _T,
    "objectFileHashSha256": _T,
    "objectFileImphash": _T,  # ours
    "objectFileOriginalName": _T,
    "objectFileSize": _T,
    "objectFileCreation": _T,
    "objectSigner": _L,
    "objectSignerValid": _L,
    "objectIntegrityLevel": _I,
    "objectAuthId": _T,
    "objectLaunchTime": _T,
    "objectWorkingDirectory": _T,  # ours
    "objectRegistryKeyHandle": _T,
    "objectRegistryValue": _T,
    "objectRegistryData": _T,
    "objectPipeName": _T,
    "objectAppName": _T,
    "objectRawDataStr": _L,
    "objectAccessMask": _T,  # ours: rights asked for on a process, file or directory object
    # network
    "src": _T,
    "spt": _I,
    "dst": _T,
    "dpt": _I,
    "proto": _T,
    "objectIp": _T,
    "objectIps": _L,
    "objectPort": _I,
    "hostName": _T,
    "request": _T,
    "smbSharedName": _T,
    # the Windows event
    "winEventId": _I,
    "channel": _T,
    "providerName": _T,
    "providerGUID": _T,
    "winEventRecordId": _I,  # ours
    "eventMessage": _T,
    "eventDataIpAddress": _T,
    "eventDataLogonType": _T,
    "eventDataLogonProcessName": _T,
    "eventDataAuthenticationPackageName": _T,
    "eventDataScriptBlockText": _T,
    "eventDataStatus": _T,
    "eventDataSubStatus": _T,
    "eventDataTargetUserName": _T,
    "eventDataTargetDomainName": _T,
    "eventDataTargetName": _T,
    "eventDataTargetSid": _T,
    "eventDataMemberName": _T,
    "eventDataSubjectUserName": _T,
    "eventDataSubjectDomainName": _T,
    "eventDataSubjectUserSid": _T,
    "eventDataSubjectLogonId": _T,
    "eventDataWorkstationName": _T,
    "eventDataServiceName": _T,
    "eventDataServiceFileName": _T,
    "eventDataServiceAccount": _T,
    "eventDataServiceStartType": _T,
    "eventDataTaskName": _T,
    "eventDataObjectName": _T,
    "eventDataObjectType": _T,
    "eventDataObjectDN": _T,
    "eventDataObjectClass": _T,
    "eventDataAttributeLDAPDisplayName": _T,
    "eventDataAccessMask": _T,
    "eventDataAccessList": _T,
    "eventDataProperties": _T,
    "eventDataTicketEncryptionType": _T,
    "eventDataTicketOptions": _T,
    "eventDataOperation": _T,
    "eventDataConsumer": _T,
    "eventDataPath": _T,
    # what of it stood on the block list when it came
    "denyListType": _T,
    "denyListRisk": _T,  # ours
    "denyListIp": _L,
    "denyListHost": _T,
    "denyListRequest": _T,
    "denyListFileHash": _T,
    "denyListFileHashSha256": _T,
    # where it came from (ours)
    "recordSource": _T,
    "recordFile": _T,
    "recordNumber": _I,
    # the record itself, lossless
    "rawDataStr": _T,
}

# What the pipeline marks in passing (response/listed.py); no record tells it.
LISTED = tuple(name for name in FIELDS if name.startswith("denyList"))

# Texts that repeat, names and codes above all: the lake keeps them as a dictionary, smaller and faster to search.
REPEATING = frozenset(
    """productCode pname endpointGuid endpointHostName osName processFilePath processName processCmd processUser
    processUserDomain processFileHashMd5 processFileHashSha1 processFileHashSha256 processFileOriginalName authId
    parentFilePath parentName parentCmd parentUser parentUserDomain parentFileHashSha1 parentFileHashSha256 objectName
    objectUser objectUserDomain objectFileOriginalName objectAuthId objectWorkingDirectory objectRegistryValue
    objectPipeName objectAppName objectAccessMask src dst proto objectIp hostName smbSharedName channel providerName
    providerGUID eventDataIpAddress eventDataLogonType eventDataLogonProcessName eventDataAuthenticationPackageName
    eventDataStatus eventDataSubStatus eventDataTargetUserName eventDataTargetDomainName eventDataTargetName
    eventDataTargetSid eventDataMemberName eventDataSubjectUserName eventDataSubjectDomainName eventDataSubjectUserSid
    eventDataSubjectLogonId eventDataWorkstationName eventDataServiceName eventDataServiceAccount
    eventDataServiceStartType eventDataTaskName eventDataObjectType eventDataObjectClass
    eventDataAttributeLDAPDisplayName eventDataAccessMask eventDataTicketEncryptionType eventDataTicketOptions
    eventDataOperation denyListType denyListRisk denyListHost denyListFileHash denyListFileHashSha256 recordSource
    recordFile""".split()  # noqa: SIM905 - one word a line would fill two screens
)

# eventId -> name; a type of the public API is TELEMETRY_<name>
EVENT_NAMES: dict[int, str] = {
    1: "PROCESS", 2: "FILE", 3: "CONNECTION", 4: "DNS", 5: "REGISTRY", 6: "ACCOUNT", 7: "INTERNET",
    8: "MODIFIED_PROCESS", 9: "WINDOWS_HOOK", 10: "WINDOWS_EVENT", 11: "AMSI", 12: "WMI", 13: "MEMORY", 14: "BM",
    15: "APP", 16: "SYSTEM_EVENT", 17: "EVENT_PIPE",
}  # fmt: skip

EVENT_SUB_NAMES: dict[int, str] = {
    0: "NONE", 1: "PROCESS_OPEN", 2: "PROCESS_CREATE", 3: "PROCESS_TERMINATE", 4: "PROCESS_LOAD_IMAGE",
    8: "PROCESS_LOAD_KERNEL_IMAGE", 101: "FILE_CREATE", 102: "FILE_OPEN", 103: "FILE_DELETE",
    104: "FILE_SET_SECURITY", 108: "FILE_MODIFY_TIMESTAMP", 109: "FILE_MODIFY", 201: "CONNECTION_CONNECT",
    202: "CONNECTION_LISTEN", 203: "CONNECTION_CONNECT_INBOUND", 204: "CONNECTION_CONNECT_OUTBOUND", 301: "DNS_QUERY",
    401: "REGISTRY_CREATE", 402: "REGISTRY_SET", 403: "REGISTRY_DELETE", 404: "REGISTRY_RENAME",
    501: "ACCOUNT_ADD", 502: "ACCOUNT_DELETE", 503: "ACCOUNT_IMPERSONATE", 504: "ACCOUNT_MODIFY",
    505: "ACCOUNT_LOGIN", 506: "ACCOUNT_LOGOUT", 603: "INTERNET_DOWNLOAD", 701: "MODIFIED_PROCESS_CREATE_REMOTETHREAD",
    703: "MODIFIED_PROCESS_WRITE_PROCESS", 704: "MODIFIED_PROCESS_READ_PROCESS", 901: "AMSI_EXECUTE",
    1401: "PIPE_CREATE", 1402: "PIPE_CONNECT",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ActivityKind:
    """What a batch holds, in the words of Sigma's log sources, so that a filter knows at once if it can apply.

    A log source {product, category, service} fits when each part it names is here.
    """

    product: str  # "windows"
    categories: frozenset[str]  # {"process_creation"}; several where one record means several things
    services: frozenset[str]  # {"sysmon"}, {"security"}
    channel: str
    event_id: int | None


@dataclass(slots=True)
class ActivityBatch:
    """Activities of one kind as columns of equal length.

    `fields`: our vocabulary (keys of FIELDS). `native`: the names filters of the Sigma taxonomy use (Image, CommandLine,
    TargetObject ...) and the record's own names (EventID, Provider_Name, TargetUserName ...). A column may be the same
    list in both. Values in `native` keep the record's types (text, int, bool, list); a missing value is None.
    `positions[i]` is the index of the record in its RecordBatch: what is found is put back into that order.
    `projected`: a second reading of activities that stand elsewhere (same uuid): detect on it, never store it.
    """

    kind: ActivityKind
    length: int
    fields: dict[str, list[Any]] = field(default_factory=dict)
    native: dict[str, list[Any]] = field(default_factory=dict)
    positions: list[int] = field(default_factory=list)
    projected: bool = False

    def row(self, index: int) -> dict[str, Any]:
        """The vocabulary fields of one activity, without the empty ones."""
        return {name: value for name, column in self.fields.items() if (value := column[index]) is not None}

    def column(self, name: str) -> list[Any] | None:
        """The column a filter means by `name`: the record's own or Sigma's name first, then our vocabulary."""
        found = self.native.get(name)
        return found if found is not None else self.fields.get(name)
