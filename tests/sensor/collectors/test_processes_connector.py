"""Processes by the real kernel's connector. It hears the whole machine; what is asserted is about this test's own children."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hinomi.sensor.collectors.processes_connector import ProcessesConnector
from hinomi.wire.policy import SensorPolicy
from tests.sensor.collectors.heard import Heard


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def collector(heard: Heard) -> Iterator[ProcessesConnector]:
    made = ProcessesConnector()
    if why := made.probe():
        pytest.skip(why)
    made.start(heard.emit, SensorPolicy())
    yield made
    made.stop()


def of(heard: Heard, kind: str, pid: int) -> dict[str, Any]:
    """The one of a process, waited for: others of the machine come between."""
    count = 1
    while True:
        told = heard.wait(kind, count, 20)
        found = [data for data in told if data["pid"] == pid]
        if found or len(told) < count:
            assert found, f"no {kind} of {pid}"
            return found[-1]
        count = len(told) + 1


def test_a_process_that_stays_is_told_whole(collector: ProcessesConnector, heard: Heard) -> None:
    words = [sys.executable, "-c", "import sys; sys.exit(len(sys.stdin.read()))", "日本"]
    child = subprocess.Popen(words, stdin=subprocess.PIPE)
    data = of(heard, "process_start", child.pid)
    assert data["argv"] == words
    assert (data["ppid"], data["cwd"], len(data["sha256"])) == (os.getpid(), str(Path.cwd()), 64)
    child.communicate(b"abc", timeout=30)
    over = of(heard, "process_end", child.pid)
    assert (over["start"], over["exit_code"]) == (data["start"], 3)


def test_a_signal_is_told(collector: ProcessesConnector, heard: Heard) -> None:
    child = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
    of(heard, "process_start", child.pid)
    child.send_signal(signal.SIGKILL)
    child.communicate(timeout=30)
    assert of(heard, "process_end", child.pid)["signal"] == signal.SIGKILL


def test_it_says_what_it_misses(collector: ProcessesConnector) -> None:
    assert "short-lived" in collector.health()["note"]
