"""A database is moved whole or not at all, whatever its rows hold; what stands in the way is named."""

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    DDL,
    JSON,
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    cast,
    event,
    func,
    insert,
    inspect,
    null,
    select,
    text,
)
from sqlalchemy.engine import Connection

import hinomi.app.house  # noqa: F401 - every room's tables
from hinomi.database import Database, metadata, migration
from hinomi.database.move import BATCH_ROWS, move
from hinomi.errors import InputError, Unavailable
from tests.make_database import IS_POSTGRESQL, needs_postgresql, server

pytestmark = pytest.mark.skipif(IS_POSTGRESQL, reason="names both kinds itself: runs once")

Maker = Callable[[str], Database]
_FILE_TO_SERVER = pytest.param("file", "server", marks=needs_postgresql)
_SERVER_TO_FILE = pytest.param("server", "file", marks=needs_postgresql)
_SERVER_TO_SERVER = pytest.param("server", "server", marks=needs_postgresql)
WAYS = [_FILE_TO_SERVER, _SERVER_TO_FILE, _SERVER_TO_SERVER, ("file", "file")]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Maker]:
    """Databases by kind, none with a table in it."""
    numbers, opened = itertools.count(), []

    def make(kind: str) -> Database:
        path = tmp_path / f"{kind}{next(numbers)}.db"
        opened.append(Database(server().database(path) if kind == "server" else path))
        return opened[-1]

    yield make
    for database in opened:
        database.close()


def unseen(_done: int, _total: int) -> None:
    """Nobody looks how far it is."""


def _value(column: Column[Any], n: int, rows: dict[str, list[dict[str, Any]]]) -> Any:
    """Of the column's type, and such that something would be seen to get lost."""
    for key in column.foreign_keys:
        return rows[key.column.table.name][n][key.column.name]
    if column.nullable and n == 1 and not isinstance(column.type, JSON):
        return None
    match column.type:
        case Boolean():
            return n % 2 == 0
        case Float():
            return 1_760_000_000.123456 + n / 3
        case LargeBinary():
            return bytes(range(256)) + bytes([n])
        case JSON():
            return [{"火の見": ["a\x00b", None, 1.5, 2**53 + n]}, null(), None][n] if column.nullable else [{"a": n}]
        case Integer():
            return n + (2**53 if column.type.__visit_name__ == "big_integer" and not column.primary_key else 7)
    length = getattr(column.type, "length", None) or 2048
    return f"{n}'\"\\ %s :x 火の見\U0001f525"[:length] if length < 40 else f"{n} '\"\\;--\t\n%s :x ? 火の見\U0001f525"


def fill(connection: Connection, tables: list[Table] | None = None, count: int = 3) -> None:
    rows: dict[str, list[dict[str, Any]]] = {}
    for table in tables or metadata.sorted_tables:
        rows[table.name] = [
            {column.name: _value(column, n, rows) for column in table.columns} for n in range(count)
        ]  # fmt: skip
        connection.execute(insert(table), rows[table.name])


def told(database: Database) -> dict[str, list[str]]:
    """Every row of every table; JSON as text, so that what is absent and what is `null` are two things."""
    with database.read() as connection:
        return {table.name: sorted(map(repr, connection.execute(_as_text(table)))) for table in metadata.sorted_tables}


def _as_text(table: Table) -> Select[Any]:
    return select(*(cast(one, Text) if isinstance(one.type, JSON) else one for one in table.columns))


@pytest.mark.parametrize(("kind", "other"), WAYS)
def test_every_table_arrives_as_it_was(made: Maker, kind: str, other: str) -> None:
    source, target = made(kind), made(other)
    source.create()
    with source.begin() as connection:
        fill(connection)
    before = told(source)
    seen: list[tuple[int, int]] = []
    moved = move(source, target, lambda done, total: seen.append((done, total)))
    assert {one.name for one in moved} == set(metadata.tables)
    assert all(one.rows == 3 for one in moved)
    assert told(target) == before == told(source)
    assert seen == sorted(seen)
    assert seen[-1] == (6 * len(moved), 6 * len(moved))
    with target.read() as connection:
        assert migration.revision_of(connection) == migration.HEAD


@pytest.mark.parametrize(("kind", "other"), WAYS)
def test_numbers_go_on_where_they_were(made: Maker, kind: str, other: str) -> None:
    source, target = made(kind), made(other)
    source.create()
    history = metadata.tables["search_history"]
    with source.begin() as connection:
        fill(connection, [history])
    move(source, target, unseen)
    with target.begin() as connection:
        row = {column.name: _value(column, 0, {}) for column in history.columns if column.name != "id"}
        assert connection.execute(insert(history).values(**row)).inserted_primary_key == (10,)
        events = metadata.tables["alert_history"]  # empty so far: begins with one
        fill(connection, [metadata.tables["alerts"]], 1)
        row = {column.name: _value(column, 0, {"alerts": [{"id": _id_of(connection)}]}) for column in events.columns if column.name != "number"}  # fmt: skip
        assert connection.execute(insert(events).values(**row)).inserted_primary_key == (1,)


