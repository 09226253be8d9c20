"""The memory of processes: who is behind a pid, who started it, as whom. One for all collectors of a sensor.

    exec seen -> started(...) -> Process; anything else that a pid did -> of(pid) -> Process; both give the same identity

A process is known by its pid and the ms of its start. The start is what /proc says; of a process that was gone before it
could be looked at, the moment at which its exec was seen.
"""

from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from threading import RLock
from typing import Any, NamedTuple

from hinomi.sensor.telemetry import proc
from hinomi.sensor.telemetry.file_hashes import FileHashes, FileState, Hashes
from hinomi.sensor.telemetry.script_path import script_of
from hinomi.sensor.telemetry.users import Users
from hinomi.wire.policy import SensorPolicy

REMEMBERED = 8192  # about 6 MB; one that runs and is forgotten is read from /proc again
REMEMBERED_OVER = 1024  # of them those that are over: others may still tell of them, for seconds
_LATER_MS = 30  # a start after the event by more than this belongs to another process under the same pid


@dataclass(slots=True)
class Process:
    """`parent` values are those of the moment of its start."""

    pid: int
    start: int
    exe: str | None
    cmd: str | None
    uid: int | None
    user: str | None
    ppid: int | None = None
    parent_start: int | None = None
    parent_exe: str | None = None
    parent_cmd: str | None = None
    parent_user: str | None = None
    is_over: bool = False

    def as_actor(self) -> dict[str, Any]:
        """Its values as those of the one who did something (docs/reference/sensor-telemetry.md)."""
        data: dict[str, Any] = {"pid": self.pid, "start": self.start}
        for name in _ACTOR:
            value = getattr(self, name)
            if value is not None:
                data[name] = value
        return data


_ACTOR = ("exe", "cmd", "uid", "user", "ppid", "parent_start", "parent_exe", "parent_cmd", "parent_user")


class Exec(NamedTuple):
    """An exec as a source saw it; `start` where the source knows it exactly, `file` where it knows which one the program is."""

    pid: int
    ppid: int
    at_ms: int
    exe: str | None
    argv: Sequence[str]
    uid: int | None
    cwd: str | None = None
    auid: int | None = None
    session: int | None = None
    tty: str | None = None
    start: int | None = None
    cgroup: str | None = None
    file: FileState | None = None


class ProcessTable:
    """Safe in several threads; bounded, the one not asked for longest is forgotten first."""

    def __init__(self, hashes: FileHashes | None = None, users: Users | None = None) -> None:
        self.hashes = hashes or FileHashes()
        self.users = users or Users()
        self.hash_files = True
        self._known: OrderedDict[int, Process] = OrderedDict()
        self._over: deque[Process] = deque()
        self._lock = RLock()

    def follow(self, policy: SensorPolicy) -> None:
        self.hash_files = policy.hash_files
        self.hashes.limit_bytes = policy.hash_limit_mb << 20

    def started(self, seen: Exec) -> dict[str, Any]:
        """The `data` of its process_start."""
        with self._lock:
            parent = self.of(seen.ppid, seen.at_ms)
            start = self._start_of(seen)
            made = Process(
                pid=seen.pid,
                start=start,
                exe=seen.exe,
                cmd=proc.command_of(seen.argv) or None,
                uid=seen.uid,
                user=self.users.name(seen.uid),
                ppid=seen.ppid,
            )
            if parent is not None:
                made.parent_start, made.parent_exe = parent.start, parent.exe
                made.parent_cmd, made.parent_user = parent.cmd, parent.user
            self._keep(made)
        return self._data(made, seen)

    def of(self, pid: int | None, at_ms: int | None = None) -> Process | None:
        """The process under this pid (at that moment); from /proc when it is not remembered."""
        if not pid:
            return None
        with self._lock:
            found = self._known.get(pid)
            if found is not None and not found.is_over:
                self._known.move_to_end(pid)
                return found
            read = self._read(pid, at_ms)
            if read is not None and (found is None or read.start != found.start):
                self._keep(read)
                return read
            return found

    def ended(self, pid: int) -> Process | None:
        """Mark it: the pid may be given to another. None when nobody knew it, or knew that it is over."""
        with self._lock:
            found = self._known.get(pid)
            if found is None or found.is_over:
                return None
            found.is_over = True
            self._over.append(found)
            if len(self._over) > REMEMBERED_OVER:
                oldest = self._over.popleft()
                if self._known.get(oldest.pid) is oldest:
                    del self._known[oldest.pid]
            return found

    def learn(self) -> None:
        """All that run now, so that their children have parents."""
        for pid in proc.processes():
            self.of(pid)

    def __len__(self) -> int:
        return len(self._known)

    def __bool__(self) -> bool:
        """Also one that knows nobody yet is a table."""
        return True

    def _start_of(self, seen: Exec) -> int:
        if seen.start is not None:
            return seen.start
        stat = proc.stat(seen.pid)
        if stat is not None and stat.start_ms <= seen.at_ms + _LATER_MS:
            return stat.start_ms
        known = self._known.get(seen.pid)
        # the same process with another program: `sh -c x` that becomes x
        if known is not None and not known.is_over and known.ppid == seen.ppid:
            return known.start
        return seen.at_ms

    def _read(self, pid: int, at_ms: int | None) -> Process | None:
        stat = proc.stat(pid)
        if stat is None or (at_ms is not None and stat.start_ms > at_ms + _LATER_MS):
            return None
        uid = proc.user_id(pid)
        exe = proc.executable(pid)
        cmd = proc.command_of(proc.arguments(pid)) or (f"[{stat.name}]" if stat.is_kernel else stat.name)
        read = Process(pid, stat.start_ms, exe, cmd, uid, self.users.name(uid), stat.ppid or None)
        above = self._known.get(stat.ppid)
        if above is not None:
            read.parent_start, read.parent_exe, read.parent_cmd = above.start, above.exe, above.cmd
            read.parent_user = above.user
        return read

    def _keep(self, process: Process) -> None:
        self._known[process.pid] = process
        self._known.move_to_end(process.pid)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def _data(self, made: Process, seen: Exec) -> dict[str, Any]:
        data = made.as_actor()
        data["argv"] = list(seen.argv[: proc.MOST_ARGUMENTS])
        told = (
            ("cwd", seen.cwd), ("auid", seen.auid), ("login_user", self.users.name(seen.auid)), ("session", seen.session),
            ("tty", seen.tty), ("cgroup", seen.cgroup), ("script", script_of(seen.exe, seen.argv, seen.cwd)),
        )  # fmt: skip
        for name, value in told:
            if value is not None:
                data[name] = value
        if self.hash_files and seen.exe:
            data.update(self._hashes(seen, seen.exe))
        data["_time_ms"] = seen.at_ms
        return data

    def _hashes(self, seen: Exec, exe: str) -> Hashes:
        if seen.file is not None and (known := self.hashes.known(seen.file)) is not None:
            return known
        # by the pid where it still runs this program: its path may mean another file here, or none any more
        own = proc.executable(seen.pid) == exe
        return self.hashes.of(*([f"/proc/{seen.pid}/exe"] if own else []), exe, state=seen.file)


@cache
def the_table() -> ProcessTable:
    """The one of this sensor."""
    return ProcessTable()
