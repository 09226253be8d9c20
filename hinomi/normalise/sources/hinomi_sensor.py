"""Hinomi's own sensor on Linux. Names of values: docs/reference/sensor-telemetry.md; native names: Sigma's taxonomy for Linux."""

from typing import Any

from hinomi.normalise.identity import started_hash
from hinomi.normalise.shapes.sensor_record import ENDPOINT, KINDS, PROVIDER
from hinomi.normalise.source import Mapping, Recipe, Source, Take, categories
from hinomi.normalise.values import alone, first, integer, own_address, text


def _known_start(endpoint: Any, pid: Any, start: Any) -> int | None:
    """A process is (sensor, pid, start): without its start a pid is nobody's."""
    moment = integer(start)
    return None if moment is None else started_hash(endpoint, pid, moment)


def _addresses(ips: Any) -> list[str] | None:
    """The addresses by which the machine can be told."""
    found = [one[0] for one in map(own_address, ips) if one] if type(ips) is list else []
    return found or None


def _texts(value: Any) -> list[str] | None:
    found = [each for each in map(text, value) if each] if type(value) is list else alone(value)
    return found or None


def _is_inbound(direction: Any) -> bool:
    return text(direction) == "inbound"


def _connection_sub(direction: Any) -> int:
    return 203 if _is_inbound(direction) else 204


def _initiated(direction: Any) -> str:
    return "false" if _is_inbound(direction) else "true"


def _remote(direction: Any, source: Any, destination: Any) -> Any:
    return text(source) if _is_inbound(direction) else text(destination)


def _joined(values: Any) -> str | None:
    return ";".join(_texts(values) or ()) or None


_HOST: dict[str, Recipe] = {"endpointIp": Take(_addresses, "SensorIps")}
_ACTOR: dict[str, Recipe] = _HOST | {
    "processFilePath": "exe",
    "processCmd": "cmd",
    "processPid": "pid",
    "processHashId": Take(_known_start, "@endpoint", "pid", "start"),
    "processUser": "user",
    "processLaunchTime": "start",
    "processFileHashSha1": "sha1",
    "processFileHashSha256": "sha256",
    "processFileHashMd5": "md5",
    "parentFilePath": "parent_exe",
    "parentCmd": "parent_cmd",
    "parentPid": "ppid",
    "parentHashId": Take(_known_start, "@endpoint", "ppid", "parent_start"),
    "parentUser": "parent_user",
    "authId": "session",
    "logonUser": Take(_texts, "user"),
}
_NATIVE_ACTOR: dict[str, Recipe] = {
    "Image": "exe",
    "CommandLine": "cmd",
    "ProcessId": Take(integer, "pid"),
    "User": "user",
}
_NATIVE_PROCESS: dict[str, Recipe] = _NATIVE_ACTOR | {
    "ParentImage": "parent_exe",
    "ParentCommandLine": "parent_cmd",
    "ParentProcessId": Take(integer, "ppid"),
    "ParentUser": "parent_user",
    "CurrentDirectory": "cwd",
    "LogonId": Take(text, "auid"),
    "TerminalSessionId": Take(text, "session"),
    "Hashes": "sha256",
}

_PROCESS_START = Mapping(
    event=1,
    sub=2,
    categories=categories("process_creation"),
    native=_NATIVE_PROCESS,
    fields=_HOST | {
        "objectFilePath": "exe",
        "objectCmd": "cmd",
        "objectPid": "pid",
        "objectProcessHashId": Take(_known_start, "@endpoint", "pid", "start"),
        "objectUser": "user",
        "objectFileHashMd5": "md5",
        "objectFileHashSha1": "sha1",
        "objectFileHashSha256": "sha256",
        "objectAuthId": "session",
        "objectWorkingDirectory": "cwd",
        "objectLaunchTime": Take(text, "start"),
        "objectRawDataStr": Take(_texts, "script"),
        "sessionId": "session",
        "processFilePath": "parent_exe",
        "processCmd": "parent_cmd",
        "processPid": "ppid",
        "processHashId": Take(_known_start, "@endpoint", "ppid", "parent_start"),
        "processUser": "parent_user",
        "processLaunchTime": "parent_start",
        "logonUser": Take(_texts, "user"),
    },
)  # fmt: skip
_PROCESS_END = Mapping(
    event=1,
    sub=3,
    categories=categories("process_termination"),
    native=_NATIVE_PROCESS,
    fields=_ACTOR | {
        "objectFilePath": "exe",
        "objectCmd": "cmd",
        "objectPid": "pid",
        "objectUser": "user",
        "objectProcessHashId": Take(_known_start, "@endpoint", "pid", "start"),
    },
)  # fmt: skip
_CONNECTION_FIELDS: dict[str, Recipe] = _ACTOR | {
    "src": "src",
    "spt": "spt",
    "dst": "dst",
    "dpt": "dpt",
    "proto": "proto",
    "objectIp": Take(_remote, "direction", "src", "dst"),
    "objectPort": Take(_remote, "direction", "spt", "dpt"),
    "hostName": "domain",
}
_NATIVE_ENDS: dict[str, Recipe] = _NATIVE_ACTOR | {
    "SourceIp": "src",
    "SourcePort": Take(integer, "spt"),
    "DestinationIp": "dst",
    "DestinationPort": Take(integer, "dpt"),
    "DestinationHostname": "domain",
    "Protocol": "proto",
}
_LOGIN_FIELDS: dict[str, Recipe] = _ACTOR | {
    "objectUser": "target_user",
    "src": "src",
    "spt": "spt",
    "objectIp": "src",
    "hostName": "from_host",
    "logonUser": Take(_texts, "target_user"),
    "objectAuthId": "session",
    "eventDataTargetUserName": "target_user",
    "eventDataIpAddress": "src",
    "eventDataLogonType": "type",
    "eventDataLogonProcessName": "service",
    "eventDataAuthenticationPackageName": "method",
    "eventDataStatus": "result",
}
_NATIVE_LOGIN: dict[str, Recipe] = _NATIVE_ACTOR | {
    "TargetUserName": "target_user",
    "IpAddress": "src",
    "LogonProcessName": "service",
    "LogonType": "type",
    "Status": "result",
}
_OWN: dict[str, Recipe] = _HOST | {
    "eventMessage": Take(first, "text", "reason"),
    "objectName": Take(first, "name", "action", "state"),
}


