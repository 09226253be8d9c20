"""Makers of activities for the lake; all values are invented."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from hinomi.lake.columns import to_stream, to_table
from hinomi.lake.lake import Lake
from hinomi.schema.activity import ActivityBatch, ActivityKind
from hinomi.schema.content import Severity
from hinomi.schema.detection import Detection

KIND = ActivityKind("windows", frozenset({"process_creation"}), frozenset({"sysmon"}), "Sysmon", 1)
HOUR_MS = 3_600_000


def batch(*rows: dict[str, Any]) -> ActivityBatch:
    names = dict.fromkeys(name for row in rows for name in row)
    return ActivityBatch(KIND, len(rows), {name: [row.get(name) for row in rows] for name in names})


def writer(lake: Lake) -> Callable[..., list[dict[str, Any]]]:
    """Writes rows as one batch of spool entry `seq`; returns the rows."""

    def written(*rows: dict[str, Any], seq: int = 1) -> list[dict[str, Any]]:
        lake.write_activities([(seq, batch(*rows), None)])
        return list(rows)

    return written


def activity(time_ms: int, **fields: Any) -> dict[str, Any]:
    return {"uuid": str(uuid.uuid4()), "eventTime": time_ms, **fields}


def process_start(time_ms: int, hash_id: int | None, creator: int | None, **fields: Any) -> dict[str, Any]:
    """As a source delivers it: object* is the new process, process* its creator."""
    named = {"objectProcessHashId": hash_id, "processHashId": creator, "endpointGuid": "guid-1"}
    return activity(time_ms, eventId=1, eventSubId=2, **{**named, **fields})


def detection(row: dict[str, Any], **changes: Any) -> Detection:
    given: dict[str, Any] = {
        "id": f"{row['uuid']}-filter",
        "filter_id": "a_filter",
        "filter_version": "0123456789abcdef",
        "risk": Severity.HIGH,
        "techniques": ("T1003.002",),
        "tactics": ("TA0006",),
        "uuid": row["uuid"],
        "event_time_ms": row["eventTime"],
        "endpoint_guid": row.get("endpointGuid", ""),
        "endpoint_name": row.get("endpointHostName", ""),
        "highlights": (("objectCmd", row.get("objectCmd")),),
        "activity": {name: value for name, value in row.items() if value is not None},
    }
    return Detection(**(given | changes))


def write_on(lake: Lake, day: date, *rows: dict[str, Any], seq: int = 1) -> None:
    """As if they had arrived at noon (UTC) of that day."""
    noon = datetime.combine(day, time(12), UTC)
    table = to_table([(seq, batch(*rows), None)], int(noon.timestamp() * 1000))
    lake._connection.insert("activities", table.column_names, to_stream(table))
