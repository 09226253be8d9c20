"""The checks of a day: Workbench, Observed Attack Techniques, and every query on the watch list. Done or not done.

The day is that of UTC. Counts are of this moment; what is done stays done until the day ends.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from hinomi.access.audit import Audit
from hinomi.access.permission import require
from hinomi.database import Database
from hinomi.errors import NotFound
from hinomi.hunt.saved_query import SavedQueries
from hinomi.hunt.store import day_checks
from hinomi.query.moment import format_moment
from hinomi.schema.content import Text
from hinomi.schema.principal import Permission, Principal

DAY_MS = 86_400_000
WORKBENCH, DETECTIONS, QUERY = "workbench", "detections", "query"

_NAMES = {
    WORKBENCH: Text("Workbench: alerts that are open", "Workbench: 未対応のアラート"),
    DETECTIONS: Text("Observed Attack Techniques of today", "本日の Observed Attack Techniques"),
}
_LINKS = {WORKBENCH: "/workbench", DETECTIONS: "/detections"}


@dataclass(frozen=True, slots=True)
class DayCheck:
    """`link`: where the console shows what is to be looked at."""

    id: str
    kind: str
    name: Text
    count: int
    link: str
    done_by: str | None
    done_ms: int | None


class Today:
    """`counts`: kind -> how many there are now, of what the rooms beside this one keep."""

    def __init__(self, database: Database, audit: Audit, saved: SavedQueries, clock: Callable[[], float]) -> None:
        self._database, self._audit, self._saved, self._clock = database, audit, saved, clock

    @property
    def day_start_ms(self) -> int:
        return int(self._clock() * 1000) // DAY_MS * DAY_MS

    def checks(self, counts: Mapping[str, int]) -> list[DayCheck]:
        done = self._done()
        found = [(kind, kind, _NAMES[kind], counts.get(kind, 0), _LINKS[kind]) for kind in _NAMES]
        for one in self._saved.all():
            if one.watch is not None and one.watch.is_active:
                name = Text(one.wish.name, one.wish.name)
                found.append((f"{QUERY}-{one.id}", QUERY, name, one.open, f"/hunts?query={one.id}"))
        return [
            DayCheck(id_, kind, name, count, link, *done.get(id_, (None, None)))
            for id_, kind, name, count, link in found
        ]

    def done(self, principal: Principal, check_id: str) -> None:
        """For the rest of the day. NotFound for what is not on the list."""
        require(principal, Permission.INVESTIGATE)
        if check_id not in {one.id for one in self.checks({})}:
            raise NotFound(f"there is no check {check_id[:80]!r} today")
        if check_id in self._done():
            return
        values = {"day": self._day(), "check_id": check_id, "done_by": principal.name}
        with self._database.begin() as connection:
            connection.execute(sa.insert(day_checks).values(done_ms=int(self._clock() * 1000), **values))
            self._audit.add(connection, principal, "hunt.today.done", check_id, {"day": self._day()})

    def _done(self) -> dict[str, tuple[str, int]]:
        with self._database.read() as connection:
            rows = connection.execute(sa.select(day_checks).where(day_checks.c.day == self._day())).all()
        return {row.check_id: (row.done_by, row.done_ms) for row in rows}

    def _day(self) -> str:
        return format_moment(self.day_start_ms)[:10]
