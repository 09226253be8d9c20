"""What the sensor remembers of an isolation on its disk, on every system: asked for when, until when, and what stays open."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from hinomi.sensor import state_file
from hinomi.sensor.action import ActionFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class IsolationState:
    """Times: ms since 1970 UTC; `until_ms` 0: until it is restored."""

    since_ms: int
    until_ms: int
    servers: tuple[tuple[str, int], ...]
    allow: tuple[str, ...]
    before_sha256: str
    command_id: str
    restoring: bool = False


State = TypeVar("State", bound=IsolationState)


def path(folder: Path) -> Path:
    return folder / "isolation.json"


def load(folder: Path, kind: type[State]) -> State | None:
    found = state_file.read(path(folder))
    if found is None:
        return None
    servers = tuple((str(address), int(port)) for address, port in found.pop("servers"))
    return kind(servers=servers, allow=tuple(found.pop("allow")), **found)


def require_server(servers: Sequence[tuple[str, int]]) -> None:
    """ActionFailed: a host that is shut off from its server too would stay isolated for ever."""
    if not servers:
        raise ActionFailed(
            "refused",
            "No address of the server is known; isolated, this host could never be reached again.",
            "サーバーのアドレスが不明なため、隔離すると復旧できなくなります。",
        )
