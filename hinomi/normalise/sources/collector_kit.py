"""What the collector kit found on a host without our sensor. A process that ran then counts as a process start at its start."""

from typing import Any

from hinomi.normalise.identity import started_hash
from hinomi.normalise.shapes.kit_record import ENDPOINT, KINDS, PROVIDER
from hinomi.normalise.source import Mapping, Recipe, Source, Take, categories
from hinomi.normalise.values import alone, integer, own_address, text


def _addresses(ips: Any) -> list[str] | None:
    found = [one[0] for one in map(own_address, ips) if one] if type(ips) is list else []
    return found or None


def _started(endpoint: Any, pid: Any, start: Any) -> int | None:
    moment = integer(start)
    return None if moment is None else started_hash(endpoint, pid, moment)


_HOST: dict[str, Recipe] = {"endpointIp": Take(_addresses, "KitIps")}
_OWNER: dict[str, Recipe] = _HOST | {"processFilePath": "exe", "processPid": "pid"}
_ENDS: dict[str, Recipe] = _OWNER | {
    "src": "src",
    "spt": "spt",
    "dst": "dst",
    "dpt": "dpt",
    "proto": "proto",
    "objectIp": "dst",
    "objectPort": "dpt",
}
_NATIVE_ENDS: dict[str, Recipe] = {
    "Image": "exe",
    "SourceIp": "src",
    "SourcePort": Take(integer, "spt"),
    "DestinationIp": "dst",
    "DestinationPort": Take(integer, "dpt"),
}
_FILE: dict[str, Recipe] = _HOST | {
    "objectFilePath": "path",
    "objectFileSize": Take(text, "size"),
    "objectFileHashSha1": "sha1",
    "objectFileHashSha256": "sha256",
    "eventMessage": "text",
}
_TOLD: dict[str, Recipe] = _HOST | {
    "objectFilePath": "path",
    "objectName": "name",
    "objectCmd": "runs",
    "objectFileHashSha256": "sha256",
    "eventMessage": "text",
}

SOURCE = Source(
    name="collector_kit",
    product="linux",
    providers=frozenset({PROVIDER}),
    endpoint=ENDPOINT,
    otherwise=Mapping(event=16, fields=_HOST | {"eventMessage": "text"}),
    events={
        KINDS["process"]: Mapping(
            event=1,
            sub=2,
            categories=categories("process_creation"),
            native={
                "Image": "exe",
                "CommandLine": "cmd",
                "ProcessId": Take(integer, "pid"),
                "ParentImage": "parent_exe",
                "ParentCommandLine": "parent_cmd",
                "User": "user",
                "CurrentDirectory": "cwd",
            },
            fields=_HOST | {
                "objectFilePath": "exe",
                "objectCmd": "cmd",
                "objectPid": "pid",
                "objectProcessHashId": Take(_started, "@endpoint", "pid", "start"),
                "objectUser": "user",
                "objectFileHashSha1": "sha1",
                "objectFileHashSha256": "sha256",
                "objectWorkingDirectory": "cwd",
                "processFilePath": "parent_exe",
                "processCmd": "parent_cmd",
                "processPid": "ppid",
                "processHashId": Take(_started, "@endpoint", "ppid", "parent_start"),
                "logonUser": Take(alone, "user"),
                "eventMessage": "text",
            },
        ),
        KINDS["connection"]: Mapping(3, 204, categories("network_connection"), _ENDS, _NATIVE_ENDS),
        KINDS["listen"]: Mapping(3, 202, categories("network_listen"), _ENDS, _NATIVE_ENDS),
        KINDS["login"]: Mapping(6, 505, categories("authentication"), _HOST | {
            "objectUser": "user",
            "logonUser": Take(alone, "user"),
            "src": "address",
            "hostName": "from",
            "eventDataTargetUserName": "user",
            "eventDataIpAddress": "address",
            "eventDataStatus": "result",
        }),
        KINDS["file"]: Mapping(2, 109, fields=_FILE),
        KINDS["suspicious"]: Mapping(2, 101, categories("file_event"), _FILE, {"TargetFilename": "path"}),
        KINDS["autorun"]: Mapping(16, 0, fields=_TOLD),
        KINDS["service"]: Mapping(16, 0, fields=_TOLD),
        KINDS["task"]: Mapping(16, 0, fields=_TOLD),
    },
)  # fmt: skip
