"""A maker of EVTX files: small, valid, all values invented, so that damage can be done to them byte by byte.

Written from the format's description (libevtx, "Windows XML Event Log (EVTX) format"): plain binary XML without
templates, which readers must take as well.
"""

import struct
import zlib
from collections.abc import Sequence

CHUNK_BYTES = 65536
_RECORDS_AT = 512
_FILETIME = 134_129_196_000_000_000  # 2026-01-15T03:00:00Z in 100 ns since 1601


def evtx(*chunks: Sequence[dict[str, str]]) -> bytes:
    """A file of these chunks of records; each record is its EventData. Record ids rise from 1 through the file."""
    first, parts = 1, []
    for records in chunks:
        parts.append(_chunk(records, first))
        first += len(records)
    head = struct.pack("<8sQQQIHHHH76x", b"ElfFile\0", 0, len(chunks) - 1, first, 128, 1, 3, 4096, len(chunks))
    header = head + struct.pack("<II", 0, zlib.crc32(head))
    return header.ljust(4096, b"\0") + b"".join(parts)


def _chunk(records: Sequence[dict[str, str]], first: int) -> bytes:
    content = b""
    last_at = _RECORDS_AT
    for number, data in enumerate(records, first):
        last_at = _RECORDS_AT + len(content)
        content += _record(data, number, last_at)
    last = first + len(records) - 1
    free_at = _RECORDS_AT + len(content)
    head = struct.pack(
        "<8sQQQQIIII", b"ElfChnk\0", first, last, first, last, 128, last_at, free_at, zlib.crc32(content)
    )
    head = head.ljust(120, b"\0")
    tables = bytes(384)
    chunk = head + struct.pack("<II", 0, zlib.crc32(head + tables)) + tables + content
    return chunk.ljust(CHUNK_BYTES, b"\0")


def _record(data: dict[str, str], number: int, at: int) -> bytes:
    body = _Writer(at + 24)
    body.put(b"\x0f\x01\x01\x00")
    body.open("Event")
    body.open("System")
    body.leaf("Provider", None, {"Name": "Microsoft-Windows-Sysmon"})
    body.leaf("EventID", "1")
    body.leaf("Level", "4")
    body.leaf("Keywords", "0x8000000000000000")
    body.leaf("TimeCreated", None, {"SystemTime": "2026-01-15T03:00:00.000000Z"})
    body.leaf("EventRecordID", str(number))
    body.leaf("Execution", None, {"ProcessID": "4", "ThreadID": "8"})
    body.leaf("Channel", "Microsoft-Windows-Sysmon/Operational")
    body.leaf("Computer", "PC-1")
    body.close()
    body.open("EventData")
    for name, value in data.items():
        body.leaf("Data", value, {"Name": name})
    body.close()
    body.close()
    body.put(b"\x00")
    size = 24 + len(body.content) + 4
    return struct.pack("<4sIQQ", b"\x2a\x2a\0\0", size, number, _FILETIME) + body.content + struct.pack("<I", size)


class _Writer:
    """Binary XML; `start` is where in the chunk it will stand, for names are referred to by their place."""

    def __init__(self, start: int) -> None:
        self._start, self.content = start, b""

    def put(self, part: bytes) -> None:
        self.content += part

    def open(self, name: str, attributes: dict[str, str] | None = None) -> None:
        self.put(struct.pack("<BI", 0x41 if attributes else 0x01, 0))
        self._name(name)
        if attributes:
            self.put(struct.pack("<I", 0))
            for key, value in attributes.items():
                self.put(b"\x06")
                self._name(key)
                self._text(value)
        self.put(b"\x02")

    def close(self) -> None:
        self.put(b"\x04")

    def leaf(self, name: str, value: str | None, attributes: dict[str, str] | None = None) -> None:
        self.open(name, attributes)
        if value is not None:
            self._text(value)
        self.close()

    def _name(self, name: str) -> None:
        self.put(struct.pack("<I", self._start + len(self.content) + 4))
        self.put(struct.pack("<IHH", 0, 0, len(name)) + name.encode("utf-16-le") + b"\0\0")

    def _text(self, value: str) -> None:
        self.put(struct.pack("<BBH", 0x05, 0x01, len(value)) + value.encode("utf-16-le"))
