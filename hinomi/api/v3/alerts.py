"""Workbench alerts: list, get, change. Shape of an alert: `hinomi.api.public_alert`."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Header, Query, Request, Response

from hinomi.api import paging
from hinomi.api.filter_header import FilterHeader, FilterParameter, sent_filter
from hinomi.api.gate import Rooms, public
from hinomi.api.house import House
from hinomi.api.public_alert import public_alert
from hinomi.api.reply import base_url, no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import End, OrderBy, Sent, Severity, Shape, SkipToken, Start, Top
from hinomi.api.window import DAY_MS, check_order, read_end, read_start
from hinomi.errors import InputError
from hinomi.schema.alert import AlertChange, AlertQuery, Finding, InvestigationStatus, Status
from hinomi.schema.principal import Permission, Principal

router = resource("/v3.0/workbench/alerts", "workbench")

_ROUTE = "v3/alerts"
_PAGE, _MOST = 50, 200
_TARGETS = {
    "createdDateTime": ("created_from_ms", "created_to_ms"),
    "updatedDateTime": ("updated_from_ms", "updated_to_ms"),
    "firstInvestigatedDateTime": ("investigated_from_ms", "investigated_to_ms"),
}
_ORDERS = (
    "id", "name", "status", "investigationResult", "modelId", "model", "score", "severity", "createdDateTime",
    "updatedDateTime", "firstInvestigatedDateTime",
)  # fmt: skip


class HostValue(Shape):
    guid: str
    name: str
    ips: list[str]


class AlertEntity(Shape):
    entity_type: str
    entity_value: HostValue | str
    entity_id: str
    related_entities: list[str]
    related_indicator_ids: list[int]
    provenance: list[str]


class ImpactScope(Shape):
    desktop_count: int
    server_count: int
    account_count: int
    email_address_count: int
    container_count: int
    cloud_identity_count: int
    entities: list[AlertEntity]


class MatchedEvent(Shape):
    uuid: str
    matched_date_time: str
    type: str


class MatchedFilter(Shape):
    id: str
    name: str
    matched_date_time: str
    mitre_technique_ids: list[str]
    matched_events: list[MatchedEvent]


class MatchedRule(Shape):
    id: str
    name: str
    matched_filters: list[MatchedFilter]


class Indicator(Shape):
    id: int
    type: str
    field: str
    value: HostValue | str
    related_entities: list[str]
    filter_ids: list[str]
    provenance: list[str]


class Alert(Shape):
    schema_version: str
    id: str
    status: Status
    investigation_status: InvestigationStatus
    investigation_result: Finding
    workbench_link: str
    alert_provider: Literal["SAE", "TI"]
    model_id: str
    model: str
    model_type: Literal["preset", "custom"]
    score: int
    severity: Severity
    created_date_time: str
    updated_date_time: str
    first_investigated_date_time: str | None = None
    incident_id: str | None = None
    owner_ids: list[str]
    impact_scope: ImpactScope
    description: str
    matched_rules: list[MatchedRule]
    indicators: list[Indicator]


class AlertList(Shape):
    total_count: int
    count: int
    items: list[Alert]
    next_link: str | None = None


class AlertPatch(Sent):
    status: Status | None = None
    investigation_result: Finding | None = None
    investigation_status: InvestigationStatus | None = None


def _first_page(house: House, start: str | None, end: str | None, target: str, order: str, sent: str) -> dict[str, Any]:
    end_ms = read_end("endDateTime", end)
    start_ms = read_start("startDateTime", start)
    if start_ms is None:
        start_ms = (end_ms if end_ms is not None else house.now_ms()) - DAY_MS
    if end_ms is None:
        end_ms = max(house.now_ms(), start_ms)
    check_order(start_ms, end_ms)
    return {"filter": sent, "start": start_ms, "end": end_ms, "target": target, "order": order, "at": ""}


def _read_order(text: str) -> tuple[tuple[str, str], ...]:
    field, _, direction = text.strip().partition(" ")
    direction = direction.strip().lower() or "asc"
    if field not in _ORDERS or direction not in ("asc", "desc"):
        raise InputError(f"orderBy: {text!r} is not one of {', '.join(_ORDERS)} with asc or desc")
    return ((field, direction),)


@router.get("", responses={200: {"model": AlertList}}, dependencies=[Depends(public(Permission.VIEW))])
def list_alerts(
    request: Request,
    house: Rooms,
    start: Start = None,
    end: End = None,
    target: Annotated[str | None, Query(alias="dateTimeTarget", description="Which time the window means.")] = None,
    order: OrderBy = None,
    top: Top = None,
    skip_token: SkipToken = None,
    _header: FilterHeader = None,
    _parameter: FilterParameter = None,
) -> Response:
    """Alerts of a window (both ends included; default the last 24 hours), newest first unless `orderBy` says."""
    target = target or "createdDateTime"
    if target not in _TARGETS:
        raise InputError(f"dateTimeTarget: {target!r} is not one of {', '.join(_TARGETS)}")
    if skip_token:
        state = paging.unseal(house.secret, _ROUTE, skip_token)
        paging.same_filter(sent_filter(request), state["filter"])
    else:
        state = _first_page(house, start, end, target, order or "createdDateTime desc", sent_filter(request))
    low, high = _TARGETS[state["target"]]
    window: dict[str, Any] = {low: state["start"], high: state["end"]}
    found = house.workbench.page(
        AlertQuery(
            filter=state["filter"],
            order_by=_read_order(state["order"]),
            top=paging.read_top(top, _PAGE, _MOST),
            skip_token=state["at"],
            **window,
        )
    )
    base = base_url(request)
    servers = house.inventory.servers()
    items = [public_alert(alert, base, servers) for alert in house.workbench.details([row.id for row in found.items])]
    link = None
    if found.skip_token:
        token = paging.seal(house.secret, _ROUTE, {**state, "at": found.skip_token})
        link = paging.next_link(request, token)
    return reply(paging.page(items, link, found.total))


@router.get("/{alert_id}", responses={200: {"model": Alert}}, dependencies=[Depends(public(Permission.VIEW))])
def get_alert(request: Request, alert_id: str, house: Rooms) -> Response:
    """One alert, with its ETag."""
    found = house.workbench.get(alert_id)
    return reply(public_alert(found, base_url(request), house.inventory.servers()), found.row.etag)


@router.patch("/{alert_id}", status_code=204, response_class=Response)
def patch_alert(
    alert_id: str,
    change: AlertPatch,
    house: Rooms,
    principal: Annotated[Principal, Depends(public(Permission.INVESTIGATE))],
    if_match: Annotated[
        str | None, Header(alias="If-Match", description="The ETag; quotes and W/ do not count.")
    ] = None,
) -> Response:
    """Change status and finding. The old field `investigationStatus` moves both."""
    if change.status is None and change.investigation_result is None and change.investigation_status is None:
        raise InputError("nothing to change: send status, investigationResult or investigationStatus")
    wanted = AlertChange(change.status, change.investigation_result, change.investigation_status)
    row = house.workbench.change(principal, alert_id, wanted, if_match or None)
    return no_content(row.etag)
