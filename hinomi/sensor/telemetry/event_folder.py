"""Rendered events in files: FOLDER/<channel, with `%4` for `/`, as Windows names its log files>.xml, one event a line.

For hosts whose events were rendered elsewhere, and for tests. A mark is the byte behind the last line read; a file shorter
than its mark was replaced.
"""

import threading
from pathlib import Path

from hinomi.sensor.telemetry.event_log import Batch, ChannelMissingError, MarkStaleError

LONGEST_LINE = 4 << 20
POLL_S = 0.5


class EventFolder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._woken = threading.Event()

    def missing(self) -> str | None:
        return None if self._folder.is_dir() else f"there is no folder {self._folder}"

    def open(self, channel: str, mark: str) -> "FileReader":
        path = self._folder / f"{channel.replace('/', '%4')}.xml"
        if not path.is_file():
            raise ChannelMissingError(f"there is no file {path.name}")
        at = int(mark or 0)
        if at > path.stat().st_size:
            raise MarkStaleError(f"{path.name} is shorter than it was")
        return FileReader(path, at)

    def wait(self, seconds: float) -> None:
        self._woken.wait(min(seconds, POLL_S))
        self._woken.clear()

    def wake(self) -> None:
        self._woken.set()


class FileReader:
    def __init__(self, path: Path, at: int) -> None:
        self._file = path.open("rb")
        self._at = at

    def read(self, most: int) -> Batch | None:
        """Whole lines only: the last may still be written to."""
        found: list[str] = []
        self._file.seek(self._at)
        while len(found) < most and (line := self._file.readline(LONGEST_LINE)):
            if not line.endswith(b"\n") and len(line) < LONGEST_LINE:
                break
            self._at += len(line)
            if text := line.decode("utf-8", "replace").strip():
                found.append(text)
        return Batch(tuple(found), str(self._at)) if found else None

    def close(self) -> None:
        self._file.close()
