"""Files read in a process of their own: a second core for the reading, and a parser that dies of a file dies alone.

    parent                         child (python -m hinomi.ingest.apart)
    the files, as JSON  ────────►  read, batch, pack
    packed batches      ◄────────  file, bytes read of it | file, number of records, packed batch

A file the child died of becomes a dead letter, and the next child reads on behind it. What stood in a batch that was lost
with the child is read again; its records have the same identity and are kept once.
"""

import os
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

from hinomi.errors import Unavailable
from hinomi.ingest.protocols.file import File, OnFile, files_below, read_files
from hinomi.own_module import own_command, own_environment
from hinomi.schema.record import DeadLetter, RecordBatch
from hinomi.wire.packing import pack

SILENT_S = 600.0  # without a word: every file is read in pieces, and each piece is a word
FIRST_RECORDS = 625  # so that the rooms behind can begin; an eighth of a full batch
_FILE, _BATCH = b"F", b"B"
_HEAD = struct.Struct("<cIQ")  # kind, index of the file, bytes read of it or records in the batch that follows
_ENTRY = struct.Struct("<QI")  # size of a file, length of its path


@dataclass(frozen=True, slots=True)
class Packed:
    """A batch as `packing.pack` makes it, and how many records it holds."""

    payload: bytes
    records: int


def packed(batches: Iterable[RecordBatch]) -> Iterator[Packed]:
    for batch in batches:
        yield Packed(pack(batch), len(batch.records))


class Reading:
    """Starts to read at once, as far ahead as a pipe holds. Close it, or use it as a context manager."""

    def __init__(self, paths: Iterable[str | Path], *, silent_s: float = SILENT_S) -> None:
        """Raises InputError for a path that is not there."""
        self._silent_s = silent_s
        self._files = files_below(paths)  # those that are left for the child
        before = accumulate((size for _, size in self._files), initial=0)
        self._before = dict(zip((path for path, _ in self._files), before, strict=False))
        self._total = sum(size for _, size in self._files)
        self._has_spoken = False
        self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._child.kill()
        self._child.wait()
        self._pipe.close()

    @property
    def pid(self) -> int:
        """Of the child that reads now."""
        return self._child.pid

    def batches(self, on_file: OnFile | None = None) -> Iterator[Packed]:
        """As `read_paths`, packed. Raises Unavailable when no reader can be started."""
        arrived = at = 0  # all before the file `arrived` has come; the child is at the file `at`
        while self._files:
            message = self._next()
            if message is None:
                if self._child.wait() == 0:
                    return
                if not self._has_spoken:
                    raise Unavailable("the process that reads files did not start")
                yield from packed([self._died_of(arrived, at)])
                arrived = at = 0
                continue
            self._has_spoken = True
            kind, at, number = _HEAD.unpack_from(message)
            if kind == _BATCH:
                arrived = at
                yield Packed(message[_HEAD.size :], number)
            elif on_file is not None:
                path = self._files[at][0]
                on_file(str(path), min(self._before[path] + number, self._total), self._total)

    def _next(self) -> bytes | None:
        """The next message; None when the child has ended, as it does when it says nothing for too long."""
        if not self._pipe.poll(self._silent_s):
            self._child.kill()
            return None
        try:
            return self._pipe.recv_bytes()
        except (EOFError, OSError):
            return None

    def _died_of(self, arrived: int, at: int) -> RecordBatch:
        """The letter about a file, and a new child for those that are left."""
        self.close()
        path, _ = self._files[at]
        self._files = self._files[arrived:at] + self._files[at + 1 :]
        self._start()
        detail = "the reader died of it, or did not come to an end"
        return RecordBatch("file", dead=[DeadLetter("file", str(path), None, "damaged_file", detail)])

    def _start(self) -> None:
        here, there = os.pipe()
        take, give = os.pipe()
        self._child = subprocess.Popen(  # noqa: S603 - our own module
            own_command("hinomi.ingest.apart", str(there)),
            stdin=take,
            pass_fds=[there],
            env=own_environment(),
        )
        os.close(there)
        os.close(take)
        self._pipe = Connection(here, writable=False)
        self._has_spoken = False
        with suppress(BrokenPipeError), os.fdopen(give, "wb") as stream:  # `batches` sees that it has died
            stream.write(_told(self._files))


def _told(files: Iterable[File]) -> bytes:
    """The list of files for the child; paths as the bytes that the system knows them by."""
    names = [(os.fsencode(path), size) for path, size in files]
    return b"".join(_ENTRY.pack(size, len(name)) + name for name, size in names)


def _heard(data: bytes) -> Iterator[File]:
    at = 0
    while at < len(data):
        size, length = _ENTRY.unpack_from(data, at)
        at += _ENTRY.size + length
        yield Path(os.fsdecode(data[at - length : at])), size


def read_apart(files: list[File], send: Callable[[bytes], None]) -> None:
    """The child's whole work."""
    current = 0

    def on_file(index: int, done: int) -> None:
        nonlocal current
        current = index
        send(_HEAD.pack(_FILE, index, done))

    for one in packed(read_files(files, on_file, first_records=FIRST_RECORDS)):
        send(_HEAD.pack(_BATCH, current, one.records) + one.payload)


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends us
    files = list(_heard(sys.stdin.buffer.read()))
    try:
        read_apart(files, Connection(int(sys.argv[1]), readable=False).send_bytes)
    except BrokenPipeError:  # the parent wants no more
        sys.exit(1)


if __name__ == "__main__":
    main()
