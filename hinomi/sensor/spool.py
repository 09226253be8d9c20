"""The sensor's spool: batches on its disk until the server says that they are on its own.

`append` returns after fsync. Batches have numbers that rise by one, records have sequence numbers without a gap, and both go
on after a restart. When it is larger than it may be, the oldest segment goes, and `append` says what went.
"""

import os
import threading
from dataclasses import dataclass
from pathlib import Path

from hinomi.sensor.disk import OWN, sync_content, sync_folder
from hinomi.sensor.segment import HEADER_BYTES, Frame, Segment, encode, read_frame, scan

SEGMENT_BYTES = 4 << 20
LEAST_SEGMENTS = 8  # of a small spool, so that one that goes is an eighth and not all
_ENDING = ".seg"
_MARKER = "acknowledged"


@dataclass(frozen=True, slots=True)
class Dropped:
    """What went because there was no room: sequence numbers from `first` to `last`."""

    records: int
    first: int
    last: int


class SensorSpool:
    """Thread-safe: one thread appends, another takes."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        """Opens what is there and cuts off a torn end. `was_lost`: there is a spool, and it remembers nothing of before."""
        self._folder = folder
        self.was_lost = not (folder / _MARKER).is_file()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._file: int | None = None
        self._readers: tuple[Path, int] | None = None
        self.set_limit(limit_bytes)
        self._acknowledged, number, sequence = self._marker()
        self._segments = [scan(path) for path in sorted(folder.glob(f"*{_ENDING}"))]
        self._mend()
        kept = [segment for segment in self._segments if segment.records]
        self._number = max([number, self._acknowledged, *(segment.last_number for segment in kept)])
        self._sequence = max([sequence, *(segment.last_sequence for segment in kept)])
        self._cursor = (0, 0)  # next to take: index of the segment, offset
        self._write_marker()

    def set_limit(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._segment_bytes = max(64 << 10, min(SEGMENT_BYTES, limit_bytes // LEAST_SEGMENTS))

    @property
    def sequence(self) -> int:
        """Of the newest record."""
        return self._sequence

    @property
    def acknowledged(self) -> int:
        return self._acknowledged

    @property
    def waiting_batches(self) -> int:
        return self._number - self._acknowledged

    @property
    def size_bytes(self) -> int:
        with self._lock:
            return sum(segment.size for segment in self._segments)

    def append(self, packed: bytes, records: int) -> Dropped | None:
        """Lay a batch of the next `records` sequence numbers down; what had to go for it. OSError; then nothing changed."""
        with self._lock:
            frame = Frame(self._number + 1, self._sequence + 1, records, packed)
            segment, file = self._open(frame.number)
            self._write(segment, file, encode(frame))
            segment.count(frame)
            self._number, self._sequence = frame.number, self._sequence + records
            return self._make_room()

    def take(self) -> Frame | None:
        """The next batch that was not taken yet; None when there is none."""
        with self._lock:
            while self._cursor[0] < len(self._segments):
                index, offset = self._cursor
                segment = self._segments[index]
                if offset < segment.size:
                    frame = read_frame(self._reader(segment.path), offset)
                    if frame is not None:
                        self._cursor = (index, offset + HEADER_BYTES + len(frame.payload))
                        if frame.number > self._acknowledged:
                            return frame
                        continue
                if index == len(self._segments) - 1:
                    return None
                self._cursor = (index + 1, 0)
            return None

    def take_again(self) -> None:
        """From now on `take` begins at the oldest that is not acknowledged: the channel was lost."""
        with self._lock:
            self._cursor = (0, 0)

    def acknowledge(self, number: int) -> None:
        """All batches up to this number are on the server's disk; segments that hold nothing else are deleted."""
        with self._lock:
            if not self._acknowledged < number <= self._number:
                return
            self._acknowledged = number
            gone = 0
            for segment in self._segments:
                if segment.last_number > number or (
                    segment is self._segments[-1] and segment.size < self._segment_bytes
                ):
                    break
                gone += 1
            if gone:
                self._forget(gone)

    def close(self) -> None:
        with self._lock:
            self._write_marker()
            self._close_file()
            self._close_reader()

    # ---- inside the lock --------------------------------------------------------------------------------------------
    def _open(self, number: int) -> tuple[Segment, int]:
        if self._segments and self._segments[-1].size < self._segment_bytes:
            segment = self._segments[-1]
            if self._file is None:
                self._file = os.open(segment.path, os.O_WRONLY | os.O_APPEND | OWN)
            return segment, self._file
        self._close_file()
        path = self._folder / f"{number:020d}{_ENDING}"
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_TRUNC | OWN, 0o600)
        sync_folder(self._folder)
        segment = Segment(path)
        self._segments.append(segment)
        return segment, self._file

    def _write(self, segment: Segment, file: int, frame: bytes) -> None:
        try:
            rest = memoryview(frame)
            while rest:
                rest = rest[os.write(file, rest) :]
            sync_content(file)
        except OSError:
            os.ftruncate(file, segment.size)  # what is half written must not stand before the next frame
            raise

    def _make_room(self) -> Dropped | None:
        total = sum(segment.size for segment in self._segments)
        gone = 0
        while total > self._limit_bytes and gone < len(self._segments) - 1:
            total -= self._segments[gone].size
            gone += 1
        if not gone:
            return None
        # of the segments that go, what the server has already is no loss; counted by whole batches
        lost = [self._unacknowledged(segment) for segment in self._segments[:gone]]
        self._acknowledged = max(self._acknowledged, self._segments[gone - 1].last_number)
        self._forget(gone)
        found = [each for each in lost if each is not None]
        if not found:
            return None
        return Dropped(sum(each.records for each in found), found[0].first, found[-1].last)

    def _unacknowledged(self, segment: Segment) -> Dropped | None:
        if segment.last_number <= self._acknowledged:
            return None
        first = segment.first_sequence
        if segment.first_number <= self._acknowledged:
            first = self._first_after(segment)
        return Dropped(segment.last_sequence - first + 1, first, segment.last_sequence)

    def _first_after(self, segment: Segment) -> int:
        offset, file = 0, self._reader(segment.path)
        while (frame := read_frame(file, offset)) is not None:
            if frame.number > self._acknowledged:
                return frame.first
            offset += HEADER_BYTES + len(frame.payload)
        return segment.last_sequence

    def _forget(self, count: int) -> None:
        """Delete the oldest segments, the marker first: with them goes the memory of their numbers."""
        self._write_marker()
        if count == len(self._segments):
            self._close_file()
        self._close_reader()
        for segment in self._segments[:count]:
            segment.path.unlink(missing_ok=True)
        self._segments = self._segments[count:]
        index, offset = self._cursor
        self._cursor = (index - count, offset) if index >= count else (0, 0)

    def _mend(self) -> None:
        """Empty files go; a torn end is cut, so that what is appended next stands behind whole frames."""
        for segment in self._segments:
            if not segment.records:
                segment.path.unlink()
        self._segments = [segment for segment in self._segments if segment.records]
        for segment in self._segments:
            if segment.path.stat().st_size > segment.size:
                os.truncate(segment.path, segment.size)

    def _reader(self, path: Path) -> int:
        if self._readers is None or self._readers[0] != path:
            self._close_reader()
            self._readers = (path, os.open(path, os.O_RDONLY | OWN))
        return self._readers[1]

    def _close_reader(self) -> None:
        if self._readers is not None:
            os.close(self._readers[1])
            self._readers = None

    def _close_file(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _write_marker(self) -> None:
        draft = self._folder / f"{_MARKER}.new"
        with draft.open("w") as file:
            file.write(f"{self._acknowledged} {self._number} {self._sequence}\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._folder / _MARKER)
        sync_folder(self._folder)

    def _marker(self) -> tuple[int, int, int]:
        try:
            acknowledged, number, sequence = map(int, (self._folder / _MARKER).read_text().split())
        except (OSError, ValueError):
            return 0, 0, 0
        return acknowledged, number, sequence
