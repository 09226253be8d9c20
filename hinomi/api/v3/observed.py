"""Observed Attack Techniques: detections, newest first."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Request, Response

from hinomi.api import paging
from hinomi.api.detections import OBSERVED, description_of, keyset_of, name_filters, title_of
from hinomi.api.filter_header import FilterHeader, FilterParameter, sent_filter
from hinomi.api.gate import Rooms, public
from hinomi.api.house import House
from hinomi.api.public_activity import public_activity
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Risk, Shape, SkipToken, Top
from hinomi.api.window import DAY_MS, check_order, read_start
from hinomi.errors import InputError
from hinomi.query.filter_language import parse_filter
from hinomi.query.moment import format_moment
from hinomi.query.sql import to_sql
from hinomi.query.tree import Compare, Everything, Node, Operator, join_all
from hinomi.schema.principal import Permission
from hinomi.workbench.highlights import INDICATOR_TYPE

router = resource("/v3.0/oat", "observed attack techniques")

_ROUTE = "v3/oat"
_FILTER_LENGTH = 4000
_PAGE, _MOST = 50, 1000
_LONGEST_MS = 365 * DAY_MS
_CLOCKS_DIFFER_MS = 60_000

_Moment = Annotated[str | None, Query(description="ISO 8601; empty is absent.")]


class HighlightedObject(Shape):
    field: str
    type: str
    value: str | int | list[str]
    master: bool
    risk_level: Risk


class ObservedFilter(Shape):
    id: str
    unique_id: str
    name: str
    description: str
    mitre_tactic_ids: list[str]
    mitre_technique_ids: list[str]
    highlighted_objects: list[HighlightedObject]
    risk_level: Risk
    type: Literal["preset", "custom"]


class ObservedEndpoint(Shape):
    endpoint_name: str
    agent_guid: str
    ips: list[str]


class ObservedTechnique(Shape):
    source: Literal["endpointActivityData"]
    uuid: str
    filters: list[ObservedFilter]
    endpoint: ObservedEndpoint
    entity_type: Literal["endpoint"]
    entity_name: str
    detected_date_time: str
    ingested_date_time: str
    detail: dict[str, Any]


class ObservedList(Shape):
    total_count: int
    count: int
    items: list[ObservedTechnique]
    next_link: str | None = None


@router.get("/detections", responses={200: {"model": ObservedList}}, dependencies=[Depends(public(Permission.VIEW))])
def list_observed(
    request: Request,
    house: Rooms,
    detected_start: Annotated[_Moment, Query(alias="detectedStartDateTime")] = None,
    detected_end: Annotated[_Moment, Query(alias="detectedEndDateTime")] = None,
    ingested_start: Annotated[_Moment, Query(alias="ingestedStartDateTime")] = None,
    ingested_end: Annotated[_Moment, Query(alias="ingestedEndDateTime")] = None,
    top: Top = None,
    skip_token: SkipToken = None,
    batch_token: Annotated[str | None, Query(alias="nextBatchToken", description="The same as skipToken.")] = None,
    _header: FilterHeader = None,
    _parameter: FilterParameter = None,
) -> Response:
    """Detections of a window (start included, end not; default the last 24 hours; at most 365 days)."""
    sent, token = sent_filter(request), skip_token or batch_token
    if token:
        state = paging.unseal(house.secret, _ROUTE, token)
        paging.same_filter(sent, state["filter"])
    else:
        detected = _window(house, "detected", detected_start, detected_end)
        ingested = _window(house, "ingested", ingested_start, ingested_end)
        if detected is None and ingested is None:
            detected = (house.now_ms() - DAY_MS, house.now_ms() + 1)
        state = {"filter": sent, "detected": detected, "ingested": ingested, "before": None}
    where, parameters = to_sql(_condition(house, state), OBSERVED)
    size = paging.read_top(top, _PAGE, _MOST)
    before = tuple(state["before"]) if state["before"] else None
    rows = house.lake.detections(where, parameters, limit=size + 1, before=before)
    link = None
    if len(rows) > size:
        token = paging.seal(house.secret, _ROUTE, {**state, "before": keyset_of(rows[size - 1])})
        link = paging.next_link(request, token, "nextBatchToken")
    total = house.lake.count_detections(where, parameters)
    return reply(paging.page([_observed(house, row) for row in rows[:size]], link, total))


def _window(house: House, name: str, start: str | None, end: str | None) -> tuple[int, int] | None:
    start_ms = read_start(f"{name}StartDateTime", start)
    end_ms = read_start(f"{name}EndDateTime", end)
    if start_ms is None and end_ms is None:
        return None
    now_ms = house.now_ms()
    if end_ms is not None and end_ms > now_ms + _CLOCKS_DIFFER_MS:
        raise InputError(f"{name}EndDateTime: it is in the future")
    last = end_ms if end_ms is not None else now_ms + 1
    first = start_ms if start_ms is not None else last - DAY_MS
    check_order(first, last)
    if last - first > _LONGEST_MS:
        raise InputError(f"{name}StartDateTime: the window is longer than 365 days")
    return first, last


def _condition(house: House, state: dict[str, Any]) -> Node:
    found: list[Node] = []
    for field in ("detected", "ingested"):
        if state[field]:
            first, last = state[field]
            found.append(Compare(f"{field}Time", Operator.AT_LEAST, str(first)))
            found.append(Compare(f"{field}Time", Operator.LESS, str(last)))
    if state["filter"]:
        found.append(name_filters(parse_filter(state["filter"], _FILTER_LENGTH), house.content()))
    return join_all(found) if found else Everything()


def _observed(house: House, row: dict[str, Any]) -> dict[str, Any]:
    activity = row["activity"]
    name = row.get("endpointHostName", "")
    moment = format_moment(row["detectedTime"])
    return {
        "source": "endpointActivityData",
        "uuid": row["id"],
        "filters": [_filter(house, row)],
        "endpoint": {
            "endpointName": name,
            "agentGuid": row.get("endpointGuid", ""),
            "ips": activity.get("endpointIp") or [],
        },
        "entityType": "endpoint",
        "entityName": name,
        "detectedDateTime": moment,
        "ingestedDateTime": moment,
        "detail": public_activity(activity),
    }


def _filter(house: House, row: dict[str, Any]) -> dict[str, Any]:
    content, id_ = house.content(), row["filterId"]
    known = content.filter.get(id_)
    return {
        "id": id_,
        "uniqueId": row["id"],
        "name": title_of(content, id_).en,
        "description": description_of(content, id_).en,
        "mitreTacticIds": row["tactics"],
        "mitreTechniqueIds": row["techniques"],
        "highlightedObjects": [_highlighted(field, value, row["risk"]) for field, value in row["highlights"]],
        "riskLevel": row["risk"],
        "type": "preset" if known is None or known.origin == "shipped" else "custom",
    }


def _highlighted(field: str, value: Any, risk: str) -> dict[str, Any]:
    plain = isinstance(value, int | str) and not isinstance(value, bool)
    kept: Any = value if plain else str(value)
    if isinstance(value, list):
        kept = [str(member) for member in value]
    return {"field": field, "type": INDICATOR_TYPE.get(field, "text"), "value": kept, "master": True, "riskLevel": risk}
