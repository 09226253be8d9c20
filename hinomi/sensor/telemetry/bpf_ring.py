"""The ring buffer of programs in the kernel, read through the memory it shares: all that waits at once, without a call for each record.

Layout (kernel/bpf/ringbuf.c): a page with our position, a page with the kernel's, then the data; a record is a head of 8 bytes
(length with two flags, unused) and its content, filled up to 8. The kernel sets the flag "busy" until a record is whole.
"""

import mmap
import select
import struct
from threading import Lock

_BUSY, _DISCARDED = 1 << 31, 1 << 30
_HEAD_BYTES = 8
_LENGTH = struct.Struct("=I")


class BpfRing:
    """`handle`: of the map, which must stay open; `size`: of its data, a power of two. One thread at a time."""

    def __init__(self, handle: int, size: int) -> None:
        page = mmap.PAGESIZE
        self._size = size
        self._ours = mmap.mmap(handle, page, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
        self._theirs = mmap.mmap(handle, page + size, mmap.MAP_SHARED, mmap.PROT_READ, offset=page)
        self._position = memoryview(self._ours)[:8].cast("Q")  # one store, never seen half
        self._produced = memoryview(self._theirs)[:8].cast("Q")
        self._data = memoryview(self._theirs)[page:]
        self._taken = self._position[0]
        self._turn = Lock()
        self._waiting = select.poll()
        self._waiting.register(handle, select.POLLIN)

    def wait(self, seconds: float) -> bool:
        """Until the kernel's side says that there is something to read (true), or the time is over."""
        return bool(self._waiting.poll(int(seconds * 1000)))

    def read(self) -> list[bytes]:
        """All records that are whole, in their order; none when there are none."""
        begin, produced = self._taken, self._produced[0]
        if begin == produced:
            return []
        self._in_order()
        places, end = _places(self._copy(begin, produced))
        if not end:
            return []
        self._in_order()  # what a record holds is read after its head said that it is whole
        content = self._copy(begin, begin + end)
        self._in_order()  # and copied before the kernel may write over it
        self._taken = self._position[0] = begin + end
        return [content[at:to] for at, to in places]

    def close(self) -> None:
        for view in (self._position, self._produced, self._data):
            view.release()
        self._ours.close()
        self._theirs.close()

    def _copy(self, begin: int, end: int) -> bytes:
        at, size = begin % self._size, end - begin
        if at + size <= self._size:
            return bytes(self._data[at : at + size])
        return bytes(self._data[at:]) + bytes(self._data[: at + size - self._size])

    def _in_order(self) -> None:
        """Memory accesses before stay before those behind, on every processor: two turns of a lock are a full barrier."""
        for _ in range(2):
            with self._turn:
                pass


def _places(run: bytes) -> tuple[list[tuple[int, int]], int]:
    """Where the contents of the whole records stand in a run, and where these end."""
    places: list[tuple[int, int]] = []
    at = 0
    while at < len(run):
        (length,) = _LENGTH.unpack_from(run, at)
        if length & _BUSY:
            break
        size = length & ~_DISCARDED
        if not length & _DISCARDED:
            places.append((at + _HEAD_BYTES, at + _HEAD_BYTES + size))
        at += (size + _HEAD_BYTES + 7) & ~7
    return places, at
