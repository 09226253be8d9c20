"""Files that were changed lately, in the places where people and intruders write (Linux)."""

from __future__ import annotations

import os
import stat
import time
from typing import Any, Iterator

from .budget import Budget

PLACES = (
    "/tmp", "/var/tmp", "/dev/shm", "/run", "/home", "/root", "/opt", "/srv", "/usr/local", "/etc", "/var/www", "/var/spool",
    "/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/lib/systemd", "/boot",
)  # fmt: skip
DAYS = 7
MOST_FILES = 20_000
MOST_SEEN = 500_000
_SKIPPED = ("/run/user/", "/run/systemd/", "/run/udev/", "/proc/", "/sys/")


def recent_files(budget: Budget, places: tuple[str, ...] = PLACES, days: float = DAYS) -> Iterator[dict[str, Any]]:
    """Regular files changed (ctime, which no tool sets back) in the last days; links and other file systems are not entered."""
    since = time.time() - days * 86_400
    told = seen = 0
    for place in places:
        for path, found in _walk(place, budget):
            seen += 1
            if seen > MOST_SEEN or told >= MOST_FILES:
                return
            if found.st_ctime >= since and stat.S_ISREG(found.st_mode):
                told += 1
                yield {
                    "path": path,
                    "size": found.st_size,
                    "mode": stat.S_IMODE(found.st_mode),
                    "uid": found.st_uid,
                    "modified": int(found.st_mtime * 1000),
                    "changed": int(found.st_ctime * 1000),
                }


def _walk(root: str, budget: Budget) -> Iterator[tuple[str, os.stat_result]]:
    try:
        device = os.lstat(root)
    except OSError:
        return
    if not stat.S_ISDIR(device.st_mode):
        return
    waiting = [root]
    while waiting:
        budget.check()
        try:
            entries = list(os.scandir(waiting.pop()))
        except OSError:
            continue
        for entry in entries:
            budget.check()
            try:
                found = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            if stat.S_ISDIR(found.st_mode):
                if found.st_dev == device.st_dev and not f"{entry.path}/".startswith(_SKIPPED):
                    waiting.append(entry.path)
            else:
                yield entry.path, found
