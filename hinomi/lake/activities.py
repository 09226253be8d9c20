"""Activities in the lake: which are known, write, read one, search, count, histogram, facet.

A `where` is a ClickHouse expression over the columns of the vocabulary, made by `query` with values as parameters; names
are checked against the field table, so that no text of a caller becomes SQL.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from hinomi.errors import InputError
from hinomi.lake.columns import FIRST_MS, LAST_MS, Chosen, times, to_rows, to_stream, to_table, wanted
from hinomi.lake.connection import Connection
from hinomi.schema.activity import FIELDS

Keyset = tuple[int, str]  # eventTime and uuid of the last row seen

MAX_ROWS = 10_000
WRITE_ROWS = 25_000  # of one insert; `Connection.write_bytes` bounds it too
_MOMENT = "fromUnixTimestamp64Milli({{{0}:Int64}}, 'UTC')"
# The table's sort key begins with the hour, and of a condition on `time` alone the engine does not conclude an hour: every
# granule of a part would be read. A hint is asked of the key only, not of each row.
_HOURS = (
    f"indexHint(toStartOfHour(time) >= toStartOfHour({_MOMENT.format('lake_from')}) "
    f"AND toStartOfHour(time) <= toStartOfHour({_MOMENT.format('lake_to')}))"
)
# an hour of the key has 32 bits of seconds; what is not of these years stands somewhere else in it
_END_OF_HOURS_MS = (1 << 32) * 1000


@dataclass(frozen=True, slots=True)
class Window:
    """From (inclusive) to (exclusive), milliseconds; None is open."""

    from_ms: int | None = None
    to_ms: int | None = None

    def of(self, table: str) -> tuple[list[str], dict[str, int]]:
        """Conditions on a table's `time`, and their parameters."""
        conditions: list[str] = []
        parameters: dict[str, int] = {}
        for name, sign, moment in (("lake_from", ">=", self.from_ms), ("lake_to", "<", self.to_ms)):
            if moment is not None:
                conditions.append(f"time {sign} {_MOMENT.format(name)}")
                parameters[name] = min(max(moment, FIRST_MS), LAST_MS)
        if table == "activities" and self._is_of_hours:
            conditions.append(_HOURS)
        return conditions, parameters

    @property
    def _is_of_hours(self) -> bool:
        return (
            self.from_ms is not None and self.to_ms is not None and 0 <= self.from_ms <= self.to_ms < _END_OF_HOURS_MS
        )

    def until(self, last_ms: int) -> "Window":
        """Of it, what is not later than that."""
        return Window(self.from_ms, last_ms + 1 if self.to_ms is None else min(self.to_ms, last_ms + 1))


def checked_fields(names: Sequence[str] | None) -> list[str]:
    """The names themselves, or all fields. InputError for one that is not in the vocabulary."""
    if names is None:
        return list(FIELDS)
    unknown = [name for name in names if name not in FIELDS]
    if unknown:
        raise InputError(f"unknown field {unknown[0][:80]!r}")
    return list(dict.fromkeys(names))


def checked_limit(limit: int) -> int:
    if not 0 <= limit <= MAX_ROWS:
        raise InputError(f"a page has 0 to {MAX_ROWS} rows, not {limit}")
    return limit


def conjunction(conditions: Sequence[str]) -> str:
    return " AND ".join(f"({condition})" for condition in conditions if condition) or "1"


def known(connection: Connection, uuids: Sequence[str], times_ms: Sequence[int]) -> dict[str, int]:
    """uuid -> spoolSeq of those that are in the lake. Reads only the hours in question."""
    if not uuids:
        return {}
    sql = """
        SELECT toString(id) AS uuid, spoolSeq FROM activities
        WHERE time >= {lake_from} AND time <= {lake_to}
          AND toStartOfHour(time) IN (SELECT DISTINCT toStartOfHour(time) FROM wanted)
          AND id IN (SELECT id FROM wanted)
    """.replace("{lake_from}", _MOMENT.format("lake_from")).replace("{lake_to}", _MOMENT.format("lake_to"))
    bounds = {"lake_from": max(min(times_ms), FIRST_MS), "lake_to": min(max(times_ms), LAST_MS)}
    asked = wanted("id UUID, time DateTime64(3, 'UTC')", id=pa.array(uuids, pa.string()), time=times(times_ms))
    rows = to_rows(connection.ask(sql, bounds, external=asked))
    return {row["uuid"]: row["spoolSeq"] for row in rows}


