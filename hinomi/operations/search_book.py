"""Who searched for what: the audit log for all, and each person's own history to ask again."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from hinomi.access.audit import Audit
from hinomi.database import Database, metadata
from hinomi.schema.principal import Principal

MOST_KEPT = 200  # searches of one person
MOST_QUERY = 20_000
_REMEMBERED = ("rows", "count", "stack")  # an export follows a search that stands there

HISTORY = sa.Table(
    "search_history",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("who", sa.String(255), nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("dataset", sa.String(20), nullable=False),
    sa.Column("from_ms", sa.BigInteger, nullable=True),
    sa.Column("to_ms", sa.BigInteger, nullable=True),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Index("search_history_by_person", "who", "at_ms"),
)


@dataclass(frozen=True, slots=True)
class Search:
    """`to_ms` is excluded; `rows`: how many there were."""

    query: str
    dataset: str
    from_ms: int | None
    to_ms: int | None
    at_ms: int
    rows: int


class SearchBook:
    def __init__(self, database: Database, audit: Audit, clock: Callable[[], float]) -> None:
        self._database, self._audit, self._clock = database, audit, clock

    def note(
        self, principal: Principal, way: str, asked: tuple[str, str, int | None, int | None], rows: int, why: str = ""
    ) -> None:
        """Into the audit log; a search for rows, a count or a stack into the person's history too.

        `asked`: query, data set, window. `rows`: how many the query finds. `why`: what else was asked (the fields of a stack, the format of an export).
        """
        query, dataset, from_ms, to_ms = asked
        details = {"query": query[:4000], "from": from_ms, "to": to_ms, "way": way, "rows": rows}
        with self._database.begin() as connection:
            self._audit.add(connection, principal, "search.run", dataset, details | ({"by": why} if why else {}))
            if way not in _REMEMBERED:
                return
            same = (HISTORY.c.who == principal.name, HISTORY.c.query == query, HISTORY.c.dataset == dataset)
            connection.execute(sa.delete(HISTORY).where(*same))
            row = {"query": query, "dataset": dataset, "from_ms": from_ms, "to_ms": to_ms, "rows": rows}
            connection.execute(sa.insert(HISTORY).values(**row, who=principal.name, at_ms=int(self._clock() * 1000)))
            kept = sa.select(HISTORY.c.id).where(HISTORY.c.who == principal.name).order_by(HISTORY.c.id.desc())
            last = connection.execute(kept.offset(MOST_KEPT).limit(1)).scalar()
            if last is not None:
                connection.execute(sa.delete(HISTORY).where(HISTORY.c.who == principal.name, HISTORY.c.id <= last))

    def history(self, principal: Principal) -> list[Search]:
        """Newest first; the same query once."""
        columns = [HISTORY.c[name] for name in ("query", "dataset", "from_ms", "to_ms", "at_ms", "rows")]
        asked = sa.select(*columns).where(HISTORY.c.who == principal.name).order_by(HISTORY.c.id.desc())
        with self._database.read() as connection:
            return [Search(*row) for row in connection.execute(asked)]

    def clear(self, principal: Principal) -> None:
        with self._database.begin() as connection:
            connection.execute(sa.delete(HISTORY).where(HISTORY.c.who == principal.name))
            self._audit.add(connection, principal, "search.history.clear")
