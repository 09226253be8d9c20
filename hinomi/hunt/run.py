"""Hunts that were run: who, what, when, over which time, and what they found. Kept; the oldest go when there are very many."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.errors import NotFound
from hinomi.hunt.store import runs
from hinomi.schema.content import Text
from hinomi.schema.principal import Principal

MAX_KEPT = 1000
MAX_SHOWN = 200
RUNNING, DONE, FAILED, CANCELLED = "running", "done", "failed", "cancelled"


@dataclass(slots=True)
class Part:
    """One thing that was looked for. `id`: of the filter or saved query; of an indicator its kind. `sample`: a few results."""

    kind: str  # filter | query | indicator
    id: str
    name: Text
    count: int = 0
    endpoints: int = 0
    sample: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "id": self.id,
            "name": {"en": self.name.en, "ja": self.name.ja},
            "count": self.count,
            "endpoints": self.endpoints,
            "sample": self.sample,
        }


@dataclass(frozen=True, slots=True)
class Run:
    """`parts` as `Part.as_json` gives them; `indicators`: {kind, value, asWritten, count, endpoints}."""

    id: str
    kind: str
    title: Text
    who: str
    at_ms: int
    state: str
    done: int
    total: int
    from_ms: int | None
    to_ms: int | None
    parts: Sequence[dict[str, Any]]
    indicators: Sequence[dict[str, Any]]
    error: str | None


class Runs:
    def __init__(self, database: Database, audit: Audit, clock: Callable[[], float]) -> None:
        self._database, self._audit, self._clock = database, audit, clock

    def all(self) -> list[Run]:
        """The newest first, without what they found."""
        columns = [one for one in runs.c if one.name not in ("parts", "indicators")]
        newest = sa.select(*columns).order_by(runs.c.at_ms.desc(), runs.c.id).limit(MAX_SHOWN)
        with self._database.read() as connection:
            return [_run(row, (), ()) for row in connection.execute(newest)]

    def get(self, id_: str) -> Run:
        with self._database.read() as connection:
            row = connection.execute(sa.select(runs).where(runs.c.id == id_)).first()
        if row is None:
            raise NotFound(f"there is no hunt {id_[:40]!r}")
        return _run(row, row.parts, row.indicators)

    def begin(
        self,
        principal: Principal,
        id_: str,
        kind: str,
        title: Text,
        from_ms: int | None,
        to_ms: int | None,
        details: dict[str, Any],
    ) -> None:
        values: dict[str, Any] = {
            "id": id_,
            "kind": kind,
            "title_en": title.en,
            "title_ja": title.ja,
            "who": principal.name,
        }
        values |= {"at_ms": int(self._clock() * 1000), "state": RUNNING, "done": 0, "total": 0}
        with self._database.begin() as connection:
            connection.execute(sa.insert(runs).values(**values, from_ms=from_ms, to_ms=to_ms, parts=[], indicators=[]))
            kept = sa.select(runs.c.id).order_by(runs.c.at_ms.desc()).limit(MAX_KEPT)
            old = sa.delete(runs).where(runs.c.state != RUNNING, runs.c.id.not_in(kept.scalar_subquery()))
            connection.execute(old)
            window = {"fromMs": from_ms, "toMs": to_ms}
            self._audit.add(
                connection, principal, "hunt.run.start", id_, {"kind": kind, "title": title.en, **window, **details}
            )

    def end(
        self,
        id_: str,
        state: str,
        done: int,
        total: int,
        parts: Sequence[Part],
        indicators: Sequence[dict[str, Any]],
        error: str | None,
    ) -> None:
        values = {"state": state, "done": done, "total": total, "error": error}
        with self._database.begin() as connection:
            told = {"parts": [one.as_json() for one in parts], "indicators": list(indicators)}
            connection.execute(sa.update(runs).where(runs.c.id == id_).values(**values, **told))

    def note_cancel(self, principal: Principal, id_: str) -> None:
        with self._database.begin() as connection:
            self._audit.add(connection, principal, "hunt.run.cancel", id_)

    def end_lost(self) -> None:
        """At the start of a server: what ran when the last one ended will not go on."""
        with self._database.begin() as connection:
            lost = sa.update(runs).where(runs.c.state == RUNNING)
            connection.execute(lost.values(state=FAILED, error="the server ended while it ran"))


def _run(row: sa.Row[Any], parts: Sequence[dict[str, Any]], indicators: Sequence[dict[str, Any]]) -> Run:
    return Run(
        id=row.id,
        kind=row.kind,
        title=Text(row.title_en, row.title_ja),
        who=row.who,
        at_ms=row.at_ms,
        state=row.state,
        done=row.done,
        total=row.total,
        from_ms=row.from_ms,
        to_ms=row.to_ms,
        parts=parts,
        indicators=indicators,
        error=row.error,
    )
