"""A segment file of the sensor's spool: packed batches one after the other, each with what they hold.

    magic "HNS1" | batch number u64 | first sequence u64 | records u32 | payload length u32 | CRC-32 of the payload u32 |
    CRC-32 of the header so far u32 | payload

Little endian. Read from the beginning to the first frame that is not whole: what follows was never told to anybody as kept.
"""

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hinomi.sensor.disk import OWN, read_at

_HEADER = struct.Struct("<4sQQIII")
_SUM = struct.Struct("<I")
_MAGIC = b"HNS1"
HEADER_BYTES = _HEADER.size + _SUM.size
MOST_PAYLOAD_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Frame:
    """`number` of the batch, rising by one; `first`: the sequence number of its first record."""

    number: int
    first: int
    records: int
    payload: bytes


@dataclass(slots=True)
class Segment:
    """`size`: bytes that hold whole frames."""

    path: Path
    first_number: int = 0
    last_number: int = 0
    first_sequence: int = 0
    last_sequence: int = 0
    records: int = 0
    size: int = 0

    def count(self, frame: Frame) -> None:
        if not self.first_number:
            self.first_number, self.first_sequence = frame.number, frame.first
        self.last_number, self.last_sequence = frame.number, frame.first + frame.records - 1
        self.records += frame.records
        self.size += HEADER_BYTES + len(frame.payload)


def encode(frame: Frame) -> bytes:
    header = _HEADER.pack(
        _MAGIC, frame.number, frame.first, frame.records, len(frame.payload), zlib.crc32(frame.payload)
    )
    return b"".join((header, _SUM.pack(zlib.crc32(header)), frame.payload))


def read_frame(file: int, offset: int) -> Frame | None:
    """The frame at `offset`; None when there is no whole one."""
    head = read_at(file, HEADER_BYTES, offset)
    if len(head) < HEADER_BYTES or _SUM.unpack_from(head, _HEADER.size)[0] != zlib.crc32(head[: _HEADER.size]):
        return None
    magic, number, first, records, length, checksum = _HEADER.unpack_from(head)
    if magic != _MAGIC or length > MOST_PAYLOAD_BYTES:
        return None
    payload = read_at(file, length, offset + HEADER_BYTES)
    return Frame(number, first, records, payload) if zlib.crc32(payload) == checksum else None


def frames(path: Path) -> Iterator[Frame]:
    file = os.open(path, os.O_RDONLY | OWN)
    try:
        offset = 0
        while (frame := read_frame(file, offset)) is not None:
            yield frame
            offset += HEADER_BYTES + len(frame.payload)
    finally:
        os.close(file)


def scan(path: Path) -> Segment:
    """What a segment holds, and how far it is whole."""
    segment = Segment(path)
    for frame in frames(path):
        segment.count(frame)
    return segment
