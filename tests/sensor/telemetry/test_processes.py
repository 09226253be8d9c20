"""The memory of processes: identities that hold, parents, and pids that are given again."""

import os
import subprocess
import sys
import time

from hinomi.sensor.telemetry import proc
from hinomi.sensor.telemetry.processes import REMEMBERED, REMEMBERED_OVER, Exec, ProcessTable

GONE = 1 << 22  # above pid_max: no process


def seen(pid: int, at_ms: int, **values: object) -> Exec:
    given = {"ppid": os.getpid(), "exe": "/usr/bin/true", "argv": ["true"], "uid": 0} | values
    return Exec(pid=pid, at_ms=at_ms, **given)  # type: ignore[arg-type]


def test_a_running_process_has_one_identity_whoever_asks() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        now = time.time_ns() // 1_000_000 + 60_000
        started = ProcessTable().started(seen(child.pid, now))
        read = ProcessTable().of(child.pid)
        assert read is not None
        assert started["start"] == read.start == proc.stat(child.pid).start_ms  # type: ignore[union-attr]
        assert abs(started["start"] - (now - 60_000)) < 60_000
        assert (read.ppid, read.user) == (os.getpid(), started["user"])
    finally:
        child.communicate(b"\n")


def test_the_parent_is_told() -> None:
    data = ProcessTable().started(seen(GONE, 5))
    assert data["ppid"] == os.getpid()
    assert "parent_start" not in data  # this test was started after 1970: not the parent of that
    data = ProcessTable().started(seen(GONE, time.time_ns() // 1_000_000))
    assert data["parent_exe"] == proc.executable(os.getpid())
    assert data["parent_start"] == proc.stat(os.getpid()).start_ms  # type: ignore[union-attr]


def test_a_process_that_is_gone_is_known_by_when_it_was_seen() -> None:
    table = ProcessTable()
    first = table.started(seen(GONE, 1000, ppid=GONE + 1, argv=["sh", "-c", "x"]))
    again = table.started(seen(GONE, 1500, ppid=GONE + 1, argv=["x"]))  # it became another program
    assert first["start"] == again["start"] == 1000
    assert table.ended(GONE) is not None
    assert table.ended(GONE) is None
    assert table.started(seen(GONE, 9000, ppid=GONE + 1))["start"] == 9000  # the pid was given again


def test_children_of_a_remembered_parent_know_its_command() -> None:
    table = ProcessTable()
    table.started(seen(GONE, 1000, argv=["/bin/sh", "./a.sh"], cwd="/srv", exe="/usr/bin/dash"))
    child = table.started(seen(GONE + 1, 1100, ppid=GONE))
    assert (child["parent_cmd"], child["parent_start"]) == ("/bin/sh ./a.sh", 1000)


def test_the_memory_is_bounded() -> None:
    table = ProcessTable()
    table.hash_files = False
    for number in range(REMEMBERED + 10):
        table.started(seen(GONE + number, 1000, ppid=0))
    assert len(table) == REMEMBERED


def test_those_that_are_over_are_forgotten_before_those_that_run() -> None:
    table = ProcessTable()
    table.started(seen(GONE, 1000, argv=["stays"]))
    for number in range(1, REMEMBERED_OVER + 101):
        table.started(seen(GONE + number, 1000 + number, ppid=GONE))
        table.ended(GONE + number)
    assert len(table) <= REMEMBERED_OVER + 1 + 1  # and this process, when it was asked for
    last = table.of(GONE + REMEMBERED_OVER + 100)
    assert last is not None
    assert last.parent_cmd == "stays"
    assert table.of(GONE + 1) is None


def test_a_pid_that_is_given_again_is_not_forgotten_with_the_one_before() -> None:
    table = ProcessTable()
    table.started(seen(GONE, 1000, ppid=0))
    table.ended(GONE)
    table.started(seen(GONE, 2000, ppid=0, argv=["again"]))
    for number in range(1, REMEMBERED_OVER + 1):
        table.started(seen(GONE + number, 3000, ppid=0))
        table.ended(GONE + number)
    found = table.of(GONE)
    assert found is not None
    assert found.cmd == "again"
