"""What of the sensor differs between operating systems, behind one face: `here()` is that of this host."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from hinomi.sensor.action import EndpointAction, Guarding
from hinomi.sensor.collectors import Collector, Emit
from hinomi.wire.inventory import HostFacts

Address = tuple[str, int]


class Guards(Guarding, Protocol):
    """What of the block list needs this program while it runs."""

    def use_mounts(self, mounts: Iterable[str]) -> None: ...
    def seen(self, kind: str, data: Mapping[str, Any]) -> None: ...
    def keep(self) -> None: ...
    def stop(self) -> None: ...


class System(Protocol):
    """`untested`: actions that were never run on this system. `how_to_lift`: an isolation, without the sensor, for people."""

    actions: Mapping[str, EndpointAction]
    untested: tuple[str, ...]
    how_to_lift: str

    def collectors(self, state: Path) -> Sequence[Callable[[], Collector]]:
        """In order of preference; `state`: where a collector may keep how far it has read."""
        ...

    def facts(self, state: Path) -> HostFacts: ...

    def guards(self, emit: Emit, own: Iterable[Path], mounts: Iterable[str]) -> Guards: ...

    def is_isolated(self, state: Path) -> bool:
        """By its state on disk, cheaply: an isolation stands, or something of one is left to end."""
        ...

    def reassert_isolation(self, state: Path, servers: Sequence[Address], now_ms: int) -> dict[str, Any] | None: ...

    def restore(self, state: Path) -> None:
        """Lift an isolation, when there is one."""
        ...

    def guarded(self, state: Path) -> Mapping[str, Mapping[str, int]]:
        """What of the kept block list the guards look after."""
        ...

    def reassert_block_list(self, state: Path, now_ms: int) -> dict[str, Any] | None: ...


def here() -> System:
    if sys.platform.startswith("win"):
        from hinomi.sensor.windows.system import WindowsSystem

        return WindowsSystem()
    from hinomi.sensor.linux import LinuxSystem

    return LinuxSystem()
