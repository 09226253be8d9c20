"""What was taken out of mailboxes: each copy as a sealed file (0600, fsync) and a row that says where it came from.

A row is `held` from the moment the copy is on our disk, and `quarantined` only when it has left the mailbox: whoever finds a held
row after a crash goes on from there.
"""

import hashlib
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.errors import Unavailable
from hinomi.response.life import SERVER
from hinomi.response.mail.mail_store import Copy, Place, Wanted
from hinomi.response.mail.message import Letter
from hinomi.response.mail.store import TAKEN

MAX_ROWS = 5000  # of one message that are looked through
MAX_COPIES = 500


class Quarantine:
    """Thread-safe. `folder`: 0700."""

    def __init__(self, database: Database, audit: Audit, folder: Path, box: Fernet, clock: Callable[[], float]) -> None:
        self._database, self._audit = database, audit
        self._folder, self._box, self._clock = folder, box, clock

    def rows(self, wanted: Wanted) -> list[sa.Row[Any]]:
        """What was ever taken of it, newest first."""
        columns = TAKEN.c
        conditions = [columns.unique_id == wanted.place.unique_id] if wanted.place else []
        conditions += [columns.message_id == wanted.message_id] if wanted.message_id else []
        conditions += [columns.mailbox == wanted.mailbox] if wanted.mailbox else []
        found = self.select(*conditions, most=MAX_ROWS)
        digest = wanted.attachment_sha256
        return [row for row in found if not digest or digest in row.attachments][:MAX_COPIES]

    def select(self, *conditions: sa.ColumnElement[bool], most: int = MAX_COPIES) -> list[sa.Row[Any]]:
        query = sa.select(TAKEN).where(*conditions).order_by(TAKEN.c.changed_ms.desc()).limit(most)
        with self._database.read() as connection:
            return list(connection.execute(query).all())

    def keep(self, task_id: str, copy: Copy, raw: bytes) -> None:
        """On our disk when this returns; the row is held."""
        file = secrets.token_hex(16)
        self._write(file, raw)
        unique_id = copy.place.unique_id
        with self._database.begin() as connection:
            before = connection.execute(sa.select(TAKEN.c.file).where(TAKEN.c.unique_id == unique_id)).scalar()
            connection.execute(sa.delete(TAKEN).where(TAKEN.c.unique_id == unique_id))
            connection.execute(sa.insert(TAKEN).values(**self._values(task_id, copy, file)))
        if before is not None:
            self._path(before).unlink(missing_ok=True)

    def mark(self, unique_id: str, state: str, task_id: str, more: Mapping[str, Any] | None = None) -> None:
        """One copy came into a state: in the row and in the audit log."""
        with self._database.begin() as connection:
            row = connection.execute(sa.select(TAKEN).where(TAKEN.c.unique_id == unique_id)).one()
            values = {"state": state, "task_id": task_id, "changed_ms": int(self._clock() * 1000)}
            connection.execute(sa.update(TAKEN).where(TAKEN.c.unique_id == unique_id).values(**values))
            details = {"mailbox": row.mailbox, "folder": row.folder, "sha256": row.sha256, "subject": row.subject[:100]}
            self._audit.add(connection, SERVER, f"mail.{state}", task_id, details | dict(more or {}))

    def let_go(self, row: sa.Row[Any]) -> None:
        """The sealed file is deleted; the row stays."""
        self._path(row.file).unlink(missing_ok=True)

    def forget(self, unique_id: str) -> None:
        """As if it had never been taken: for a copy that had left its place before we could remove it there."""
        with self._database.begin() as connection:
            file = connection.execute(sa.select(TAKEN.c.file).where(TAKEN.c.unique_id == unique_id)).scalar()
            connection.execute(sa.delete(TAKEN).where(TAKEN.c.unique_id == unique_id))
        if file is not None:
            self._path(file).unlink(missing_ok=True)

    def read(self, row: sa.Row[Any]) -> bytes:
        try:
            return self._box.decrypt(self._path(row.file).read_bytes())
        except (OSError, InvalidToken):
            raise Unavailable("the quarantined copy cannot be read; is data/sealing.key the same?") from None

    def is_whole(self, row: sa.Row[Any]) -> bool:
        try:
            return hashlib.sha256(self.read(row)).hexdigest() == str(row.sha256)
        except Unavailable:
            return False

    # ---- within -----------------------------------------------------------------------------------------------------
    def _values(self, task_id: str, copy: Copy, file: str) -> dict[str, Any]:
        place, letter = copy.place, copy.letter
        return {
            "unique_id": place.unique_id, "file": file, "connector": place.connector, "mailbox": place.mailbox,
            "folder": place.folder, "uid": place.uid, "message_id": letter.message_id, "subject": letter.subject,
            "sender": letter.sender, "received_ms": copy.received_ms, "size_bytes": letter.size_bytes,
            "sha256": letter.sha256, "attachments": [one.sha256 for one in letter.attachments], "flags": list(copy.flags),
            "attributes": copy.attributes or {}, "state": "held", "task_id": task_id,
            "changed_ms": int(self._clock() * 1000),
        }  # fmt: skip

    def _path(self, file: str) -> Path:
        return self._folder / f"{file}.sealed"

    def _write(self, file: str, raw: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(self._path(file), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(self._box.encrypt(raw))
            stream.flush()
            os.fsync(stream.fileno())
        handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)  # else a power cut could leave the name behind that the mailbox no longer has
        finally:
            os.close(handle)


def copy_of(row: sa.Row[Any]) -> Copy:
    """The copy as it was when it was taken."""
    place = Place(row.connector, row.mailbox, row.folder, row.uid)
    letter = Letter(row.message_id, row.subject, row.sender, row.sha256, row.size_bytes, ())
    return Copy(place, letter, row.received_ms, tuple(row.flags), dict(row.attributes))
