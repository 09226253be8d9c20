"""The spool: batches on disk before anyone is told that they arrived.

Append-only segments of frames (frame.py), named after the first sequence number they hold. `append` returns only after
fsync; so after kill -9 or a power cut every acknowledged batch is there, and at most one that was not is cut off at the
next start. Sequence numbers rise by one and never come twice. One process at a time; threads may share a spool.
"""

import errno
import fcntl
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hinomi.errors import DiskFull, Unavailable
from hinomi.ingest.frame import HEADER_BYTES, MAGIC, Header, decode, encode, is_whole, read_header
from hinomi.schema.record import DeadLetter, RecordBatch
from hinomi.wire.packing import pack

SEGMENT_BYTES = 64 << 20
FLOOR_BYTES = 256 << 20  # room that is left for the databases to close their transactions
MARKER, _HOLD = "done", "hold"
_ENDING = ".seg"
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a frame lies; `header` is None for a stretch that is damaged."""

    sequence: int
    offset: int
    header: Header | None


@dataclass(slots=True)
class _Segment:
    path: Path
    size: int = 0
    places: list[_Place] = field(default_factory=list)


class Spool:
    """Batches in order, until `done` says that they are needed no more."""

    def __init__(
        self,
        folder: str | Path,
        *,
        floor_bytes: int = FLOOR_BYTES,
        segment_bytes: int = SEGMENT_BYTES,
        at_least: int = 0,
    ) -> None:
        """Opens what is there, cutting off a torn end. `at_least`: a sequence number known to be used up elsewhere."""
        self._folder = Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._floor_bytes, self._segment_bytes = floor_bytes, segment_bytes
        self._lock = threading.Lock()
        self._file: int | None = None  # the segment that is written to
        self._done, used = self._read_marker()
        self._segments = [_scanned(path) for path in segments(self._folder)]
        if self._segments:
            _cut_torn_end(self._segments[-1])
        ends = [segment.places[-1].sequence for segment in self._segments if segment.places]
        self._last = max(at_least, self._done, used, *ends)
        self._forget()

    @property
    def last(self) -> int:
        """The newest sequence number; 0 when there never was one."""
        return self._last

    def append(self, batch: RecordBatch) -> int:
        """Lay a batch down; its sequence number. On return it is on disk.

        Raises DiskFull when less than the floor would stay free, or the disk refuses; the spool is then as before.
        """
        return self.append_packed(pack(batch))

    def append_packed(self, payload: bytes) -> int:
        """`append` for a batch that `packing.pack` has made bytes of; what came over a network was unpacked on trial."""
        with self._lock:
            sequence = self._last + 1
            frame = encode(sequence, payload)
            if not self.has_room(len(frame)):
                raise DiskFull(f"less than {self._floor_bytes >> 20} MB would stay free at {self._folder}")
            segment, file = self._open_segment(sequence)
            self._write(segment, file, frame)
            segment.places.append(_Place(sequence, segment.size, read_header(frame)))
            segment.size += len(frame)
            self._last = sequence
            return sequence

    def take(self, after: int, max_records: int) -> list[tuple[int, RecordBatch]]:
        """The oldest batches above sequence number `after`: at least one if there is any, else up to `max_records`.

        A frame that is damaged comes as a batch without records and with the letter about it.
        """
        with self._lock:
            waiting = [
                (segment, place) for segment in self._segments for place in segment.places if place.sequence > after
            ]
        taken: list[tuple[int, RecordBatch]] = []
        count = 0
        for segment, place in waiting:
            batch = _read(segment, place)
            if taken and count + len(batch.records) > max_records:
                break
            taken.append((place.sequence, batch))
            count += len(batch.records)
            if count >= max_records:
                break
        return taken

    def done(self, sequence: int) -> None:
        """Nothing up to `sequence` is needed any more; segments wholly done are deleted."""
        with self._lock:
            self._done = max(self._done, sequence)
            self._forget()

    def has_room(self, size: int = 0) -> bool:
        """Whether `size` more bytes leave the floor free."""
        return shutil.disk_usage(self._folder).free - size >= self._floor_bytes

    def close(self) -> None:
        with self._lock:
            self._close_file()
            self._write_marker()

    def _open_segment(self, sequence: int) -> tuple[_Segment, int]:
        """The segment to write to; a new one when the last is full."""
        if self._segments and self._segments[-1].size < self._segment_bytes:
            segment = self._segments[-1]
            if self._file is None:
                self._file = os.open(segment.path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
            return segment, self._file
        self._close_file()
        path = self._folder / f"{sequence:020d}{_ENDING}"
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            _sync_folder(self._folder)
        except OSError as error:
            raise _refused(error, path) from error
        segment = _Segment(path)
        self._segments.append(segment)
        return segment, self._file

    def _write(self, segment: _Segment, file: int, frame: bytes) -> None:
        try:
            rest = memoryview(frame)
            while rest:
                rest = rest[os.write(file, rest) :]
            os.fsync(file)
        except OSError as error:
            # what is half written must not stand before the next frame; after a failed fsync nothing of it is sure
            os.ftruncate(file, segment.size)
            self._close_file()
            raise _refused(error, segment.path) from error

    def _close_file(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _forget(self) -> None:
        """Delete the segments that are wholly done, the marker first: with them goes the memory of their numbers."""
        full = self._segments[:-1] if self._file is not None else self._segments
        gone = [segment for segment in full if all(place.sequence <= self._done for place in segment.places)]
        if not gone:
            return
        with _may_delete(self._folder) as may:
            if not may:  # next time
                return
            self._write_marker()
            for segment in gone:
                segment.path.unlink(missing_ok=True)
        names = {segment.path for segment in gone}
        self._segments = [segment for segment in self._segments if segment.path not in names]

    def _write_marker(self) -> None:
        """The newest number that was ever given, and how far all is done."""
        path, draft = self._folder / MARKER, self._folder / f"{MARKER}.new"
        with draft.open("w") as file:
            file.write(f"{self._done} {self._last}\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync_folder(self._folder)

    def _read_marker(self) -> tuple[int, int]:
        try:
            done, last = map(int, (self._folder / MARKER).read_text().split())
        except (OSError, ValueError):  # there is none yet
            return 0, 0
        return done, last


@contextmanager
def held_spool(folder: Path) -> Iterator[None]:
    """While a back-up copies a spool no segment of it is deleted, by whatever process. Waits for a deletion under way."""
    with (folder / _HOLD).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


@contextmanager
def _may_delete(folder: Path) -> Iterator[bool]:
    with (folder / _HOLD).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def segments(folder: Path) -> list[Path]:
    """The files with batches, oldest first."""
    return sorted(folder.glob(f"*{_ENDING}"))


def _refused(error: OSError, path: Path) -> Exception:
    if error.errno in _NO_ROOM:
        return DiskFull(f"no room left for {path}")
    return Unavailable(f"cannot write {path}: {error.strerror}")


def _sync_folder(folder: Path) -> None:
    """Makes names in the folder last, not only contents."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _scanned(path: Path) -> _Segment:
    segment = _Segment(path, path.stat().st_size)
    with path.open("rb") as file:
        segment.places = list(_places(file.fileno(), segment.size, int(path.stem) if path.stem.isdecimal() else 1))
    return segment


