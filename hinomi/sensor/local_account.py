"""Accounts of this host's own files (/etc/passwd, /etc/shadow), looked at by reading and changed by shadow-utils alone.

An account is disabled by its expiry date, which holds for keys and tokens too, and by locking its password. What is of a
directory (LDAP, SSSD) is not touched here. root, and the account the sensor runs as, are never changed.
"""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hinomi.sensor import running_process
from hinomi.sensor.action import ActionFailed
from hinomi.sensor.running_process import RunningProcess

PASSWD, SHADOW = Path("/etc/passwd"), Path("/etc/shadow")
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
NAME = re.compile(r"[a-z_][a-z0-9_.-]{0,31}\$?", re.IGNORECASE)  # as useradd(8) takes them
TIMEOUT_S = 20
DAY_S = 86_400
EXPIRED_DAY = "1"  # 1970-01-02; 0 is read as "never" by some


@dataclass(frozen=True, slots=True)
class Account:
    """`expires_day`: days since 1970, -1 for never. `locked`: nobody can log in with it any more."""

    user: str
    uid: int
    password_locked: bool
    expires_day: int
    locked: bool
    must_change: bool


def find(user: str) -> Account:
    """ActionFailed not_found when it is none of this host's own."""
    fields = _line(PASSWD, user) if NAME.fullmatch(user) else None
    shadow = _line(SHADOW, user) if fields else None
    if fields is None or shadow is None:
        raise ActionFailed("not_found", f"{user} is no local account.", f"{user} はローカルアカウントではありません。")
    expires = int(shadow[7] or -1)
    is_expired = 0 < expires <= time.time() // DAY_S
    return Account(user, int(fields[2]), shadow[1].startswith(("!", "*")), expires, is_expired, shadow[2] == "0")


def _line(path: Path, user: str) -> list[str] | None:
    for line in path.read_text(errors="surrogateescape").splitlines():
        fields = line.split(":")
        if fields[0] == user and len(fields) in (7, 9):
            return fields
    return None


def changeable(user: str) -> Account:
    account = find(user)
    if account.uid in (0, os.getuid()):
        raise ActionFailed(
            "refused",
            f"{user} is root or the sensor's own account.",
            f"{user} は root またはセンサーのアカウントです。",
        )
    return account


def told(account: Account) -> dict[str, Any]:
    return {**asdict(account), "processes": len(processes(account.uid))}


def kept(folder: Path, uid: int) -> Path:
    """What an account was before it was disabled."""
    return folder / "accounts" / f"{uid}.json"


def disable(user: str) -> None:
    _run(["usermod", "--lock", "--expiredate", EXPIRED_DAY, user])


def enable(user: str, expires_day: int, *, unlock: bool) -> None:
    """`unlock` only what was not locked before us: an account without a password stays without one."""
    day = "" if expires_day < 0 else time.strftime("%Y-%m-%d", time.gmtime(expires_day * DAY_S))
    _run(["usermod", *(["--unlock"] if unlock else []), "--expiredate", day, user])


def set_password(user: str, password: str) -> None:
    """A new one that must be changed at the next log-in."""
    _run(["chpasswd"], f"{user}:{password}\n")
    _run(["chage", "--lastday", "0", user])


def _run(words: Sequence[str], text: str = "") -> None:
    name = shutil.which(words[0], path=PATH)
    if name is None:
        raise ActionFailed("unsupported", f"{words[0]} is not installed.", f"{words[0]} がインストールされていません。")
    try:
        done = subprocess.run(  # noqa: S603  (a fixed program; the name was found in /etc/passwd)
            [name, *words[1:]], input=text, capture_output=True, text=True, timeout=TIMEOUT_S, check=False,
            env={"PATH": PATH, "LANG": "C.UTF-8"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise ActionFailed("timeout", f"{words[0]} did not answer.", f"{words[0]} が応答しません。") from None
    if done.returncode:
        reason = done.stderr.strip()[:300]
        raise ActionFailed("internal", f"{words[0]}: {reason}", f"{words[0]} のエラー: {reason}")


def processes(uid: int) -> list[RunningProcess]:
    found = (running_process.read(pid) for pid in running_process.pids())
    return [one for one in found if one and one.uid == uid and not one.is_dead and not one.is_kernel]


def end_processes(uid: int, wait_s: float) -> tuple[int, int]:
    """(ended, left): again while new ones come, for at most `wait_s`."""
    ended: set[tuple[int, int]] = set()
    until = time.monotonic() + wait_s
    while (now := processes(uid)) and time.monotonic() < until:
        for process in now:
            with running_process.hold(process.pid) as held:
                if held is not None and held.process.uid == uid:
                    held.kill()
                    held.wait(0.5)
                    ended.add((process.pid, process.started_ms))
    return len(ended), len(processes(uid))


def missing() -> str | None:
    """Why accounts cannot be changed here."""
    absent = [name for name in ("usermod", "chpasswd", "chage") if shutil.which(name, path=PATH) is None]
    if absent:
        return f"{', '.join(absent)} is not installed (package passwd)"
    return None if os.getuid() == 0 else "needs root"
