"""Identities that are the same on every machine for the same data: activities, endpoints, processes."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any
from uuid import UUID, uuid5

from hinomi.normalise.values import integer, text

_ENDPOINTS = UUID("6e1f7f43-6f2a-5d0f-9f0e-0b3d3f1c9a51")  # our name space; never to be changed
UNKNOWN_ENDPOINT = "unknown"
_SENSOR, _WINDOWS_EVENT = b'{"hinomi_sensor":1,', b',"kind":"windows_event",'
_HEAD_BYTES = 8192  # all that stands before the kind


def activity_uuids(records: Sequence[bytes], occurrences: Sequence[int]) -> list[str]:
    """Of the bytes themselves, so that a second import adds nothing; `occurrences` keep equal lines of a file apart.

    An event of a Windows log has the identity of the event: a sensor that crashed reads it again and numbers it anew.
    """
    records = [_without_numbers(record) if record.startswith(_SENSOR) else record for record in records]
    if any(occurrences):
        # JSON holds no NUL byte, so no other record can end like this
        records = [b"%b\0%d" % pair if pair[1] else pair[0] for pair in zip(records, occurrences, strict=True)]
    digests = [blake2b(record, digest_size=16).hexdigest() for record in records]
    return [f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}" for digest in digests]


def _without_numbers(record: bytes) -> bytes:
    """Sensor, channel and XML; as it is when it is no event of a Windows log. The order is that of wire.md."""
    kind = record.find(b',"kind":"', 0, _HEAD_BYTES)
    numbers = record.find(b',"epoch":', 0, _HEAD_BYTES)
    if numbers < 0 or not record.startswith(_WINDOWS_EVENT, kind):
        return record
    return record[:numbers] + record[kind:]


def endpoint_guid(computer: str) -> str:
    """The id of a machine that has no agent: from its name as recorded, in any case."""
    return str(uuid5(_ENDPOINTS, computer.lower()))


def process_hash(endpoint: str, guid: Any) -> int | None:
    """Of a process that has a GUID (Sysmon): 63 bits of machine and GUID."""
    found = text(guid)
    if found is None:
        return None
    bare = found.strip("{}").lower()
    return None if not bare.strip("0-") else _hash63(f"{endpoint}|{bare}")


def started_hash(endpoint: str, pid: Any, started_ms: Any) -> int | None:
    """Of a process known by its pid and start alone (Security 4688)."""
    number = integer(pid)
    return None if number is None else _hash63(f"{endpoint}|pid|{number}|{started_ms}")


def _hash63(words: str) -> int:
    return int.from_bytes(blake2b(words.encode("utf-8", "replace"), digest_size=8).digest(), "big") >> 1