def _id_of(connection: Connection) -> str:
    return str(connection.execute(select(metadata.tables["alerts"].c.id)).scalar_one())


@needs_postgresql
def test_nul_becomes_what_a_server_holds_and_is_counted(made: Maker) -> None:
    source, target = made("file"), made("server")
    source.create()
    texts = metadata.tables["workbench_counters"]
    with source.begin() as connection:
        connection.execute(insert(texts), [{"name": "a\x00b", "value": 1}, {"name": "c", "value": 2}])
    (moved,) = (one for one in move(source, target, unseen) if one.name == texts.name)
    assert (moved.rows, moved.mended) == (2, 1)
    with target.read() as connection:
        names = connection.execute(select(texts.c.name)).scalars().all()
    assert sorted(names) == ["a\N{REPLACEMENT CHARACTER}b", "c"]


@pytest.mark.parametrize("kind", [pytest.param("server", marks=needs_postgresql), "file"])
def test_a_target_that_is_not_empty_is_refused(made: Maker, kind: str) -> None:
    source, target = made("file"), made(kind)
    source.create()
    with target.begin() as connection:
        connection.execute(text("CREATE TABLE of_somebody (n INTEGER)"))
    with pytest.raises(InputError, match=r"not empty.*of_somebody"):
        move(source, target, unseen)
    with target.read() as connection:
        assert inspect(connection).get_table_names() == ["of_somebody"]


def test_a_database_is_not_moved_into_itself(made: Maker) -> None:
    source = made("file")
    source.create()
    with pytest.raises(InputError, match="not empty"):
        move(source, source, unseen)


def test_what_is_not_of_this_hinomi_is_not_moved(made: Maker) -> None:
    source, target = made("file"), made("file")
    with pytest.raises(InputError, match="nothing to move"):
        move(source, target, unseen)
    source.create()
    with source.begin() as connection:
        connection.execute(text("CREATE TABLE of_somebody (n INTEGER)"))
    with pytest.raises(InputError, match="of_somebody"):
        move(source, target, unseen)
    with source.begin() as connection:
        connection.execute(text("DROP TABLE of_somebody"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(InputError, match="revision 0001"):
        move(source, target, unseen)
    with target.read() as connection:
        assert inspect(connection).get_table_names() == []


@needs_postgresql
def test_a_row_that_the_server_refuses_is_named_and_nothing_is_moved(made: Maker) -> None:
    source, target = made("file"), made("server")
    source.create()
    with source.begin() as connection:
        connection.execute(insert(metadata.tables["workbench_counters"]), [{"name": "n" * 65, "value": 1}])
    with pytest.raises(InputError, match=r"workbench_counters.*too long"):
        move(source, target, unseen)
    with target.read() as connection:
        assert inspect(connection).get_table_names() == []


def test_what_does_not_arrive_as_it_was_is_found_and_nothing_is_moved(made: Maker) -> None:
    source, target = made("file"), made("file")
    source.create()
    counters = metadata.tables["workbench_counters"]
    with source.begin() as connection:
        connection.execute(insert(counters), [{"name": "a", "value": 1}])
    meddle = DDL(
        "CREATE TRIGGER meddles AFTER INSERT ON workbench_counters BEGIN UPDATE workbench_counters SET value = 2; END"
    )
    event.listen(counters, "after_create", meddle)
    try:
        with pytest.raises(Unavailable, match="workbench_counters"):
            move(source, target, unseen)
    finally:
        event.remove(counters, "after_create", meddle)
    with target.read() as connection:
        assert inspect(connection).get_table_names() == []


_KILLED = """
import os, signal, sys
import hinomi.app.moving
from hinomi.database import Database
from hinomi.database.move import move
def stop(done, total):
    if done > total * float(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
move(Database(sys.argv[1]), Database(sys.argv[2]), stop)
"""


@pytest.mark.parametrize("at", ["0.2", "0.9"])
@pytest.mark.parametrize("kind", [pytest.param("server", marks=needs_postgresql), "file"])
def test_killed_in_the_middle_the_target_is_as_empty_as_it_was(tmp_path: Path, kind: str, at: str) -> None:
    path = tmp_path / "source.db"
    url = server().database(tmp_path / "target") if kind == "server" else str(tmp_path / "target.db")
    source, target = Database(path), Database(url)
    source.create()
    counters = metadata.tables["workbench_counters"]
    rows = [{"name": str(n), "value": n} for n in range(7 * BATCH_ROWS)]
    with source.begin() as connection:
        connection.execute(insert(counters), rows)
    ended = subprocess.run([sys.executable, "-c", _KILLED, str(path), url, at], check=False, env=os.environ)
    assert ended.returncode == -signal.SIGKILL
    with target.read() as connection:
        assert inspect(connection).get_table_names() == []
    assert sum(one.rows for one in move(source, target, unseen)) == len(rows)
    with target.read() as connection:
        assert connection.execute(select(func.sum(counters.c.value))).scalar_one() == sum(range(len(rows)))
    source.close()
    target.close()
