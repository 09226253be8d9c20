"""Files of the block list, by hash: which mounts the kernel asks about, who answers (exec_guard.py), and whether it works.

    follow(hashes, policy) -> guard process -> {mount: reason or None};   probe() -> {mount: a start was refused}

Where a start is asked about: on the mounts of the policy's `block_mounts`. "auto" is every writable local mount that may start
programs and holds neither the system's nor the sensor's: a mistake on the list must not stop a host. Elsewhere a listed file is
refused from the moment that telemetry, or a look through the usual places, has seen it.
"""

import hashlib
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hinomi.sensor import scan_places
from hinomi.sensor.guard_process import GuardProcess
from hinomi.sensor.telemetry.file_hashes import FileHashes

AUTO = "auto"
PROGRAM = Path(__file__).with_name("exec_guard.py")
OURS = Path(__file__).resolve().parents[1]  # the folder of our rooms
SYSTEM = ("/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib64", "/usr/libexec", "/bin", "/sbin", "/lib", "/lib64", "/boot")
SPARED = (*SYSTEM, str(OURS), str(Path(sys.executable).resolve().parent))
MOUNTS = Path("/proc/thread-self/mountinfo")
ANSWER_S = 5.0
PROBE_S = 5
Emit = Callable[[str, Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Mount:
    path: str
    kind: str
    may_start: bool  # writable, and programs may be started from it


def mounts(mountinfo: str) -> list[Mount]:
    """Of proc(5) mountinfo; what lies over another at one place hides it."""
    found: dict[str, Mount] = {}
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields, kind = before.split(" "), after.split(" ", 1)[0]
        if len(fields) > 5:
            options = fields[5].split(",")
            path = scan_places.unescaped(fields[4])
            found[path] = Mount(path, kind, "rw" in options and "noexec" not in options)
    return list(found.values())


def gated(wanted: Iterable[str], mountinfo: str, kept: Iterable[str]) -> list[str]:
    """Mount points whose starts are asked about. `kept`: paths whose mounts "auto" leaves alone."""
    known = mounts(mountinfo)
    spared = {_holder(path, known) for path in kept}
    found: dict[str, None] = {}
    for each in wanted:
        if each == AUTO:
            free = [one for one in known if one.may_start and one.kind in scan_places.LOCAL and one.path not in spared]
            found |= dict.fromkeys(one.path for one in free)
        elif any(one.path == each for one in known):
            found[each] = None
    return list(found)


def _holder(path: str, known: Iterable[Mount]) -> str:
    """The mount point that a path lies on."""
    real = os.path.realpath(path)
    above = [one.path for one in known if one.path == "/" or real == one.path or real.startswith(f"{one.path}/")]
    return max(above, key=len, default="/")


def needs() -> str | None:
    """Why starts cannot be refused here; None when they can be, as far as can be known before it is tried."""
    if os.geteuid() != 0:
        return "needs root"
    return None


class FileBlock:
    """Thread-safe. `own`: folders of the sensor, whose mounts "auto" leaves alone; `pid`: of the sensor, which may read what is listed."""

    def __init__(self, emit: Emit, own: Iterable[Path], pid: int | None = None) -> None:
        self._emit = emit
        self._kept = ["/", *SYSTEM, *SPARED, *map(str, own)]
        self._hashes: dict[str, int] = {}
        self._marked: dict[str, str | None] = {}
        self._answered, self._probing = threading.Event(), threading.Event()
        self._sums = FileHashes()
        self._guard = GuardProcess(PROGRAM, [str(pid or os.getpid())], self._heard, self._ended)
        self._trouble = ""

    def follow(self, hashes: Mapping[str, int], wanted: Iterable[str]) -> dict[str, str | None]:
        """Refuse these (hex -> until, ms); mount -> the kernel's reason against it, or None. Without hashes nothing is asked."""
        is_more = not set(hashes) <= set(self._hashes)
        self._hashes = dict(hashes)
        if not hashes:
            self.stop()
            return {}
        self._answered.clear()
        self._marked, self._trouble = {}, ""
        points = gated(wanted, MOUNTS.read_text(), self._kept)
        self._guard.follow({"hashes": self._hashes, "mounts": points, "spared": SPARED})
        self._answered.wait(ANSWER_S)
        if is_more:
            threading.Thread(target=self._look_around, name="block-look", daemon=True).start()
        return dict(self._marked)

    @property
    def marked(self) -> dict[str, str | None]:
        return dict(self._marked)

    @property
    def trouble(self) -> str:
        """Why the kernel is not asked at all; "" when it is."""
        if not self._answered.is_set():
            return self._trouble or "the guard has not answered"
        return self._trouble

    def keep(self) -> None:
        self._guard.keep()

    def stop(self) -> None:
        self._guard.stop()
        self._marked = {}

    def seen(self, path: str, sums: Iterable[str]) -> None:
        """Telemetry saw a file: from now on it is refused, when it is on the list."""
        if self._hashes and any(each in self._hashes for each in sums):
            self._guard.say({"known": [path]})

    def probe(self) -> dict[str, bool | None]:
        """Mount -> whether a start was truly refused there, tried with a file of our own; None where that cannot be tried."""
        return {mount: self._try(Path(mount)) for mount, reason in self._marked.items() if reason is None}

    def _try(self, mount: Path) -> bool | None:
        token = secrets.token_hex(16)
        text = f"#!/bin/sh\n# {token}\nexit 0\n".encode()
        file = mount / f".hinomi-probe-{token}"
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o700)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(text)
            self._probing.clear()
            until = int(time.time() + PROBE_S) * 1000
            self._guard.say({"probe": hashlib.sha256(text).hexdigest(), "until": until})
            if not self._probing.wait(PROBE_S):
                return None
            return _is_refused(file)
        except OSError:
            return None
        finally:
            with suppress(OSError):
                file.unlink()

    def _look_around(self) -> None:
        """What is running, begins by itself or lies in temporary folders: known before somebody starts it."""
        for place, _ in scan_places.quick():
            if not self._hashes:
                return
            path = os.path.realpath(place) if place.startswith("/proc/") else place
            self.seen(path, self._sums.of(path).values())

    def _heard(self, said: Mapping[str, Any]) -> None:
        if "marked" in said:
            self._marked = dict(said["marked"])
            self._answered.set()
        if "probing" in said:
            self._probing.set()
        if "trouble" in said:
            self._trouble = str(said["trouble"])
            self._answered.set()
        if "refused" in said:
            self._emit("file_blocked", _told(said["refused"]))
        if "spared" in said:
            self._emit("sensor_loss", {"name": "block_list_spared", "lost": 1, "text": said["spared"]["path"]})
        if "late" in said:
            self._emit("sensor_loss", {"name": "block_list_late", "lost": 1, "text": said["late"]["path"]})

    def _ended(self, reason: str) -> None:
        self._marked = {}
        self._emit("sensor_tamper", {"name": "block_list_guard", "text": reason})


def _told(refused: Mapping[str, Any]) -> dict[str, Any]:
    """As the record of a sensor names it: the file is the object, who asked for it the actor."""
    started = "start refused" if refused["started"] else "opening refused"
    told = {"path": refused["path"], "file_sha1": refused["sha1"], "file_sha256": refused["sha256"]}
    actor = {name: refused[name] for name in ("pid", "cmd", "exe", "uid") if name in refused}
    return {**told, **actor, "text": f"{started}: {refused['value']} is on the block list"}


def _is_refused(file: Path) -> bool:
    try:
        subprocess.run([str(file)], stdin=subprocess.DEVNULL, timeout=PROBE_S, check=False)  # noqa: S603
    except PermissionError:
        return True
    except (OSError, subprocess.TimeoutExpired):
        return False
    return False
