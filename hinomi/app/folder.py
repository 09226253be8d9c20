"""The data folder on disk: one process at a time holds it; a server says in `server.json` (0600) where it is."""

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hinomi.errors import Conflict, NotFound


class DataFolder:
    """The folder on disk: who holds it, where the parts lie. Nothing in it may be read by other users."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def is_made(self) -> bool:
        return (self.path / "hinomi.json").is_file()

    def make(self, org: str) -> None:
        """Create the folder; raises Conflict when it is one already."""
        if self.is_made:
            raise Conflict(f"{self.path} is a Hinomi data folder already")
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)
        write_private(self.path / "hinomi.json", {"version": 1, "org": org, "madeAt": int(time.time())})

    def require(self) -> None:
        if not self.is_made:
            raise NotFound(f"{self.path} is no Hinomi data folder; make one with: hinomi init --data {self.path}")

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the folder alone; raises Conflict when another process has it."""
        self.require()
        with (self.path / "hinomi.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Conflict(f"another Hinomi process is using {self.path}") from None
            yield

    def announce(self, url: str, token: str) -> None:
        write_private(self.path / "server.json", {"url": url, "token": token, "pid": os.getpid()})

    def retract(self) -> None:
        (self.path / "server.json").unlink(missing_ok=True)

    def server(self) -> dict[str, Any] | None:
        """Address and local token of the server on this folder; None when none is running."""
        if self._is_free():
            return None
        try:
            found: dict[str, Any] = json.loads((self.path / "server.json").read_text())
        except (OSError, ValueError):
            return None
        return found

    def _is_free(self) -> bool:
        try:
            with (self.path / "hinomi.lock").open("a+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True


def write_private(path: Path, value: Mapping[str, Any]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as stream:
        json.dump(value, stream)
