"""Insights: what the public API calls our incidents."""

from collections.abc import Iterator
from typing import Any

from fastapi import Depends, Request, Response

from hinomi.api import paging
from hinomi.api.filter_header import FilterHeader, FilterParameter, sent_filter
from hinomi.api.gate import Rooms, public
from hinomi.api.house import House
from hinomi.api.reply import base_url, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import OrderBy, Severity, Shape, SkipToken, Top
from hinomi.errors import InputError
from hinomi.query.filter_language import parse_filter
from hinomi.query.moment import format_second
from hinomi.query.predicate import to_predicate
from hinomi.schema.alert import Status
from hinomi.schema.incident import IncidentQuery, IncidentRow
from hinomi.schema.principal import Permission

router = resource("/v3.0/workbench/insights", "workbench")

_ROUTE = "v3/insights"
_ORDERS = ("id", "name", "score", "severity", "createdDateTime", "updatedDateTime")
_CHUNK = 200


class Insight(Shape):
    id: str
    name: str
    score: int
    severity: Severity
    status: Status
    in_process: bool
    alert_count: int
    active_alert_count: int
    indicator_count: int
    matched_highlight_count: int
    created_date_time: str
    updated_date_time: str
    workbench_link: str


class InsightDetail(Insight):
    alert_ids: list[str]


class InsightList(Shape):
    total_count: int
    count: int
    items: list[Insight]
    next_link: str | None = None


def public_insight(row: IncidentRow, base: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name.en,
        "score": row.score,
        "severity": str(row.severity),
        "status": str(row.status),
        "inProcess": row.status is not Status.CLOSED,
        "alertCount": row.alert_count,
        "activeAlertCount": row.active_alert_count,
        "indicatorCount": row.impact.total,
        "matchedHighlightCount": row.alert_count,
        "createdDateTime": format_second(row.created_ms),
        "updatedDateTime": format_second(row.updated_ms),
        "workbenchLink": f"{base}/workbench/incidents/{row.id}",
    }


@router.get("", responses={200: {"model": InsightList}}, dependencies=[Depends(public(Permission.VIEW))])
def list_insights(
    request: Request,
    house: Rooms,
    order: OrderBy = None,
    top: Top = None,
    skip_token: SkipToken = None,
    _header: FilterHeader = None,
    _parameter: FilterParameter = None,
) -> Response:
    """Incidents, the one changed last first. Filter on id, inProcess, createdDateTime, updatedDateTime."""
    state: dict[str, Any] = {"filter": sent_filter(request), "order": order or "updatedDateTime desc", "at": ""}
    if skip_token:
        state = paging.unseal(house.secret, _ROUTE, skip_token)
        paging.same_filter(sent_filter(request), state["filter"])
    base, size = base_url(request), paging.read_top(top, 50, 200)
    find = _filtered if state["filter"] else _plain
    items, at, total = find(house, state, base, size)
    link = None
    if at:
        link = paging.next_link(request, paging.seal(house.secret, _ROUTE, {**state, "at": at}))
    return reply(paging.page(items, link, total))


def _plain(house: House, state: dict[str, Any], base: str, size: int) -> tuple[list[dict[str, Any]], str, int]:
    """Items, where the next page begins ("" on the last), all there are."""
    query = IncidentQuery(order_by=_read_order(state["order"]), top=size, skip_token=state["at"])
    found = house.workbench.incidents.page(query)
    return [public_insight(row, base) for row in found.items], found.skip_token, found.total


def _filtered(house: House, state: dict[str, Any], base: str, size: int) -> tuple[list[dict[str, Any]], str, int]:
    """The filter looks at what is shown, so that every incident is: there are few."""
    wanted = to_predicate(parse_filter(state["filter"]))
    shown = (public_insight(row, base) for row in _rows(house, _read_order(state["order"])))
    found = [each for each in shown if wanted(each)]
    first = int(state["at"] or 0)
    last = first + size
    return found[first:last], str(last) if last < len(found) else "", len(found)


def _rows(house: House, order: tuple[tuple[str, str], ...]) -> Iterator[IncidentRow]:
    token = ""
    while True:
        page = house.workbench.incidents.page(IncidentQuery(order_by=order, top=_CHUNK, skip_token=token))
        yield from page.items
        token = page.skip_token
        if not token:
            return


def _read_order(text: str) -> tuple[tuple[str, str], ...]:
    field, _, direction = text.strip().partition(" ")
    direction = direction.strip().lower() or "asc"
    if field not in _ORDERS or direction not in ("asc", "desc"):
        raise InputError(f"orderBy: {text!r} is not one of {', '.join(_ORDERS)} with asc or desc")
    return ((field, direction),)


@router.get("/{insight_id}", responses={200: {"model": InsightDetail}}, dependencies=[Depends(public(Permission.VIEW))])
def get_insight(request: Request, insight_id: str, house: Rooms) -> Response:
    """One incident, with the ids of its alerts."""
    found = house.workbench.incidents.get(insight_id)
    shown = public_insight(found.row, base_url(request)) | {"alertIds": [alert.id for alert in found.alerts]}
    return reply(shown, found.row.etag)
