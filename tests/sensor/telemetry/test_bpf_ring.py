"""Records out of a ring as the kernel lays it out, here in a file in memory that this test writes."""

import mmap
import os
import struct
from collections.abc import Iterator

import pytest

from hinomi.sensor.telemetry.bpf_ring import BpfRing

SIZE = mmap.PAGESIZE
BUSY, DISCARDED = 1 << 31, 1 << 30


class Kernel:
    """The other side of the ring."""

    def __init__(self) -> None:
        self.handle = os.memfd_create("ring")
        os.ftruncate(self.handle, 2 * mmap.PAGESIZE + SIZE)
        self.at = 0

    def write(self, content: bytes, flags: int = 0) -> int:
        """The place of its head."""
        place = self.at
        self.mark(place, len(content) | flags)
        for number, byte in enumerate(content):
            os.pwrite(self.handle, bytes([byte]), self._place(place + 8 + number))
        self.at += (8 + len(content) + 7) & ~7
        os.pwrite(self.handle, struct.pack("=Q", self.at), mmap.PAGESIZE)
        return place

    def mark(self, place: int, length: int) -> None:
        os.pwrite(self.handle, struct.pack("=II", length, 0), self._place(place))

    @property
    def taken(self) -> int:
        return int(struct.unpack("=Q", os.pread(self.handle, 8, 0))[0])

    def _place(self, position: int) -> int:
        return 2 * mmap.PAGESIZE + position % SIZE


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    made = Kernel()
    yield made
    os.close(made.handle)


@pytest.fixture
def ring(kernel: Kernel) -> Iterator[BpfRing]:
    made = BpfRing(kernel.handle, SIZE)
    yield made
    made.close()


def test_records_come_in_order_and_once(kernel: Kernel, ring: BpfRing) -> None:
    assert ring.read() == []
    for content in (b"a", b"twelve bytes", b"", b"c" * 100):
        kernel.write(content)
    assert ring.read() == [b"a", b"twelve bytes", b"", b"c" * 100]
    assert kernel.taken == kernel.at
    assert ring.read() == []


def test_a_record_that_is_being_written_holds_up_those_behind_it(kernel: Kernel, ring: BpfRing) -> None:
    kernel.write(b"whole")
    place = kernel.write(b"half", BUSY)
    kernel.write(b"behind")
    assert ring.read() == [b"whole"]
    assert kernel.taken == place
    kernel.mark(place, 4)
    assert ring.read() == [b"half", b"behind"]


def test_a_discarded_record_is_passed_over(kernel: Kernel, ring: BpfRing) -> None:
    kernel.write(b"never sent", DISCARDED)
    assert ring.read() == []
    assert kernel.taken == kernel.at
    kernel.write(b"sent")
    assert ring.read() == [b"sent"]


def test_records_go_round_the_end(kernel: Kernel, ring: BpfRing) -> None:
    for number in range(300):
        content = struct.pack("=H", number) * (1 + number * 7 % 500)
        kernel.write(content)
        assert ring.read() == [content], number
    assert kernel.taken > 10 * SIZE


def test_a_ring_goes_on_where_it_was(kernel: Kernel) -> None:
    first = BpfRing(kernel.handle, SIZE)
    kernel.write(b"first")
    assert first.read() == [b"first"]
    first.close()
    second = BpfRing(kernel.handle, SIZE)
    kernel.write(b"second")
    assert second.read() == [b"second"]
    second.close()
