"""A packed batch as the spool lays it down: a header, then the batch as `packing` makes it.

    magic "HNF2" | sequence u64 | payload length u32 | CRC-32 of the payload u32 | CRC-32 of the header so far u32

Little endian. The header has a sum of its own, so that after damage the next frame can be found and trusted.
"""

import struct
import zlib
from dataclasses import dataclass

from hinomi.errors import HinomiError, TooLarge
from hinomi.schema.record import RecordBatch
from hinomi.wire.packing import unpack

MAGIC = b"HNF2"
_HEADER = struct.Struct("<4sQII")
_SUM = struct.Struct("<I")
HEADER_BYTES = _HEADER.size + _SUM.size
MOST_PAYLOAD_BYTES = 1 << 30
_MOST_BATCH_BYTES = _ANY_RATIO = 1 << 62  # what is in the spool was let in: all of it comes out


@dataclass(frozen=True, slots=True)
class Header:
    sequence: int
    length: int  # of the payload
    checksum: int


def encode(sequence: int, payload: bytes) -> bytes:
    """The whole frame. Raises TooLarge for a batch that no reader would take back."""
    if len(payload) > MOST_PAYLOAD_BYTES:
        raise TooLarge(f"a batch of {len(payload):,} packed bytes; send smaller ones")
    header = _HEADER.pack(MAGIC, sequence, len(payload), zlib.crc32(payload))
    return b"".join((header, _SUM.pack(zlib.crc32(header)), payload))


def read_header(content: bytes) -> Header | None:
    """The header at the beginning of `content`; None when there is no sound one."""
    if len(content) < HEADER_BYTES or not content.startswith(MAGIC):
        return None
    if _SUM.unpack_from(content, _HEADER.size)[0] != zlib.crc32(content[: _HEADER.size]):
        return None
    _, sequence, length, checksum = _HEADER.unpack_from(content)
    return Header(sequence, length, checksum) if length <= MOST_PAYLOAD_BYTES else None


def is_whole(header: Header, payload: bytes) -> bool:
    """Whether the payload is what the header sums up."""
    return len(payload) == header.length and zlib.crc32(payload) == header.checksum


def decode(header: Header, payload: bytes) -> RecordBatch | None:
    """The batch of a frame; None when the payload is not what the header sums up, or was no batch from the start."""
    try:
        return unpack(payload, _MOST_BATCH_BYTES, _ANY_RATIO) if is_whole(header, payload) else None
    except HinomiError:
        return None
