"""HostFacts: what a sensor says of its host, sent at the start and whenever something of it changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hinomi.wire.shape import most, read_shape, write_shape


@dataclass(frozen=True, slots=True)
class Interface:
    name: str = field(metadata=most(64))
    mac: str = field(default="", metadata=most(64))
    addresses: tuple[str, ...] = field(default=(), metadata=most(256))


@dataclass(frozen=True, slots=True)
class CollectorState:
    """`watches`: kinds of activities it brings (process, file, network, dns, login, module).

    `reason`: why it is not active; of one that is, what it cannot see. `spare`: it is not needed here (another one watches
    the same, or nobody asks), so that it is not active is no trouble.
    """

    active: bool
    reason: str = ""
    watches: tuple[str, ...] = field(default=(), metadata=most(64))
    lost: int = 0  # activities that the system or the collector had to drop since its start
    spare: bool = False


@dataclass(frozen=True, slots=True)
class HostFacts:
    """`type` is "server" or "desktop"; `os_platform` "linux" or "windows". Moments: ms since 1970 UTC.

    `software` holds (name, version). `collectors` by name; `cannot`: action -> why this host cannot do it (an action that
    is in `actions` and not here can be done); `untested`: actions that were never run on this system. `isolation`: "on", "off" or "unknown". `health`: small numbers of the sensor's
    own (rss_bytes, cpu_seconds, spool_bytes, spool_records, lost, last_sequence).
    """

    name: str = field(metadata=most(255))
    type: str = field(default="desktop", metadata=most(16))
    os_name: str = field(default="", metadata=most(128))
    os_version: str = field(default="", metadata=most(128))
    os_platform: str = field(default="linux", metadata=most(32))
    kernel: str = field(default="", metadata=most(128))
    architecture: str = field(default="", metadata=most(32))
    cpus: int = 0
    memory_bytes: int = 0
    boot_ms: int = 0
    timezone: str = field(default="", metadata=most(64))
    interfaces: tuple[Interface, ...] = field(default=(), metadata=most(512))
    users: tuple[str, ...] = field(default=(), metadata=most(1000))
    last_user: str = field(default="", metadata=most(256))
    software: tuple[tuple[str, str], ...] = ()
    sensor_version: str = field(default="", metadata=most(64))
    package: str = field(default="", metadata=most(64))  # the platform of the packages it takes; "": it takes none
    policy_version: int = 0
    pattern_version: int = 0
    block_version: int = 0
    isolation: str = field(default="unknown", metadata=most(16))
    collectors: Mapping[str, CollectorState] = field(default_factory=dict, metadata=most(64))
    actions: tuple[str, ...] = field(default=(), metadata=most(256))
    cannot: Mapping[str, str] = field(default_factory=dict, metadata=most(256))
    untested: tuple[str, ...] = field(default=(), metadata=most(256))
    health: dict[str, Any] = field(default_factory=dict)

    @property
    def ips(self) -> tuple[str, ...]:
        return tuple(address for interface in self.interfaces for address in interface.addresses)


def read_facts(given: Any) -> HostFacts:
    """InputError names the field that is wrong."""
    return read_shape(HostFacts, given, "facts")


def write_facts(facts: HostFacts) -> dict[str, Any]:
    written: dict[str, Any] = write_shape(facts)
    return written
