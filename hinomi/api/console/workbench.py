"""The Workbench screens: the list of alerts, one alert, changes to it, its notes and its graph."""

from typing import Annotated, Any

from fastapi import Depends, Header, Query, Response
from pydantic import Field

from hinomi.api import paging
from hinomi.api.console.alert_detail import AlertDetailShape, GraphShape, alert_detail, graph
from hinomi.api.console.alert_row import AlertRowShape, NoteShape, alert_row, note
from hinomi.api.console.list_query import read_list, read_order, read_since
from hinomi.api.gate import Rooms, console
from hinomi.api.house import House
from hinomi.api.reply import Json, no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import OrderBy, Sent, Severity, Shape, SkipToken, Top
from hinomi.api.window import read_start
from hinomi.errors import HinomiError, InputError
from hinomi.query.moment import format_moment
from hinomi.schema import content
from hinomi.schema.alert import AlertChange, AlertQuery, Finding, Status
from hinomi.schema.principal import Permission, Principal

router = resource("/console/api/workbench", "workbench")

_VIEW = [Depends(console(Permission.VIEW))]
Investigator = Annotated[Principal, Depends(console(Permission.INVESTIGATE))]
IfMatch = Annotated[str | None, Header(alias="If-Match")]

MAX_BULK = 500
MAX_NOTE = 500_000


class OldestOpen(Shape):
    id: str
    created_date_time: str


class Summary(Shape):
    open: dict[Severity, int]
    unchecked_today: int
    mean_time_to_first_look_seconds: float | None
    oldest_open_high: OldestOpen | None


class AlertPage(Shape):
    items: list[AlertRowShape]
    total_count: int
    skip_token: str | None = None


class Changes(Sent):
    status: Status | None = None
    investigation_result: Finding | None = None
    owner: str | None = None
    reason: str | None = Field(default=None, max_length=10_000)


class BulkChange(Sent):
    ids: list[str] = Field(max_length=MAX_BULK)
    changes: Changes


class BulkError(Shape):
    code: str
    message: str


class BulkItem(Shape):
    id: str
    ok: bool
    error: BulkError | None = None


class BulkResult(Shape):
    results: list[BulkItem]


class NoteText(Sent):
    content: str = Field(min_length=1, max_length=MAX_NOTE)


@router.get("/summary", responses={200: {"model": Summary}}, dependencies=_VIEW)
def get_summary(
    house: Rooms,
    day_start: Annotated[str | None, Query(alias="dayStart", description="Midnight of the person's day.")] = None,
) -> Response:
    """The four figures above the list."""
    found = house.workbench.summary(read_start("dayStart", day_start))
    oldest = found.oldest_open_high
    return reply(
        {
            "open": {
                level: found.open.get(content.Severity(level), 0) for level in ("critical", "high", "medium", "low")
            },
            "uncheckedToday": found.unchecked_today,
            "meanTimeToFirstLookSeconds": found.mean_first_look_s,
            "oldestOpenHigh": {"id": oldest[0], "createdDateTime": format_moment(oldest[1])} if oldest else None,
        }
    )


@router.get("/alerts", responses={200: {"model": AlertPage}}, dependencies=_VIEW)
def list_alerts(
    house: Rooms,
    status: Annotated[str | None, Query(description="Comma list.")] = None,
    created: Annotated[str | None, Query(description="24h, 7d, 30d or all.")] = None,
    model: Annotated[str | None, Query(description="Comma list of model ids.")] = None,
    severity: Annotated[str | None, Query(description="Comma list.")] = None,
    search: Annotated[str | None, Query(description="Workbench id, endpoint, user, mail address.")] = None,
    technique: str | None = None,
    order: OrderBy = None,
    top: Top = None,
    skip_token: SkipToken = None,
) -> Response:
    """Alerts, highest score first."""
    page = house.workbench.page(
        AlertQuery(
            statuses=tuple(read_list("status", status, Status)),
            severities=tuple(read_list("severity", severity, content.Severity)),
            models=tuple(read_list("model", model, str)),
            created_from_ms=read_since(created, house.now_ms()),
            search=search or "",
            technique=technique or "",
            order_by=read_order(order, (("score", "desc"), ("createdDateTime", "desc"))),
            top=paging.read_top(top, 50, 500),
            skip_token=skip_token or "",
        )
    )
    return reply(paging.console_page([alert_row(row) for row in page.items], page.total, page.skip_token))


@router.get("/alerts/{alert_id}", responses={200: {"model": AlertDetailShape}}, dependencies=_VIEW)
def get_alert(alert_id: str, house: Rooms) -> Response:
    """Everything of one alert."""
    return _detail(house, alert_id)


def _detail(house: House, alert_id: str) -> Json:
    found = house.workbench.get(alert_id)
    incident = house.workbench.incidents.get(found.row.incident_id) if found.row.incident_id else None
    return reply(alert_detail(found, incident), found.row.etag)


def _change(sent: Changes) -> AlertChange:
    # null is nobody; absent leaves the owner as it is
    owner = (sent.owner or "") if "owner" in sent.model_fields_set else None
    return AlertChange(sent.status, sent.investigation_result, owner=owner, reason=sent.reason)


@router.patch("/alerts/{alert_id}", responses={200: {"model": AlertDetailShape}})
def patch_alert(alert_id: str, sent: Changes, house: Rooms, who: Investigator, if_match: IfMatch = None) -> Response:
    """Change status, finding or owner; a finding that ends the work wants a reason."""
    house.workbench.change(who, alert_id, _change(sent), if_match or None)
    return _detail(house, alert_id)


@router.post("/alerts/bulk", responses={200: {"model": BulkResult}})
def change_alerts(sent: BulkChange, house: Rooms, who: Investigator) -> Response:
    """The same change to many alerts; each says how it went."""
    if not sent.ids:
        raise InputError("ids: name at least one alert")
    results = house.workbench.change_many(who, sent.ids, _change(sent.changes))
    return reply({"results": [_bulk_item(id_, error) for id_, error in results]})


def _bulk_item(id_: str, error: HinomiError | None) -> dict[str, Any]:
    if error is None:
        return {"id": id_, "ok": True}
    return {"id": id_, "ok": False, "error": {"code": error.code, "message": str(error)}}


@router.post("/alerts/{alert_id}/notes", status_code=201, responses={201: {"model": NoteShape}})
def add_note(alert_id: str, sent: NoteText, house: Rooms, who: Investigator) -> Response:
    """Add a note."""
    return Json(note(house.workbench.add_note(who, alert_id, sent.content)), status_code=201)


@router.patch("/alerts/{alert_id}/notes/{note_id}", responses={200: {"model": NoteShape}})
def patch_note(
    alert_id: str, note_id: int, sent: NoteText, house: Rooms, who: Investigator, if_match: IfMatch = None
) -> Response:
    """Change a note's text."""
    changed = house.workbench.change_note(who, alert_id, note_id, sent.content, if_match or None)
    return reply(note(changed), changed.etag)


@router.delete("/alerts/{alert_id}/notes/{note_id}", status_code=204, response_class=Response)
def delete_note(alert_id: str, note_id: int, house: Rooms, who: Investigator) -> Response:
    """Delete a note."""
    house.workbench.remove_notes(who, alert_id, [note_id])
    return no_content()


@router.get("/alerts/{alert_id}/graph", responses={200: {"model": GraphShape}}, dependencies=_VIEW)
def get_graph(alert_id: str, house: Rooms) -> Response:
    """Entities and objects of the alert and how they hang together."""
    return reply(graph(house.workbench.graph(alert_id)))
