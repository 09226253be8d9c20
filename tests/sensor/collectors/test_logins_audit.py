"""Logins as the real PAM of this machine tells them to the real kernel; `su` to an account of its own and one refusal."""

import os
import pty
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from hinomi.sensor.collectors.logins_audit import LoginsAudit
from hinomi.sensor.telemetry.audit_seat import AuditSeat
from hinomi.wire.policy import SensorPolicy
from tests.sensor.audit_lock import audit_lock, left_as_it_was, require, running
from tests.sensor.collectors.heard import Heard

NOBODY = 65534
pytestmark = pytest.mark.skipif(not shutil.which("su"), reason="needs su")


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def collector(heard: Heard) -> Iterator[LoginsAudit]:
    made = LoginsAudit()
    with running(made, heard):
        yield made


def test_another_account_and_back(collector: LoginsAudit, heard: Heard) -> None:
    words = ["su", "nobody", "-s", "/bin/sh", "-c", "read line"]  # it stays until it was looked at
    with subprocess.Popen(words, stdin=subprocess.PIPE) as su:
        (data,) = heard.wait("login", 1)
        su.communicate(b"\n", timeout=30)
    assert data.items() >= {"target_user": "nobody", "service": "su", "type": "switch", "result": "success"}.items()
    assert data["ppid"] == os.getpid()
    (over,) = heard.wait("logout", 1)
    assert (over["target_user"], over["pid"]) == ("nobody", data["pid"])
    assert collector.health()["lost"] == 0


def test_a_wrong_password(collector: LoginsAudit, heard: Heard) -> None:
    pid, handle = pty.fork()
    if pid == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        os.execv(shutil.which("su") or "", ["su", "root", "-c", "true"])
    asked = b""
    while b":" not in asked:
        asked += os.read(handle, 100)
    os.write(handle, b"wrong\n")
    (data,) = heard.wait("login", 1)
    assert data.items() >= {"target_user": "root", "service": "su", "result": "failure", "pid": pid}.items()
    os.waitpid(pid, 0)
    os.close(handle)


def test_it_leaves_the_audit_as_it_was() -> None:
    made = LoginsAudit()
    require(made)
    with left_as_it_was():
        made.start(Heard().emit, SensorPolicy())
        made.stop()


def test_left_alone_it_takes_the_place_and_hears_each_login_once(heard: Heard) -> None:
    made = LoginsAudit()
    require(made)
    with audit_lock():
        first = AuditSeat()
        first.sit_down()
        try:
            made.start(heard.emit, SensorPolicy())
        finally:
            first.leave()
            first.close()
        try:
            made._check()
            assert made._seat is not None
            assert made._seat.alone
            subprocess.run(["su", "nobody", "-s", "/bin/sh", "-c", "true"], check=True, timeout=30)
            heard.wait("logout", 1)
            subprocess.run(["su", "nobody", "-s", "/bin/sh", "-c", "true"], check=True, timeout=30)
            heard.wait("logout", 2)
            assert (len(heard.of("login")), len(heard.of("logout"))) == (2, 2)
        finally:
            made.stop()
