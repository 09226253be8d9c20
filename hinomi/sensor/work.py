"""What one running command may use: sensor.action.Work, with the way to the server behind it."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hinomi.errors import HinomiError
from hinomi.sensor.action import ActionFailed, Guarding
from hinomi.sensor.link import Link
from hinomi.sensor.shell_lines import ShellLines
from hinomi.sensor.upload import upload
from hinomi.wire.message import Progress

PROGRESS_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The same for every command. `send` may lose what it is given while there is no channel."""

    folder: Path
    sensor: str
    link: Callable[[], Link]  # of this moment: a renewed certificate makes another
    shells: ShellLines
    guards: Guarding
    emit: Callable[[str, Mapping[str, Any]], None]
    send: Callable[[Progress], object]


class CommandWork:
    def __init__(self, command_id: str, surroundings: Surroundings) -> None:
        self.command_id, self.folder, self.sensor = command_id, surroundings.folder, surroundings.sensor
        self.server_addresses = surroundings.link().addresses
        self.shells, self.guards = surroundings.shells, surroundings.guards
        self.cancelled = threading.Event()
        self._surroundings = surroundings
        self._told_s = 0.0

    def now_ms(self) -> int:
        return int(time.time() * 1000)

    def progress(self, note: str, done: float | None = None) -> None:
        if time.monotonic() - self._told_s < PROGRESS_EVERY_S:
            return
        self._told_s = time.monotonic()
        self._surroundings.send(Progress(self.command_id, note[:1000], done))

    def is_cancelled(self) -> bool:
        return self.cancelled.is_set()

    def upload(self, path: Path, name: str) -> str:
        """ActionFailed "upload" when it was refused, or given up."""
        try:
            return upload(self._surroundings.link(), self.command_id, path, name, self.cancelled.wait)
        except HinomiError as error:
            raise ActionFailed("upload", str(error), f"ファイルをサーバーへ送れませんでした: {error}") from error

    def download(self, path: str, to: Path, most_bytes: int) -> str:
        """ActionFailed "download" when it cannot be fetched or is larger."""
        try:
            return self._surroundings.link().download(path, to, most_bytes)
        except (HinomiError, OSError) as error:
            raise ActionFailed("download", str(error), f"サーバーから取得できませんでした: {error}") from error

    def emit(self, kind: str, data: Mapping[str, Any]) -> None:
        self._surroundings.emit(kind, data)
