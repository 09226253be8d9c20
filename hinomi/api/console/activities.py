"""The Search screen: activities that a query finds, newest first, and one activity with its record as it came."""

from typing import Annotated, Any

import orjson
from fastapi import Depends, Query, Response

from hinomi.api import paging
from hinomi.api.console.names import plain_fields
from hinomi.api.gate import Rooms, console
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Shape, SkipToken, Top
from hinomi.api.window import check_order, read_end, read_start
from hinomi.errors import InputError, NotFound
from hinomi.query.fields import ACTIVITY
from hinomi.query.search_language import parse_query
from hinomi.query.sql import to_sql
from hinomi.schema.activity import FIELDS
from hinomi.schema.principal import Permission

router = resource("/console/api", "search")

_VIEW = [Depends(console(Permission.VIEW))]
_ROUTE = "console/search"

From = Annotated[str | None, Query(alias="from", description="ISO 8601, included.")]
To = Annotated[str | None, Query(alias="to", description="ISO 8601, included.")]


class ActivityPage(Shape):
    items: list[dict[str, Any]]
    total_count: int | None = None
    skip_token: str | None = None


class FieldShape(Shape):
    name: str
    type: str


class FieldList(Shape):
    items: list[FieldShape]


class ActivityShape(Shape):
    fields: dict[str, Any]
    record: Any
    record_file: str | None
    record_number: int | None


@router.get("/search", responses={200: {"model": ActivityPage}}, dependencies=_VIEW)
def search_activities(
    house: Rooms,
    query: Annotated[str, Query(description="docs/reference/query.md; empty is everything.")] = "",
    start: From = None,
    end: To = None,
    top: Top = None,
    columns: Annotated[str | None, Query(description="Comma list of fields; none is all but the record.")] = None,
    skip_token: SkipToken = None,
) -> Response:
    """Activities, newest first. The first page tells how many there are in all."""
    if skip_token:
        state = paging.unseal(house.secret, _ROUTE, skip_token)
    else:
        start_ms, end_ms = read_start("from", start), read_end("to", end)
        check_order(start_ms, end_ms)
        state = {"query": query.strip() or "*", "from": start_ms, "to": end_ms, "before": None}
    where, parameters = to_sql(parse_query(state["query"]), ACTIVITY)
    window = {"from_ms": state["from"], "to_ms": None if state["to"] is None else state["to"] + 1}
    size = paging.read_top(top, 100, 5000)
    rows = house.lake.search(
        where,
        parameters,
        columns=_columns(columns),
        limit=size + 1,
        before=tuple(state["before"]) if state["before"] else None,
        **window,
    )
    token = ""
    if len(rows) > size:
        last = rows[size - 1]
        token = paging.seal(house.secret, _ROUTE, {**state, "before": (last["eventTime"], last["uuid"])})
    total = None if skip_token else house.lake.count(where, parameters, **window)
    return reply(paging.console_page([plain_fields(row) for row in rows[:size]], total, token))


def _columns(text: str | None) -> list[str]:
    """The named fields with what a row is known by; InputError for a name that no field has."""
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    if not names:
        return [name for name in FIELDS if name != "rawDataStr"]
    unknown = [name for name in names if name not in FIELDS]
    if unknown:
        raise InputError(f"columns: unknown field {unknown[0][:80]!r}")
    return [*names, "uuid", "eventTime"]


@router.get("/search/fields", responses={200: {"model": FieldList}}, dependencies=_VIEW)
def list_fields() -> Response:
    """Every field a query may name, for completion."""
    return reply({"items": [{"name": name, "type": str(kind)} for name, kind in FIELDS.items()]})


@router.get("/activities/{uuid}", responses={200: {"model": ActivityShape}}, dependencies=_VIEW)
def get_activity(
    uuid: str,
    house: Rooms,
    time: Annotated[str | None, Query(description="The event time in ms or ISO 8601: finds it at once.")] = None,
) -> Response:
    """One activity: the fields we read, beside the record as it came."""
    found = house.lake.activity(uuid, read_start("time", time))
    if found is None:
        raise NotFound(f"there is no activity {uuid[:64]!r}")
    raw = found.pop("rawDataStr", None)
    return reply(
        {
            "fields": plain_fields(found),
            "record": _record(raw),
            "recordFile": found.get("recordFile"),
            "recordNumber": found.get("recordNumber"),
        }
    )


def _record(raw: str | None) -> Any:
    """JSON as values; what is not JSON as the text it is."""
    try:
        return orjson.loads(raw) if raw else None
    except orjson.JSONDecodeError:
        return raw
