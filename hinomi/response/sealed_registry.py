"""What this server may open by name with a secret (mail stores, directories): kept in the database, the secret sealed."""

import re
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

import orjson
import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken

from hinomi.access.audit import Audit
from hinomi.access.permission import require
from hinomi.database import Database, metadata
from hinomi.errors import InputError, NotFound, Refused, Unavailable
from hinomi.schema.principal import Permission, Principal

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


def registry_table(name: str, kind_length: int) -> sa.Table:
    """A table that a registry keeps its entries in."""
    return sa.Table(
        name,
        metadata,
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(kind_length), nullable=False),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
    )


class Maker(Protocol[T_co]):
    """Makes the thing itself; InputError when it cannot be made of that. Opens no connection."""

    def __call__(self, name: str, kind: str, settings: dict[str, Any], secret: Any) -> T_co: ...


class SealedRegistry(Generic[T]):
    """`noun` is what an entry is called, in refusals and (with `_`) in the audit log; `tells` are settings the log names."""

    def __init__(
        self,
        table: sa.Table,
        noun: str,
        make: Maker[T],
        *,
        tells: tuple[str, ...] = (),
        database: Database,
        audit: Audit,
        box: Fernet,
        clock: Callable[[], float],
    ) -> None:
        self._table, self._noun, self._make, self._tells = table, noun, make, tells
        self._database, self._audit, self._box, self._clock = database, audit, box, clock

    def add(self, principal: Principal, name: str, kind: str, settings: dict[str, Any], secret: Any) -> None:
        """InputError; Refused when the name is taken. The secret is sealed at once and never told again."""
        require(principal, Permission.ADMINISTER)
        if not _NAME.fullmatch(name):
            raise InputError("name: letters, digits, '.', '_' and '-', at most 64")
        self._make(name, kind, settings, secret)
        row: dict[str, Any] = {"name": name, "kind": kind, "settings": settings, "created_by": principal.name[:64]}
        row |= {"sealed": self._box.encrypt(orjson.dumps(secret)), "created_ms": int(self._clock() * 1000)}
        told: dict[str, Any] = {"kind": kind, **{each: settings[each] for each in self._tells}}
        with self._database.begin() as connection:
            if connection.execute(sa.select(self._table.c.name).where(self._table.c.name == name)).first():
                raise Refused(f"there is a {self._noun} {name} already", "Exists", id=name)
            connection.execute(sa.insert(self._table).values(**row))
            self._audit.add(connection, principal, self._event("add"), name, told)

    def remove(self, principal: Principal, name: str) -> None:
        require(principal, Permission.ADMINISTER)
        with self._database.begin() as connection:
            if not connection.execute(sa.delete(self._table).where(self._table.c.name == name)).rowcount:
                raise self._missing(name)
            self._audit.add(connection, principal, self._event("remove"), name)

    def rows(self) -> list[dict[str, Any]]:
        """Without secrets."""
        columns = self._table.c
        wanted = sa.select(columns.name, columns.kind, columns.settings, columns.created_by, columns.created_ms)
        with self._database.read() as connection:
            return [dict(row) for row in connection.execute(wanted.order_by(columns.name)).mappings()]

    def names(self) -> list[str]:
        return [row["name"] for row in self.rows()]

    def opened(self, name: str) -> T:
        """The thing of that name, made anew. NotFound; Unavailable when it was sealed with another key."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(self._table).where(self._table.c.name == name)).first()
        if row is None:
            raise self._missing(name)
        try:
            secret = orjson.loads(self._box.decrypt(row.sealed))
        except InvalidToken:
            raise Unavailable(f"the {self._noun} was sealed with another key: restore data/sealing.key too") from None
        return self._make(row.name, row.kind, row.settings, secret)

    def _event(self, verb: str) -> str:
        return f"{self._noun.replace(' ', '_')}.{verb}"

    def _missing(self, name: str) -> NotFound:
        return NotFound(f"there is no {self._noun} {name[:64]!r}")
