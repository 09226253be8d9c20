"""The spool: what was acknowledged is there, whatever happens to the process or the file."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinomi.errors import DiskFull
from hinomi.ingest.spool import Spool
from hinomi.schema.record import DeadLetter, RecordBatch
from tests import make

_LETTERS = st.builds(
    DeadLetter,
    source=st.text(max_size=5),
    file=st.text(max_size=5),
    offset=st.none() | st.integers(0, 2**62),
    reason=st.sampled_from(["too_large", "no_time"]),
    detail=st.text(max_size=5),
    excerpt=st.binary(max_size=9),
)


@st.composite
def batches(draw: Any) -> RecordBatch:
    records = draw(st.lists(st.binary(max_size=50), max_size=5))
    count = len(records)
    files = draw(st.lists(st.text(max_size=5), min_size=1, max_size=2))
    return RecordBatch(
        source="file",
        files=files,
        records=records,
        file_of=draw(st.lists(st.integers(0, len(files) - 1), min_size=count, max_size=count)),
        numbers=draw(st.lists(st.integers(0, 2**62), min_size=count, max_size=count)),
        occurrences=draw(st.lists(st.integers(0, 9), min_size=count, max_size=count)),
        dead=draw(st.lists(_LETTERS, max_size=2)),
    )


def batch(text: str) -> RecordBatch:
    return make.record_batch(f'"{text}"'.encode())


def texts(spool: Spool, after: int = 0) -> list[tuple[int, list[bytes]]]:
    return [(sequence, one.records) for sequence, one in spool.take(after, 1_000_000)]


@settings(max_examples=30, deadline=None)
@given(given_batches=st.lists(batches(), min_size=1, max_size=4))
def test_what_is_appended_is_taken_as_it_was(
    given_batches: list[RecordBatch], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("spool")
    spool = Spool(folder, floor_bytes=0)
    numbers = [spool.append(one) for one in given_batches]
    assert spool.take(0, 1_000_000) == list(zip(numbers, given_batches, strict=True))
    spool.close()
    assert Spool(folder, floor_bytes=0).take(0, 1_000_000) == list(zip(numbers, given_batches, strict=True))


def test_take_gives_at_least_one_batch_and_stops_at_the_limit(tmp_path: Path) -> None:
    spool = Spool(tmp_path, floor_bytes=0)
    for count in (3, 2, 2):
        spool.append(make.record_batch(*[b"{}"] * count))
    assert [sequence for sequence, _ in spool.take(0, 1)] == [1]
    assert [sequence for sequence, _ in spool.take(0, 5)] == [1, 2]
    assert [sequence for sequence, _ in spool.take(1, 100)] == [2, 3]
    assert spool.take(3, 100) == []


def test_segments_that_are_done_go_and_their_numbers_never_come_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path, floor_bytes=0, segment_bytes=1)  # a segment for each batch
    for text in "abc":
        spool.append(batch(text))
    spool.done(2)
    assert [path.name for path in sorted(tmp_path.glob("*.seg"))] == [f"{3:020d}.seg"]
    spool.done(3)
    spool.close()
    again = Spool(tmp_path, floor_bytes=0, segment_bytes=1)
    assert list(tmp_path.glob("*.seg")) == []
    assert again.last == 3
    assert again.append(batch("d")) == 4
    assert texts(again, 3) == [(4, [b'"d"'])]


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_a_torn_end_is_cut_off_and_its_number_used_again(tmp_path: Path, kept: float) -> None:
    spool = Spool(tmp_path, floor_bytes=0)
    spool.append(batch("first"))
    (segment,) = tmp_path.glob("*.seg")
    whole = segment.stat().st_size
    spool.append(batch("second"))
    torn = whole + int((segment.stat().st_size - whole) * kept)
    os.truncate(segment, torn)
    again = Spool(tmp_path, floor_bytes=0)
    assert segment.stat().st_size == whole
    assert again.append(batch("third")) == 2
    assert texts(again) == [(1, [b'"first"']), (2, [b'"third"'])]


def test_a_torn_end_of_zeros_is_cut_off(tmp_path: Path) -> None:
    spool = Spool(tmp_path, floor_bytes=0)
    spool.append(batch("first"))
    (segment,) = tmp_path.glob("*.seg")
    os.truncate(segment, segment.stat().st_size + 5000)
    assert texts(Spool(tmp_path, floor_bytes=0)) == [(1, [b'"first"'])]


def test_every_flipped_byte_costs_at_most_its_own_batch(tmp_path: Path) -> None:
    spool = Spool(tmp_path, floor_bytes=0)
    ends = []
    for text in "abc":
        spool.append(batch(text))
        (segment,) = tmp_path.glob("*.seg")
        ends.append(segment.stat().st_size)
    spool.close()
    content = segment.read_bytes()
    for at in range(ends[0], ends[1]):
        segment.write_bytes(content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :])
        found = Spool(tmp_path, floor_bytes=0).take(0, 1000)
        assert [sequence for sequence, _ in found] == [1, 2, 3], at
        assert [one.records for _, one in found] == [[b'"a"'], [], [b'"c"']], at
        assert [letter.reason for letter in found[1][1].dead] == ["damaged_record"], at


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_random_bytes_in_a_segment_never_stop_the_spool(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("spool")
    (folder / f"{1:020d}.seg").write_bytes(data.draw(st.binary(max_size=200)))
    spool = Spool(folder, floor_bytes=0)
    number = spool.append(batch("new"))
    assert texts(spool, number - 1) == [(number, [b'"new"'])]


def test_below_the_floor_nothing_is_acknowledged(tmp_path: Path) -> None:
    Spool(tmp_path, floor_bytes=0).append(batch("first"))
    spool = Spool(tmp_path, floor_bytes=1 << 62)
    with pytest.raises(DiskFull):
        spool.append(batch("second"))
    assert not spool.has_room()
    assert texts(spool) == [(1, [b'"first"'])]


_FILLING = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
from hinomi.errors import DiskFull
from hinomi.ingest.spool import Spool
from hinomi.schema.record import RecordBatch
import random
spool = Spool(sys.argv[1], floor_bytes=0)
noise = random.Random(1)
try:
    while True:
        spool.append(RecordBatch("file", ["f"], [noise.randbytes(7_000)], [0], [1], [0]))
except DiskFull:
    pass
spool.append(RecordBatch("file", ["f"], [b"small"], [0], [1], [0]))
print(spool.last)
"""


