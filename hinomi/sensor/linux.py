"""The sensor on Linux: its actions, collectors and rules behind the face of system.py."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hinomi.sensor import block_list, isolation
from hinomi.sensor.action import EndpointAction
from hinomi.sensor.actions import BY_NAME
from hinomi.sensor.collectors import COLLECTORS, Collector, Emit
from hinomi.sensor.guards import Guards
from hinomi.sensor.inventory import host_facts
from hinomi.wire.inventory import HostFacts


class LinuxSystem:
    def __init__(self) -> None:
        self.actions: Mapping[str, EndpointAction] = BY_NAME
        self.untested: tuple[str, ...] = ()
        self.how_to_lift = "nft delete table inet hinomi_isolate"

    def collectors(self, state: Path) -> Sequence[Callable[[], Collector]]:
        del state  # what these read cannot be read again
        return COLLECTORS

    def facts(self, state: Path) -> HostFacts:
        return host_facts(state)

    def guards(self, emit: Emit, own: Iterable[Path], mounts: Iterable[str]) -> Guards:
        return Guards(emit, own, mounts)

    def is_isolated(self, state: Path) -> bool:
        return isolation.load(state) is not None

    def reassert_isolation(self, state: Path, servers: Sequence[tuple[str, int]], now_ms: int) -> dict[str, Any] | None:
        return isolation.reassert(state, servers, now_ms)

    def restore(self, state: Path) -> None:
        isolation.restore(state)

    def guarded(self, state: Path) -> Mapping[str, Mapping[str, int]]:
        return block_list.guarded(block_list.load(state))

    def reassert_block_list(self, state: Path, now_ms: int) -> dict[str, Any] | None:
        return block_list.reassert(state, now_ms)
