"""An endpoint: a machine with our sensor, as the inventory knows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class EndpointType(StrEnum):
    SERVER = "server"
    DESKTOP = "desktop"


class Isolation(StrEnum):
    OFF = "off"
    ON = "on"
    UNKNOWN = "unknown"  # the sensor has not said


@dataclass(frozen=True, slots=True)
class Interface:
    name: str
    mac: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`guid` is the sensor's identity; names are labels. Moments: ms since 1970 UTC, 0 for never.

    `collectors`: name -> {"active": bool, "reason": text, "watches": list, "lost": int}. `actions`: what the sensor knows;
    `cannot`: action -> why this host cannot do it; `untested`: actions that were never run on its system.
    """

    guid: str
    name: str
    type: EndpointType
    os_name: str = ""
    os_version: str = ""
    os_platform: str = ""  # linux, windows
    kernel: str = ""
    architecture: str = ""
    interfaces: tuple[Interface, ...] = ()
    users: tuple[str, ...] = ()
    last_user: str = ""
    software: tuple[tuple[str, str], ...] = ()  # (name, version)
    sensor_version: str = ""
    package: str = ""  # the platform of the packages that its sensor takes as updates; "": it takes none
    policy_version: int = 0
    pattern_version: int = 0
    block_version: int = 0
    isolation: Isolation = Isolation.UNKNOWN
    is_connected: bool = False
    first_seen_ms: int = 0
    last_seen_ms: int = 0
    skew_ms: int = 0  # device clock ahead of the server's
    group: str = ""
    is_revoked: bool = False
    collectors: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    actions: tuple[str, ...] = ()
    cannot: Mapping[str, str] = field(default_factory=dict)
    untested: tuple[str, ...] = ()
    health: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ips(self) -> tuple[str, ...]:
        return tuple(address for interface in self.interfaces for address in interface.addresses)

    @property
    def macs(self) -> tuple[str, ...]:
        return tuple(interface.mac for interface in self.interfaces if interface.mac)


@dataclass(frozen=True, slots=True)
class EndpointQuery:
    """Which endpoints, in which order. Empty and None mean: all."""

    search: str = ""  # each word stands in guid, name, address, user, group or OS
    types: tuple[EndpointType, ...] = ()
    platforms: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    is_connected: bool | None = None
    is_isolated: bool | None = None
    order: str = "name"
    is_descending: bool = False
    top: int = 50
    skip: int = 0
