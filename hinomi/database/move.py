"""Every row of one operational database into an empty other one: from a file into a server, or back.

One transaction on either side: whoever is killed in the middle leaves the target as empty as it was. The source is only
read, under its writers' lock, so that nothing is written into what is being left. JSON goes over as the text that it is,
so that what is absent and what is `null` stay two things.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, MetaData, Select, Table, Text, bindparam, cast, func, insert, inspect, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.sql.dml import Insert

from hinomi.database import Database, migration
from hinomi.errors import InputError, Unavailable

BATCH_ROWS = 500  # held at a time
_REVISIONS = "alembic_version"  # the target gets its own
_NUL, _SHOWN = "\x00", "\N{REPLACEMENT CHARACTER}"  # as `postgresql.py` writes it
_DIGEST_BYTES = 16

Progress = Callable[[int, int], None]  # rows copied and compared, and in all
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class MovedTable:
    """`digest` is of the rows in any order; `mended`: rows in which a NUL became U+FFFD, for a server has no NUL."""

    name: str
    rows: int
    digest: str
    mended: int


class _Digest:
    """Of rows in any order: databases do not sort text alike."""

    def __init__(self) -> None:
        self.rows, self._sum = 0, 0

    def add(self, row: Row) -> None:
        one = hashlib.blake2b(repr(row).encode(), digest_size=_DIGEST_BYTES).digest()
        self._sum = (self._sum + int.from_bytes(one)) % (1 << 8 * _DIGEST_BYTES)
        self.rows += 1

    @property
    def told(self) -> tuple[int, str]:
        return self.rows, self._sum.to_bytes(_DIGEST_BYTES).hex()


def move(source: Database, target: Database, on_progress: Progress) -> list[MovedTable]:
    """Copy, then compare what the target holds with what was read; committed only when all of it agrees.

    InputError: the target is not empty, or the source is not what this Hinomi moves (older, or with tables of others).
    """
    _require_empty(target)  # before the source is held: it may be the same
    with source.begin() as reading, target.begin() as writing:
        tables = _tables(reading, source.metadata)
        _require_no_tables(writing)
        migration.bring_up(writing, target.metadata)
        total = 2 * sum(rows for _, rows in tables)
        done, moved = 0, []
        for table, rows in tables:
            moved.append(_copy(table, reading, writing, lambda n, base=done: on_progress(base + n, total)))  # type: ignore[misc]
            done += rows
        for (table, rows), one in zip(tables, moved, strict=True):
            _compare(table, writing, one, lambda n, base=done: on_progress(base + n, total))  # type: ignore[misc]
            done += rows
        _set_sequences(writing, target.metadata)
    return moved


def _require_empty(target: Database) -> None:
    with target.read() as connection:
        _require_no_tables(connection)


def _require_no_tables(connection: Connection) -> None:
    names = inspect(connection).get_table_names()
    if names:
        shown = ", ".join(sorted(names)[:3]) + (" ..." if len(names) > 3 else "")
        raise InputError(f"the target is not empty, it holds {len(names)} tables ({shown}): name an empty database")


def _tables(source: Connection, metadata: MetaData) -> list[tuple[Table, int]]:
    """Tables with their rows, each after those that it points to."""
    revision = migration.revision_of(source)
    if revision is None:
        raise InputError("there is nothing to move: the database holds no tables of Hinomi")
    if revision != migration.HEAD:
        raise InputError(
            f"the database has revision {revision}, this Hinomi {migration.HEAD}: let the Hinomi that moves it work on it once"
        )
    there = set(inspect(source).get_table_names())
    strange = sorted(there - metadata.tables.keys() - {_REVISIONS})
    if strange:
        raise InputError(f"the database holds tables that are not Hinomi's and would be lost: {', '.join(strange[:5])}")
    wanted = [table for table in metadata.sorted_tables if table.name in there]
    return [(table, source.execute(select(func.count()).select_from(table)).scalar_one()) for table in wanted]


def _copy(table: Table, source: Connection, target: Connection, on_rows: Callable[[int], None]) -> MovedTable:
    digest, mended = _Digest(), 0
    has_nul = target.dialect.name != "postgresql"
    statement = _insert(table, target.dialect.name)
    names = [f"v_{column.name}" for column in table.columns]
    for batch in _batches(table, source):
        kept = batch if has_nul else [_without_nul(row) for row in batch]
        mended += sum(was != now for was, now in zip(batch, kept, strict=True))
        for row in kept:
            digest.add(row)
        try:
            target.execute(statement, [dict(zip(names, row, strict=True)) for row in kept])
        except (DataError, IntegrityError) as error:  # a file takes what a server refuses: text that is too long ...
            raise InputError(f"a row of {table.name} has no place in the target: {str(error.orig)[:300]}") from error
        on_rows(digest.rows)
    rows, told = digest.told
    return MovedTable(table.name, rows, told, mended)


def _compare(table: Table, target: Connection, moved: MovedTable, on_rows: Callable[[int], None]) -> None:
    digest = _Digest()
    for batch in _batches(table, target):
        for row in batch:
            digest.add(row)
        on_rows(digest.rows)
    if digest.told != (moved.rows, moved.digest):
        raise Unavailable(
            f"{table.name} is not in the target as it was read: {digest.rows} rows of {moved.rows}. Nothing was moved."
        )


def _batches(table: Table, connection: Connection) -> Iterator[list[Row]]:
    with connection.execute(_select(table), execution_options={"yield_per": BATCH_ROWS}) as streamed:
        for batch in streamed.partitions():
            yield [tuple(row) for row in batch]


def _select(table: Table) -> Select[Any]:
    return select(*(cast(one, Text) if isinstance(one.type, JSON) else one for one in table.columns))


def _insert(table: Table, dialect: str) -> Insert:
    values: dict[str, Any] = {}
    for column in table.columns:
        is_json = isinstance(column.type, JSON)
        value = bindparam(f"v_{column.name}", type_=Text() if is_json else column.type)
        # SQLite knows no JSON: a cast would make a number of it
        values[column.name] = cast(value, JSON) if is_json and dialect == "postgresql" else value
    return insert(table).values(values)


def _without_nul(row: Row) -> Row:
    return tuple(value.replace(_NUL, _SHOWN) if isinstance(value, str) else value for value in row)


def _set_sequences(connection: Connection, metadata: MetaData) -> None:
    """A server counts beside its tables, a file by what is in them."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            connection.execute(
                text(
                    f'SELECT setval(pg_get_serial_sequence(:table, :column), coalesce(max("{column.name}"), 1), '  # noqa: S608
                    f'max("{column.name}") IS NOT NULL) FROM "{table.name}"'
                ),
                {"table": table.name, "column": column.name},
            )
