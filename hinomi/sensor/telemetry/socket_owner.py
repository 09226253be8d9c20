"""Whose socket is bound to a local port: the process, by /proc/net and the open files of processes.

Looking through all open files costs milliseconds, so it is bounded: by a number a second, and those who were it before are asked first.
"""

import os
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from hinomi.sensor.telemetry import proc

_MOST_RECENT = 16
_LINES = 65_536  # of one table that are looked at
_TABLES = {"udp": ("udp", "udp6"), "tcp": ("tcp", "tcp6")}
_MOST_FILES = 4096  # of one process that are looked at


class SocketOwner:
    """`rate`: whole searches a second. `now`: seconds that never jump. One thread at a time."""

    def __init__(self, now: Callable[[], float], rate: int = 20) -> None:
        self._now, self._rate = now, rate
        self._recent: OrderedDict[int, None] = OrderedDict()
        self._room = float(rate)
        self._at_s = now()
        self.unasked = 0

    def of(self, proto: str, port: int) -> int | None:
        """The pid; None when nobody has it now, or when there is no room to look."""
        inode = inode_of(proto, port)
        if not inode:
            return None
        wanted = f"socket:[{inode}]"
        found = _holder(wanted, self._recent)
        if found is None:
            if not self._may_search():
                self.unasked += 1
                return None
            # who asks has mostly begun a moment ago
            found = _holder(wanted, sorted(proc.processes(), reverse=True))
        if found is not None:
            self._recent[found] = None
            self._recent.move_to_end(found, last=False)
            while len(self._recent) > _MOST_RECENT:
                self._recent.popitem()
        return found

    def _may_search(self) -> bool:
        now_s = self._now()
        self._room = min(float(self._rate), self._room + (now_s - self._at_s) * self._rate)
        self._at_s = now_s
        if self._room < 1:
            return False
        self._room -= 1
        return True


def inode_of(proto: str, port: int) -> int | None:
    """Of the socket that is bound to the port, in this thread's network namespace."""
    ending = f":{port:04X}".encode()
    for table in _TABLES[proto]:
        try:
            with Path(f"/proc/thread-self/net/{table}").open("rb") as file:
                for line in islice(file, 1, _LINES):
                    parts = line.split(None, 10)
                    if len(parts) > 9 and parts[1].endswith(ending) and parts[9] != b"0":
                        return int(parts[9])
        except OSError:
            continue
    return None


def holders(inodes: Collection[int], pids: Iterable[int]) -> dict[int, int]:
    """inode of a socket -> pid, of those that somebody has open."""
    wanted = {f"socket:[{inode}]": inode for inode in inodes if inode}
    found: dict[int, int] = {}
    for pid in pids:
        for target in _open_files(pid):
            inode = wanted.get(target)
            if inode is not None:
                found.setdefault(inode, pid)
        if len(found) == len(wanted):
            break
    return found


def _holder(wanted: str, pids: Iterable[int]) -> int | None:
    return next((pid for pid in list(pids) if wanted in _open_files(pid)), None)


def _open_files(pid: int) -> Iterator[str]:
    with suppress(OSError), os.scandir(f"/proc/{pid}/fd") as entries:
        for entry in islice(entries, _MOST_FILES):
            with suppress(OSError):
                yield os.readlink(entry.path)  # noqa: PTH115 - thousands of them
