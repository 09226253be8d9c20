"""API keys: how programs come in. The value is shown once, when the key is made; we keep its hash."""

import calendar
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.engine import Connection

from hinomi.access.audit import Audit
from hinomi.access.permission import require
from hinomi.access.store import api_keys
from hinomi.database import Database
from hinomi.errors import Conflict, InputError, NotFound, Unauthorised
from hinomi.schema.principal import Permission, Principal, PrincipalKind, Role

MARK = "hnm_"  # so that a secret scanner, and a person, know what it is
MAX_MONTHS = 60
USED_EVERY_MS = 60_000  # the time of the last use is written at most this often
_PREFIX_CHARACTERS = 12


@dataclass(frozen=True, slots=True)
class ApiKey:
    id: str
    name: str
    prefix: str
    role: Role
    enabled: bool
    description: str
    created_by: str
    created_ms: int
    expires_ms: int | None
    last_used_ms: int | None
    etag: str

    def status(self, now_ms: int) -> str:
        if self.expires_ms is not None and self.expires_ms <= now_ms:
            return "expired"
        return "enabled" if self.enabled else "disabled"


class ApiKeys:
    def __init__(self, database: Database, audit: Audit, clock: Callable[[], float]) -> None:
        self._database, self._audit, self._clock = database, audit, clock

    def all(self) -> list[ApiKey]:
        with self._database.read() as connection:
            rows = connection.execute(select(api_keys).order_by(api_keys.c.created_ms, api_keys.c.id))
            return [_key(row) for row in rows]

    def get(self, key_id: str) -> ApiKey:
        with self._database.read() as connection:
            return _key(_find(connection, key_id))

    def create(
        self, by: Principal, name: str, role: Role, months: int = 0, description: str = "", enabled: bool = True
    ) -> tuple[ApiKey, str]:
        """The new key and its value, which cannot be had again. `months` until it expires; 0 is never."""
        require(by, Permission.ADMINISTER)
        if not 0 <= months <= MAX_MONTHS:
            raise InputError(f"a key expires after 1 to {MAX_MONTHS} months, or never (0)")
        value = MARK + secrets.token_urlsafe(32)
        now_ms = int(self._clock() * 1000)
        row: dict[str, Any] = {
            "id": str(uuid.uuid4()),
            "name": _checked_name(name),
            "prefix": value[:_PREFIX_CHARACTERS],
            "value_hash": _hash(value),
            "role": str(role),
            "enabled": enabled,
            "description": _checked_description(description),
            "created_by": by.name,
            "created_ms": now_ms,
            "expires_ms": add_months(now_ms, months) if months else None,
        }
        with self._database.begin() as connection:
            _refuse_twin(connection, name, "")
            connection.execute(insert(api_keys).values(**row))
            self._audit.add(connection, by, "key.create", name, {"id": row["id"], "role": str(role), "months": months})
            return _key(_find(connection, row["id"])), value

    def change(
        self,
        by: Principal,
        key_id: str,
        *,
        name: str | None = None,
        role: Role | None = None,
        enabled: bool | None = None,
        description: str | None = None,
        etag: str | None = None,
    ) -> ApiKey:
        """Change what is not None. Conflict when the key is no longer the one `etag` was given for."""
        require(by, Permission.ADMINISTER)
        values: dict[str, Any] = {}
        if name is not None:
            values["name"] = _checked_name(name)
        if description is not None:
            values["description"] = _checked_description(description)
        if role is not None:
            values["role"] = str(role)
        if enabled is not None:
            values["enabled"] = enabled
        with self._database.begin() as connection:
            before = _key(_find(connection, key_id))
            if etag is not None and etag not in (before.etag, "*"):
                raise Conflict("The key was changed since you looked. Load it again.")
            if name is not None:
                _refuse_twin(connection, name, key_id)
            if values:
                version = api_keys.c.version + 1
                connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(**values, version=version))
                self._audit.add(connection, by, "key.change", before.name, {"id": key_id, **values})
            return _key(_find(connection, key_id))

    def remove(self, by: Principal, key_id: str) -> None:
        require(by, Permission.ADMINISTER)
        with self._database.begin() as connection:
            row = _find(connection, key_id)
            connection.execute(delete(api_keys).where(api_keys.c.id == key_id))
            self._audit.add(connection, by, "key.remove", row.name, {"id": key_id})

    def principal(self, value: str, address: str) -> Principal:
        """Whom the key's value stands for; Unauthorised when it is unknown, disabled or expired."""
        now_ms = int(self._clock() * 1000)
        with self._database.read() as connection:
            row = connection.execute(select(api_keys).where(api_keys.c.value_hash == _hash(value))).first()
        if row is None or not hmac.compare_digest(row.value_hash, _hash(value)):
            raise Unauthorised("The API key is not known.")
        key = _key(row)
        if (status := key.status(now_ms)) != "enabled":
            raise Unauthorised(f"The API key is {status}.")
        if now_ms - (key.last_used_ms or 0) >= USED_EVERY_MS:
            with self._database.begin() as connection:
                connection.execute(update(api_keys).where(api_keys.c.id == key.id).values(last_used_ms=now_ms))
        return Principal.of(key.name, key.role, PrincipalKind.KEY, address)


def add_months(at_ms: int, months: int) -> int:
    """The same day and time of a later month, or that month's last day where it is shorter; UTC."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return int(at.replace(year=year, month=month + 1, day=day).timestamp() * 1000)


def _find(connection: Connection, key_id: str) -> Row[Any]:
    row = connection.execute(select(api_keys).where(api_keys.c.id == key_id)).first()
    if row is None:
        raise NotFound(f"there is no API key {key_id[:64]!r}")
    return row


def _refuse_twin(connection: Connection, name: str, key_id: str) -> None:
    """Names tell keys apart in the audit log."""
    if connection.execute(select(api_keys.c.id).where(api_keys.c.name == name, api_keys.c.id != key_id)).first():
        raise InputError(f"there is an API key {name!r} already")


def _checked_name(name: str) -> str:
    if not 1 <= len(name) <= 64 or not name.isprintable() or name != name.strip():
        raise InputError("a key's name has 1 to 64 printable characters and no blank at either end")
    return name


def _checked_description(description: str) -> str:
    if len(description) > 1000 or not description.replace("\n", " ").isprintable():
        raise InputError("a key's description has at most 1000 printable characters")
    return description


def _hash(value: str) -> str:
    return hashlib.sha256(value[:256].encode(errors="replace")).hexdigest()


def _key(row: Row[Any]) -> ApiKey:
    etag = hashlib.sha256(f"{row.id}:{row.version}".encode()).hexdigest()[:32]
    fields = {name: getattr(row, name) for name in ApiKey.__dataclass_fields__ if name not in ("role", "etag")}
    return ApiKey(**fields, role=Role(row.role), etag=etag)
