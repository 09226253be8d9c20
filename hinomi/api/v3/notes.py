"""Notes of a Workbench alert: list, add, get, change, delete."""

from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request, Response
from pydantic import Field

from hinomi.api import paging
from hinomi.api.filter_header import FilterHeader, FilterParameter, sent_filter
from hinomi.api.gate import Rooms, public
from hinomi.api.reply import base_url, created, no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import End, OrderBy, Sent, Shape, SkipToken, Start, Top
from hinomi.api.window import check_order, read_end, read_start
from hinomi.errors import InputError
from hinomi.query.filter_language import parse_filter
from hinomi.query.moment import format_second
from hinomi.query.predicate import to_predicate
from hinomi.schema.alert import Note
from hinomi.schema.principal import Permission, Principal

router = resource("/v3.0/workbench/alerts/{alert_id}/notes", "workbench")

_ROUTE = "v3/notes"
MAX_CONTENT = 500_000
_ORDERS = ("id", "creatorMailAddress", "creatorName", "lastUpdatedBy", "createdDateTime", "lastUpdatedDateTime")
_TARGETS = ("createdDateTime", "lastUpdatedDateTime")


class PublicNote(Shape):
    id: int
    content: str
    creator_name: str
    created_date_time: str
    creator_mail_address: str | None
    last_updated_by: str | None
    last_updated_date_time: str | None


class NoteList(Shape):
    total_count: int
    count: int
    items: list[PublicNote]
    next_link: str | None = None


class NoteText(Sent):
    content: str = Field(min_length=1, max_length=MAX_CONTENT)


class NoteId(Sent):
    id: int  # clients send "2" or 2


def public_note(note: Note) -> dict[str, Any]:
    """The last four are there even when they say nothing."""
    return {
        "id": note.id,
        "content": note.content,
        "creatorName": note.creator_name,
        "createdDateTime": format_second(note.created_ms),
        "creatorMailAddress": None,
        "lastUpdatedBy": note.updated_by,
        "lastUpdatedDateTime": None if note.updated_ms is None else format_second(note.updated_ms),
    }


@router.get("", responses={200: {"model": NoteList}}, dependencies=[Depends(public(Permission.VIEW))])
def list_notes(
    request: Request,
    alert_id: str,
    house: Rooms,
    start: Start = None,
    end: End = None,
    target: Annotated[str | None, Query(alias="dateTimeTarget")] = None,
    order: OrderBy = None,
    top: Top = None,
    skip_token: SkipToken = None,
    _header: FilterHeader = None,
    _parameter: FilterParameter = None,
) -> Response:
    """Notes of an alert, all of them unless a window or filter is given."""
    state: dict[str, Any] = {"filter": sent_filter(request), "skip": 0}
    if skip_token:
        state = paging.unseal(house.secret, f"{_ROUTE}/{alert_id}", skip_token)
        paging.same_filter(sent_filter(request), state["filter"])
    window = read_start("startDateTime", start), read_end("endDateTime", end)
    check_order(*window)
    notes = _within(house.workbench.notes(alert_id), window, target or "createdDateTime")
    found = _ordered([public_note(note) for note in notes], order or "createdDateTime asc")
    if state["filter"]:
        wanted = to_predicate(parse_filter(state["filter"]))
        found = [note for note in found if wanted(note)]
    size = paging.read_top(top, 50, 200)
    shown, link = paging.cut(request, house.secret, f"{_ROUTE}/{alert_id}", state, found, size)
    return reply(paging.page(shown, link, len(found)))


def _within(notes: tuple[Note, ...], window: tuple[int | None, int | None], target: str) -> list[Note]:
    if target not in _TARGETS:
        raise InputError(f"dateTimeTarget: {target!r} is not one of {', '.join(_TARGETS)}")
    low, high = window
    moments = [(note.created_ms if target == _TARGETS[0] else note.updated_ms, note) for note in notes]
    if low is None and high is None:
        return list(notes)
    return [
        note
        for moment, note in moments
        if moment is not None and (low is None or moment >= low) and (high is None or moment <= high)
    ]


def _ordered(notes: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    field, _, direction = text.strip().partition(" ")
    direction = direction.strip().lower() or "asc"
    if field not in _ORDERS or direction not in ("asc", "desc"):
        raise InputError(f"orderBy: {text!r} is not one of {', '.join(_ORDERS)} with asc or desc")
    # what is missing comes first; equal ones keep the order in which they were written
    return sorted(notes, key=lambda note: (note[field] is not None, note[field] or ""), reverse=direction == "desc")


@router.post("", status_code=201, response_class=Response)
def add_note(
    request: Request,
    alert_id: str,
    note: NoteText,
    house: Rooms,
    principal: Annotated[Principal, Depends(public(Permission.INVESTIGATE))],
) -> Response:
    """Add a note. The reply has no body; `Location` ends with the note's id."""
    added = house.workbench.add_note(principal, alert_id, note.content)
    return created(f"{base_url(request)}/v3.0/workbench/alerts/{added.alert_id}/notes/{added.id}")


@router.post("/delete", status_code=204, response_class=Response)
def delete_notes(
    alert_id: str,
    ids: list[NoteId],
    house: Rooms,
    principal: Annotated[Principal, Depends(public(Permission.INVESTIGATE))],
) -> Response:
    """Delete notes: [{"id": "2"}]."""
    house.workbench.remove_notes(principal, alert_id, [each.id for each in ids])
    return no_content()


@router.get("/{note_id}", responses={200: {"model": PublicNote}}, dependencies=[Depends(public(Permission.VIEW))])
def get_note(alert_id: str, note_id: int, house: Rooms) -> Response:
    """One note, with its ETag."""
    note = house.workbench.note(alert_id, note_id)
    return reply(public_note(note), note.etag)


@router.patch("/{note_id}", status_code=204, response_class=Response)
def patch_note(
    alert_id: str,
    note_id: int,
    text: NoteText,
    house: Rooms,
    principal: Annotated[Principal, Depends(public(Permission.INVESTIGATE))],
    if_match: Annotated[str | None, Header(alias="If-Match")] = None,
) -> Response:
    """Change the text of a note."""
    note = house.workbench.change_note(principal, alert_id, note_id, text.content, if_match or None)
    return no_content(note.etag)
