"""Files under a folder of the test's own, told by the real kernel."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hinomi.sensor.collectors.files_fanotify import FilesFanotify
from hinomi.wire.policy import SensorPolicy, WatchedPlace
from tests.sensor.collectors.heard import Heard

CODE = """
import os, sys
place = sys.argv[1]
for number in range(int(sys.argv[2])):
    path = f"{place}/new-{number}"
    with open(path, "w") as file:
        file.write("text")
    os.rename(path, f"{place}/日本 {number}")
    os.unlink(f"{place}/日本 {number}")
sys.stdin.read()
"""


def act(place: Path, count: int = 1) -> None:
    line = [sys.executable, "-c", CODE, str(place), str(count)]
    subprocess.run(line, check=True, timeout=60, stdin=subprocess.DEVNULL)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def collector(heard: Heard, tmp_path: Path) -> Iterator[FilesFanotify]:
    made = FilesFanotify()
    why = made.probe()
    if why:
        pytest.skip(why)
    (tmp_path / "watched").mkdir()
    (tmp_path / "flat").mkdir()
    places = (
        WatchedPlace(str(tmp_path / "watched")),
        WatchedPlace(str(tmp_path / "flat"), recursive=False, events=("create",)),
        WatchedPlace(str(tmp_path / "not there")),
    )
    made.start(heard.emit, SensorPolicy(places=places))
    yield made
    made.stop()


def test_the_life_of_a_file(collector: FilesFanotify, heard: Heard, tmp_path: Path) -> None:
    watched = tmp_path / "watched"
    line = [sys.executable, "-c", CODE, str(watched), "1"]
    with subprocess.Popen(line, stdin=subprocess.PIPE):  # it is there to be looked at until it has been heard
        (gone,) = heard.wait("file_delete", 1)
    (made,) = heard.of("file_create")
    (moved,) = heard.of("file_rename")
    (written,) = heard.of("file_write")
    assert made["path"] == written["path"] == moved["old_path"] == f"{watched}/new-0"
    assert moved["path"] == gone["path"] == f"{watched}/日本 0"
    assert made["cmd"].endswith(f"{watched} 1")
    assert made["ppid"] == os.getpid()


def test_none_of_a_burst_is_missed(collector: FilesFanotify, heard: Heard, tmp_path: Path) -> None:
    act(tmp_path / "watched", 1000)
    assert len(heard.wait("file_delete", 1000)) == 1000
    assert [len(heard.of(kind)) for kind in ("file_create", "file_rename", "file_write")] == [1000] * 3
    assert collector.health()["lost"] == 0


def test_a_place_says_how_deep_and_what(collector: FilesFanotify, heard: Heard, tmp_path: Path) -> None:
    below = tmp_path / "flat" / "below"
    below.mkdir()
    for place in (below, tmp_path, tmp_path / "flat", tmp_path / "watched"):
        act(place)
    heard.wait("file_delete", 1)
    assert [data["path"] for data in heard.of("file_create")] == [
        f"{tmp_path}/flat/new-0",
        f"{tmp_path}/watched/new-0",
    ]
    assert len(heard.of("file_delete")) == 1


def test_a_policy_takes_effect_at_once(collector: FilesFanotify, heard: Heard, tmp_path: Path) -> None:
    collector.apply(SensorPolicy(places=(WatchedPlace(str(tmp_path / "flat")),)))
    act(tmp_path / "watched")
    act(tmp_path / "flat")
    assert [data["path"] for data in heard.wait("file_write", 1)] == [f"{tmp_path}/flat/new-0"]


def test_nothing_to_watch_is_said(heard: Heard, tmp_path: Path) -> None:
    made = FilesFanotify()
    if made.probe():
        pytest.skip("no fanotify here")
    with pytest.raises(OSError, match="is not there"):
        made.start(heard.emit, SensorPolicy(places=(WatchedPlace(str(tmp_path / "no")),)))
