"""Records out of EVTX: a few chunks at a time, so that a file of any size takes little memory and damage stays where it is.

The library reads a file; a header and any of its chunks are such a file. Format: libevtx, "Windows XML Event Log (EVTX)
format", sections 2 (file header, 4096 bytes) and 3 (chunk, 65536 bytes).
"""

import io
import struct
from collections.abc import Iterator
from typing import Any

from evtx import PyEvtxParser

from hinomi.ingest.stream import Stream, Trouble
from hinomi.ingest.text import Found, Loss, Run
from hinomi.schema.record import EXCERPT_BYTES

HEADER_BYTES = 4096
CHUNK_BYTES = 65536
_CHUNKS_AT_ONCE = 16
_CHUNK_MAGIC = b"ElfChnk\0"
_RECORDS_AT = 512  # behind chunk header, string and template tables
_FREE_AT = 48  # in the chunk header: where the records end
_RECORD_MAGIC = b"\x2a\x2a\0\0"
_LEAST_RECORD = 28  # header and the size at the end
_U32 = struct.Struct("<I")


def read_evtx(stream: Stream) -> Iterator[Found]:
    """The records as JSON in the shape of evtx_dump, numbered by their EventRecordID; damaged chunks as losses."""
    header = stream.read_fully(HEADER_BYTES)
    if len(header) < HEADER_BYTES:
        yield Loss(Trouble("damaged_file", f"the file header is cut off after {len(header)} bytes", 0), header)
        return
    while chunks := stream.read_fully(CHUNK_BYTES * _CHUNKS_AT_ONCE):
        offset = stream.done - len(chunks)
        run, errors = _parsed(header, chunks)
        if errors or len(chunks) % CHUNK_BYTES:
            for start in range(0, len(chunks), CHUNK_BYTES):
                yield from _read_chunk(header, chunks[start : start + CHUNK_BYTES], offset + start)
        elif run.records:
            yield run


def _read_chunk(header: bytes, chunk: bytes, offset: int) -> Iterator[Found]:
    """One chunk alone: all of it that can be read, and a loss that says where it could not."""
    if not chunk.strip(b"\0"):
        return  # room the log had not yet written to
    excerpt = chunk[:EXCERPT_BYTES]
    if not chunk.startswith(_CHUNK_MAGIC):
        yield Loss(Trouble("damaged_chunk", "the chunk does not begin as a chunk", offset), excerpt)
        return
    cut = len(chunk) < CHUNK_BYTES
    chunk = chunk.ljust(CHUNK_BYTES, b"\0")
    run, errors = _parsed(header, chunk)
    if errors and (mended := _mended(chunk)) != chunk:
        again, _ = _parsed(header, mended)
        run = again if len(again.records) > len(run.records) else run
    if run.records:
        yield run
    if cut:
        yield Loss(Trouble("damaged_chunk", "the file ends within this chunk", offset), excerpt)
    elif errors:
        reason = "damaged_record" if run.records else "damaged_chunk"
        yield Loss(Trouble(reason, f"{len(errors)} damaged: {errors[0]}", offset), excerpt)


def _mended(chunk: bytes) -> bytes:
    """The chunk with a header over each stretch that is no record, up to the next that is one.

    The library stops at a record whose header is broken, for it cannot know where the next begins. With a header that says
    so it fails at that one record and goes on.
    """
    mended = bytearray(chunk)
    end = min(_U32.unpack_from(chunk, _FREE_AT)[0], CHUNK_BYTES)
    at = _RECORDS_AT
    while at + _LEAST_RECORD <= end:
        size = _record_size(mended, at)
        if not size:
            after = next((found for found in _record_starts(chunk, at + _LEAST_RECORD)), 0)
            if not after:
                break
            size = after - at
            mended[at : at + 8] = _RECORD_MAGIC + _U32.pack(size)
            mended[after - 4 : after] = _U32.pack(size)
        at += size
    return bytes(mended)


def _record_starts(chunk: bytes, at: int) -> Iterator[int]:
    while (at := chunk.find(_RECORD_MAGIC, at)) >= 0:
        if _record_size(chunk, at):
            yield at
        at += 1


def _record_size(chunk: bytes | bytearray, at: int) -> int:
    """Size of the record that begins there; 0 when none does: a record ends with its size once more."""
    if chunk[at : at + 4] != _RECORD_MAGIC:
        return 0
    (size,) = _U32.unpack_from(chunk, at + 4)
    if size < _LEAST_RECORD or at + size > CHUNK_BYTES:
        return 0
    return size if _U32.unpack_from(chunk, at + size - 4)[0] == size else 0


def _parsed(header: bytes, chunks: bytes) -> tuple[Run, list[str]]:
    """Records and the words of the library about what it could not read."""
    errors: list[str] = []
    found: list[Any] = []
    try:
        records = iter(PyEvtxParser(io.BytesIO(header + chunks), 1).records_json())
    except Exception as error:  # noqa: BLE001 - the library's own errors have no type of their own
        return Run(unique=True), [str(error)]
    most_errors = len(chunks) // _LEAST_RECORD  # more errors than records fit in mean no progress
    while len(errors) <= most_errors:
        try:
            found += records
            break
        except Exception as error:  # noqa: BLE001 - see above; asked again, it goes on behind the error
            errors.append(str(error)[:300])
    return Run(
        [record["data"].encode() for record in found], [record["event_record_id"] for record in found], True
    ), errors
