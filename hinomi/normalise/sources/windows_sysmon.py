"""Sysmon, schema 3 to 4.90: every event. Names of values: Microsoft Learn, "Sysmon", section Events."""

from collections.abc import Callable
from typing import Any

from hinomi.normalise.identity import process_hash
from hinomi.normalise.registry import key_of, value_of
from hinomi.normalise.source import Mapping, Recipe, Source, Split, Take, categories
from hinomi.normalise.values import (
    address,
    alone,
    domain_alone,
    domain_of,
    imphash,
    integrity,
    is_yes,
    md5,
    own_address,
    protocol,
    sha1,
    sha256,
    text,
    user_alone,
    user_of,
)


def _of_connection(outbound: Callable[[Any, Any], Any]) -> Callable[[Any, Any, Any], Any]:
    """The other end: the destination of a connection this machine began, else the source."""
    return lambda initiated, source, destination: outbound(
        *((destination, source) if is_yes(initiated) else (source, destination))
    )


def _signed_by(signature: Any, signed: Any) -> list[str] | None:
    return alone(signature) if is_yes(signed) or signed is None else None


def _signature_valid(status: Any) -> list[str] | None:
    found = text(status)
    return None if found is None else ["true" if found.lower() == "valid" else "false"]


def _direction(initiated: Any) -> int:
    return 204 if is_yes(initiated) else 203


_MOST_ANSWERS = 1000  # in one record


def _addresses(results: Any) -> list[str] | None:
    """The addresses of "type:  5 name.example;::ffff:192.0.2.7;"."""
    parts = [part.strip() for part in results.split(";")] if type(results) is str else []
    told = [part for part in parts[:_MOST_ANSWERS] if part not in ("", "-") and not part.startswith("type:")]
    return [address(part) or part for part in told] or None


_remote = _of_connection(lambda remote, _: text(remote))
_own = _of_connection(lambda _, own: own_address(own))

_ACTOR: dict[str, Recipe] = {
    "processFilePath": "Image",
    "processPid": "ProcessId",
    "processHashId": Take(process_hash, "@endpoint", "ProcessGuid"),
    "processUser": Take(user_of, "User"),
    "processUserDomain": Take(domain_of, "User"),
    "logonUser": Take(user_alone, "User"),
    "userDomain": Take(domain_alone, "User"),
}
_HASHES: dict[str, Recipe] = {
    "objectFileHashMd5": Take(md5, "Hashes"),
    "objectFileHashSha1": Take(sha1, "Hashes"),
    "objectFileHashSha256": Take(sha256, "Hashes"),
    "objectFileImphash": Take(imphash, "Hashes"),
}
_NATIVE_HASHES: dict[str, Recipe] = {
    "md5": Take(md5, "Hashes"),
    "sha1": Take(sha1, "Hashes"),
    "sha256": Take(sha256, "Hashes"),
    "Imphash": Take(imphash, "Hashes"),
}
_SIGNATURE: dict[str, Recipe] = {
    "objectSigner": Take(_signed_by, "Signature", "Signed"),
    "objectSignerValid": Take(_signature_valid, "SignatureStatus"),
}
_FILE: dict[str, Recipe] = (
    _ACTOR
    | _HASHES
    | {
        "objectFilePath": "TargetFilename",
        "objectFileCreation": "CreationUtcTime",
    }
)
_TWO_PROCESSES: dict[str, Recipe] = {
    "processFilePath": "SourceImage",
    "processPid": "SourceProcessId",
    "processUser": Take(user_of, "SourceUser"),
    "processUserDomain": Take(domain_of, "SourceUser"),
    "logonUser": Take(user_alone, "SourceUser"),
    "userDomain": Take(domain_alone, "SourceUser"),
    "objectFilePath": "TargetImage",
    "objectPid": "TargetProcessId",
    "objectUser": Take(user_of, "TargetUser"),
    "objectUserDomain": Take(domain_of, "TargetUser"),
}
_REGISTRY_KEY: dict[str, Recipe] = _ACTOR | {"objectRegistryKeyHandle": "TargetObject"}
_REGISTRY_VALUE: dict[str, Recipe] = _ACTOR | {
    "objectRegistryKeyHandle": Take(key_of, "TargetObject"),
    "objectRegistryValue": Take(value_of, "TargetObject"),
}

