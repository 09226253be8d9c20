"""A batch as bytes of the spool: header, then the batch compressed.

    magic "HNF1" | sequence u64 | payload length u32 | CRC-32 of the payload u32 | CRC-32 of the header so far u32

Little endian. The header has a sum of its own, so that after damage the next frame can be found and trusted.
"""

import struct
import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import orjson
import zstandard

from hinomi.errors import TooLarge
from hinomi.schema.record import DeadLetter, RecordBatch

MAGIC = b"HNF1"
_HEADER = struct.Struct("<4sQII")
_SUM = struct.Struct("<I")
HEADER_BYTES = _HEADER.size + _SUM.size
MOST_PAYLOAD_BYTES = 1 << 30
_LEVEL = 1  # a tenth of the time of the default for four fifths of the gain


@dataclass(frozen=True, slots=True)
class Header:
    sequence: int
    length: int  # of the payload
    checksum: int


def encode(sequence: int, batch: RecordBatch) -> bytes:
    """The whole frame. Raises TooLarge for a batch that no reader would take back."""
    payload = zstandard.ZstdCompressor(level=_LEVEL).compress(_packed(batch))
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


def decode(header: Header, payload: bytes) -> RecordBatch | None:
    """The batch of a frame; None when the payload is not what the header sums up."""
    if len(payload) != header.length or zlib.crc32(payload) != header.checksum:
        return None
    return _unpacked(zstandard.ZstdDecompressor().decompress(payload))


def _packed(batch: RecordBatch) -> bytes:
    """Everything but the records as JSON, for it is small; the records end to end behind it."""
    about = orjson.dumps(
        {
            "source": batch.source,
            "files": [_to_text(name) for name in batch.files],
            "file_of": batch.file_of,
            "numbers": batch.numbers,
            "occurrences": batch.occurrences,
            "lengths": list(map(len, batch.records)),
            "dead": [_letter_row(letter) for letter in batch.dead],
        }
    )
    return b"".join((_SUM.pack(len(about)), about, *batch.records))


def _unpacked(content: bytes) -> RecordBatch:
    (size,) = _SUM.unpack_from(content)
    start = _SUM.size + size
    about: dict[str, Any] = orjson.loads(content[_SUM.size : start])
    ends = accumulate(about["lengths"], initial=start)
    return RecordBatch(
        source=about["source"],
        files=about["files"],
        records=[content[begin:end] for begin, end in pairwise(ends)],
        file_of=about["file_of"],
        numbers=about["numbers"],
        occurrences=about["occurrences"],
        dead=[_letter(row) for row in about["dead"]],
    )


def _letter_row(letter: DeadLetter) -> list[Any]:
    where = [_to_text(letter.source), _to_text(letter.file), letter.offset]
    return [*where, letter.reason, _to_text(letter.detail), b64encode(letter.excerpt).decode()]


def _letter(row: list[Any]) -> DeadLetter:
    source, file, offset, reason, detail, excerpt = row
    return DeadLetter(source, file, offset, reason, detail, b64decode(excerpt))


def _to_text(name: str) -> str:
    """Names of files may hold bytes that are no UTF-8 (lone surrogates in Python); JSON may not."""
    return name.encode("utf-8", "backslashreplace").decode()
