"""The incident screens: list, one incident with its links and their reasons, linking by hand."""

from typing import Annotated, Any

from fastapi import Depends, Query, Response
from pydantic import Field

from hinomi.api import paging
from hinomi.api.console.alert_row import AlertRowShape, ImpactScopeShape, alert_row, impact_scope
from hinomi.api.console.list_query import read_list, read_order
from hinomi.api.console.names import moment, text
from hinomi.api.gate import Rooms, console
from hinomi.api.reply import Json, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import OrderBy, Sent, Severity, Shape, SkipToken, Text, Top
from hinomi.schema.alert import Status
from hinomi.schema.incident import IncidentChange, IncidentDetail, IncidentQuery, IncidentRow
from hinomi.schema.principal import Permission, Principal

router = resource("/console/api/incidents", "incidents")

_VIEW = [Depends(console(Permission.VIEW))]
Investigator = Annotated[Principal, Depends(console(Permission.INVESTIGATE))]


class IncidentRowShape(Shape):
    id: str
    name: Text
    score: int
    severity: Severity
    status: Status
    alert_count: int
    active_alert_count: int
    impact_scope: ImpactScopeShape
    created_date_time: str
    updated_date_time: str
    update_reason: str
    update_text: Text
    owner: str | None
    etag: str


class LinkShape(Shape):
    alert_id: str
    reason: Text
    entity: str | None = None
    by: str
    at: str


class IncidentDetailShape(IncidentRowShape):
    alerts: list[AlertRowShape]
    links: list[LinkShape]


class IncidentPage(Shape):
    items: list[IncidentRowShape]
    total_count: int
    skip_token: str | None = None


class Link(Sent):
    alert_id: str
    reason: str = Field(default="", max_length=10_000)


class Changes(Sent):
    status: Status | None = None
    owner: str | None = None


def _row(row: IncidentRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": text(row.name),
        "score": row.score,
        "severity": str(row.severity),
        "status": str(row.status),
        "alertCount": row.alert_count,
        "activeAlertCount": row.active_alert_count,
        "impactScope": impact_scope(row.impact),
        "createdDateTime": moment(row.created_ms),
        "updatedDateTime": moment(row.updated_ms),
        "updateReason": row.update_reason,
        "updateText": text(row.update_text),
        "owner": row.owner,
        "etag": row.etag,
    }


def _detail(found: IncidentDetail) -> Json:
    links = [
        {
            "alertId": link.alert_id,
            "reason": text(link.reason),
            "entity": link.entity,
            "by": link.by,
            "at": moment(link.at_ms),
        }
        for link in found.links
    ]
    alerts = [alert_row(alert) for alert in found.alerts]
    return reply(_row(found.row) | {"alerts": alerts, "links": links}, found.row.etag)


@router.get("", responses={200: {"model": IncidentPage}}, dependencies=_VIEW)
def list_incidents(
    house: Rooms,
    status: Annotated[str | None, Query(description="Comma list.")] = None,
    search: Annotated[str | None, Query(description="Incident id, name, endpoint, user.")] = None,
    order: OrderBy = None,
    top: Top = None,
    skip_token: SkipToken = None,
) -> Response:
    """Incidents, highest score first."""
    page = house.workbench.incidents.page(
        IncidentQuery(
            statuses=tuple(read_list("status", status, Status)),
            search=search or "",
            order_by=read_order(order, (("score", "desc"), ("createdDateTime", "desc"))),
            top=paging.read_top(top, 50, 500),
            skip_token=skip_token or "",
        )
    )
    return reply(paging.console_page([_row(row) for row in page.items], page.total, page.skip_token))


@router.get("/{incident_id}", responses={200: {"model": IncidentDetailShape}}, dependencies=_VIEW)
def get_incident(incident_id: str, house: Rooms) -> Response:
    """One incident, its alerts, and why each belongs to it."""
    return _detail(house.workbench.incidents.get(incident_id))


@router.patch("/{incident_id}", responses={200: {"model": IncidentDetailShape}})
def patch_incident(incident_id: str, sent: Changes, house: Rooms, who: Investigator) -> Response:
    """Change status or owner."""
    owner = (sent.owner or "") if "owner" in sent.model_fields_set else None
    return _detail(house.workbench.incidents.change(who, incident_id, IncidentChange(sent.status, owner)))


@router.post("/{incident_id}/link", responses={200: {"model": IncidentDetailShape}})
def link_alert(incident_id: str, sent: Link, house: Rooms, who: Investigator) -> Response:
    """Join an alert to the incident by hand."""
    return _detail(house.workbench.incidents.link(who, incident_id, sent.alert_id, sent.reason))


@router.post("/{incident_id}/unlink", responses={200: {"model": IncidentDetailShape}})
def unlink_alert(incident_id: str, sent: Link, house: Rooms, who: Investigator) -> Response:
    """Take an alert out of the incident by hand."""
    return _detail(house.workbench.incidents.unlink(who, incident_id, sent.alert_id, sent.reason))
