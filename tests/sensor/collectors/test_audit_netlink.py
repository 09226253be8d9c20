"""The audit collector against the real kernel, over this test's own children alone."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from hinomi.sensor.collectors.audit_netlink import AuditNetlink
from hinomi.sensor.telemetry.audit_link import AuditLink
from hinomi.sensor.telemetry.audit_rules import leave_out
from hinomi.wire.policy import SensorPolicy
from tests.lan import lan, needs_network
from tests.sensor.audit_lock import audit_lock, left_as_it_was, own_children, require, running
from tests.sensor.collectors.heard import Heard
from tests.waiting import until


@pytest.fixture
def heard() -> Heard:
    """Servers and browsers that other tests of this worker left running are its children too."""
    return Heard(strangers={child.pid for child in psutil.Process().children()})


@pytest.fixture
def collector(heard: Heard) -> Iterator[AuditNetlink]:
    made = AuditNetlink(only=own_children())
    with running(made, heard):
        yield made


def spawn(program: str, *arguments: str) -> int:
    pid = os.posix_spawn(program, [program, *arguments], {})
    os.waitpid(pid, 0)
    return pid


def test_a_start_tells_everything(collector: AuditNetlink, heard: Heard) -> None:
    long = "x" * 20_000
    pid = spawn("/bin/sh", "-c", ":", 'with "quotes"', "日本", long)
    (data,) = heard.wait("process_start", 1)
    assert data["argv"] == ["/bin/sh", "-c", ":", 'with "quotes"', "日本", long]
    assert (data["pid"], data["ppid"], data["cwd"]) == (pid, os.getpid(), str(Path.cwd()))
    assert data["parent_cmd"].startswith(sys.executable.rpartition("/")[2]) or "python" in data["parent_cmd"]
    assert len(data["sha256"]) == 64
    (over,) = heard.wait("process_end", 1)
    assert (over["pid"], over["start"]) == (pid, data["start"])


def test_what_a_killed_sensor_left_is_taken_away(heard: Heard) -> None:
    gone = spawn("/bin/true")  # a number that nobody has now
    made = AuditNetlink(only=own_children())
    require(made)
    with audit_lock():
        link = AuditLink()
        try:
            for _ in range(2):
                with suppress(FileExistsError):
                    link.add(leave_out(gone))
            assert leave_out(gone).identity in link.rules()
            made.start(heard.emit, SensorPolicy())
            made.stop()
            assert leave_out(gone).identity not in link.rules()
        finally:
            link.close()


def test_a_burst_of_short_lives_misses_none(collector: AuditNetlink, heard: Heard) -> None:
    _burst(collector, heard, 2000)


@pytest.mark.slow  # 15 s
def test_a_long_burst_misses_none(collector: AuditNetlink, heard: Heard) -> None:
    _burst(collector, heard, 10_000)


def _burst(collector: AuditNetlink, heard: Heard, count: int) -> None:
    pids = [spawn("/bin/true", str(number)) for number in range(count)]
    starts = heard.wait("process_start", count)
    assert [data["argv"][1] for data in starts] == [str(number) for number in range(count)]
    assert [data["pid"] for data in starts] == pids
    assert len(heard.wait("process_end", count)) == count
    assert collector.health()["lost"] == 0


def test_a_connection_has_its_process(collector: AuditNetlink, heard: Heard) -> None:
    code = "import socket; socket.socket().connect_ex(('127.0.0.1', 9))"
    subprocess.run([sys.executable, "-c", code], check=True)
    (data,) = heard.wait("connection", 1)
    assert (data["dst"], data["dpt"], data["direction"]) == ("127.0.0.1", 9, "outbound")
    assert data["cmd"].endswith(code)


def test_rules_that_somebody_takes_away_come_back_and_are_told(collector: AuditNetlink, heard: Heard) -> None:
    link = AuditLink()
    try:
        rules = [rule for rule in collector.rules if rule.syscalls]
        link.remove(rules[0].identity)
        (data,) = heard.wait("sensor_tamper", 1)
        assert data["name"] == "audit_rules"
        spawn("/bin/true", "after")
        assert heard.wait("process_start", 1)[0]["argv"][1] == "after"
    finally:
        link.close()


def test_a_guard_that_wakes_while_it_stops_puts_nothing_back() -> None:
    made = AuditNetlink(only=own_children())
    require(made)
    with left_as_it_was() as link:
        made.start(Heard().emit, SensorPolicy())
        made._stopping.set()
        link.remove(made.rules[0].identity)
        made._check_rules()
        assert made.rules[0].identity not in link.rules()
        made.stop()


def test_it_leaves_the_machine_as_it_was() -> None:
    made = AuditNetlink(only=own_children())
    require(made)
    with left_as_it_was() as link:
        rules = link.rules()
        made.start(Heard().emit, SensorPolicy())
        assert link.rules() - rules
        made.apply(SensorPolicy(watch=("process",)))
        made.apply(SensorPolicy())
        made.stop()
        made.stop()


_SECOND = """
import os, sys
from hinomi.sensor.collectors.audit_netlink import AuditNetlink
from hinomi.sensor.telemetry.audit_link import EQUAL, PPID
from hinomi.wire.policy import SensorPolicy
told = []
made = AuditNetlink(only=((PPID, EQUAL, os.getppid()),))
made.start(lambda kind, data: (kind == "process_start" and print(data["argv"][-1], flush=True), told.append((kind, data))), SensorPolicy())
print("alone" if made.health()["alone"] else "beside", flush=True)
sys.stdin.readline()
made._check_rules()  # as each minute
made.stop()
print([data["name"] for kind, data in told if kind == "sensor_tamper"], flush=True)
"""


@contextmanager
def second_sensor() -> Iterator[subprocess.Popen[str]]:
    """The sensor of another container on this kernel; a line on its input ends it in order."""
    given = [sys.executable, "-c", _SECOND]
    with subprocess.Popen(given, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as second:
        try:
            yield second
        finally:
            second.kill()


def said(second: subprocess.Popen[str], word: str) -> None:
    assert second.stdout is not None
    while (line := second.stdout.readline()) and line.strip() != word:
        pass
    assert line, f"the second sensor ended without {word}"


def test_a_second_sensor_listens_beside_the_first_and_neither_is_meddled_with(
    collector: AuditNetlink, heard: Heard
) -> None:
    with second_sensor() as second:
        said(second, "beside")
        spawn("/bin/true", "both")
        said(second, "both")
        out, _ = second.communicate("end\n", timeout=30)
        assert out.splitlines()[-1] == "[]"
    collector._check_rules()
    spawn("/bin/true", "after")
    until(lambda: "after" in [data["argv"][-1] for data in heard.of("process_start")], "the first goes on")
    assert heard.of("sensor_tamper") == []


def test_the_first_leaves_and_the_second_goes_on(heard: Heard) -> None:
    first = AuditNetlink(only=own_children())
    require(first)
    with audit_lock():
        first.start(heard.emit, SensorPolicy())
        with second_sensor() as second:
            try:
                said(second, "beside")
            finally:
                first.stop()
            spawn("/bin/true", "without the first")
            said(second, "without the first")
            out, _ = second.communicate("end\n", timeout=30)
            assert out.splitlines()[-1] == "[]"


@needs_network
def test_beside_a_daemon_another_network_would_hear_nothing_and_says_so(collector: AuditNetlink, heard: Heard) -> None:
    assert collector.health()["alone"]
    with lan("elsewhere") as hosts, hosts["elsewhere"].inside():
        other = AuditNetlink(only=own_children())
        with pytest.raises(OSError, match="own network namespace"):
            other.start(heard.emit, SensorPolicy())


@needs_network
def test_the_daemon_hears_in_any_network(heard: Heard) -> None:
    made = AuditNetlink(only=own_children())
    require(made)
    with audit_lock(), lan("elsewhere") as hosts:
        with hosts["elsewhere"].inside():
            made.start(heard.emit, SensorPolicy())
        try:
            spawn("/bin/true", "from elsewhere")
            (data,) = heard.wait("process_start", 1)
            assert data["argv"] == ["/bin/true", "from elsewhere"]
        finally:
            made.stop()
