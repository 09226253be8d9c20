"""What the lake keeps of a running house: plans by the rules, takes away, and says so in the audit log."""

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from hinomi.access.audit import Audit
from hinomi.database import Database, metadata
from hinomi.errors import HinomiError
from hinomi.lake.lake import Lake
from hinomi.lake.retention import Keep, Removal, plan, plan_months
from hinomi.schema.principal import Principal

IMPORTED_STAYS_DAYS = 30  # who brings an old day back wants to look at it
Progress = Callable[[int, int], None]

BROUGHT_BACK = sa.Table(
    "lake_day_brought_back",
    metadata,
    sa.Column("day", sa.String(10), primary_key=True),  # of arrival, 2026-11-23
    sa.Column("at_ms", sa.BigInteger, nullable=False),
)


class LakeKeeping:
    """`rules` as `retention.parse_rules` reads them; `clock`: seconds since 1970. Thread-safe."""

    def __init__(
        self, lake: Lake, database: Database, audit: Audit, rules: Mapping[str, Keep], clock: Callable[[], float]
    ) -> None:
        self._lake, self._database, self._audit, self.rules, self._clock = lake, database, audit, rules, clock
        self._turn = threading.Lock()

    def planned(self) -> list[Removal]:
        """What would go now, oldest first."""
        if not self.rules:
            return []
        days, months = self._lake.held()
        today = self.today()
        return [*plan(self.rules, days, today, self._brought_back(today)), *plan_months(self.rules, months, today)]

    def remove(
        self, principal: Principal, on_progress: Progress | None = None, cancel: threading.Event | None = None
    ) -> list[Removal]:
        """Take away what the rules say now; what went. A cancelled one stops between two days."""
        gone: list[Removal] = []
        with self._turn:
            planned = self.planned()
            for removal in planned:
                if cancel is not None and cancel.is_set():
                    break
                if on_progress:
                    on_progress(len(gone), len(planned))
                self._remove(principal, removal, cancel)
                gone.append(removal)
        return gone

    def note_brought_back(self, days: Iterable[date]) -> None:
        """These days were imported: the rules leave them alone for a while."""
        now_ms = int(self._clock() * 1000)
        with self._database.begin() as connection:
            for day in days:
                connection.execute(sa.delete(BROUGHT_BACK).where(BROUGHT_BACK.c.day == day.isoformat()))
                connection.execute(sa.insert(BROUGHT_BACK).values(day=day.isoformat(), at_ms=now_ms))

    def today(self) -> date:
        """The day of arrival that is being written."""
        return datetime.fromtimestamp(self._clock(), UTC).date()

    def _remove(self, principal: Principal, removal: Removal, cancel: threading.Event | None) -> None:
        """The row of the log comes first: nothing may go without one."""
        self._log(principal, removal, "success", {})
        try:
            self._lake.remove(removal, cancel)
        except HinomiError as error:
            self._log(principal, removal, "failure", {"error": str(error)})
            raise

    def _log(self, principal: Principal, removal: Removal, outcome: str, more: dict[str, Any]) -> None:
        details = {
            "rows": removal.rows, "bytes": removal.bytes, "why": removal.why, "sources": list(removal.sources)[:50],
            **more,
        }  # fmt: skip
        target = f"{removal.table} {removal.partition}"
        with self._database.begin() as connection:
            self._audit.add(connection, principal, "lake.remove", target, details, outcome)

    def _brought_back(self, today: date) -> frozenset[date]:
        since = datetime.combine(today - timedelta(days=IMPORTED_STAYS_DAYS), datetime.min.time(), UTC)
        wanted = sa.select(BROUGHT_BACK.c.day).where(BROUGHT_BACK.c.at_ms >= int(since.timestamp() * 1000))
        with self._database.read() as connection:
            return frozenset(date.fromisoformat(day) for day in connection.execute(wanted).scalars())
