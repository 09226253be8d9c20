"""What a sensor notices about itself: that it was ended without being asked to, and that the clock of its host was moved."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hinomi.sensor.folder import SensorFolder

Sign = dict[str, Any]
_MARK = "running.json"
MOVED_MS = 2000  # what is less is the work of a time service


class RunMark:
    """A file that is there while the sensor runs: found at the start, the run before ended uncleanly."""

    def __init__(self, folder: SensorFolder, boot: str) -> None:
        self._folder, self._boot = folder, boot

    def begin(self, now_ms: int) -> Sign | None:
        """Set the mark; a sign when the last run left its own."""
        left = self._folder.read_json(_MARK)
        self._folder.write_json(_MARK, {"boot": self._boot, "since_ms": now_ms, "pid": os.getpid()})
        return self._sign(left, now_ms) if isinstance(left, dict) else None

    def end(self) -> None:
        (self._folder.path / _MARK).unlink(missing_ok=True)

    def _sign(self, left: Sign, now_ms: int) -> Sign:
        status = self._folder.read_json("status.json")
        alive_ms = status.get("at_ms") if isinstance(status, dict) else None
        is_restart = left.get("boot") != self._boot
        how = "with the host (crash or power loss)" if is_restart else "by a signal or a crash"
        found: Sign = {
            "name": "host_ended_uncleanly" if is_restart else "stopped_uncleanly",
            "text": f"the sensor was not stopped in order but ended {how}",
        }
        if isinstance(alive_ms, int):
            found |= {"last_alive_ms": alive_ms, "away_ms": max(0, now_ms - alive_ms)}
        return found


class ClockWatch:
    """Wall clock against the clock that never jumps; both in ms, the second counts sleep of the host too."""

    def __init__(self, wall_ms: Callable[[], int], steady_ms: Callable[[], int]) -> None:
        self._wall_ms, self._steady_ms = wall_ms, steady_ms
        self._offset = wall_ms() - steady_ms()

    def look(self) -> Sign | None:
        """Data of `clock_moved` when it was set since the last look; slow correction is followed silently."""
        wall_ms = self._wall_ms()
        offset = wall_ms - self._steady_ms()
        moved, self._offset = offset - self._offset, offset
        if abs(moved) < MOVED_MS:
            return None
        way = "forward" if moved > 0 else "back"
        return {
            "name": f"moved_{way}",
            "text": f"the clock was set {way} by {abs(moved) / 1000:.1f} s",
            "moved_ms": moved,
            "before_ms": wall_ms - moved,
            "after_ms": wall_ms,
        }


def boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:64]
    except OSError:
        return ""
