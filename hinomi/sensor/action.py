"""What one action on the endpoint is made of. One file per action in `actions/`, of the name its server half has.

An action takes the command's parameters and a `Work` (folder, clock, way to the server) and returns its result, plain
JSON of at most MAX_RESULT_BYTES, or raises ActionFailed. It is called at most once for a command, in a thread of its own;
a process killed in the middle asks `after_crash` at the next start what became of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from hinomi.sensor.shell_lines import ShellLines

MAX_RESULT_BYTES = 512 << 10


class ActionFailed(Exception):
    """`code` is stable (see schema.task.TaskError), the texts are for people."""

    def __init__(self, code: str, message: str, ja: str) -> None:
        super().__init__(message)
        self.code, self.ja = code, ja


class Guarding(Protocol):
    """What of the block list needs a program that answers; sensor/guards.py. Values: type -> value -> until (ms)."""

    def follow(self, values: Mapping[str, Mapping[str, int]]) -> Mapping[str, tuple[str, str]]:
        """Type -> (blocked, flagged or unsupported; the reason)."""
        ...

    def look(self, values: Mapping[str, Mapping[str, int]]) -> Mapping[str, Mapping[str, bool | None]]: ...


class Work(Protocol):
    """What an action may use."""

    command_id: str
    folder: Path  # of this sensor, 0700: state that must survive (isolation, block list, patterns)
    sensor: str  # endpointGuid
    server_addresses: tuple[tuple[str, int], ...]  # (ip, port) that must stay reachable
    shells: ShellLines  # the way of remote shells to the server
    guards: Guarding  # what of the block list needs a program that answers

    def now_ms(self) -> int: ...

    def progress(self, note: str, done: float | None = None) -> None:
        """Tell the server how far it is; cheap, may be lost."""
        ...

    def is_cancelled(self) -> bool: ...

    def upload(self, path: Path, name: str) -> str:
        """Send a file of any size to the server, resumed after a break; its SHA-256. The file may be removed after."""
        ...

    def download(self, path: str, to: Path, most_bytes: int) -> str:
        """Fetch `path` (begins with /) of the own server into the file `to`; its SHA-256. ActionFailed when larger."""
        ...

    def emit(self, kind: str, data: Mapping[str, Any]) -> None:
        """An activity of the sensor's own (sensor.loss, isolation ...), into the same spool as all others."""
        ...


def nothing_left(_work: Work, _parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return None


@dataclass(frozen=True, slots=True)
class EndpointAction:
    """`needs`: () -> reason why it cannot run on this host, None when it can (told to the server in `hello`)."""

    name: str
    run: Callable[[Work, Mapping[str, Any]], Mapping[str, Any]]
    needs: Callable[[], str | None] = lambda: None
    # killed in the middle: the result if it did happen, None when that cannot be known (then: failed, "interrupted")
    after_crash: Callable[[Work, Mapping[str, Any]], Mapping[str, Any] | None] = nothing_left
    limit_s: float = 4 * 3600  # longer than this it is asked to stop, and soon given up
