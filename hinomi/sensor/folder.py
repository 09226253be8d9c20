"""The sensor's folder on disk: identity, spool, journal, state of actions. Nothing in it may be read by other users.

sensor.pem (certificate and key)  authority.crt  identity.json  connection  server-addresses.json  policy.json  status.json
spool/  journal.db  state/ (of the actions)  uploads/  update/
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hinomi.errors import Conflict
from hinomi.sensor import disk

DEFAULT = (
    Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "Hinomi Sensor"
    if sys.platform == "win32"
    else Path("/var/lib/hinomi-sensor")
)


class SensorFolder:
    def __init__(self, path: Path) -> None:
        self.path = path

    def make(self) -> None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)

    def part(self, name: str) -> Path:
        """A folder inside, made when it is not there."""
        path = self.path / name
        path.mkdir(mode=0o700, exist_ok=True)
        return path

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the folder alone: two sensors of one identity on one machine would look like a copy. Conflict."""
        with (self.path / "lock").open("a+") as lock:
            try:
                disk.lock(lock)
            except OSError:
                raise Conflict(f"another sensor is running on {self.path}") from None
            yield

    @property
    def is_held(self) -> bool:
        try:
            with (self.path / "lock").open("r+") as lock:
                disk.lock(lock)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return False

    def write(self, name: str, content: bytes, *, is_lasting: bool = True) -> None:
        """Replace a file, all of it or nothing, 0600. `is_lasting`: on return it survives a power cut."""
        path, draft = self.path / name, self.path / f"{name}.new"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | disk.OWN, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            if is_lasting:
                os.fsync(file.fileno())
        draft.replace(path)
        if is_lasting:
            disk.sync_folder(self.path)

    def write_json(self, name: str, value: Any, *, is_lasting: bool = True) -> None:
        self.write(name, json.dumps(value).encode(), is_lasting=is_lasting)

    def read_json(self, name: str) -> Any:
        """None when it is not there or cannot be read."""
        try:
            return json.loads((self.path / name).read_bytes())
        except (OSError, ValueError):
            return None
