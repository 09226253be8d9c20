"""Processes by identity: (pid, start time) or the file they run, held by a pidfd so that a pid given again is never hit.

hold(pid) -> Held: the descriptor is taken first and /proc read after; while `is_alive` says so, both are of one process.
"""

import hashlib
import os
import select
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hinomi.sensor.action import ActionFailed

KERNEL_THREAD = 0x00200000  # PF_KTHREAD, include/linux/sched.h
LEEWAY_MS = 1500  # the kernel says the boot time in whole seconds, and start times in hundredths
CHUNK = 1 << 20
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class RunningProcess:
    pid: int
    started_ms: int
    parent: int
    name: str
    path: str  # of the file it runs, without the kernel's " (deleted)"
    is_deleted: bool
    is_kernel: bool
    is_dead: bool  # a zombie: it runs nothing and cannot be ended again
    uid: int


@dataclass(frozen=True, slots=True)
class Held:
    process: RunningProcess
    pidfd: int

    def is_alive(self) -> bool:
        return not select.select([self.pidfd], [], [], 0)[0]

    def kill(self) -> None:
        """No error when it is gone."""
        try:
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        except ProcessLookupError:
            return

    def wait(self, wait_s: float) -> bool:
        """Is it gone within `wait_s`? A process in an uninterruptible wait may not be."""
        return bool(select.select([self.pidfd], [], [], max(0.0, wait_s))[0])


def boot_ms() -> float:
    return (time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)) * 1000


def read(pid: int) -> RunningProcess | None:
    """None when there is no such process."""
    folder = Path(f"/proc/{pid}")
    try:
        text = (folder / "stat").read_text(errors="replace")
        uid = folder.stat().st_uid
    except OSError:
        return None
    name, _, rest = text[text.index("(") + 1 :].rpartition(")")
    fields = rest.split()  # proc(5): fields[0] is the state, the third of all
    path, is_deleted = _path(folder)
    return RunningProcess(
        pid=pid,
        started_ms=round(boot_ms() + int(fields[19]) * 1000 / _TICKS),
        parent=int(fields[1]),
        name=name,
        path=path,
        is_deleted=is_deleted,
        is_kernel=bool(int(fields[6]) & KERNEL_THREAD),
        is_dead=fields[0] in "ZXx",
        uid=uid,
    )


def _path(folder: Path) -> tuple[str, bool]:
    try:
        found = str((folder / "exe").readlink())
    except OSError:
        return "", False
    return found.removesuffix(" (deleted)"), found.endswith(" (deleted)")


@contextmanager
def hold(pid: int) -> Iterator[Held | None]:
    """None when there is no such process (any more)."""
    try:
        pidfd = os.pidfd_open(pid)
    except OSError:
        yield None
        return
    try:
        process = read(pid)
        held = Held(process, pidfd) if process is not None else None
        yield held if held is not None and held.is_alive() else None
    finally:
        os.close(pidfd)


def pids() -> list[int]:
    return sorted(int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit())


class Hashes:
    """Hashes of the files that processes run, read through /proc/<pid>/exe: the file may be deleted or replaced."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], tuple[str, str]] = {}

    def of(self, pid: int) -> tuple[str, str]:
        """(SHA-1, SHA-256), both "" when it cannot be read."""
        try:
            with Path(f"/proc/{pid}/exe").open("rb", buffering=0) as file:
                about = os.fstat(file.fileno())
                key = (about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)
                if key not in self._known:
                    self._known[key] = _hash(file)
                return self._known[key]
        except OSError:
            return "", ""


def _hash(file: Any) -> tuple[str, str]:
    first, second = hashlib.sha1(usedforsecurity=False), hashlib.sha256()
    while chunk := file.read(CHUNK):
        first.update(chunk)
        second.update(chunk)
    return first.hexdigest(), second.hexdigest()


def fits(wish: Mapping[str, Any], hashes: Hashes) -> Callable[[RunningProcess], bool]:
    """Does a process answer to {pid, started_ms} or {sha1 | sha256 | path}?"""
    if "pid" in wish:
        pid, started = int(wish["pid"]), int(wish["started_ms"])
        return lambda each: each.pid == pid and abs(each.started_ms - started) <= LEEWAY_MS
    for place, name in enumerate(("sha1", "sha256")):
        if wish.get(name):
            return _runs(hashes, place, str(wish[name]).lower())
    path = str(wish.get("path") or "")
    if not path:
        raise ActionFailed("refused", "No process was named.", "プロセスが指定されていません。")
    return lambda each: each.path == path


def _runs(hashes: Hashes, place: int, wanted: str) -> Callable[[RunningProcess], bool]:
    return lambda each: hashes.of(each.pid)[place] == wanted


def find(wish: Mapping[str, Any], hashes: Hashes) -> list[RunningProcess]:
    """All that run now and fit, zombies and kernel threads apart."""
    test, found = fits(wish, hashes), []
    for pid in [int(wish["pid"])] if "pid" in wish else pids():
        process = read(pid)
        if process is not None and not process.is_dead and not process.is_kernel and test(process):
            found.append(process)
    return found


def why_protected(process: RunningProcess) -> tuple[str, str] | None:
    """Why a process is never ended, in both languages."""
    if process.pid == 1:
        return "pid 1 is the system itself", "PID 1 はシステムそのものです"
    if process.pid == os.getpid():
        return "this is the sensor", "センサー自身です"
    if process.is_kernel:
        return "this is a part of the kernel", "カーネルスレッドです"
    return None


def is_own(process: RunningProcess) -> bool:
    """The sensor, or one that it started for its own work."""
    return os.getpid() in (process.pid, process.parent)


def described(process: RunningProcess, hashes: Hashes) -> dict[str, Any]:
    return {
        "pid": process.pid,
        "started_ms": process.started_ms,
        "path": process.path,
        "sha256": hashes.of(process.pid)[1],
        "name": process.name,
        "deleted": process.is_deleted,
    }
