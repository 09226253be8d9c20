"""The face as the rest of the house uses it: many threads, little room."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hinomi.errors import DiskFull
from hinomi.lake.lake import Lake
from tests.lake import making


def test_under_the_floor_nothing_is_written_and_all_is_read(tmp_path: Path) -> None:
    row = making.activity(1_760_000_000_000)
    with Lake.start(tmp_path) as lake:
        lake.write_activities([(1, making.batch(row), None)])
    with Lake.start(tmp_path, floor_bytes=1 << 60) as lake:
        with pytest.raises(DiskFull, match="MiB free"):
            lake.write_activities([(2, making.batch(making.activity(1_760_000_000_000)), None)])
        with pytest.raises(DiskFull):
            lake.write_detections([making.detection(row)])
        assert lake.count("1", {}) == 1


def test_many_threads_write_and_read(lake: Lake, hour: int, window: dict[str, int]) -> None:
    def write(seq: int) -> None:
        rows = [making.activity(hour + seq, objectPid=n) for n in range(50)]
        lake.write_activities([(seq, making.batch(*rows), None)])
        assert lake.count("1", {}, from_ms=hour + seq, to_ms=hour + seq + 1) == 50

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(16)))
    assert lake.count("1", {}, **window) == 16 * 50


def test_writing_nothing_is_allowed(lake: Lake) -> None:
    assert lake.write_activities([]) == 0
    assert lake.write_activities([(1, making.batch(making.activity(1)), [])]) == 0
    assert lake.write_detections([]) == 0
