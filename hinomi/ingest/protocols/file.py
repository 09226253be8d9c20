"""Files and folders -> batches of records: EVTX, JSON lines, JSON arrays, tables; plain, .gz, .zip, .tar, .tar.gz.

What a file is, its content says, never its name. Nothing that a file holds raises: what cannot be read is a dead letter
in the batch. Only a path that does not exist is the caller's mistake (InputError).
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import IO

from hinomi.errors import InputError
from hinomi.ingest.archive import Member, held, tar_members, zip_members
from hinomi.ingest.batcher import Batcher
from hinomi.ingest.evtx import read_evtx
from hinomi.ingest.limits import Limits
from hinomi.ingest.sniff import HEAD_BYTES, encoding_of, kind_of, layout_of
from hinomi.ingest.stream import Budget, Gunzip, Stream, Trouble, Unpacked, Utf8
from hinomi.ingest.text import Found, Loss, read_lines, read_table, read_values
from hinomi.schema.record import EXCERPT_BYTES, RecordBatch

BATCH_RECORDS, BATCH_BYTES = 5000, 8 << 20

File = tuple[Path, int]  # with its size in bytes
OnFile = Callable[[str, int, int], None]
_Named = tuple[str, Iterator[Found]]
_KNOWN_ENDINGS = (".evtx", ".zip", ".gz", ".tar", ".tgz")  # a file of these that is none is damaged, not foreign


def read_paths(
    paths: Iterable[str | Path],
    *,
    batch_records: int = BATCH_RECORDS,
    batch_bytes: int = BATCH_BYTES,
    limits: Limits | None = None,
    on_file: OnFile | None = None,
) -> Iterator[RecordBatch]:
    """Everything under the paths, folders in the order of their paths, as batches.

    `on_file(path, done, total)` is told the file that is being read and the bytes read of all files together. Raises
    InputError for a path that is not there, before anything is read.
    """
    files = files_below(paths)
    before = list(accumulate((size for _, size in files), initial=0))

    def tell(index: int, done: int) -> None:
        if on_file is not None:
            on_file(str(files[index][0]), min(before[index] + done, before[-1]), before[-1])

    yield from read_files(files, tell, batch_records=batch_records, batch_bytes=batch_bytes, limits=limits)


def read_files(
    files: Sequence[File],
    on_file: Callable[[int, int], None],
    *,
    batch_records: int = BATCH_RECORDS,
    batch_bytes: int = BATCH_BYTES,
    first_records: int | None = None,
    limits: Limits | None = None,
) -> Iterator[RecordBatch]:
    """The files as batches. `on_file(index, bytes read of it)` is told before and after a file, and before each batch.

    `first_records`: smaller batches at the beginning, so that whoever waits for them can begin.
    """
    batcher = Batcher(batch_records, batch_bytes, first_records)
    for index, (path, size) in enumerate(files):
        on_file(index, 0)
        reading = _Reading(path, size, limits or Limits())
        for batch in reading.batches(batcher):
            on_file(index, reading.done)
            yield batch
        on_file(index, size)
    yield from batcher.finish()


def files_below(paths: Iterable[str | Path]) -> list[File]:
    """Every file with its size; folders deeply, links to folders are not followed. InputError for what is not there."""
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            closed: list[OSError] = []
            inside = [Path(folder, name) for folder, _, names in os.walk(path, onerror=closed.append) for name in names]
            # a folder that may not be looked into gets its letter like a file that may not be read
            found += sorted([*inside, *(Path(error.filename) for error in closed)], key=str)
        elif path.exists():
            found.append(path)
        else:
            raise InputError(f"there is no file or folder {path}")
    return [(path, _size(path)) for path in found]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0


class _Reading:
    """One file on disk while it is read."""

    def __init__(self, path: Path, size: int, limits: Limits) -> None:
        self._path, self._limits = path, limits
        self._budget = Budget(limits, size)
        self.done = 0

    def batches(self, batcher: Batcher) -> Iterator[RecordBatch]:
        for name, found in self._parts():
            batcher.begin(name)
            for each in found:
                yield from batcher.add(each)

    def _parts(self) -> Iterator[_Named]:
        name = str(self._path)
        try:
            if not self._path.is_file() and not self._path.is_dir():  # to open a pipe would be to wait
                yield name, _lost(Trouble("unsupported_file", "not a regular file"))
                return
            with self._path.open("rb", buffering=0) as file:
                yield from self._stream(name, Stream(file, self._count), file, 0)
        except OSError as error:
            yield name, _lost(Trouble("damaged_file", f"cannot be read: {error.strerror}"))

    def _count(self, size: int) -> None:
        self.done += size

    def _stream(self, name: str, stream: Stream, file: IO[bytes] | None, depth: int) -> Iterator[_Named]:
        """The records of a stream, and of what is packed in it. `file` is the stream where it can be sought in."""
        head = stream.peek(HEAD_BYTES)
        kind = kind_of(head) if head else "text"
        if kind in ("gzip", "zip", "tar") and depth > self._limits.nesting:
            yield name, _lost(Trouble("archive_limit", "archives nested too deep"))
        elif kind == "gzip":
            unpacked = Stream(Unpacked(Gunzip(stream), self._budget))
            yield from self._stream(name, unpacked, None, depth + 1)
        elif kind == "zip":
            yield from self._zip(name, stream, file, depth)
        elif kind == "tar":
            yield from self._members(name, tar_members(stream, self._budget), depth)
        else:
            yield name, self._records(name, kind, head, stream)

    def _zip(self, name: str, stream: Stream, file: IO[bytes] | None, depth: int) -> Iterator[_Named]:
        opened = file or held(stream, self._limits)
        if isinstance(opened, Trouble):
            yield name, _lost(opened)
        else:
            yield from self._members(name, zip_members(opened, self._budget), depth)

    def _members(self, name: str, members: Iterator[Member], depth: int) -> Iterator[_Named]:
        for member, content in members:
            full_name = f"{name}!{member}" if member else name
            if isinstance(content, Trouble):
                yield full_name, _lost(content)
            else:
                yield from self._stream(full_name, content, None, depth + 1)
            if self._budget.used_bytes > self._budget.allowed_bytes:
                return

    def _records(self, name: str, kind: str, head: bytes, stream: Stream) -> Iterator[Found]:
        if kind == "evtx":
            yield from read_evtx(stream)
        elif kind == "text":
            yield from _read_text(stream, head, self._limits)
        elif stream.trouble is None:
            yield _foreign(name, head)
        if stream.trouble is not None:
            yield Loss(stream.trouble)


def _read_text(stream: Stream, head: bytes, limits: Limits) -> Iterator[Found]:
    encoding, mark = encoding_of(head) or ("utf-8", 0)
    stream.read_fully(mark)
    if encoding != "utf-8":
        stream = Stream(Utf8(stream, encoding))
    head = stream.peek(HEAD_BYTES)
    layout = layout_of(head)
    if layout == "prose":
        yield Loss(Trouble("unsupported_file", "text that is neither JSON nor a table"), head[:EXCERPT_BYTES])
        return
    yield from {"lines": read_lines, "values": read_values, "table": read_table}[layout](stream, limits)
    if encoding != "utf-8" and stream.trouble is not None:
        yield Loss(stream.trouble)


def _foreign(name: str, head: bytes) -> Loss:
    """Bytes that are no text and no format we know."""
    if name.lower().endswith(_KNOWN_ENDINGS):
        return Loss(Trouble("damaged_file", "the file does not begin as its name says", 0), head[:EXCERPT_BYTES])
    return Loss(Trouble("unsupported_file", "neither text nor a known format"), head[:EXCERPT_BYTES])


def _lost(trouble: Trouble) -> Iterator[Found]:
    yield Loss(trouble)