def _file(sub: int, *names: str) -> Mapping:
    fields = _ACTOR | {
        "objectFilePath": "path",
        "objectFileSize": Take(text, "size"),
        "objectFileHashSha1": "file_sha1",
        "objectFileHashSha256": "file_sha256",
        "objectUser": "owner",
    }
    native = _NATIVE_ACTOR | {"TargetFilename": "path", "SourceFilename": "old_path"}
    return Mapping(2, sub, categories(*names), fields, native)


def _own(*names: str) -> Mapping:
    native: dict[str, Recipe] = {
        "Sign": Take(first, "name", "action", "state"),
        "Details": Take(first, "text", "reason"),
    }
    return Mapping(16, 0, categories(*names), _OWN, native)


SOURCE = Source(
    name="hinomi_sensor",
    product="linux",
    providers=frozenset({PROVIDER}),
    endpoint=ENDPOINT,
    otherwise=Mapping(event=16, fields=_OWN),
    events={
        KINDS["process_start"]: _PROCESS_START,
        KINDS["process_end"]: _PROCESS_END,
        KINDS["file_create"]: _file(101, "file_event"),
        KINDS["file_rename"]: _file(109, "file_rename", "file_event"),
        KINDS["file_delete"]: _file(103, "file_delete"),
        KINDS["file_write"]: _file(109, "file_change"),
        KINDS["file_blocked"]: Mapping(
            16,
            0,
            categories("file_blocked"),
            _ACTOR | {
                "objectFilePath": "path",
                "objectFileHashSha1": "file_sha1",
                "objectFileHashSha256": "file_sha256",
                "eventMessage": "text",
            },
            _NATIVE_ACTOR | {"TargetFilename": "path", "Details": "text"},
        ),
        KINDS["connection"]: Mapping(
            3,
            Take(_connection_sub, "direction"),
            categories("network_connection"),
            _CONNECTION_FIELDS,
            _NATIVE_ENDS | {"Initiated": Take(_initiated, "direction")},
        ),
        KINDS["listen"]: Mapping(3, 202, categories("network_listen"), _CONNECTION_FIELDS, _NATIVE_ENDS),
        KINDS["dns_query"]: Mapping(
            4,
            301,
            categories("dns_query"),
            _ACTOR | {"hostName": "name", "objectIps": Take(_texts, "answers"), "eventDataStatus": "result", "dst": "server"},
            _NATIVE_ACTOR | {
                "QueryName": "name",
                "QueryResults": Take(_joined, "answers"),
                "QueryStatus": "result",
                "record_type": "type",
            },
        ),
        KINDS["login"]: Mapping(6, 505, categories("authentication"), _LOGIN_FIELDS, _NATIVE_LOGIN),
        KINDS["logout"]: Mapping(6, 506, categories("logoff"), _LOGIN_FIELDS, _NATIVE_LOGIN),
        KINDS["module_load"]: Mapping(
            1,
            8,
            categories("driver_load"),
            _ACTOR | {
                "objectFilePath": "path",
                "objectName": "name",
                "objectFileHashSha1": "file_sha1",
                "objectFileHashSha256": "file_sha256",
            },
            _NATIVE_ACTOR | {"ImageLoaded": Take(first, "path", "name")},
        ),
        KINDS["script_run"]: Mapping(
            16, 0, fields=_ACTOR | {"objectFilePath": "path", "eventDataScriptBlockText": "text"}
        ),
        KINDS["sensor_health"]: _own("sensor_health"),
        KINDS["sensor_loss"]: _own("sensor_loss"),
        KINDS["sensor_tamper"]: _own("sensor_tamper"),
        KINDS["clock_moved"]: _own("clock_moved"),
        KINDS["isolation"]: _own("isolation"),
        KINDS["response"]: _own("response"),
    },
)  # fmt: skip
