"""Secrets that results bring (passwords of zips, new passwords of accounts): sealed on the way in, shown by request, counted.

The key lies beside the database in a file of its own: a copy of the database alone opens nothing.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy.engine import Connection

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.errors import Forbidden, NotFound, Unavailable
from hinomi.response.store import SECRETS, SHOWN, find
from hinomi.schema.principal import Permission, Principal

FIELD = "password"
MAX_SECRET = 256


def take_out(result: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The result without any field called `password`, however deep, and the first such text."""
    found: list[str] = []

    def without(value: Any) -> Any:
        if isinstance(value, dict):
            taken = value.get(FIELD)
            if isinstance(taken, str) and taken:
                found.append(taken[:MAX_SECRET])
            return {name: without(each) for name, each in value.items() if name != FIELD}
        return [without(each) for each in value] if isinstance(value, list) else value

    rest: dict[str, Any] = without(dict(result))
    return rest, found[0] if found else ""


class SealedSecrets:
    def __init__(self, database: Database, audit: Audit, key_file: Path) -> None:
        self._database, self._audit = database, audit
        self._box = Fernet(_key(key_file))

    def keep(self, connection: Connection, task_id: str, secret: str, now_ms: int) -> None:
        sealed = self._box.encrypt(secret.encode(errors="replace"))
        connection.execute(sa.delete(SECRETS).where(SECRETS.c.task_id == task_id))
        connection.execute(sa.insert(SECRETS).values(task_id=task_id, sealed=sealed, made_ms=now_ms))

    def shown(self, task_id: str) -> list[tuple[str, int]]:
        """Who has seen it, and when; oldest first."""
        wanted = sa.select(SHOWN).where(SHOWN.c.task_id == task_id).order_by(SHOWN.c.number)
        with self._database.read() as connection:
            return [(row.who, row.at_ms) for row in connection.execute(wanted)]

    def reveal(self, by: Principal, task_id: str, now_ms: int) -> str:
        """The secret; once for those who may, again only for an administrator. Forbidden, NotFound; each look is audited."""
        with self._database.begin() as connection:
            row = find(connection, task_id)
            sealed = connection.execute(sa.select(SECRETS.c.sealed).where(SECRETS.c.task_id == row.id)).scalar()
            if sealed is None:
                raise NotFound(f"task {row.id} has no password")
            before = connection.execute(
                sa.select(sa.func.count()).select_from(SHOWN).where(SHOWN.c.task_id == row.id)
            ).scalar_one()
            if before and Permission.ADMINISTER not in by.permissions:
                self._audit.add(connection, by, "task.password", row.id, {"shownBefore": before}, "failure")
            else:
                shown = {"task_id": row.id, "number": before + 1, "who": by.name, "at_ms": now_ms}
                connection.execute(sa.insert(SHOWN).values(**shown))
                self._audit.add(connection, by, "task.password", row.id, {"shownBefore": before})
                return self._open(sealed)
        raise Forbidden(f"the password of task {task_id} was shown already; an administrator can show it again")

    def for_package(self, task_id: str) -> str:
        """The secret for what the server itself writes with it (the submission's remarks); the caller audits who took that."""
        with self._database.read() as connection:
            sealed = connection.execute(sa.select(SECRETS.c.sealed).where(SECRETS.c.task_id == task_id)).scalar()
        if sealed is None:
            raise NotFound(f"task {task_id} has no password")
        return self._open(sealed)

    def _open(self, sealed: bytes) -> str:
        try:
            return self._box.decrypt(sealed).decode()
        except InvalidToken:
            raise Unavailable("the password was sealed with another key: restore data/sealing.key too") from None


def sealing_box(path: Path) -> Fernet:
    """For other secrets of this server that are kept as this one's are (mail, directories)."""
    return Fernet(_key(path))


def _key(path: Path) -> bytes:
    """Made once, 0600."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes().strip()
    key = Fernet.generate_key()
    with os.fdopen(handle, "wb") as stream:
        stream.write(key)
        stream.flush()
        os.fsync(stream.fileno())
    return key
