"""The sensor's spool: what `append` returned from is there after any end, in order; over its limit the oldest goes, counted."""

import itertools
import os
import shutil
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hinomi.sensor.spool import SensorSpool

PAYLOAD = os.urandom(20_000)


def taken(spool: SensorSpool) -> list[int]:
    numbers = []
    while (frame := spool.take()) is not None:
        numbers.append(frame.number)
    return numbers


def test_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    first = SensorSpool(tmp_path / "s", 1 << 20)
    assert first.was_lost
    first.append(b"a", 3)
    first.append(b"b", 2)
    first.acknowledge(1)
    first.close()
    second = SensorSpool(tmp_path / "s", 1 << 20)
    assert (second.was_lost, second.sequence) == (False, 5)
    frame = second.take()
    assert frame is not None
    assert (frame.number, frame.first, frame.records, frame.payload) == (2, 4, 2, b"b")
    second.close()


def test_over_the_limit_the_oldest_goes_and_is_counted(tmp_path: Path) -> None:
    limit = 1 << 20
    spool = SensorSpool(tmp_path / "s", limit)
    lost = [each for _ in range(200) if (each := spool.append(PAYLOAD, 10)) is not None]
    assert spool.size_bytes <= limit
    assert lost[0].first == 1
    assert all(after.first == before.last + 1 for before, after in itertools.pairwise(lost))
    kept = taken(spool)
    assert kept == list(range(kept[0], 201))
    assert sum(each.records for each in lost) == 10 * (kept[0] - 1)
    spool.close()


def test_what_the_server_has_is_no_loss(tmp_path: Path) -> None:
    spool = SensorSpool(tmp_path / "s", 1 << 20)
    for number in range(1, 201):
        assert spool.append(PAYLOAD, 1) is None
        spool.acknowledge(number)
    assert taken(spool) == []
    spool.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=12),
    cut=st.integers(0, 30_000),
    noise=st.binary(max_size=40),
)
def test_a_torn_end_is_cut_and_what_stood_before_stays(
    tmp_path: Path, sizes: list[int], cut: int, noise: bytes
) -> None:
    folder = tmp_path / "s"
    shutil.rmtree(folder, ignore_errors=True)
    spool = SensorSpool(folder, 1 << 20)
    for size in sizes:
        spool.append(PAYLOAD[:size], 1)
    spool._close_file()  # killed: no marker is written
    (segment,) = folder.glob("*.seg")
    whole = segment.read_bytes()
    end = max(0, len(whole) - cut)
    segment.write_bytes(whole[:end] + noise)
    again = SensorSpool(folder, 1 << 20)
    kept = taken(again)
    assert kept == list(range(1, len(kept) + 1))
    header = (len(whole) - sum(sizes)) // len(sizes)
    stood = sum(1 for index in range(len(sizes)) if sum(sizes[: index + 1]) + header * (index + 1) <= end)
    assert len(kept) == stood
    again.append(b"next", 1)
    assert len(taken(again)) == 1
    again.close()
