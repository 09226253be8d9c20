"""The watch list: saved queries that the server asks again and again. Each new result opens or grows a check point, once.

New is what arrived since the last time, whenever it happened: a record that comes late is not missed. Every run looks at
the whole lookback again, and what was told before is known by its identity.
"""

import logging
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from hinomi.access.audit import Audit
from hinomi.access.permission import require
from hinomi.database import Database
from hinomi.errors import HinomiError, InputError
from hinomi.hunt import trouble
from hinomi.hunt.checkpoint import MAX_SAMPLE, Brought, CheckPoints
from hinomi.hunt.saved_query import SavedQueries, SavedQuery, require_own
from hinomi.hunt.store import told, watches
from hinomi.lake.arrivals import Arrival
from hinomi.lake.breakdown import Question
from hinomi.lake.lake import Lake
from hinomi.schema.content import Text
from hinomi.schema.principal import Permission, Principal

log = logging.getLogger(__name__)

MINUTE_MS = 60_000
LEAST_MINUTES, MOST_MINUTES = 1, 7 * 1440
MOST_LOOKBACK = 30 * 1440
MAX_WATCHES = 200
MAX_RESULTS = 5_000  # new ones that one run tells; the next run goes on behind them
_CHUNK = 500
_FIELD = 1000  # characters of a value in a sample


