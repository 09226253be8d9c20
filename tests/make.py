"""Makers: the smallest real values a test needs. All hosts, users and values are invented.

make.record(Image="C:\\\\Windows\\\\System32\\\\whoami.exe")            a Sysmon process start, as bytes
make.record(4625, TargetUserName="taro")                          a Security record
make.record(7045, source="windows_system", ServiceName="x")       a record of another source
make.record_batch(make.record(), make.record(4625))               a RecordBatch of them
"""

from typing import Any

import orjson

from hinomi.schema.record import RecordBatch

COMPUTER = "PC-1"
TIME = "2026-01-15T03:00:00.000000Z"

# source -> (provider, channel, event id when none is given)
WRITERS: dict[str, tuple[str, str, int]] = {
    "windows_sysmon": ("Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational", 1),
    "windows_security": ("Microsoft-Windows-Security-Auditing", "Security", 4688),
    "windows_powershell": ("Microsoft-Windows-PowerShell", "Microsoft-Windows-PowerShell/Operational", 4104),
    "windows_system": ("Service Control Manager", "System", 7045),
    "windows_defender": ("Microsoft-Windows-Windows Defender", "Microsoft-Windows-Windows Defender/Operational", 1116),
}


def event(
    event_id: int | None = None,
    *,
    source: str | None = None,
    provider: str | None = None,
    channel: str | None = None,
    computer: str = COMPUTER,
    time: str = TIME,
    record_id: int = 1,
    level: int = 4,
    keywords: str = "0x8000000000000000",
    user_data: dict[str, Any] | None = None,
    **data: Any,
) -> dict[str, Any]:
    """One Windows event in the shape of evtx_dump; `data` is its EventData."""
    source = source or _source_of(event_id)
    default_provider, default_channel, default_id = WRITERS[source]
    body: dict[str, Any] = {
        "System": {
            "Provider": {"#attributes": {"Name": provider or default_provider}},
            "EventID": default_id if event_id is None else event_id,
            "Version": 1,
            "Level": level,
            "Task": 0,
            "Opcode": 0,
            "Keywords": keywords,
            "TimeCreated": {"#attributes": {"SystemTime": time}},
            "EventRecordID": record_id,
            "Correlation": None,
            "Execution": {"#attributes": {"ProcessID": 4, "ThreadID": 8}},
            "Channel": channel or default_channel,
            "Computer": computer,
            "Security": None,
        },
        "EventData": data or None,
    }
    if user_data is not None:
        del body["EventData"]
        body["UserData"] = user_data
    return {"Event": body}


def record(event_id: int | None = None, **keywords: Any) -> bytes:
    """One record as the reader delivers it: the UTF-8 JSON text of `event(...)`."""
    return orjson.dumps(event(event_id, **keywords))


def record_batch(*records: bytes, file: str = "made.jsonl", source: str = "file") -> RecordBatch:
    """The records as one batch of one file, numbered from 1; equal bytes count as occurrences 0, 1, ..."""
    batch = RecordBatch(source=source, files=[file])
    seen: dict[bytes, int] = {}
    for number, one in enumerate(records, 1):
        batch.records.append(one)
        batch.file_of.append(0)
        batch.numbers.append(number)
        batch.occurrences.append(seen.get(one, 0))
        seen[one] = seen.get(one, 0) + 1
    return batch


def _source_of(event_id: int | None) -> str:
    """Small ids are Sysmon's, the ids of the Security log start at 4608; what is in between must say its source."""
    if event_id is None or event_id < 30 or event_id == 255:
        return "windows_sysmon"
    if event_id in {4103, 4104}:
        return "windows_powershell"
    if event_id in {7045, 7036, 104}:
        return "windows_system"
    return "windows_security"
