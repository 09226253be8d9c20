"""Files made, renamed, deleted and written in the watched places, by fanotify: with name and process, nothing missed between.

The marks are those of whole file systems, which costs the rest of the host nothing; what lies outside the places is
dropped here before anything else is asked about it.
"""

import os
import select
from pathlib import Path
from threading import Thread
from typing import Any

from hinomi.sensor.collectors import Emit
from hinomi.sensor.telemetry import fanotify
from hinomi.sensor.telemetry.fanotify import Fanotify, FileEvent
from hinomi.sensor.telemetry.processes import ProcessTable, the_table
from hinomi.wire.policy import SensorPolicy, WatchedPlace

# in the order in which one file lives, when the kernel tells several at once
_MEANINGS = (
    (fanotify.CREATE, "create", "file_create"),
    (fanotify.MOVED_TO, "rename", "file_rename"),
    (fanotify.CLOSE_WRITE, "write", "file_write"),
    (fanotify.DELETE, "delete", "file_delete"),
)


class FilesFanotify:
    name = "files_fanotify"
    kinds: tuple[str, ...] = ("file",)

    def __init__(self, table: ProcessTable | None = None) -> None:
        self._table = table or the_table()
        self._group: Fanotify | None = None
        self._thread: Thread | None = None
        self._wake: tuple[int, int] | None = None
        self._places: dict[str, WatchedPlace] = {}
        self._moved: tuple[int, str] | None = None  # pid and path of a rename whose second half comes next
        self._seen = self._overflows = 0
        self._marked = 0
        self._unmarked: dict[str, str] = {}

    def probe(self) -> str | None:
        try:
            group = Fanotify()
        except PermissionError:
            return "needs CAP_SYS_ADMIN in the machine's own user namespace"
        except OSError as error:
            return f"no fanotify with names in this kernel: {error}"
        group.close()
        return None

    def start(self, emit: Emit, policy: SensorPolicy) -> None:
        self._emit = emit
        self._group, self._wake = Fanotify(), os.pipe2(os.O_CLOEXEC)
        self.apply(policy)
        if not self._marked:
            self.stop()
            raise OSError(f"no place can be watched: {'; '.join(self._unmarked.values()) or 'none is there'}")
        self._thread = Thread(target=self._listen, name="files", daemon=True)
        self._thread.start()

    def apply(self, policy: SensorPolicy) -> None:
        assert self._group is not None  # noqa: S101 - started before
        places = {place.path.rstrip("/") or "/": place for place in policy.places}
        self._unmarked = {}
        for path in places:
            try:
                self._group.mark(Path(path))
            except FileNotFoundError:
                self._unmarked[path] = f"{path} is not there"
            except OSError as error:
                self._unmarked[path] = f"{path}: {error}"
        self._marked = len(places) - len(self._unmarked)
        self._places = places

    def stop(self) -> None:
        if self._wake is not None:
            os.write(self._wake[1], b"x")
        if self._thread is not None:
            self._thread.join(5)
        if self._group is not None:
            self._group.close()
        for fd in self._wake or ():
            os.close(fd)
        self._group = self._thread = self._wake = None

    def health(self) -> dict[str, Any]:
        return {"seen": self._seen, "lost": self._overflows, "unmarked": len(self._unmarked), "trouble": None}

    def _listen(self) -> None:
        group, wake = self._group, self._wake
        assert group is not None  # noqa: S101
        assert wake is not None  # noqa: S101
        while True:
            ready, _, _ = select.select([group.fileno(), wake[0]], [], [])
            if wake[0] in ready:
                return
            for event in group.read():
                self._consider(event)

    def _consider(self, event: FileEvent) -> None:
        if event.overflow:
            self._overflows += 1
            text = "the kernel dropped events of files"
            self._emit("sensor_loss", {"name": self.name, "lost": 1, "text": text})
            return
        if event.folder is None or event.pid == os.getpid():
            return
        path = f"{event.folder.rstrip('/')}/{event.name}"
        if event.mask & fanotify.MOVED_FROM:
            self._moved = (event.pid, path)
        place = self._place(event.folder)
        if place is None or event.mask & fanotify.ON_FOLDER:
            return
        for bit, name, kind in _MEANINGS:
            if event.mask & bit and name in place.events:
                self._tell(kind, path, event.pid)

    def _tell(self, kind: str, path: str, pid: int) -> None:
        actor = self._table.of(pid)
        data: dict[str, Any] = actor.as_actor() if actor is not None else {"pid": pid}
        data["path"] = path
        if kind == "file_rename" and self._moved is not None and self._moved[0] == pid:
            data["old_path"] = self._moved[1]
        if kind != "file_delete":
            data |= _size(path)
        self._seen += 1
        self._emit(kind, data)

    def _place(self, folder: str) -> WatchedPlace | None:
        """The nearest watched place above; one that is not recursive counts for its own files alone."""
        above = folder
        while True:
            place = self._places.get(above)
            if place is not None and (place.recursive or above == folder):
                return place
            if above == "/":
                return None
            above = above.rpartition("/")[0] or "/"


def _size(path: str) -> dict[str, int]:
    try:
        return {"size": os.lstat(path).st_size}
    except OSError:
        return {}
