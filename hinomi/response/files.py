"""Files that sensors sent: taken in piece by piece, checked by their hash, kept for a while, handed out in chunks.

    begin(command) -> how many bytes are here already -> append(command, offset, bytes) ... -> finish(command, sha256)

What lies here is always a zip that the sensor has encrypted; its password is not in this room. A file on disk is named for
the command, never for what the sensor calls it.
"""

import hashlib
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.errors import Conflict, DiskFull, InputError, NotFound, TooLarge
from hinomi.response.file_store import FILES
from hinomi.schema.principal import Principal

MAX_FILE_BYTES = 4 << 30
MAX_PIECE_BYTES = 16 << 20
KEPT_MS = 30 * 86_400_000
ABANDONED_MS = 2 * 86_400_000  # an upload nobody went on with
CHUNK = 1 << 18
_COMMAND = re.compile(r"[0-9a-f]{8,64}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[^\w.()+-]+")


@dataclass(frozen=True, slots=True)
class CollectedFile:
    """`state`: receiving, kept, expired or removed. Times: ms since 1970 UTC."""

    command_id: str
    task_id: str
    sensor: str
    name: str
    state: str
    size_bytes: int
    sha256: str
    begun_ms: int
    kept_ms: int | None
    expires_ms: int

    @property
    def is_kept(self) -> bool:
        return self.state == "kept"


def task_is_command(command_id: str, _sensor: str) -> str:
    """Where a task has one command and both have one id."""
    return command_id


