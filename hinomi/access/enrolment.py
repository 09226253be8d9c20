"""Enrolments: tokens with which new sensors come in. The value is shown once; we keep its hash, its uses and its end."""

import hashlib
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.engine import Connection

from hinomi.access.audit import Audit
from hinomi.access.permission import require
from hinomi.access.sensor_store import enrolments
from hinomi.database import Database
from hinomi.errors import InputError, NotFound, Unauthorised
from hinomi.schema.principal import Permission, Principal

MAX_USES = 10_000
MAX_EXPIRY_S = 90 * 86_400
DEFAULT_EXPIRY_S = 86_400
_MAX_NAME = 64


@dataclass(frozen=True, slots=True)
class Enrolment:
    id: str
    name: str
    group: str
    uses: int
    used: int
    created_by: str
    created_ms: int
    expires_ms: int

    def status(self, now_ms: int) -> str:
        """open, used or expired."""
        if self.used >= self.uses:
            return "used"
        return "expired" if self.expires_ms <= now_ms else "open"


class Enrolments:
    def __init__(self, database: Database, audit: Audit, clock: Callable[[], float]) -> None:
        self._database, self._audit, self._clock = database, audit, clock

    def all(self) -> list[Enrolment]:
        """Newest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(enrolments).order_by(enrolments.c.created_ms.desc(), enrolments.c.id))
            return [_enrolment(row) for row in rows]

    def create(
        self, by: Principal, name: str = "", *, group: str = "", uses: int = 1, expires_s: int = DEFAULT_EXPIRY_S
    ) -> tuple[Enrolment, str]:
        """The enrolment and its token, which cannot be had again. InputError for what is out of bounds."""
        require(by, Permission.ADMINISTER)
        if not 1 <= uses <= MAX_USES:
            raise InputError(f"a token may be used 1 to {MAX_USES} times")
        if not 60 <= expires_s <= MAX_EXPIRY_S:
            raise InputError(f"a token holds for 60 to {MAX_EXPIRY_S} seconds")
        if len(name) > _MAX_NAME or len(group) > _MAX_NAME:
            raise InputError(f"name and group have at most {_MAX_NAME} characters")
        token, now_ms = secrets.token_urlsafe(32), int(self._clock() * 1000)
        row: dict[str, Any] = {
            "id": str(uuid.uuid4()),
            "name": name,
            "token_hash": _hash(token),
            "group": group,
            "uses": uses,
            "created_by": by.name,
            "created_ms": now_ms,
            "expires_ms": now_ms + expires_s * 1000,
        }
        with self._database.begin() as connection:
            connection.execute(insert(enrolments).values(**row))
            told = {"id": row["id"], "group": group, "uses": uses, "expiresMs": row["expires_ms"]}
            self._audit.add(connection, by, "sensor.token.create", name, told)
            return _enrolment(_find(connection, row["id"])), token

    def remove(self, by: Principal, enrolment_id: str) -> None:
        """Nobody comes in with it any more; sensors that did stay."""
        require(by, Permission.ADMINISTER)
        with self._database.begin() as connection:
            row = _find(connection, enrolment_id)
            connection.execute(delete(enrolments).where(enrolments.c.id == row.id))
            self._audit.add(connection, by, "sensor.token.remove", row.name, {"id": row.id})

    def redeem(self, connection: Connection, token: str) -> Enrolment:
        """Use it once, in the caller's transaction. Unauthorised, the same for unknown, used up and expired."""
        row = connection.execute(select(enrolments).where(enrolments.c.token_hash == _hash(token))).first()
        if row is None or _enrolment(row).status(int(self._clock() * 1000)) != "open":
            raise Unauthorised("The enrolment token is unknown, used up or expired. Ask for a new one.")
        counted = update(enrolments).where(enrolments.c.id == row.id, enrolments.c.used < enrolments.c.uses)
        if connection.execute(counted.values(used=enrolments.c.used + 1)).rowcount != 1:
            raise Unauthorised("The enrolment token is unknown, used up or expired. Ask for a new one.")
        return _enrolment(row)


def _find(connection: Connection, enrolment_id: str) -> Row[Any]:
    row = connection.execute(select(enrolments).where(enrolments.c.id == enrolment_id[:36])).first()
    if row is None:
        raise NotFound(f"there is no enrolment token {enrolment_id[:36]!r}")
    return row


def _enrolment(row: Row[Any]) -> Enrolment:
    return Enrolment(row.id, row.name, row.group, row.uses, row.used, row.created_by, row.created_ms, row.expires_ms)


def _hash(token: str) -> str:
    return hashlib.sha256(token[:256].encode(errors="replace")).hexdigest()