def _places(file: int, size: int, first: int) -> Iterator[_Place]:
    """Frames from the beginning to the end of a segment; what lies between them and is none, as damaged places."""
    offset, expected = 0, first
    while offset < size:
        header = read_header(os.pread(file, HEADER_BYTES, offset))
        end = offset + HEADER_BYTES + header.length if header else 0
        if header is not None and end <= size and header.sequence >= expected:
            yield _Place(header.sequence, offset, header)
            offset, expected = end, header.sequence + 1
            continue
        found = _next_frame(file, offset + 1, size, expected)
        if found is None:
            yield _Place(expected, offset, None)
            return
        next_offset, sequence = found
        yield _Place(max(expected, sequence - 1), offset, None)
        offset, expected = next_offset, sequence


_SEARCH_BYTES = 1 << 20


def _next_frame(file: int, offset: int, size: int, expected: int) -> tuple[int, int] | None:
    """Offset and sequence number of the next sound header whose frame fits."""
    while offset < size:
        block = os.pread(file, _SEARCH_BYTES + HEADER_BYTES, offset)
        at = block.find(MAGIC)
        while 0 <= at < _SEARCH_BYTES:
            header = read_header(block[at : at + HEADER_BYTES])
            fits = header is not None and offset + at + HEADER_BYTES + header.length <= size
            if header is not None and fits and header.sequence >= expected:
                return offset + at, header.sequence
            at = block.find(MAGIC, at + 1)
        offset += _SEARCH_BYTES
    return None


def _cut_torn_end(segment: _Segment) -> None:
    """Drop what follows the last sound frame of the newest segment: it was never acknowledged.

    A damaged frame with sound ones behind it is no torn end, and stays to be reported.
    """
    with segment.path.open("rb+") as file:
        while segment.places and not _is_sound(file.fileno(), segment.places[-1]):
            segment.size = segment.places.pop().offset
        if segment.path.stat().st_size > segment.size:
            file.truncate(segment.size)
            os.fsync(file.fileno())


def _is_sound(file: int, place: _Place) -> bool:
    header = place.header
    return header is not None and is_whole(header, os.pread(file, header.length, place.offset + HEADER_BYTES))


def _read(segment: _Segment, place: _Place) -> RecordBatch:
    header = place.header
    if header is not None:
        with segment.path.open("rb") as file:
            batch = decode(header, os.pread(file.fileno(), header.length, place.offset + HEADER_BYTES))
        if batch is not None:
            return batch
    detail = f"batch {place.sequence} of the spool is damaged"
    letter = DeadLetter("spool", str(segment.path), place.offset, "damaged_record", detail)
    return RecordBatch("spool", dead=[letter])
