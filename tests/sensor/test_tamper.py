"""What a sensor notices about itself."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.sensor.folder import SensorFolder
from hinomi.sensor.tamper import MOVED_MS, ClockWatch, RunMark


@pytest.fixture
def folder(tmp_path: Path) -> SensorFolder:
    made = SensorFolder(tmp_path / "sensor")
    made.make()
    return made


def test_a_run_that_was_stopped_leaves_no_sign(folder: SensorFolder) -> None:
    first = RunMark(folder, "boot-1")
    assert first.begin(1000) is None
    first.end()
    first.end()
    assert RunMark(folder, "boot-1").begin(2000) is None


def test_a_run_that_was_killed_does(folder: SensorFolder) -> None:
    RunMark(folder, "boot-1").begin(1000)
    folder.write_json("status.json", {"at_ms": 5000})
    sign = RunMark(folder, "boot-1").begin(65_000)
    assert sign is not None
    assert (sign["name"], sign["last_alive_ms"], sign["away_ms"]) == ("stopped_uncleanly", 5000, 60_000)


def test_a_host_that_crashed_is_told_apart(folder: SensorFolder) -> None:
    RunMark(folder, "boot-1").begin(1000)
    sign = RunMark(folder, "boot-2").begin(2000)
    assert sign is not None
    assert sign["name"] == "host_ended_uncleanly"


class Clocks:
    def __init__(self) -> None:
        self.wall, self.steady = 1_000_000, 500

    def passes(self, ms: int, jump: int = 0) -> None:
        self.wall += ms + jump
        self.steady += ms


@given(st.integers(-10_000_000, 10_000_000), st.integers(1, 100_000))
def test_a_clock_that_is_set_is_told_once(jump: int, between: int) -> None:
    clocks = Clocks()
    watch = ClockWatch(lambda: clocks.wall, lambda: clocks.steady)
    clocks.passes(between, jump)
    sign = watch.look()
    assert (sign is not None) == (abs(jump) >= MOVED_MS)
    if sign is not None:
        assert (sign["moved_ms"], sign["name"]) == (jump, "moved_forward" if jump > 0 else "moved_back")
        assert sign["after_ms"] - sign["before_ms"] == jump
    clocks.passes(between)
    assert watch.look() is None


def test_slow_correction_is_no_move() -> None:
    clocks = Clocks()
    watch = ClockWatch(lambda: clocks.wall, lambda: clocks.steady)
    for _ in range(100):
        clocks.passes(5000, 100)
        assert watch.look() is None