_PROCESS_START = Mapping(
    event=1,
    sub=2,
    categories=categories("process_creation"),
    native=_NATIVE_HASHES,
    fields=_HASHES | {
        "objectFilePath": "Image",
        "objectCmd": "CommandLine",
        "objectPid": "ProcessId",
        "objectProcessHashId": Take(process_hash, "@endpoint", "ProcessGuid"),
        "objectUser": Take(user_of, "User"),
        "objectUserDomain": Take(domain_of, "User"),
        "objectFileOriginalName": "OriginalFileName",
        "objectIntegrityLevel": Take(integrity, "IntegrityLevel"),
        "objectAuthId": "LogonId",
        "objectWorkingDirectory": "CurrentDirectory",
        "objectLaunchTime": "UtcTime",
        "sessionId": "TerminalSessionId",
        "processFilePath": "ParentImage",
        "processCmd": "ParentCommandLine",
        "processPid": "ParentProcessId",
        "processHashId": Take(process_hash, "@endpoint", "ParentProcessGuid"),
        "processUser": Take(user_of, "ParentUser"),
        "processUserDomain": Take(domain_of, "ParentUser"),
        "logonUser": Take(user_alone, "User"),
        "userDomain": Take(domain_alone, "User"),
    },
)  # fmt: skip
_CONNECTION = Mapping(
    event=3,
    sub=Take(_direction, "Initiated"),
    categories=categories("network_connection"),
    fields=_ACTOR | {
        "src": "SourceIp",
        "spt": "SourcePort",
        "dst": "DestinationIp",
        "dpt": "DestinationPort",
        "proto": Take(protocol, "Protocol"),
        "objectIp": Take(_remote, "Initiated", "SourceIp", "DestinationIp"),
        "objectPort": Take(_remote, "Initiated", "SourcePort", "DestinationPort"),
        "hostName": Take(_remote, "Initiated", "SourceHostname", "DestinationHostname"),
        "endpointIp": Take(_own, "Initiated", "SourceIp", "DestinationIp"),
    },
)  # fmt: skip
_THREAD = Mapping(
    event=8,
    sub=701,
    categories=categories("create_remote_thread"),
    fields=_TWO_PROCESSES | {
        "processHashId": Take(process_hash, "@endpoint", "SourceProcessGuid"),
        "objectProcessHashId": Take(process_hash, "@endpoint", "TargetProcessGuid"),
        "objectName": "StartModule",
    },
)  # fmt: skip
_ACCESS = Mapping(
    event=1,
    sub=1,
    categories=categories("process_access"),
    fields=_TWO_PROCESSES | {
        "processHashId": Take(process_hash, "@endpoint", "SourceProcessGUID"),
        "objectProcessHashId": Take(process_hash, "@endpoint", "TargetProcessGUID"),
        "objectAccessMask": "GrantedAccess",
        "processStackTrace": "CallTrace",
    },
)  # fmt: skip
_KEY_MADE = Mapping(5, 401, categories("registry_add", "registry_event"), _REGISTRY_KEY)
_KEY_GONE = Mapping(5, 403, categories("registry_delete", "registry_event"), _REGISTRY_KEY)
_VALUE_GONE = Mapping(5, 403, categories("registry_delete", "registry_event"), _REGISTRY_VALUE)
_KEY_EVENT = Mapping(5, 401, categories("registry_add", "registry_delete", "registry_event"), _REGISTRY_KEY)
_WMI: dict[str, Recipe] = {
    "processUser": Take(user_of, "User"),
    "processUserDomain": Take(domain_of, "User"),
    "logonUser": Take(user_alone, "User"),
    "userDomain": Take(domain_alone, "User"),
    "objectName": "Name",
    "objectCmd": "Destination",
    "eventDataOperation": "Operation",
    "eventDataConsumer": "Consumer",
}


def _file(sub: int, *names: str) -> Mapping:
    return Mapping(2, sub, categories(*names), _FILE, _NATIVE_HASHES)


def _pipe(sub: int) -> Mapping:
    return Mapping(17, sub, categories("pipe_created"), _ACTOR | {"objectPipeName": "PipeName"})


SOURCE = Source(
    name="windows_sysmon",
    providers=frozenset({"microsoft-windows-sysmon"}),
    channels=frozenset({"microsoft-windows-sysmon/operational"}),
    otherwise=Mapping(event=10, fields=_ACTOR),
    events={
        1: _PROCESS_START,
        2: _file(108, "file_change"),
        3: _CONNECTION,
        4: Mapping(16, 0, categories("sysmon_status")),
        5: Mapping(1, 3, categories("process_termination"), _ACTOR | {
            "objectFilePath": "Image",
            "objectPid": "ProcessId",
            "objectProcessHashId": Take(process_hash, "@endpoint", "ProcessGuid"),
        }),
        6: Mapping(1, 8, categories("driver_load"), _HASHES | _SIGNATURE | {
            "objectFilePath": "ImageLoaded",
        }, _NATIVE_HASHES),
        7: Mapping(1, 4, categories("image_load"), _ACTOR | _HASHES | _SIGNATURE | {
            "objectFilePath": "ImageLoaded",
            "objectFileOriginalName": "OriginalFileName",
        }, _NATIVE_HASHES),
        8: _THREAD,
        9: Mapping(2, 102, categories("raw_access_thread"), _ACTOR | {"objectFilePath": "Device"}),
        10: _ACCESS,
        11: _file(101, "file_event"),
        12: Split(
            "EventType",
            {"CreateKey": _KEY_MADE, "CreateValue": _KEY_MADE, "DeleteKey": _KEY_GONE, "DeleteValue": _VALUE_GONE},
            _KEY_EVENT,
        ),
        13: Mapping(5, 402, categories("registry_set", "registry_event"), _REGISTRY_VALUE | {
            "objectRegistryData": "Details",
        }),
        14: Mapping(5, 404, categories("registry_rename", "registry_event"), _REGISTRY_KEY | {
            "objectRegistryData": "NewName",
        }),
        15: _file(101, "create_stream_hash"),
        16: Mapping(16, 0, categories("sysmon_status")),
        17: _pipe(1401),
        18: _pipe(1402),
        19: Mapping(12, 0, categories("wmi_event"), _WMI),
        20: Mapping(12, 0, categories("wmi_event"), _WMI),
        21: Mapping(12, 0, categories("wmi_event"), _WMI),
        22: Mapping(4, 301, categories("dns_query"), _ACTOR | {
            "hostName": "QueryName",
            "objectIps": Take(_addresses, "QueryResults"),
            "eventDataStatus": "QueryStatus",
        }),
        23: _file(103, "file_delete"),
        24: Mapping(10, 0, categories("clipboard_capture"), _ACTOR | _HASHES, _NATIVE_HASHES),
        25: Mapping(8, 0, categories("process_tampering"), _ACTOR | {"objectFilePath": "Image"}),
        26: _file(103, "file_delete", "file_delete_detected"),
        27: _file(101, "file_block_executable"),
        28: _file(103, "file_block_shredding"),
        29: _file(101, "file_executable_detected"),
        255: Mapping(10, 0, categories("sysmon_error"), {"eventMessage": "Description"}),
    },
)  # fmt: skip
