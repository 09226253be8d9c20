"""Queries that people keep: for themselves and others, each with an owner, a description and the techniques it looks for."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from hinomi.access.audit import Audit
from hinomi.access.permission import require
from hinomi.attack.catalogue import load_attack
from hinomi.database import Database
from hinomi.errors import Forbidden, InputError, NotFound
from hinomi.hunt import trouble
from hinomi.hunt.store import checkpoints, queries, told, watches
from hinomi.lake.breakdown import Question
from hinomi.query.datasets import read_dataset
from hinomi.schema.content import Text
from hinomi.schema.principal import Permission, Principal

# (query, data set) -> the question to the lake; QueryError, with the column, for what cannot be read
Ask = Callable[[str, str], Question]

MAX_QUERIES = 2000
MAX_NAME, MAX_DESCRIPTION, MAX_QUERY, MAX_TECHNIQUES = 200, 4000, 20_000, 50


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person says of a query."""

    name: str
    query: str
    description: str = ""
    dataset: str = "all"
    techniques: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Watch:
    """`next_ms`, `last_ms`: when it is due, and when it ran; `cursor_ms`: all that arrived before was looked at."""

    every_minutes: int
    lookback_minutes: int
    is_active: bool
    next_ms: int
    last_ms: int | None
    last_error: Text | None
    cursor_ms: int | None


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """`open`: check points that nobody has done."""

    id: str
    wish: Wish
    owner: str
    created_ms: int
    updated_ms: int
    watch: Watch | None
    open: int


class SavedQueries:
    """Thread-safe. Whoever may investigate saves; the owner, and who may change content, changes and removes."""

    def __init__(self, database: Database, audit: Audit, clock: Callable[[], float], ask: Ask) -> None:
        self._database, self._audit, self._clock, self._ask = database, audit, clock, ask

    def question(self, wish: Wish) -> Question:
        """What it asks the lake, over all time."""
        return self._ask(wish.query.strip() or "*", wish.dataset)

    def all(self) -> list[SavedQuery]:
        """By name."""
        with self._database.read() as connection:
            rows = connection.execute(_ALL.order_by(sa.func.lower(queries.c.name), queries.c.id)).all()
            waiting = _open_counts(connection)
        return [_saved(row, waiting) for row in rows]

    def get(self, id_: str) -> SavedQuery:
        with self._database.read() as connection:
            row = connection.execute(_ALL.where(queries.c.id == id_)).first()
            waiting = _open_counts(connection)
        if row is None:
            raise NotFound(f"there is no saved query {id_[:40]!r}")
        return _saved(row, waiting)

    def create(self, principal: Principal, wish: Wish) -> SavedQuery:
        require(principal, Permission.INVESTIGATE)
        id_, now_ms, wish = secrets.token_hex(8), self._now_ms(), self._checked(wish)
        with self._database.begin() as connection:
            if connection.execute(sa.select(sa.func.count()).select_from(queries)).scalar_one() >= MAX_QUERIES:
                raise InputError(f"there are {MAX_QUERIES} saved queries already: remove some")
            values = {"id": id_, "owner": principal.name, "created_ms": now_ms, "updated_ms": now_ms, **_values(wish)}
            connection.execute(sa.insert(queries).values(**values))
            self._audit.add(connection, principal, "hunt.query.save", id_, _details(wish))
        return self.get(id_)

    def change(self, principal: Principal, id_: str, wish: Wish) -> SavedQuery:
        """What its watch has told stays told."""
        before, wish = self._require_own(principal, id_), self._checked(wish)
        with self._database.begin() as connection:
            mine = sa.update(queries).where(queries.c.id == id_)
            connection.execute(mine.values(updated_ms=self._now_ms(), **_values(wish)))
            details = _details(wish) | {"before": before.wish.query[:1000]}
            self._audit.add(connection, principal, "hunt.query.save", id_, details)
        return self.get(id_)

    def remove(self, principal: Principal, id_: str) -> None:
        """With its watch; its check points stay."""
        before = self._require_own(principal, id_)
        with self._database.begin() as connection:
            for table in (told, watches):
                connection.execute(sa.delete(table).where(table.c.query_id == id_))
            connection.execute(sa.delete(queries).where(queries.c.id == id_))
            self._audit.add(connection, principal, "hunt.query.remove", id_, _details(before.wish))

    def _require_own(self, principal: Principal, id_: str) -> SavedQuery:
        require(principal, Permission.INVESTIGATE)
        found = self.get(id_)
        require_own(principal, found)
        return found

    def _checked(self, wish: Wish) -> Wish:
        """As it is kept. InputError, or QueryError with the column."""
        name, description = _text("name", wish.name, MAX_NAME), _text("description", wish.description, MAX_DESCRIPTION)
        if not name:
            raise InputError("name: a saved query needs one")
        query = _text("query", wish.query, MAX_QUERY)
        checked = Wish(name, query, description, str(read_dataset(wish.dataset)), _techniques(wish.techniques))
        self.question(checked)
        return checked

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)


def require_own(principal: Principal, found: SavedQuery) -> None:
    if found.owner != principal.name and Permission.CONTENT not in principal.permissions:
        raise Forbidden(f"this query is {found.owner}'s: save one of your own")


_ALL = sa.select(queries, watches).select_from(queries.outerjoin(watches, watches.c.query_id == queries.c.id))


def _open_counts(connection: sa.Connection) -> dict[str, int]:
    counted = sa.select(checkpoints.c.query_id, sa.func.count()).where(checkpoints.c.state == "open")
    return {row[0]: row[1] for row in connection.execute(counted.group_by(checkpoints.c.query_id))}


def _saved(row: sa.Row[Any], waiting: dict[str, int]) -> SavedQuery:
    wish = Wish(row.name, row.query, row.description, row.dataset, tuple(row.techniques))
    watch = None
    if row.every_minutes is not None:
        watch = Watch(
            row.every_minutes,
            row.lookback_minutes,
            row.is_active,
            row.next_ms,
            row.last_ms,
            trouble.read(row.last_error),
            row.cursor_ms,
        )
    return SavedQuery(row.id, wish, row.owner, row.created_ms, row.updated_ms, watch, waiting.get(row.id, 0))


def _values(wish: Wish) -> dict[str, Any]:
    return {
        "name": wish.name,
        "description": wish.description,
        "query": wish.query,
        "dataset": wish.dataset,
        "techniques": list(wish.techniques),
    }


def _details(wish: Wish) -> dict[str, Any]:
    return {"name": wish.name, "query": wish.query[:1000], "dataset": wish.dataset}


def _techniques(named: Sequence[str]) -> tuple[str, ...]:
    if len(named) > MAX_TECHNIQUES:
        raise InputError(f"techniques: at most {MAX_TECHNIQUES}")
    attack = load_attack()
    found: dict[str, None] = {}
    for one in named:
        technique = attack.technique(one)
        if technique is None:
            raise InputError(f"techniques: {attack.missing(one).en}")
        found[technique.id] = None
    return tuple(found)


def _text(name: str, text: str, most: int) -> str:
    if len(text) > most:
        raise InputError(f"{name}: at most {most} characters")
    if "\0" in text:
        raise InputError(f"{name}: holds a NUL character")
    return text.strip().encode(errors="replace").decode()
