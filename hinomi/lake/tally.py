"""How many results a condition has, and on how many endpoints."""

from collections.abc import Mapping
from typing import Any

from hinomi.lake.activities import Window, conjunction
from hinomi.lake.columns import to_rows
from hinomi.lake.connection import Connection

TABLES = ("activities", "detections")


def tally(
    connection: Connection, table: str, where: str, parameters: Mapping[str, Any], window: Window
) -> tuple[int, int]:
    """Of `activities` or `detections`: (results, endpoints)."""
    conditions, bounds = window.of(table)
    name = TABLES[TABLES.index(table)]
    sql = (
        f"SELECT count() AS n, uniqExact(endpointGuid, endpointHostName) AS hosts FROM {name} "  # noqa: S608 - ours
        f"WHERE {conjunction([*conditions, where])}"
    )
    row = to_rows(connection.ask(sql, {**parameters, **bounds}))[0]
    return row["n"], row["hosts"]
