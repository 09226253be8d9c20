"""Canonical records of our Linux sensor: what a filter's log source means when its test gives only values.

In: the values of a test, named as Sigma's taxonomy or as the sensor names them. Out: a sensor record, as JSON.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import orjson

from hinomi.schema.content import Text

COMPUTER = "linux-1"
_SENSORS = UUID("6e1f7f43-6f2a-5d0f-9f0e-0b3d3f1c9a52")

# log source (category) -> the kind of record
KINDS: dict[str, str] = {
    "process_creation": "process_start",
    "process_termination": "process_end",
    "file_event": "file_create",
    "file_rename": "file_rename",
    "file_change": "file_write",
    "file_delete": "file_delete",
    "file_blocked": "file_blocked",
    "network_connection": "connection",
    "network_listen": "listen",
    "dns_query": "dns_query",
    "authentication": "login",
    "logoff": "logout",
    "driver_load": "module_load",
    "sensor_health": "sensor_health",
    "sensor_loss": "sensor_loss",
    "sensor_tamper": "sensor_tamper",
    "clock_moved": "clock_moved",
    "isolation": "isolation",
    "response": "response",
}
NO_KIND = Text(
    "the test gives no Kind, and its log source has no kind of its own",
    "テストに Kind がなく、ログソースにも決まった種類がありません",
)
# Sigma's name -> the sensor's
_NAMES: dict[str, str] = {
    "Image": "exe",
    "CommandLine": "cmd",
    "CurrentDirectory": "cwd",
    "User": "user",
    "ProcessId": "pid",
    "ParentProcessId": "ppid",
    "ParentImage": "parent_exe",
    "ParentCommandLine": "parent_cmd",
    "ParentUser": "parent_user",
    "TargetFilename": "path",
    "SourceFilename": "old_path",
    "SourceIp": "src",
    "SourcePort": "spt",
    "DestinationIp": "dst",
    "DestinationPort": "dpt",
    "DestinationHostname": "domain",
    "Protocol": "proto",
    "QueryName": "name",
    "QueryStatus": "result",
    "TargetUserName": "target_user",
    "IpAddress": "src",
    "LogonProcessName": "service",
    "LogonType": "type",
    "Status": "result",
    "ImageLoaded": "path",
    "Details": "text",
    "Sign": "name",
}
_RESERVED = frozenset({"Kind", "Computer", "Product", "Initiated"})


def kind_of(values: dict[str, Any], category: str | None) -> str | None:
    """The kind of record that the values or the log source mean."""
    found = values.get("Kind") or KINDS.get(category or "")
    return found if isinstance(found, str) else None


def record(values: dict[str, Any], kind: str, moment: datetime, *, computer: str | None, number: int) -> bytes:
    """One sensor record as JSON bytes."""
    host = computer or values.get("Computer") or COMPUTER
    time_ms = round(moment.timestamp() * 1000)
    data: dict[str, Any] = {"pid": 1000 + number, "start": time_ms, "user": "root", "uid": 0}
    data |= {_NAMES.get(name, name): value for name, value in values.items() if name not in _RESERVED}
    if "Initiated" in values:
        data["direction"] = "outbound" if str(values["Initiated"]).lower() == "true" else "inbound"
    return orjson.dumps(
        {
            "hinomi_sensor": 1,
            "sensor": str(uuid5(_SENSORS, str(host))),
            "epoch": "0" * 16,
            "sequence": number,
            "time": time_ms,
            "host": host,
            "ips": ["192.0.2.10"],
            "kind": kind,
            "data": data,
        },
        default=str,
    )
