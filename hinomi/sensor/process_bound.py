"""A bound on how many processes a script may have at once: a cgroup of its own with the controller `pids`, v1 or v2.

Where none can be made (no rights, no such controller) there is no bound, and the result of the script says so.
A process that forks leaves its parent and its session with ease, but never its cgroup: so this is also how all of it is found.
"""

import os
import re
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
PREFIX = "hinomi-script-"
ROUNDS, PAUSE_S = 200, 0.01


@dataclass(frozen=True, slots=True)
class ProcessBound:
    folder: Path

    def admit(self, pid: int) -> None:
        (self.folder / "cgroup.procs").write_text(str(pid))

    def pids(self) -> list[int]:
        try:
            return [int(each) for each in (self.folder / "cgroup.procs").read_text().split()]
        except OSError:
            return []

    def refused(self) -> int:
        """How many forks the kernel refused."""
        with suppress(OSError):
            found = re.search(r"^max (\d+)", (self.folder / "pids.events").read_text(), re.MULTILINE)
            return int(found[1]) if found else 0
        return 0

    def kill(self) -> int:
        """No further fork succeeds, then everything in it is killed; how many are left."""
        with suppress(OSError):
            (self.folder / "pids.max").write_text("0")
        for _ in range(ROUNDS):
            left = self.pids()
            if not left:
                return 0
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(PAUSE_S)
        return len(self.pids())

    def remove(self) -> None:
        for _ in range(ROUNDS):  # EBUSY until the last zombie was buried
            try:
                self.folder.rmdir()
            except FileNotFoundError:
                return
            except OSError:
                time.sleep(PAUSE_S)
            else:
                return


def places() -> list[Path]:
    """Where such a cgroup may be made: below the root of the v1 hierarchy with `pids`, or of v2."""
    first, second = [], []
    for line in MOUNTS.read_text().splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ", 2)
        where = Path(before.split(" ")[4])
        if kind == "cgroup" and "pids" in options.split(","):
            first.append(where)
        elif kind == "cgroup2":
            second.append(where)
    return first + second


def make(name: str, most: int) -> ProcessBound | None:
    """None when no cgroup with a limit can be made here."""
    for place in places():
        bound = ProcessBound(place / f"{PREFIX}{name}")
        try:
            bound.folder.mkdir(exist_ok=True)
        except OSError:
            continue
        try:
            if (bound.folder / "pids.max").exists():
                (bound.folder / "pids.max").write_text(str(most))
                return bound
        except OSError:
            pass
        bound.remove()
    return None


def left_behind(name: str) -> ProcessBound | None:
    """Of an earlier run that was cut off."""
    found = (ProcessBound(place / f"{PREFIX}{name}") for place in places())
    return next((each for each in found if each.folder.is_dir()), None)
