"""A RecordBatch as bytes: what sensors and `hinomi import` send to `POST /ingest/v1/records`, and what the spool holds.

    zstd( "HNMR" version:u8 header_length:u32le header records )

The header is JSON with the columns of the batch and the length of each record; the records follow as they are, end to
end. Nothing in it is trusted: every length is checked before it is used.
"""

import base64
import binascii
import struct
from collections.abc import Mapping
from typing import Any

import orjson
import zstandard

from hinomi.errors import InputError, TooLarge
from hinomi.schema.record import EXCERPT_BYTES, DeadLetter, RecordBatch

CONTENT_TYPE = "application/vnd.hinomi.records+zstd"
MAX_BODY_BYTES = 32 << 20  # as sent
MAX_BATCH_BYTES = 256 << 20  # unpacked
MAX_RATIO = 200  # unpacked bytes per byte sent: logs reach 10 to 40
MAX_RECORDS = 200_000

_MAGIC = b"HNMR"
_HEAD = struct.Struct("<4sBI")
_VERSION = 1
_LEVEL = 1  # a tenth of the time of the default for four fifths of the gain
_RATIO_FREE_BYTES = 16 << 20  # so much may unpack from anything: a batch of equal lines packs very well


def pack(batch: RecordBatch) -> bytes:
    """The batch as one compressed message."""
    header = orjson.dumps(
        {
            "source": batch.source,
            "files": [_as_text(name) for name in batch.files],
            "lengths": list(map(len, batch.records)),
            "fileOf": batch.file_of,
            "numbers": batch.numbers,
            "occurrences": batch.occurrences,
            "dead": [_write_dead(letter) for letter in batch.dead],
        }
    )
    head = _HEAD.pack(_MAGIC, _VERSION, len(header))
    return zstandard.ZstdCompressor(level=_LEVEL).compress(b"".join((head, header, *batch.records)))


def unpack(body: bytes, limit: int = MAX_BATCH_BYTES, ratio: int = MAX_RATIO) -> RecordBatch:
    """The batch of a message. TooLarge over `limit` unpacked bytes or the ratio; InputError for anything malformed."""
    return _read(_decompressed(body, min(limit, max(_RATIO_FREE_BYTES, len(body) * ratio))))


def _decompressed(body: bytes, allowed: int) -> bytes:
    try:
        told = zstandard.frame_content_size(body)  # -1: not told
        most = allowed if told < 0 else min(told, allowed)
        unpacked = bytes(zstandard.ZstdDecompressor().stream_reader(body).read(most + 1))
    except zstandard.ZstdError as error:
        raise InputError(f"the body is no zstd stream: {error}") from error
    if told > allowed or len(unpacked) > allowed:
        raise TooLarge(f"the batch unpacks to more than {allowed} bytes; send smaller batches")
    return unpacked


def _read(data: bytes) -> RecordBatch:
    if len(data) < _HEAD.size:
        raise InputError("the body ends before its header")
    magic, version, length = _HEAD.unpack_from(data)
    if magic != _MAGIC or version != _VERSION:
        raise InputError(f"the body is no record batch of version {_VERSION}")
    if _HEAD.size + length > len(data):
        raise InputError("the header is longer than the body")
    try:
        header = orjson.loads(data[_HEAD.size : _HEAD.size + length])
    except orjson.JSONDecodeError as error:
        raise InputError(f"the header is no JSON: {error}") from error
    if not isinstance(header, dict):
        raise InputError("the header is no JSON object")
    return _batch(header, data[_HEAD.size + length :])


def _batch(header: Mapping[str, Any], body: bytes) -> RecordBatch:
    lengths = _numbers(header, "lengths")
    if len(lengths) > MAX_RECORDS:
        raise TooLarge(f"the batch has {len(lengths)} records; at most {MAX_RECORDS}")
    if sum(lengths) != len(body):
        raise InputError(f"the records have {len(body)} bytes; the header says {sum(lengths)}")
    files = _texts(header, "files")
    file_of, numbers, occurrences = (_numbers(header, name) for name in ("fileOf", "numbers", "occurrences"))
    if not len(lengths) == len(file_of) == len(numbers) == len(occurrences):
        raise InputError("lengths, fileOf, numbers and occurrences differ in length")
    if any(index >= len(files) for index in file_of):
        raise InputError("fileOf names a file that is not in files")
    dead = header.get("dead", [])
    if not isinstance(dead, list):
        raise InputError("dead is no list")
    return RecordBatch(
        source=_text(header, "source"),
        files=files,
        records=_cut(body, lengths),
        file_of=file_of,
        numbers=numbers,
        occurrences=occurrences,
        dead=[_read_dead(letter) for letter in dead],
    )


def _cut(body: bytes, lengths: list[int]) -> list[bytes]:
    records, start = [], 0
    for length in lengths:
        records.append(body[start : start + length])
        start += length
    return records


def _numbers(header: Mapping[str, Any], name: str) -> list[int]:
    found = header.get(name)
    if not isinstance(found, list) or any(type(each) is not int or each < 0 for each in found):
        raise InputError(f"{name} is no list of whole numbers from 0")
    return found


def _texts(header: Mapping[str, Any], name: str) -> list[str]:
    found = header.get(name)
    if not isinstance(found, list) or any(type(each) is not str for each in found):
        raise InputError(f"{name} is no list of texts")
    return found


def _text(header: Mapping[str, Any], name: str) -> str:
    found = header.get(name)
    if not isinstance(found, str):
        raise InputError(f"{name} is no text")
    return found


def _write_dead(letter: DeadLetter) -> dict[str, Any]:
    excerpt = base64.b64encode(letter.excerpt[:EXCERPT_BYTES]).decode()
    return {
        "source": _as_text(letter.source),
        "file": _as_text(letter.file),
        "offset": letter.offset,
        "reason": letter.reason,
        "detail": _as_text(letter.detail),
        "excerpt": excerpt,
    }


def _read_dead(letter: Any) -> DeadLetter:
    if not isinstance(letter, dict):
        raise InputError("a dead letter is no object")
    offset = letter.get("offset")
    if offset is not None and type(offset) is not int:
        raise InputError("the offset of a dead letter is no whole number")
    try:
        excerpt = base64.b64decode(_text(letter, "excerpt"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError(f"the excerpt of a dead letter is no base64: {error}") from error
    source, file, reason, detail = (_text(letter, name) for name in ("source", "file", "reason", "detail"))
    return DeadLetter(source, file, offset, reason, detail, excerpt[:EXCERPT_BYTES])


def _as_text(name: str) -> str:
    """Names of files may hold bytes that are no UTF-8 (lone surrogates in Python); JSON may not."""
    return name.encode("utf-8", "backslashreplace").decode()
