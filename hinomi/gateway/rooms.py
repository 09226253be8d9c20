"""What the gateway is handed of a house; every callable may block and is called in threads."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from hinomi.access.authority import Authority
from hinomi.access.sensor_identity import SensorIdentities
from hinomi.errors import NotFound
from hinomi.schema.endpoint import Isolation
from hinomi.schema.task import TaskError
from hinomi.wire.command import SignedCommand
from hinomi.wire.inventory import HostFacts
from hinomi.wire.message import Hello, Shell, Update, UpdateOutcome
from hinomi.wire.policy import SensorPolicy


class TaskReports(Protocol):
    """What sensors say of tasks; response.tasks.Tasks. Forbidden and NotFound for what is none of theirs."""

    def received(self, id_: str, sensor: str, at_ms: int | None = None) -> None: ...

    def executing(self, id_: str, sensor: str, at_ms: int | None = None) -> None: ...

    def progressed(self, id_: str, sensor: str, note: str, done: float | None = None) -> None: ...

    def finished(
        self, id_: str, sensor: str, outcome: Mapping[str, Any] | TaskError, at_ms: int | None = None
    ) -> None: ...

    def refused(self, id_: str, sensor: str, reason: str) -> None: ...


class Desk(Protocol):
    """Commands for sensors; response.desk.ResponseDesk."""

    @property
    def tasks(self) -> TaskReports: ...

    def commands(self, guid: str) -> list[SignedCommand]: ...

    def stopping(self, guid: str) -> list[str]: ...

    def look(self, guid: str, action: str, parameters: Mapping[str, Any], seconds: int = 60) -> SignedCommand: ...


class Endpoints(Protocol):
    """inventory.inventory.Inventory."""

    def seen(
        self,
        guid: str,
        *,
        at_ms: int,
        connected: bool | None = None,
        facts: HostFacts | None = None,
        isolation: Isolation | None = None,
        skew_ms: int | None = None,
        **versions: int | None,
    ) -> None: ...


class Shelf(Protocol):
    """Where files of sensors go, piece by piece; response.files.FileStore."""

    def begin(self, command_id: str, *, sensor: str, name: str, size_bytes: int | None = None) -> int: ...

    def append(self, command_id: str, offset: int, data: bytes) -> int: ...

    def finish(self, command_id: str, sha256: str) -> Any: ...

    def get(self, command_id: str) -> Any: ...


class ShellDesk(Protocol):
    """The server's ends of remote shells."""

    def came(self, sensor: str, message: Shell, /) -> None: ...

    def lost(self, sensor: str, /) -> None: ...


class NoShells:
    def came(self, _sensor: str, _message: Shell) -> None:
        return None

    def lost(self, _sensor: str) -> None:
        return None


def _no_update(_hello: Hello) -> Update | None:
    return None


def _no_package(_sha256: str) -> Path:
    raise NotFound("no package is offered here")


def _nothing(_guid: str, _outcome: UpdateOutcome) -> None:
    return None


def _no_patterns(version: int) -> bytes:
    raise NotFound(f"there is no pattern set of version {version}")


@dataclass
class GatewayRooms:
    """`append` lays a packed batch in the spool; on return it is on disk. `policy`: what a sensor has to follow.

    `enrolled(guid, group, name)`: a new sensor. `command_key`: (32 bytes of the public key, epoch). `update`: the package that is
    offered to a sensor; `update_file`: where one lies, by its digest; `updated(guid, outcome)`: what became of one. `patterns`: the bytes of a pattern version.
    """

    authority: Authority
    identities: SensorIdentities
    append: Callable[[bytes], int]
    desk: Desk
    endpoints: Endpoints
    policy: Callable[[str], SensorPolicy]
    enrolled: Callable[[str, str, str], None]
    command_key: Callable[[], tuple[bytes, int]]
    update_key: bytes = b""
    update: Callable[[Hello], Update | None] = _no_update
    update_file: Callable[[str], Path] = _no_package
    updated: Callable[[str, UpdateOutcome], None] = _nothing
    patterns: Callable[[int], bytes] = _no_patterns
    shelf: Shelf | None = None
    shells: ShellDesk = field(default_factory=NoShells)
    version: str = ""
    clock: Callable[[], float] = time.time

    def now_ms(self) -> int:
        return int(self.clock() * 1000)
