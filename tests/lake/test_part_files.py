"""Parts that are not on the disk are found, by a look and by their size; and no write that failed is acknowledged."""

import contextlib
import os
import random
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hinomi.errors import DiskFull, Unavailable
from hinomi.lake.lake import Lake
from hinomi.lake.part_files import PartFiles
from tests.lake import making
from tests.small_disk import small_disk

FILES = {"checksums.txt": b"c", "columns.txt": b"columns", "count.txt": b"1", "data.bin": b"x" * 100, "empty.bin": b""}


def part(store: Path, name: str, **changed: bytes) -> Path:
    folder = store / "store" / "abc" / "abc-1" / name
    folder.mkdir(parents=True)
    for file, content in (FILES | {name.replace("_", "."): content for name, content in changed.items()}).items():
        (folder / file).write_bytes(content)
    return folder


def test_a_part_whose_first_files_are_empty_is_hollow_once(tmp_path: Path) -> None:
    part(tmp_path, "202611_1_1_0", count_txt=b"")  # was there before
    files = PartFiles(tmp_path, list)
    assert files.hollow() is None
    part(tmp_path, "202611_2_2_0")
    part(tmp_path, "tmp_merge_202611_1_2_1", count_txt=b"")  # is being written
    assert files.hollow() is None
    bad = part(tmp_path, "202611_3_3_0", checksums_txt=b"")
    assert files.hollow() == bad
    assert files.hollow() is None


def test_a_part_with_fewer_bytes_than_the_engine_counts_is_truncated(tmp_path: Path) -> None:
    listed: list[tuple[str, int]] = []
    files = PartFiles(tmp_path, lambda: listed)
    whole, short = part(tmp_path, "all_1_1_0"), part(tmp_path, "all_2_2_0", data_bin=b"x" * 99)
    size = sum(file.stat().st_size for file in whole.iterdir())
    listed.append((str(whole), size))
    assert files.truncated() is None
    listed.append((str(short), size))
    listed.append((str(tmp_path / "gone_3_3_0"), size))
    assert files.truncated() == short
    assert files.truncated() is None


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", 64) as mounted:
        yield mounted


def take(descriptor: int, folder: Path, leave: int) -> None:
    """All room but so many bytes."""
    left = shutil.disk_usage(folder).free - leave
    with contextlib.suppress(OSError):
        while left > 0:
            left -= os.write(descriptor, b"x" * min(left, 1 << 20))


@pytest.mark.slow  # half a minute: in about one of three rounds the disk is full in the middle of the write
def test_what_is_acknowledged_while_another_program_fills_the_disk_is_there(disk: Path) -> None:
    chance = random.Random(7)
    refused = 0
    with Lake.start(disk / "lake", floor_bytes=0) as lake:
        for turn in range(40):
            rows = [making.activity(1_767_225_600_000 + turn * 1000 + number) for number in range(400)]
            found = [making.detection(row) for row in rows]
            ballast = os.open(disk / "ballast", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
            take(ballast, disk, 3 << 20)
            greedy = threading.Timer(chance.uniform(0, 0.04), take, (ballast, disk, 0))
            greedy.start()
            try:
                lake.write_detections(found)
                is_told = True
            except (DiskFull, Unavailable):
                is_told, refused = False, refused + 1
            greedy.join()
            os.close(ballast)
            (disk / "ballast").unlink()
            known = lake.known_detections([one.id for one in found], [row["eventTime"] for row in rows])
            assert len(known) == len(found) or not is_told
    assert refused