def write(connection: Connection, chosen: Sequence[Chosen]) -> int:
    """Rows written; on return they are on disk."""
    table = to_table(chosen, int(time.time() * 1000))
    step = max(1, min(WRITE_ROWS, connection.write_bytes * table.num_rows // max(1, table.nbytes)))
    for start in range(0, table.num_rows, step):
        piece = table.slice(start, step)
        connection.insert("activities", piece.column_names, to_stream(piece))
    return int(table.num_rows)


def read_one(connection: Connection, uuid: str, time_ms: int | None) -> dict[str, Any] | None:
    conditions, parameters = Window(time_ms, None if time_ms is None else time_ms + 1).of("activities")
    conditions.append("id = toUUIDOrZero({lake_uuid:String})")
    columns = ", ".join(f"`{name}`" for name in FIELDS)
    sql = f"SELECT {columns} FROM activities WHERE {conjunction(conditions)} LIMIT 1"  # noqa: S608 - names of ours
    rows = to_rows(connection.ask(sql, {**parameters, "lake_uuid": uuid}))
    return rows[0] if rows else None


def search(
    connection: Connection,
    where: str,
    parameters: Mapping[str, Any],
    window: Window,
    columns: Sequence[str] | None,
    limit: int,
    before: Keyset | None,
) -> list[dict[str, Any]]:
    """Newest first by (eventTime, uuid); the page after the row `before`."""
    conditions, bounds = (window if before is None else window.until(before[0])).of("activities")
    if before is not None:
        conditions.append(f"(time, id) < ({_MOMENT.format('lake_time')}, toUUIDOrZero({{lake_uuid:String}}))")
        bounds |= {"lake_time": before[0], "lake_uuid": before[1]}  # type: ignore[dict-item]
    names = ", ".join(f"`{name}`" for name in checked_fields(columns))
    # the hour comes first so that the engine can walk the table backwards and stop at the limit
    sql = (
        f"SELECT {names} FROM activities WHERE {conjunction([*conditions, where])} "  # noqa: S608 - names of ours
        f"ORDER BY toStartOfHour(time) DESC, time DESC, id DESC LIMIT {checked_limit(limit)}"
    )
    return to_rows(connection.ask(sql, {**parameters, **bounds}))


def count(connection: Connection, where: str, parameters: Mapping[str, Any], window: Window) -> int:
    conditions, bounds = window.of("activities")
    sql = f"SELECT count() AS n FROM activities WHERE {conjunction([*conditions, where])}"  # noqa: S608 - names of ours
    return int(connection.ask(sql, {**parameters, **bounds}, form="TabSeparated"))


def histogram(
    connection: Connection, where: str, parameters: Mapping[str, Any], window: Window, bucket_ms: int
) -> list[tuple[int, int]]:
    """(start of the bucket in ms, activities), oldest first, empty buckets left out."""
    conditions, bounds = window.of("activities")
    sql = (
        "SELECT intDiv(toUnixTimestamp64Milli(time), {lake_bucket:Int64}) * {lake_bucket:Int64} AS t, count() AS n "  # noqa: S608
        f"FROM activities WHERE {conjunction([*conditions, where])} GROUP BY t ORDER BY t LIMIT {MAX_ROWS}"
    )
    rows = to_rows(connection.ask(sql, {**parameters, **bounds, "lake_bucket": max(1, bucket_ms)}))
    return [(row["t"], row["n"]) for row in rows]


def facet(
    connection: Connection, where: str, parameters: Mapping[str, Any], window: Window, field: str, limit: int
) -> list[tuple[Any, int]]:
    """Values of one field with their counts, most frequent first; lists count by member; what is absent is left out."""
    (name,) = checked_fields([field])
    value = f"arrayJoin(`{name}`)" if FIELDS[name] == "texts" else f"`{name}`"
    conditions, bounds = window.of("activities")
    sql = (
        f"SELECT {value} AS v, count() AS n FROM activities WHERE {conjunction([*conditions, where])} "  # noqa: S608
        f"GROUP BY v HAVING isNotNull(v) AND toString(v) != '' ORDER BY n DESC, v LIMIT {checked_limit(limit)}"
    )
    return [(row["v"], row["n"]) for row in to_rows(connection.ask(sql, {**parameters, **bounds}))]