class FileStore:
    """`task_of(command id, sensor)` gives the task of a command that this sensor was handed, or raises. Thread-safe."""

    def __init__(
        self,
        database: Database,
        audit: Audit,
        folder: Path,
        clock: Callable[[], float],
        *,
        task_of: Callable[[str, str], str] = task_is_command,
        floor_bytes: int = 0,
        limit_bytes: int = MAX_FILE_BYTES,
    ) -> None:
        self._database, self._audit, self._folder, self._clock = database, audit, folder, clock
        self._task_of, self._floor_bytes, self._limit_bytes = task_of, floor_bytes, limit_bytes
        self._lock = threading.Lock()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)

    # ---- in: called by the gateway --------------------------------------------------------------------------------
    def begin(self, command_id: str, *, sensor: str, name: str, size_bytes: int | None = None) -> int:
        """How many bytes of this upload are here already: the sensor goes on from there.

        NotFound or Forbidden (from `task_of`) when the sensor has no such command; Conflict when the file is complete.
        """
        if not _COMMAND.fullmatch(command_id):
            raise InputError("a command id is lower-case hex digits")
        if size_bytes is not None and not 0 <= size_bytes <= self._limit_bytes:
            raise TooLarge(f"a collected file may have at most {self._limit_bytes} bytes")
        task_id = self._task_of(command_id, sensor)
        with self._lock:
            held = self.found(command_id)
            if held is None:
                self._insert(command_id, task_id, sensor, _plain_name(name))
            elif held.sensor != sensor or held.state != "receiving":
                raise Conflict("this command's file is here already")
            return self._held_bytes(command_id)

    def append(self, command_id: str, offset: int, data: bytes) -> int:
        """Add bytes at `offset`; how many are here now. Conflict when `offset` is not where the file ends."""
        if len(data) > MAX_PIECE_BYTES:
            raise TooLarge(f"a piece may have at most {MAX_PIECE_BYTES} bytes")
        with self._lock:
            self._receiving(command_id)
            held = self._held_bytes(command_id)
            if offset != held:
                raise Conflict(f"the file has {held} bytes here, not {offset}")
            if held + len(data) > self._limit_bytes:
                raise TooLarge(f"a collected file may have at most {self._limit_bytes} bytes")
            self._require_room(len(data))
            with _private(self._part(command_id)) as stream:
                stream.write(data)
            return held + len(data)

    def finish(self, command_id: str, sha256: str) -> CollectedFile:
        """Check the hash and keep the file. InputError, and the bytes are gone, when they are not what was sent."""
        if not _SHA256.fullmatch(sha256):
            raise InputError("a SHA-256 is 64 lower-case hex digits")
        with self._lock:
            self._receiving(command_id)
            part = self._part(command_id)
            with _private(part) as stream:  # an empty file has no part yet
                os.fsync(stream.fileno())
            found, size = _hash_of(part)
            if found != sha256:
                part.unlink()
                self._change(command_id, state="receiving", size_bytes=0)
                raise InputError(f"the bytes that came have SHA-256 {found}, not {sha256}: send the file again")
            part.rename(self._path(command_id))
            _sync_folder(self._folder)
            now = self._now_ms()
            self._change(command_id, state="kept", size_bytes=size, sha256=found, kept_ms=now, expires_ms=now + KEPT_MS)
        return self.get(command_id)

    # ---- out ------------------------------------------------------------------------------------------------------
    def get(self, command_id: str) -> CollectedFile:
        found = self.found(command_id)
        if found is None:
            raise NotFound("there is no such file")
        return found

    def of_task(self, task_id: str) -> CollectedFile:
        """The newest file of a task, kept or not any more; NotFound when none came."""
        found = self._rows(FILES.c.task_id == task_id, FILES.c.state != "receiving", top=1)
        if not found:
            raise NotFound(f"the task {task_id[:40]!r} has no file")
        return found[0]

    def newest(self, top: int = 200) -> list[CollectedFile]:
        return self._rows(top=top)

    def path(self, file: CollectedFile) -> Path:
        """Where the bytes lie; NotFound when the file has expired or was removed."""
        path = self._path(file.command_id)
        if not file.is_kept or not path.is_file():
            raise NotFound("the file is not here any more: collected files are kept for 30 days")
        return path

    def chunks(self, file: CollectedFile) -> Iterator[bytes]:
        """The bytes, a part at a time. NotFound is raised at once, not while reading."""
        return _chunks(self.path(file))

    def tell_download(self, by: Principal, file: CollectedFile, what: str) -> None:
        """Into the audit log: who took which file out."""
        with self._database.begin() as connection:
            self._audit.add(connection, by, what, file.task_id, {"sha256": file.sha256, "bytes": file.size_bytes})

    def remove(self, by: Principal, file: CollectedFile) -> None:
        with self._database.begin() as connection:
            connection.execute(sa.update(FILES).where(FILES.c.command_id == file.command_id).values(state="removed"))
            self._audit.add(connection, by, "remove collected file", file.task_id, {"sha256": file.sha256})
        self._path(file.command_id).unlink(missing_ok=True)

    def sweep(self) -> int:
        """Let go of what has expired, of uploads nobody went on with, and of bytes without a row; how many."""
        with self._lock:
            gone = [
                row.command_id
                for row in self._rows(FILES.c.expires_ms <= self._now_ms(), top=1000)
                if row.state in _LIVE
            ]
            for command_id in gone:
                self._change(command_id, state="expired")
                self._path(command_id).unlink(missing_ok=True)
                self._part(command_id).unlink(missing_ok=True)
            return len(gone) + self._sweep_strays()

    # ---- within ---------------------------------------------------------------------------------------------------
    def _sweep_strays(self) -> int:
        """A crash between the row and the bytes leaves bytes that nobody knows."""
        with self._database.read() as connection:
            known = set(connection.execute(sa.select(FILES.c.command_id).where(FILES.c.state.in_(_LIVE))).scalars())
        strays = [path for path in self._folder.iterdir() if path.name.partition(".")[0] not in known]
        for path in strays:
            path.unlink(missing_ok=True)
        return len(strays)

    def _receiving(self, command_id: str) -> CollectedFile:
        found = self.get(command_id)
        if found.state != "receiving":
            raise Conflict("this command's file is here already")
        return found

    def _require_room(self, more: int) -> None:
        if shutil.disk_usage(self._folder).free - more < self._floor_bytes:
            raise DiskFull("free disk space is under the floor; no file is taken in")

    def _insert(self, command_id: str, task_id: str, sensor: str, name: str) -> None:
        now = self._now_ms()
        row = {
            "command_id": command_id,
            "task_id": task_id,
            "sensor": sensor,
            "name": name,
            "state": "receiving",
            "size_bytes": 0,
            "sha256": "",
            "begun_ms": now,
            "expires_ms": now + ABANDONED_MS,
        }
        with self._database.begin() as connection:
            connection.execute(sa.insert(FILES).values(**row))

    def _change(self, command_id: str, **values: Any) -> None:
        with self._database.begin() as connection:
            connection.execute(sa.update(FILES).where(FILES.c.command_id == command_id).values(**values))

    def found(self, command_id: str) -> CollectedFile | None:
        return next(iter(self._rows(FILES.c.command_id == command_id, top=1)), None)

    def _rows(self, *conditions: sa.ColumnElement[bool], top: int) -> list[CollectedFile]:
        wanted = sa.select(FILES).where(*conditions).order_by(FILES.c.begun_ms.desc(), FILES.c.command_id).limit(top)
        with self._database.read() as connection:
            return [CollectedFile(**row._asdict()) for row in connection.execute(wanted)]

    def _held_bytes(self, command_id: str) -> int:
        part = self._part(command_id)
        return part.stat().st_size if part.exists() else 0

    def _path(self, command_id: str) -> Path:
        return self._folder / f"{command_id}.zip"

    def _part(self, command_id: str) -> Path:
        return self._folder / f"{command_id}.part"

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)


_LIVE = ("receiving", "kept")


def _plain_name(name: str) -> str:
    """The last part of what the sensor calls it, for people; nothing that a shell, a path or a header minds."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return _NAME.sub("_", last)[:120].strip("._") or "file"


def _private(path: Path) -> Any:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600), "ab")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _hash_of(path: Path) -> tuple[str, int]:
    made, size = hashlib.sha256(), 0
    for chunk in _chunks(path):
        made.update(chunk)
        size += len(chunk)
    return made.hexdigest(), size


def _chunks(path: Path) -> Iterator[bytes]:
    stream = path.open("rb")

    def read() -> Iterator[bytes]:
        with stream:
            while chunk := stream.read(CHUNK):
                yield chunk

    return read()
