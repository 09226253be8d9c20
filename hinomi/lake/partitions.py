"""The days and months that the lake consists of: how large they are, merge them, take them away."""

import threading
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from hinomi.errors import Unavailable
from hinomi.lake import tables
from hinomi.lake.columns import to_rows
from hinomi.lake.connection import Connection
from hinomi.lake.retention import Removal, SourceDay

Progress = Callable[[int, int], None]  # partitions done, and in all

_SIDE = tuple(name for name in tables.NAMES if name != "activities")
_POLL_S = 0.2


def source_days(connection: Connection) -> list[SourceDay]:
    """What each source has of each day of arrival, oldest first."""
    sizes = {row["partition_id"]: row for row in _parts(connection, ("activities",))}
    counted = to_rows(
        connection.ask(
            "SELECT _partition_id AS day, recordSource AS source, count() AS n FROM activities "
            "GROUP BY day, source ORDER BY day, source"
        )
    )
    days = []
    for row in counted:
        whole = sizes.get(row["day"])
        size = whole["disk"] * row["n"] // max(1, whole["n"]) if whole else 0
        day = datetime.strptime(row["day"], "%Y%m%d").date()  # noqa: DTZ007 - a date
        days.append(SourceDay(day, row.get("source", ""), row["n"], size))
    return days


def months(connection: Connection) -> list[tuple[str, str, int, int]]:
    """(table, month, rows, bytes) of the side tables."""
    return [(row["table"], row["partition_id"], row["n"], row["disk"]) for row in _parts(connection, _SIDE)]


def _parts(connection: Connection, names: tuple[str, ...]) -> list[dict[str, Any]]:
    listed = ", ".join(f"'{name}'" for name in names)
    return to_rows(
        connection.ask(
            "SELECT table, partition_id, sum(rows) AS n, sum(bytes_on_disk) AS disk, count() AS parts "  # noqa: S608
            f"FROM system.parts WHERE active AND database = currentDatabase() AND table IN ({listed}) "
            "GROUP BY table, partition_id ORDER BY partition_id, table"
        )
    )


def remove(connection: Connection, removal: Removal, cancel: threading.Event) -> None:
    """Take it away. A whole partition goes at once; rows of some sources by rewriting one day, in the background."""
    partition = f"PARTITION ID '{int(removal.partition)}'"
    if not removal.sources:
        connection.command(f"ALTER TABLE {removal.table} DROP {partition}")
        return
    connection.command(
        f"ALTER TABLE {removal.table} DELETE IN {partition} WHERE recordSource IN ({{gone:Array(String)}})",
        {"gone": list(removal.sources)},
    )
    _await_rewritten(connection, removal.table, cancel)


def _await_rewritten(connection: Connection, table: str, cancel: threading.Event) -> None:
    """Until the rewriting is over; a cancelled wait leaves it to the engine, which goes on, also after a restart."""
    asked = (
        "SELECT count() AS n, any(latest_fail_reason) AS failed FROM system.mutations "  # noqa: S608
        f"WHERE NOT is_done AND NOT is_killed AND database = currentDatabase() AND table = '{table}'"
    )
    while (row := to_rows(connection.ask(asked))[0])["n"]:
        if row.get("failed"):
            raise Unavailable(f"the lake could not rewrite a day: {row['failed'][:300]}")
        if cancel.wait(_POLL_S):
            return


def merge(connection: Connection, today: date, on_progress: Progress, cancel: threading.Event) -> int:
    """One part for each past day, one after the other; the number of days and months that were merged."""
    wanted = [
        row
        for row in _parts(connection, tables.NAMES)
        if row["parts"] > 1 and row["partition_id"] not in (f"{today:%Y%m%d}", f"{today:%Y%m}")
    ]
    for done, row in enumerate(wanted):
        if cancel.is_set():
            return done
        on_progress(done, len(wanted))
        connection.command(f"OPTIMIZE TABLE {row['table']} PARTITION ID '{row['partition_id']}' FINAL")
    return len(wanted)
