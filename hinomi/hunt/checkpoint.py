"""Check points: what a watched query brought and somebody has to look at. Open until a person says done."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from hinomi.access.audit import Audit
from hinomi.access.permission import require
from hinomi.database import Database
from hinomi.errors import InputError, NotFound
from hinomi.hunt.store import checkpoints
from hinomi.query.moment import format_moment
from hinomi.schema.principal import Permission, Principal

OPEN, DONE = "open", "done"
MAX_SAMPLE = 5
MAX_SHOWN = 500
MAX_NOTE = 4000


@dataclass(frozen=True, slots=True)
class CheckPoint:
    """`count`: results it gathered; `new_count`: of these, the last run's. `sample`: the fields of a few of them."""

    id: str
    query_id: str
    query_name: str
    day: str  # 2026-01-31, UTC: when it was opened
    count: int
    new_count: int
    first_ms: int
    last_ms: int
    state: str
    done_by: str | None
    done_ms: int | None
    note: str | None
    sample: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Brought:
    """New results of one run; at least one. Times are of the events."""

    count: int
    first_ms: int
    last_ms: int
    sample: tuple[dict[str, Any], ...]


class CheckPoints:
    def __init__(self, database: Database, audit: Audit, clock: Callable[[], float]) -> None:
        self._database, self._audit, self._clock = database, audit, clock

    def all(self, state: str = "all") -> list[CheckPoint]:
        """Of one state or all, the newest first."""
        if state not in (OPEN, DONE, "all"):
            raise InputError(f"state: {state[:20]!r} is not one of open, done, all")
        wanted = sa.select(checkpoints).order_by(checkpoints.c.created_ms.desc(), checkpoints.c.id).limit(MAX_SHOWN)
        with self._database.read() as connection:
            rows = connection.execute(wanted if state == "all" else wanted.where(checkpoints.c.state == state)).all()
        return [_checkpoint(row) for row in rows]

    def get(self, id_: str) -> CheckPoint:
        with self._database.read() as connection:
            row = connection.execute(sa.select(checkpoints).where(checkpoints.c.id == id_)).first()
        if row is None:
            raise NotFound(f"there is no check point {id_[:40]!r}")
        return _checkpoint(row)

    def done(self, principal: Principal, id_: str, note: str) -> CheckPoint:
        note = note.strip()[:MAX_NOTE].replace("\0", "")
        now_ms = int(self._clock() * 1000)
        return self._set(principal, id_, DONE, done_by=principal.name, done_ms=now_ms, note=note)

    def reopen(self, principal: Principal, id_: str) -> CheckPoint:
        """The note stays."""
        return self._set(principal, id_, OPEN, done_by=None, done_ms=None)

    def _set(self, principal: Principal, id_: str, state: str, **values: Any) -> CheckPoint:
        require(principal, Permission.INVESTIGATE)
        before = self.get(id_)
        with self._database.begin() as connection:
            mine = sa.update(checkpoints).where(checkpoints.c.id == id_)
            connection.execute(mine.values(state=state, **values))
            details = {"query": before.query_id, "name": before.query_name, "count": before.count}
            details |= {"note": values["note"][:500]} if "note" in values else {}
            self._audit.add(
                connection, principal, f"hunt.checkpoint.{'done' if state == DONE else 'reopen'}", id_, details
            )
        return self.get(id_)

    @staticmethod
    def add(connection: sa.Connection, query_id: str, query_name: str, brought: Brought, now_ms: int) -> None:
        """In the caller's transaction: grow the day's open check point of the query, or open one."""
        day = format_moment(now_ms)[:10]
        mine = sa.and_(checkpoints.c.query_id == query_id, checkpoints.c.day == day, checkpoints.c.state == OPEN)
        row = connection.execute(sa.select(checkpoints).where(mine).with_for_update()).first()
        if row is None:
            connection.execute(sa.insert(checkpoints).values(**_opened(query_id, query_name, day, brought, now_ms)))
            return
        grown = {
            "results": row.results + brought.count,
            "new_results": brought.count,
            "first_ms": min(row.first_ms, brought.first_ms),
            "last_ms": max(row.last_ms, brought.last_ms),
            "sample": [*brought.sample, *row.sample][:MAX_SAMPLE],
        }
        connection.execute(sa.update(checkpoints).where(checkpoints.c.id == row.id).values(**grown))


def _opened(query_id: str, query_name: str, day: str, brought: Brought, now_ms: int) -> dict[str, Any]:
    return {
        "id": secrets.token_hex(8),
        "query_id": query_id,
        "query_name": query_name,
        "day": day,
        "results": brought.count,
        "new_results": brought.count,
        "first_ms": brought.first_ms,
        "last_ms": brought.last_ms,
        "created_ms": now_ms,
        "state": OPEN,
        "sample": list(brought.sample),
    }


def _checkpoint(row: sa.Row[Any]) -> CheckPoint:
    return CheckPoint(
        id=row.id,
        query_id=row.query_id,
        query_name=row.query_name,
        day=row.day,
        count=row.results,
        new_count=row.new_results,
        first_ms=row.first_ms,
        last_ms=row.last_ms,
        state=row.state,
        done_by=row.done_by,
        done_ms=row.done_ms,
        note=row.note,
        sample=tuple(row.sample),
    )