def test_a_write_the_disk_refuses_half_way_leaves_the_spool_as_before(tmp_path: Path) -> None:
    printed = subprocess.run(
        [sys.executable, "-c", _FILLING, tmp_path], check=True, capture_output=True, text=True
    ).stdout
    found = Spool(tmp_path, floor_bytes=0).take(0, 1000)
    assert [sequence for sequence, _ in found] == list(range(1, int(printed) + 1))
    assert found[-1][1].records == [b"small"]
    assert not any(one.dead for _, one in found)


_APPENDING = """
import os, sys
from hinomi.ingest.spool import Spool
from hinomi.schema.record import RecordBatch
spool = Spool(sys.argv[1], floor_bytes=0, segment_bytes=200_000)
number = spool.last
while True:
    record = (b"%d " % (number + 1)) + os.urandom(20_000)
    number = spool.append(RecordBatch("file", ["f"], [record], [0], [1], [0]))
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


def test_kill_9_amid_appending_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    acknowledged = 0
    for lines in (1, 7, 30):
        writer = subprocess.Popen([sys.executable, "-c", _APPENDING, tmp_path], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        for _ in range(lines):
            acknowledged = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        told = writer.stdout.read().split("\n")
        writer.wait()
        acknowledged = max([acknowledged, *(int(line) for line in told[:-1] if line)])
        writer.stdout.close()
        spool = Spool(tmp_path, floor_bytes=0)
        found = spool.take(0, 1_000_000)
        assert spool.last >= acknowledged
        assert [sequence for sequence, _ in found] == list(range(1, spool.last + 1))
        assert all(one.records[0].startswith(b"%d " % sequence) for sequence, one in found)
