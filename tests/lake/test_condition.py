"""The lake tells how it is, damage included."""

import os
from pathlib import Path

import pytest

from hinomi.errors import Unavailable
from hinomi.lake.lake import Lake
from tests.lake import making

BASE_MS = 1_760_000_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed lake with three parts of a thousand activities each."""
    with Lake.start(tmp_path) as lake:
        for seq in range(3):
            rows = [making.activity(BASE_MS + seq * 1000 + n, objectCmd=f"command {seq} {n}") for n in range(1000)]
            lake.write_activities([(seq, making.batch(*rows), None)])
    return tmp_path


def first_part(folder: Path) -> Path:
    """The data file of the first part of activities (a part of another table is smaller)."""
    return max(folder.glob("store/store/*/*/*_1_1_0/data.bin"), key=lambda path: path.stat().st_size)


def test_status_counts(folder: Path) -> None:
    with Lake.start(folder) as lake:
        status = lake.status()
        assert (status.activities, status.detections, status.processes) == (3000, 0, 0)
        assert (status.oldest_ms, status.newest_ms) == (BASE_MS, BASE_MS + 2999)
        assert status.bytes_uncompressed > status.bytes_on_disk > 0
        assert status.ratio > 1
        assert status.owner_rss_bytes > 50 << 20
        assert status.damaged_parts == ()
        lake.optimise()
        assert lake.status().parts == 1
        assert lake.verify() == []


def test_an_empty_lake_is_small_and_has_no_age(tmp_path: Path) -> None:
    with Lake.start(tmp_path) as lake:
        status = lake.status()
    assert status.owner_rss_bytes < 400 << 20
    assert (status.oldest_ms, status.newest_ms, status.ratio) == (None, None, 1.0)


def test_a_truncated_part_is_set_aside_and_named(folder: Path) -> None:
    data = first_part(folder)
    os.truncate(data, data.stat().st_size // 2)
    with Lake.start(folder) as lake:
        assert lake.count("1", {}) == 2000
        (named,) = lake.status().damaged_parts
        assert named.startswith("activities/broken-on-start")
        assert lake.verify() == [named]


def test_a_garbled_part_is_named_and_harms_no_other(folder: Path) -> None:
    data = first_part(folder)
    with data.open("r+b") as stream:
        stream.seek(data.stat().st_size // 2)
        stream.write(b"\xff" * 2000)
    with Lake.start(folder) as lake:
        with pytest.raises(Unavailable, match="verify"):
            lake.search("1", {}, limit=10_000)
        (named,) = lake.verify()
        assert named.startswith(f"activities/{data.parent.name}")
        assert len(lake.search("1", {}, from_ms=BASE_MS + 1000, columns=["objectCmd"], limit=10_000)) == 2000
