"""The sensor on Windows behind the face of system.py. A look at the firewall costs a process: once a minute, not every round."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hinomi.sensor.action import EndpointAction
from hinomi.sensor.collectors import Collector, Emit
from hinomi.sensor.collectors.windows_event_log import WindowsEventLog
from hinomi.sensor.telemetry.wevtapi import HostEventLog
from hinomi.sensor.windows import block_list, inventory, isolation
from hinomi.sensor.windows.actions import UNTESTED, actions_on
from hinomi.sensor.windows.plan import Host
from hinomi.sensor.windows.shell import HostShell
from hinomi.wire.inventory import HostFacts

LOOK_EVERY_S = 60.0


class NoGuards:
    """Nothing of the block list is kept by this program on Windows."""

    def follow(self, values: Mapping[str, Mapping[str, int]]) -> Mapping[str, tuple[str, str]]:
        return {kind: block_list.TOLD[kind] for kind in values}

    def look(self, values: Mapping[str, Mapping[str, int]]) -> Mapping[str, Mapping[str, bool | None]]:
        del values
        return {}

    def use_mounts(self, mounts: Iterable[str]) -> None:
        """Windows asks nobody before a file starts."""

    def seen(self, kind: str, data: Mapping[str, Any]) -> None:
        """The same."""

    def keep(self) -> None:
        """Nothing of it runs."""

    def stop(self) -> None:
        """The same."""


class WindowsSystem:
    """`host`: who carries out commands; this host itself when none is given."""

    def __init__(self, host: Host | None = None) -> None:
        self._host = host or HostShell()
        self.actions: Mapping[str, EndpointAction] = actions_on(self._host)
        self.untested: tuple[str, ...] = UNTESTED
        self.how_to_lift = r"netsh advfirewall import FOLDER\state\firewall-before.wfw"
        self._look_s = 0.0

    def collectors(self, state: Path) -> Sequence[Callable[[], Collector]]:
        return (lambda: WindowsEventLog(HostEventLog(), state / "event-log.json"),)

    def facts(self, state: Path) -> HostFacts:
        return inventory.host_facts(state)

    def guards(self, emit: Emit, own: Iterable[Path], mounts: Iterable[str]) -> NoGuards:
        del emit, own, mounts
        return NoGuards()

    def is_isolated(self, state: Path) -> bool:
        return isolation.load(state) is not None

    def reassert_isolation(self, state: Path, servers: Sequence[tuple[str, int]], now_ms: int) -> dict[str, Any] | None:
        """A dead-man whose time is over is lifted at once; else a look once a minute."""
        found = isolation.load(state)
        is_over = found is not None and bool(found.until_ms) and now_ms >= found.until_ms
        if not is_over and time.monotonic() < self._look_s:
            return None
        self._look_s = time.monotonic() + LOOK_EVERY_S
        return isolation.reassert(self._host, state, servers, now_ms)

    def restore(self, state: Path) -> None:
        isolation.restore(self._host, state)

    def guarded(self, state: Path) -> Mapping[str, Mapping[str, int]]:
        del state
        return {}

    def reassert_block_list(self, state: Path, now_ms: int) -> dict[str, Any] | None:
        return block_list.reassert(self._host, state, now_ms)
