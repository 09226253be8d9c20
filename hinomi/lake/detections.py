"""Detections in the lake: write each once, search, count, histogram by risk, facets.

A `where` is an expression over COLUMNS, made by `query` with values as parameters.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import pyarrow as pa

from hinomi.errors import InputError
from hinomi.lake.activities import Keyset, Window, checked_limit, conjunction
from hinomi.lake.columns import MOMENT, times, to_rows, to_stream, wanted
from hinomi.lake.connection import Connection
from hinomi.schema.detection import Detection

COLUMNS = (
    "id", "eventTime", "detectedTime", "risk", "filterId", "filterVersion", "techniques", "tactics", "uuid",
    "endpointGuid", "endpointHostName", "recordSource", "highlights", "activity",
)  # fmt: skip

# facet -> expression
FACETS = {
    "risk": "risk",
    "tactic": "arrayJoin(tactics)",
    "technique": "arrayJoin(techniques)",
    # a technique with all its sub-techniques: each detection once, however many of them it names
    "family": "arrayJoin(arrayDistinct(arrayMap(one -> splitByChar('.', one)[1], techniques)))",
    "filter": "filterId",
    "endpoint": "endpointHostName",
}

# The record in full stands in the lake once, with its activity.
_LEFT_OUT = frozenset({"rawDataStr"})


def known(connection: Connection, ids: Sequence[str], times_ms: Sequence[int]) -> set[str]:
    """Those ids that the lake holds."""
    if not ids:
        return set()
    asked = wanted("id String, time DateTime64(3, 'UTC')", id=pa.array(ids, pa.string()), time=times(times_ms))
    sql = "SELECT DISTINCT id FROM detections WHERE (time, id) IN (SELECT time, id FROM wanted)"
    return {row["id"] for row in to_rows(connection.ask(sql, external=asked))}


def write(connection: Connection, found: Sequence[Detection]) -> int:
    """Those that the lake does not hold yet; their number. On return they are on disk."""
    held = known(connection, [one.id for one in found], [one.event_time_ms for one in found])
    fresh = list({one.id: one for one in found if one.id not in held}.values())
    if fresh:
        table = _table(fresh, int(time.time() * 1000))
        connection.insert("detections", table.column_names, to_stream(table))
    return len(fresh)


def _table(found: Sequence[Detection], ingest_ms: int) -> pa.Table:
    texts = pa.list_(pa.string())
    activities = {id(one.activity): one.activity for one in found}  # several filters meet one activity
    written = {key: _json(_main_fields(activity)) for key, activity in activities.items()}
    return pa.table(
        {
            "id": pa.array([one.id for one in found], pa.string()),
            "time": times([one.event_time_ms for one in found]),
            "ingestTime": pa.repeat(pa.scalar(ingest_ms, MOMENT), len(found)),
            "filterId": pa.array([one.filter_id for one in found], pa.string()),
            "filterVersion": pa.array([one.filter_version for one in found], pa.string()),
            "risk": pa.array([str(one.risk) for one in found], pa.string()),
            "techniques": pa.array([list(one.techniques) for one in found], texts),
            "tactics": pa.array([list(one.tactics) for one in found], texts),
            "uuid": pa.array([one.uuid for one in found], pa.string()),
            "endpointGuid": pa.array([_text(one.endpoint_guid) for one in found], pa.string()),
            "endpointHostName": pa.array([_text(one.endpoint_name) for one in found], pa.string()),
            "recordSource": pa.array([_text(one.activity.get("recordSource")) for one in found], pa.string()),
            "highlights": pa.array([_json(one.highlights) for one in found], pa.string()),
            "activity": pa.array([written[id(one.activity)] for one in found], pa.string()),
        }
    )


def _main_fields(activity: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in activity.items()
        if (value or value not in (None, "", [])) and name not in _LEFT_OUT
    }


def _text(value: object) -> str:
    return "" if value is None else str(value).encode("utf-8", "replace").decode()


def _json(value: object) -> str:
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return orjson.dumps(_mended(value)).decode()


def _mended(value: Any) -> Any:
    """The same as JSON can hold it: no lone surrogates, no integers over 64 bits, no types of Python's own."""
    if isinstance(value, Mapping):
        return {_text(name): _mended(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_mended(member) for member in value]
    if value is None or isinstance(value, bool | float) or (isinstance(value, int) and -(1 << 63) <= value < 1 << 63):
        return value
    return _text(value)


def search(
    connection: Connection,
    where: str,
    parameters: Mapping[str, Any],
    window: Window,
    limit: int,
    before: Keyset | None,
) -> list[dict[str, Any]]:
    """Rows of COLUMNS, newest first by (eventTime, id); `highlights` is [(field, value)], `activity` a dict."""
    conditions, bounds = window.of("detections")
    if before is not None:
        conditions.append("(time, id) < (fromUnixTimestamp64Milli({lake_time:Int64}, 'UTC'), {lake_id:String})")
        bounds |= {"lake_time": before[0], "lake_id": before[1]}  # type: ignore[dict-item]
    sql = (
        f"SELECT {', '.join(COLUMNS)} FROM detections WHERE {conjunction([*conditions, where])} "  # noqa: S608
        f"ORDER BY time DESC, id DESC LIMIT {checked_limit(limit)}"
    )
    rows = to_rows(connection.ask(sql, {**parameters, **bounds}))
    for row in rows:
        row["highlights"] = [tuple(pair) for pair in orjson.loads(row.get("highlights", "[]"))]
        row["activity"] = orjson.loads(row.get("activity", "{}"))
        row.setdefault("techniques", [])
        row.setdefault("tactics", [])
    return rows


def count(connection: Connection, where: str, parameters: Mapping[str, Any], window: Window) -> int:
    conditions, bounds = window.of("detections")
    sql = f"SELECT count() AS n FROM detections WHERE {conjunction([*conditions, where])}"  # noqa: S608 - ours
    return int(connection.ask(sql, {**parameters, **bounds}, form="TabSeparated"))


def histogram(
    connection: Connection, where: str, parameters: Mapping[str, Any], window: Window, bucket_ms: int
) -> list[dict[str, int]]:
    """{t: start in ms, info, low, medium, high, critical}, oldest first, empty buckets left out."""
    risks = ", ".join(f"countIf(risk = '{risk}') AS {risk}" for risk in ("info", "low", "medium", "high", "critical"))
    conditions, bounds = window.of("detections")
    sql = (
        "SELECT intDiv(toUnixTimestamp64Milli(time), {lake_bucket:Int64}) * {lake_bucket:Int64} AS t, "  # noqa: S608
        f"{risks} FROM detections WHERE {conjunction([*conditions, where])} GROUP BY t ORDER BY t LIMIT 10000"
    )
    return to_rows(connection.ask(sql, {**parameters, **bounds, "lake_bucket": max(1, bucket_ms)}))


def facet(
    connection: Connection, where: str, parameters: Mapping[str, Any], window: Window, name: str, limit: int
) -> list[tuple[str, int]]:
    """Values with counts, most frequent first. `name` is one of FACETS."""
    if name not in FACETS:
        raise InputError(f"unknown facet {name[:80]!r}; there are {', '.join(FACETS)}")
    conditions, bounds = window.of("detections")
    sql = (
        f"SELECT {FACETS[name]} AS v, count() AS n FROM detections WHERE {conjunction([*conditions, where])} "  # noqa: S608
        f"GROUP BY v ORDER BY n DESC, v LIMIT {checked_limit(limit)}"
    )
    return [(row["v"], row["n"]) for row in to_rows(connection.ask(sql, {**parameters, **bounds})) if "v" in row]
