"""What /proc says of a process. Every answer is None (or empty) when the process is gone: that is ordinary."""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LONGEST_COMMAND = 32_768  # characters of a command line that are kept
MOST_ARGUMENTS = 1024
UNSET = 4_294_967_295  # audit's "no login" (uid and session), linux/audit.h AUDIT_UID_UNSET
_TICK_MS = 1000 // os.sysconf("SC_CLK_TCK")
_KEPT_AT = Path("/run/hinomi-sensor.boot")


@dataclass(frozen=True, slots=True)
class Stat:
    ppid: int
    start_ms: int
    name: str
    is_kernel: bool


def stat(pid: int) -> Stat | None:
    """Of /proc/PID/stat (proc_pid_stat(5)); the name may hold blanks and parentheses."""
    text = _bytes(f"/proc/{pid}/stat", 1024)
    _, opened, rest = text.partition(b"(")
    name, closed, values = rest.rpartition(b")")
    parts = values.split()
    if not (opened and closed) or len(parts) < 20:
        return None
    kthread = 0x00200000  # PF_KTHREAD, linux/sched.h
    return Stat(
        ppid=int(parts[1]),
        start_ms=boot_ms() + int(parts[19]) * _TICK_MS,
        name=name.decode(errors="replace"),
        is_kernel=bool(int(parts[6]) & kthread),
    )


def executable(pid: int) -> str | None:
    """The path of the program; of one that was deleted, what it was (proc_pid_exe(5) adds " (deleted)")."""
    found = _link(f"/proc/{pid}/exe")
    return found.removesuffix(" (deleted)") if found else None


def arguments(pid: int) -> list[str]:
    content = _bytes(f"/proc/{pid}/cmdline", 4 * LONGEST_COMMAND)
    parts = content.rstrip(b"\0").split(b"\0") if content else []
    return [part.decode(errors="replace") for part in parts[:MOST_ARGUMENTS]]


def command_of(arguments_: Sequence[str]) -> str:
    """The arguments with blanks between, as other Linux sensors write a command line."""
    return " ".join(arguments_)[:LONGEST_COMMAND]


def user_id(pid: int) -> int | None:
    """The effective user."""
    for line in _bytes(f"/proc/{pid}/status", 4096).split(b"\n"):
        if line.startswith(b"Uid:"):
            return int(line.split()[2])
    return None


def session(pid: int) -> int | None:
    return _number(f"/proc/{pid}/sessionid")


def login_user(pid: int) -> int | None:
    return _number(f"/proc/{pid}/loginuid")


def working_folder(pid: int) -> str | None:
    return _link(f"/proc/{pid}/cwd")


def processes() -> list[int]:
    with os.scandir("/proc") as entries:
        return [int(entry.name) for entry in entries if entry.name.isdecimal()]


@cache
def boot_ms() -> int:
    """When this machine was booted, ms since 1970 UTC: the same number for as long as it runs.

    A start is told in ticks since then, so the number must not follow corrections of the clock: it is kept in /run.
    """
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    try:
        kept, _, number = _KEPT_AT.read_text().partition(" ")
        if kept == boot:
            return int(number)
    except (OSError, ValueError):
        pass
    found = (time.time_ns() - time.clock_gettime_ns(time.CLOCK_BOOTTIME)) // 1_000_000
    with suppress(OSError):  # not root: good for this run
        _KEPT_AT.write_text(f"{boot} {found}")
    return found


def _bytes(path: str, most: int) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (OSError, ValueError):
        return b""
    try:
        return os.read(handle, most)
    except OSError:
        return b""
    finally:
        os.close(handle)


def _link(path: str) -> str | None:
    try:
        return os.readlink(path)  # noqa: PTH115 - called for every process
    except OSError:
        return None


def _number(path: str) -> int | None:
    content = _bytes(path, 32).strip()
    found = int(content) if content.isdigit() else None
    return None if found == UNSET else found
