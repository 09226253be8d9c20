"""The audit log: every change of state, who made it, from where, and a chain of hashes that shows tampering."""

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, func, insert, select, update
from sqlalchemy.engine import Connection

from hinomi.access.store import audit_head, audit_log
from hinomi.database import Database
from hinomi.errors import InputError
from hinomi.schema.page import Page
from hinomi.schema.principal import Principal

MAX_DETAILS_BYTES = 8192
MAX_PAGE = 1000
_FIRST_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEntry:
    number: int
    at_ms: int
    who: str
    kind: str  # user | key | system
    role: str
    address: str
    action: str
    target: str
    details: dict[str, Any]
    outcome: str  # success | failure


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """`first_bad`: the number of the first row that is changed, missing or cut off; None when all stand."""

    rows: int
    first_bad: int | None

    @property
    def is_whole(self) -> bool:
        return self.first_bad is None


class Audit:
    """Rows are added in the transaction of the change they tell of: there is no change without its row."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database, self._clock = database, clock

    def add(
        self,
        connection: Connection,
        principal: Principal,
        action: str,
        target: str = "",
        details: dict[str, Any] | None = None,
        outcome: str = "success",
    ) -> None:
        """Append one row. `details`: small plain JSON without secrets; one that is too large is kept as its size."""
        number, before = _take_head(connection)
        row: dict[str, Any] = {
            "number": number,
            "at_ms": int(self._clock() * 1000),
            "who": _plain(principal.name, 64),
            "kind": str(principal.kind),
            "role": str(principal.role),
            "address": _plain(principal.address, 64),
            "action": action,
            "target": _plain(target, 1024),
            "details": _details(details or {}),
            "outcome": outcome,
        }
        row["hash"] = _chain(before, row)
        row["folded"] = " ".join(row[name] for name in ("who", "address", "action", "target", "details")).lower()
        connection.execute(insert(audit_log).values(**row))
        connection.execute(update(audit_head).values(number=number, hash=row["hash"]))

    def search(
        self,
        *,
        from_ms: int | None = None,
        to_ms: int | None = None,
        text: str = "",
        top: int = 50,
        skip_token: str = "",
    ) -> Page[AuditEntry]:
        """Entries, newest first, of a window (both ends included) that hold every word of `text`."""
        conditions = _conditions(from_ms, to_ms, text)
        newest = select(audit_log).where(*conditions).order_by(audit_log.c.number.desc())
        if skip_token:
            newest = newest.where(audit_log.c.number < _number_of(skip_token))
        top = max(1, min(top, MAX_PAGE))
        with self._database.read() as connection:
            total = connection.execute(select(func.count()).select_from(audit_log).where(*conditions)).scalar_one()
            rows = connection.execute(newest.limit(top + 1)).all()
        items = tuple(_entry(row) for row in rows[:top])
        return Page(items, total, _token(items[-1].number) if len(rows) > top else "")

    def verify(self) -> AuditCheck:
        """Walk the whole chain: are all rows there, in order, and as they were written?"""
        with self._database.read() as connection:
            head = connection.execute(select(audit_head)).first()
            rows = connection.execution_options(yield_per=1000).execute(select(audit_log).order_by(audit_log.c.number))
            before, count = _FIRST_HASH, 0
            for row in rows:
                if row.number != count + 1 or row.hash != _chain(before, row._asdict()):
                    return AuditCheck(count, count + 1)
                before, count = row.hash, count + 1
        expected = (head.number, head.hash) if head else (0, _FIRST_HASH)
        return AuditCheck(count, None if expected == (count, before) else count + 1)


def _take_head(connection: Connection) -> tuple[int, str]:
    """The number of the next row and the hash of the one before; nobody else gets them in this transaction."""
    head = connection.execute(select(audit_head).with_for_update()).first()
    if head is None:
        connection.execute(insert(audit_head).values(id=1, number=0, hash=_FIRST_HASH))
        return 1, _FIRST_HASH
    return head.number + 1, head.hash


_CHAINED = ("number", "at_ms", "who", "kind", "role", "address", "action", "target", "details", "outcome")


def _chain(before: str, row: dict[str, Any]) -> str:
    told = orjson.dumps([before, *(row[name] for name in _CHAINED)])
    return hashlib.sha256(told).hexdigest()


def _plain(text: str, limit: int) -> str:
    """Text that every database keeps: whole characters only, no NUL."""
    return text[:limit].encode(errors="replace").decode().replace("\0", "�")


def _details(details: dict[str, Any]) -> str:
    told = orjson.dumps(
        {
            name: _plain(value, MAX_DETAILS_BYTES) if isinstance(value, str) else value
            for name, value in details.items()
        },
        option=orjson.OPT_SORT_KEYS,
        default=str,
    )
    if len(told) > MAX_DETAILS_BYTES:
        told = orjson.dumps({"bytes": len(told)})
    return told.decode()


def _conditions(from_ms: int | None, to_ms: int | None, text: str) -> list[ColumnElement[bool]]:
    found = [audit_log.c.folded.contains(word, autoescape=True) for word in text.lower().split()[:20]]
    if from_ms is not None:
        found.append(audit_log.c.at_ms >= from_ms)
    if to_ms is not None:
        found.append(audit_log.c.at_ms <= to_ms)
    return found


def _entry(row: Row[Any]) -> AuditEntry:
    values = {name: getattr(row, name) for name in _CHAINED}
    return AuditEntry(**{**values, "details": orjson.loads(row.details)})


def _token(number: int) -> str:
    return base64.urlsafe_b64encode(str(number).encode()).decode()


def _number_of(skip_token: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(skip_token[:64]))
    except (ValueError, binascii.Error) as error:
        raise InputError("skipToken: not one that this list gave out") from error