class WatchList:
    """Thread-safe; `work` is called by one thread."""

    def __init__(
        self, database: Database, audit: Audit, lake: Lake, saved: SavedQueries, clock: Callable[[], float]
    ) -> None:
        self._database, self._audit, self._lake, self._saved, self._clock = database, audit, lake, saved, clock

    # ---- what people say --------------------------------------------------------------------------------------------
    def set(
        self, principal: Principal, query_id: str, every_minutes: int, lookback_minutes: int, *, is_active: bool
    ) -> SavedQuery:
        """Watch it, or change how. It runs at once, and then `every_minutes`."""
        found = self._require_own(principal, query_id)
        if not LEAST_MINUTES <= every_minutes <= MOST_MINUTES:
            raise InputError(f"everyMinutes: {LEAST_MINUTES} to {MOST_MINUTES}")
        if not LEAST_MINUTES <= lookback_minutes <= MOST_LOOKBACK:
            raise InputError(f"lookbackMinutes: {LEAST_MINUTES} to {MOST_LOOKBACK}")
        values = {
            "every_minutes": every_minutes,
            "lookback_minutes": lookback_minutes,
            "is_active": is_active,
            "next_ms": int(self._clock() * 1000),
        }
        with self._database.begin() as connection:
            mine = watches.c.query_id == query_id
            if not connection.execute(sa.update(watches).where(mine).values(**values)).rowcount:
                if connection.execute(sa.select(sa.func.count()).select_from(watches)).scalar_one() >= MAX_WATCHES:
                    raise InputError(f"{MAX_WATCHES} queries are watched already")
                connection.execute(sa.insert(watches).values(query_id=query_id, **values))
            details = {"name": found.wish.name, **values}
            self._audit.add(connection, principal, "hunt.watch.set", query_id, details)
        return self._saved.get(query_id)

    def remove(self, principal: Principal, query_id: str) -> None:
        found = self._require_own(principal, query_id)
        with self._database.begin() as connection:
            for table in (told, watches):
                connection.execute(sa.delete(table).where(table.c.query_id == query_id))
            self._audit.add(connection, principal, "hunt.watch.remove", query_id, {"name": found.wish.name})

    def _require_own(self, principal: Principal, query_id: str) -> SavedQuery:
        require(principal, Permission.INVESTIGATE)
        found = self._saved.get(query_id)
        require_own(principal, found)
        return found

    # ---- what the server does ---------------------------------------------------------------------------------------
    def work(self, is_over: Callable[[], bool] = lambda: False) -> int:
        """Run what is due, one after the other; how many ran. An error stays with its watch."""
        now_ms, ran = int(self._clock() * 1000), 0
        for one in self._saved.all():
            if one.watch is None or not one.watch.is_active or one.watch.next_ms > now_ms:
                continue
            if is_over():
                break
            self.run(one)
            ran += 1
        return ran

    def run(self, one: SavedQuery) -> None:
        """Now, whether it is due or not; NotFound when it is no longer watched is no error."""
        try:
            self._look(one)
        except HinomiError as error:
            self._close_run(one, error=trouble.told(error))
        except Exception:  # the others must be run, and what it stumbles over must be seen
            log.exception("the watch on %s failed", one.id)
            self._close_run(one, error=trouble.FAILED)

    def _look(self, one: SavedQuery) -> None:
        now_ms = int(self._clock() * 1000)
        watch = one.watch
        if watch is None:
            return
        question = self._saved.question(one.wish)
        from_ms = now_ms - watch.lookback_minutes * MINUTE_MS
        if watch.cursor_ms is not None:
            from_ms = min(from_ms, watch.cursor_ms)
        fresh, is_all = self._fresh(one.id, question, from_ms, now_ms)
        brought = self._brought(question, fresh) if fresh else None
        # A run that was cut leaves the cursor where it began: the next one finds the same again and tells the rest.
        cursor_ms = now_ms if is_all else from_ms
        self._close_run(
            one,
            fresh,
            brought,
            cursor_ms=cursor_ms,
            forget_ms=from_ms,
            error=None if is_all else trouble.cut(MAX_RESULTS),
        )

    def _fresh(self, query_id: str, question: Question, from_ms: int, to_ms: int) -> tuple[list[Arrival], bool]:
        """What was not told yet, MAX_RESULTS at most and the first written first; whether that is all."""
        fresh: list[Arrival] = []
        last: Arrival | None = None
        while len(fresh) <= MAX_RESULTS:
            page = self._lake.arrived(
                question.table,
                question.where,
                question.parameters,
                from_ms=from_ms,
                to_ms=to_ms,
                limit=MAX_RESULTS,
                after=last,
            )
            fresh += self._not_told(query_id, page)
            if len(page) < MAX_RESULTS:
                break
            last = page[-1]
        return fresh[:MAX_RESULTS], len(fresh) <= MAX_RESULTS

    def _not_told(self, query_id: str, found: list[Arrival]) -> list[Arrival]:
        known: set[str] = set()
        with self._database.read() as connection:
            for start in range(0, len(found), _CHUNK):
                ids = [one.id for one in found[start : start + _CHUNK]]
                asked = sa.select(told.c.result).where(told.c.query_id == query_id, told.c.result.in_(ids))
                known |= {row[0] for row in connection.execute(asked)}
        return [one for one in found if one.id not in known]

    def _brought(self, question: Question, fresh: list[Arrival]) -> Brought:
        times = [one.event_ms for one in fresh]
        return Brought(len(fresh), min(times), max(times), tuple(self._sample(question, fresh[-MAX_SAMPLE:])))

    def _sample(self, question: Question, fresh: list[Arrival]) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for one in reversed(fresh):
            if question.table == "activities":
                found = self._lake.activity(one.id, one.event_ms)
            else:
                met = self._lake.detections(
                    "id = {wanted:String}", {"wanted": one.id}, from_ms=one.event_ms, to_ms=one.event_ms + 1, limit=1
                )
                found = met[0]["activity"] | {name: met[0][name] for name in ("filterId", "risk")} if met else None
            if found is not None:
                rows.append({name: _short(value) for name, value in found.items() if name != "rawDataStr"})
        return rows

    def _close_run(
        self,
        one: SavedQuery,
        fresh: list[Arrival] | None = None,
        brought: Brought | None = None,
        *,
        cursor_ms: int | None = None,
        forget_ms: int | None = None,
        error: Text | None = None,
    ) -> None:
        """In one transaction: what was told, the check point, and when it runs next. Killed before: it runs again."""
        now_ms = int(self._clock() * 1000)
        every_minutes = one.watch.every_minutes if one.watch else LEAST_MINUTES
        values: dict[str, Any] = {
            "last_ms": now_ms,
            "last_error": trouble.kept(error),
            "next_ms": now_ms + every_minutes * MINUTE_MS,
        }
        with self._database.begin() as connection:
            mine = sa.update(watches).where(watches.c.query_id == one.id)
            if not connection.execute(mine.values(**values)).rowcount:
                return  # removed while it ran
            if cursor_ms is not None:
                connection.execute(mine.values(cursor_ms=cursor_ms))
                gone = sa.delete(told).where(told.c.query_id == one.id, told.c.ingest_ms < (forget_ms or 0))
                connection.execute(gone)
            if fresh and brought:
                rows = [{"query_id": one.id, "result": each.id, "ingest_ms": each.ingest_ms} for each in fresh]
                connection.execute(sa.insert(told), rows)
                CheckPoints.add(connection, one.id, one.wish.name, brought, now_ms)


def _short(value: Any) -> Any:
    return value[:_FIELD] if isinstance(value, str) else value
