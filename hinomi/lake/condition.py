"""How the lake is: rows, bytes, age, memory, damage."""

from dataclasses import dataclass
from pathlib import Path

from hinomi.lake import tables
from hinomi.lake.columns import to_rows
from hinomi.lake.connection import Connection

# Of every shard of a cluster; bytes and parts are of the server that answers.
_ROWS = (
    "SELECT (SELECT count() FROM activities) AS activities, (SELECT count() FROM detections) AS detections, "
    "(SELECT count() FROM processes) AS processes"
)


@dataclass(frozen=True, slots=True)
class LakeStatus:
    """`bytes_uncompressed` is before the codecs; times are milliseconds of the oldest and newest event, None when empty."""

    activities: int
    detections: int
    processes: int
    bytes_on_disk: int
    bytes_uncompressed: int
    parts: int
    oldest_ms: int | None
    newest_ms: int | None
    owner_pid: int | None
    owner_rss_bytes: int
    damaged_parts: tuple[str, ...]  # "table/part: reason"; set aside by the engine, the rest is readable

    @property
    def ratio(self) -> float:
        """How many times smaller the disk is than the columns."""
        return self.bytes_uncompressed / self.bytes_on_disk if self.bytes_on_disk else 1.0


def read_status(connection: Connection) -> LakeStatus:
    tables = {
        row["table"]: row
        for row in to_rows(
            connection.ask(
                "SELECT table, sum(bytes_on_disk) AS disk, sum(data_uncompressed_bytes) AS plain, "
                "count() AS parts FROM system.parts WHERE active AND database = currentDatabase() GROUP BY table"
            )
        )
    }
    ages = to_rows(
        connection.ask(
            "SELECT toUnixTimestamp64Milli(min(time)) AS oldest, toUnixTimestamp64Milli(max(time)) AS newest FROM activities"
        )
    )
    rows = to_rows(connection.ask(_ROWS))[0]
    pid = connection.owner_pid
    return LakeStatus(
        **rows,
        bytes_on_disk=sum(row["disk"] for row in tables.values()),
        bytes_uncompressed=sum(row["plain"] for row in tables.values()),
        parts=sum(row["parts"] for row in tables.values()),
        oldest_ms=ages[0].get("oldest") if rows["activities"] else None,
        newest_ms=ages[0].get("newest") if rows["activities"] else None,
        owner_pid=pid,
        owner_rss_bytes=_resident(pid) if pid else 0,
        damaged_parts=_damaged(connection),
    )


def find_damage(connection: Connection) -> list[str]:
    """Reads every part against its checksums: "table/part: what is wrong", those set aside at a start included."""
    found = list(_damaged(connection))
    for table in tables.NAMES:
        checked = connection.ask(f"CHECK TABLE {table} SETTINGS check_query_single_value_result = 0")
        found += [
            f"{table}/{row['part_path']}: {row.get('message', 'damaged')}"
            for row in to_rows(checked)
            if not row["is_passed"]
        ]
    return found


def _damaged(connection: Connection) -> tuple[str, ...]:
    rows = to_rows(
        connection.ask(
            "SELECT table, name, reason FROM system.detached_parts WHERE database = currentDatabase() "
            "AND reason NOT IN ('', 'clone', 'ignored') ORDER BY table, name"
        )
    )
    return tuple(f"{row['table']}/{row['name']}: {row['reason']}" for row in rows)


def _resident(pid: int) -> int:
    """Resident bytes of a process; 0 where the system does not say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    lines = [line.split() for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(lines[0][1]) * 1024 if lines else 0
