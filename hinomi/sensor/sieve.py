"""What of the activities is sent: exclusions of the policy, and the rate it allows. No I/O, no clock: time is handed in."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from hinomi.wire.policy import Exclusion, SensorPolicy

BURST_S = 10  # the rate is an average over so long
ALWAYS = frozenset(
    {
        "sensor_health", "sensor_loss", "sensor_tamper", "clock_moved", "isolation", "response", "file_blocked",
        "windows_event",  # its log keeps it and its reader waits for the disk: a rate would only lose what can wait
    }
)  # fmt: skip

_KIND_OF = {
    "process_start": "process", "process_end": "process", "script_run": "process",
    "file_create": "file", "file_rename": "file", "file_delete": "file", "file_write": "file",
    "connection": "network", "listen": "network", "dns_query": "dns",
    "login": "login", "logout": "login", "module_load": "module",
}  # fmt: skip
# field of an exclusion -> names in the record's data
_NAMES = {
    "exe": ("exe",),
    "cmd": ("cmd",),
    "user": ("user", "target_user"),
    "path": ("path", "old_path"),
    "address": ("src", "dst"),
    "port": ("spt", "dpt"),
    "domain": ("domain", "name"),
}


class Sieve:
    """One thread at a time."""

    def __init__(self, policy: SensorPolicy) -> None:
        self._level: float | None = None
        self._at_s = 0.0
        self._lost: Counter[str] = Counter()
        self.apply(policy)

    def apply(self, policy: SensorPolicy) -> None:
        self._policy = policy
        self._exclusions = [(each.kind, _NAMES[each.field], _Pattern(each)) for each in policy.exclusions]

    def passes(self, kind: str, data: Mapping[str, Any], now_s: float) -> bool:
        """Whether it is sent. What is over the rate is counted (`take_lost`); what people excluded is not a loss."""
        if kind in ALWAYS:
            return True
        group = _KIND_OF.get(kind, "")
        if (group and not self._policy.watches(group)) or self._is_excluded(group, data):
            return False
        if self._has_room(now_s):
            return True
        self._lost[kind] += 1
        return False

    def take_lost(self) -> dict[str, int]:
        lost = dict(self._lost)
        self._lost.clear()
        return lost

    def _has_room(self, now_s: float) -> bool:
        most = float(self._policy.rate_per_s * BURST_S)
        level = most if self._level is None else self._level + (now_s - self._at_s) * self._policy.rate_per_s
        self._at_s = now_s
        self._level = min(most, level)
        if self._level < 1:
            return False
        self._level -= 1
        return True

    def _is_excluded(self, group: str, data: Mapping[str, Any]) -> bool:
        for kind, names, pattern in self._exclusions:
            if kind and kind != group:
                continue
            for name in names:
                value = data.get(name)
                if value is not None and pattern.meets(str(value)):
                    return True
        return False


class _Pattern:
    """Text with `*` for any characters, met in one pass: no text, however hostile, makes it slow."""

    def __init__(self, exclusion: Exclusion) -> None:
        self._folds = exclusion.field == "domain"
        self._parts = self._fold(exclusion.value).split("*")

    def meets(self, value: str) -> bool:
        value, parts = self._fold(value), self._parts
        if len(parts) == 1:
            return value == parts[0]
        first, last = parts[0], parts[-1]
        if len(value) < len(first) + len(last) or not value.startswith(first) or not value.endswith(last):
            return False
        at, end = len(first), len(value) - len(last)
        for part in parts[1:-1]:
            found = value.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return True

    def _fold(self, text: str) -> str:
        return text.lower() if self._folds else text
