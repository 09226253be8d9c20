"""The kernel's audit is the whole machine's: one test at a time, only over its own children, and left as it was found."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hinomi.sensor.collectors import Collector
from hinomi.sensor.collectors.audit_netlink import AuditNetlink
from hinomi.sensor.telemetry.audit_link import EQUAL, PPID, AuditLink, Condition
from hinomi.wire.policy import SensorPolicy
from tests.sensor.collectors.heard import Heard

LOCK = Path("/tmp/hinomi-audit.lock")  # one name for every worktree on this machine


@contextmanager
def audit_lock() -> Iterator[None]:
    with LOCK.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def own_children() -> tuple[Condition, ...]:
    return ((PPID, EQUAL, os.getpid()),)


def require(made: Collector) -> None:
    """Skips the test where the kernel's audit is not to be had."""
    if why := made.probe():
        pytest.skip(why)


@contextmanager
def running(made: Collector, heard: Heard) -> Iterator[None]:
    """The collector at work, alone on this machine's audit."""
    require(made)
    with audit_lock():
        made.start(heard.emit, SensorPolicy())
        try:
            yield
        finally:
            made.stop()


def _tidy() -> None:
    """Takes away what killed sensors of other tests left in the kernel, as any sensor does."""
    made = AuditNetlink(only=own_children())
    require(made)
    made.start(Heard().emit, SensorPolicy())
    made.stop()


@contextmanager
def left_as_it_was() -> Iterator[AuditLink]:
    """What runs within changes neither the rules nor the settings for good."""
    names = ("enabled", "failure", "pid", "backlog_limit", "backlog_wait_time")
    with audit_lock():
        _tidy()
        link = AuditLink()
        try:
            before, rules = link.status(), link.rules()
            yield link
            after = link.status()
            assert link.rules() == rules
            assert [getattr(after, name) for name in names] == [getattr(before, name) for name in names]
        finally:
            link.close()
