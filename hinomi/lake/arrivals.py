"""What arrived since: results of a condition in the order in which they were written here, whenever they happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hinomi.lake.activities import checked_limit, conjunction
from hinomi.lake.columns import to_rows
from hinomi.lake.connection import Connection


@dataclass(frozen=True, slots=True)
class Arrival:
    """`id` is the uuid of an activity, or the id of a detection; moments in milliseconds."""

    id: str
    event_ms: int
    ingest_ms: int


_TABLES = {"activities": "toString(id)", "detections": "id"}


def arrived(
    connection: Connection,
    table: str,
    where: str,
    parameters: Mapping[str, Any],
    from_ms: int,
    to_ms: int,
    limit: int,
    after: Arrival | None = None,
) -> list[Arrival]:
    """Of `activities` or `detections`, written from (included) to (not), the first written first; those behind `after`, in that order."""
    # by day too, so that other days of arrival are not even opened
    window = (
        "ingestTime >= fromUnixTimestamp64Milli({arrived_from:Int64}, 'UTC') "
        "AND ingestTime < fromUnixTimestamp64Milli({arrived_to:Int64}, 'UTC')"
    )
    ahead = "(written, happened, result) > ({after_written:Int64}, {after_happened:Int64}, {after_result:String})"
    sql = (
        f"SELECT {_TABLES[table]} AS result, toUnixTimestamp64Milli(time) AS happened, "  # noqa: S608 - names of ours
        f"toUnixTimestamp64Milli(ingestTime) AS written FROM {table} WHERE {conjunction([window, where, ahead])} "
        f"ORDER BY written, happened, result LIMIT {checked_limit(limit)}"
    )
    bounds = {"arrived_from": max(from_ms, 0), "arrived_to": to_ms}
    last = after or Arrival("", 0, -1)  # before everything: nothing was written before 1970
    place = {"after_written": last.ingest_ms, "after_happened": last.event_ms, "after_result": last.id}
    rows = to_rows(connection.ask(sql, {**parameters, **bounds, **place}))
    return [Arrival(row["result"], row["happened"], row["written"]) for row in rows]
