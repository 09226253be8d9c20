"""Days of the lake as Parquet files that any tool reads, and back. One file holds one table of one day of arrival (UTC).

Columns are the vocabulary's, `uuid` as text, times as timestamps in milliseconds (UTC). What a file holds comes back as it
was, except what the lake holds already: rows are told by their identity.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from hinomi.errors import InputError
from hinomi.lake import activities, detections, returned, tables
from hinomi.lake.columns import to_stream
from hinomi.lake.connection import Connection

TABLES = ("activities", "detections")  # process starts are made of activities again
PAGE_ROWS = 10_000
_LEAST_ROWS = 16
_AT = "fromUnixTimestamp64Milli({{{}:Int64}}, 'UTC')"
# a page follows the table's sort key, so each is read where the one before ended
_ORDER = {
    "activities": ("toStartOfHour(time)", "endpointHostName", "time", "id"),
    "detections": ("time", "id"),
}

Progress = Callable[[int], None]  # rows done so far


def days(connection: Connection) -> dict[str, dict[date, int]]:
    """table -> day of arrival -> rows."""
    found: dict[str, dict[date, int]] = {}
    for table in TABLES:
        sql = f"SELECT toString(toDate(ingestTime)) AS day, count() AS n FROM {table} GROUP BY day ORDER BY day"  # noqa: S608
        lines = connection.ask(sql, form="TabSeparated").decode().splitlines()
        found[table] = {date.fromisoformat(day): int(n) for day, n in (line.split("\t") for line in lines)}
    return found


def write_file(connection: Connection, table: str, day: date, path: Path, on_rows: Progress) -> int:
    """All rows of that day that were there when it began, into a new file; how many."""
    pages = _pages(connection, table, day)
    first = next(pages, None)
    if first is None:
        return 0
    with pq.ParquetWriter(path, first.schema, compression="zstd") as writer:
        done = _write(writer, first)
        on_rows(done)
        for page in pages:
            done += _write(writer, page)
            on_rows(done)
    return done


def _write(writer: Any, page: pa.Table) -> int:
    writer.write_table(page)
    return int(page.num_rows)


def _pages(connection: Connection, table: str, day: date) -> Iterator[pa.Table]:
    start = int(datetime.combine(day, datetime.min.time(), UTC).timestamp() * 1000)
    until = int(connection.ask("SELECT toUnixTimestamp64Milli(now64(3))", form="TabSeparated"))
    bounds = {"day_from": start, "day_to": min(start + 86_400_000, until)}
    after: dict[str, Any] = {}
    rows = PAGE_ROWS
    while True:
        page, rows = _page(connection, table, {**bounds, **after}, rows)
        if page is None:
            return
        yield page
        after = _last(page)


def _page(connection: Connection, table: str, parameters: dict[str, Any], rows: int) -> tuple[pa.Table | None, int]:
    """The rows after those in the parameters; with records too large for an answer, fewer of them."""
    where = [
        f"ingestTime >= {_AT.format('day_from')}",
        f"ingestTime {'<' if parameters['day_to'] - parameters['day_from'] == 86_400_000 else '<='} {_AT.format('day_to')}",
    ]
    if "last_time" in parameters:
        where += _behind(table)
    while True:
        sql = (
            f"SELECT {', '.join(_selected(table))} FROM {table} WHERE {' AND '.join(where)} "  # noqa: S608 - names of ours
            f"ORDER BY {', '.join(_ORDER[table])} LIMIT {rows}"
        )
        try:
            answer = connection.ask(sql, parameters)
        except InputError:
            if rows <= _LEAST_ROWS:
                raise
            rows //= 2
            continue
        page = pa.ipc.open_stream(answer).read_all() if answer else None
        return (page if page is not None and page.num_rows else None), rows


def _behind(table: str) -> list[str]:
    moment = _AT.format("last_time")
    if table == "detections":
        return [f"time >= {moment}", f"(time, id) > ({moment}, {{last_id:String}})"]
    key = f"(toStartOfHour({moment}), {{last_host:String}}, {moment}, toUUID({{last_id:String}}))"
    return [f"toStartOfHour(time) >= toStartOfHour({moment})", f"({', '.join(_ORDER[table])}) > {key}"]


def _last(page: pa.Table) -> dict[str, Any]:
    row = page.slice(page.num_rows - 1).to_pylist()[0]
    moment = int(page.column("time").cast(pa.int64())[-1].as_py())
    return {"last_time": moment, "last_host": row["endpointHostName"], "last_id": row.get("id") or row["uuid"]}


def _selected(table: str) -> list[str]:
    if table == "detections":
        return [f"`{name}`" for name, kind in tables.DETECTION_COLUMNS.items() if "ALIAS" not in kind]
    kept = [name for name in tables.KEPT_COLUMNS if name != "id"]
    fields = [
        name for name in tables.columns()["activities"] if name not in (*tables.ALIASES, *tables.BROUGHT_BACK, *kept)
    ]
    return ["toString(id) AS uuid", *(f"`{name}`" for name in [*kept, *fields])]


def read_file(connection: Connection, table: str, path: Path, on_rows: Progress) -> tuple[int, int]:
    """Write what the lake does not hold of a file that `write_file` made: (rows written, rows in all). InputError."""
    try:
        file = pq.ParquetFile(path)
        unknown = set(file.schema_arrow.names) - {
            name.removeprefix("toString(id) AS ").strip("`") for name in _selected(table)
        }
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path.name} is no Parquet file that can be read: {error}") from None
    if unknown:
        raise InputError(f"{path.name} has the column {min(unknown)[:80]!r}, which this Hinomi does not know")
    with file:
        begun = _begin(connection, file) if table == "activities" else []
        # no context manager of a generator: Ctrl-C between this block and its end would settle when the lake is closed
        try:
            return _write_all(connection, table, file, on_rows)
        finally:
            _settle(connection, begun)


def _write_all(connection: Connection, table: str, file: pq.ParquetFile, on_rows: Progress) -> tuple[int, int]:
    written = done = 0
    for batch in file.iter_batches(PAGE_ROWS):
        written += _write_missing(connection, table, pa.Table.from_batches([batch]))
        done += batch.num_rows
        on_rows(done)
    return written, done


def _begin(connection: Connection, file: pq.ParquetFile) -> list[tuple[str, int]]:
    """(day of arrival, its number for `_settle`): its values are counted when its rows are there."""
    now_s = int(time.time())
    return [(day, returned.begin(connection.command, day, now_s)) for day in _days_of_arrival(file)]


def _settle(connection: Connection, begun: list[tuple[str, int]]) -> None:
    """Also of a file that was broken off, for it may never be finished. Broken off itself, the next filling does it."""

    def ask(sql: str) -> str:
        return connection.ask(sql, form="TabSeparated").decode()

    for day, number in begun:
        returned.settle(ask, connection.command, day)
        returned.close(connection.command, day, number)


def _days_of_arrival(file: pq.ParquetFile) -> list[str]:
    """One, in a file of ours."""
    found: set[str] = set()
    for batch in file.iter_batches(PAGE_ROWS, columns=["ingestTime"]):
        days = pc.strftime(batch.column("ingestTime"), "%Y-%m-%d")
        found.update(pc.unique(days).to_pylist())
    return sorted(found)


def _write_missing(connection: Connection, table: str, page: pa.Table) -> int:
    name = "uuid" if table == "activities" else "id"
    ids, times_ms = page.column(name).to_pylist(), page.column("time").cast(pa.int64()).to_pylist()
    known = (activities if table == "activities" else detections).known(connection, ids, times_ms)
    fresh = page.filter(pa.array([one not in known for one in ids]))
    if table == "activities":
        fresh = fresh.rename_columns(["id" if column == "uuid" else column for column in fresh.column_names])
        fresh = fresh.append_column("broughtBack", pa.array([True] * fresh.num_rows, pa.bool_()))
    if fresh.num_rows:
        connection.insert(table, fresh.column_names, to_stream(fresh))
    return int(fresh.num_rows)
