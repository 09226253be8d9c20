"""Hunting: saved queries, what watches them, the check points they bring, and the checks of the day."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Response
from pydantic import Field

from hinomi.api.console.names import moment, plain_fields, text
from hinomi.api.gate import Rooms, console
from hinomi.api.reply import Json, no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Risk, Sent, Shape, Text
from hinomi.detect.from_query import filter_text
from hinomi.errors import InputError
from hinomi.hunt.checkpoint import CheckPoint
from hinomi.hunt.saved_query import SavedQuery, Watch, Wish
from hinomi.hunt.today import DETECTIONS, WORKBENCH, DayCheck
from hinomi.query.search_language import parse_query
from hinomi.schema.alert import AlertQuery, Status
from hinomi.schema.content import Severity
from hinomi.schema.principal import Permission, Principal

router = resource("/console/api/hunts", "search")

_VIEW = [Depends(console(Permission.VIEW))]
Investigator = Annotated[Principal, Depends(console(Permission.INVESTIGATE))]
Author = Annotated[Principal, Depends(console(Permission.CONTENT))]


class WatchShape(Shape):
    every_minutes: int
    lookback_minutes: int
    is_active: bool
    next_at: str | None
    last_at: str | None
    last_error: Text | None


class SavedQueryShape(Shape):
    """`open`: check points that nobody has done yet."""

    id: str
    name: str
    description: str
    query: str
    dataset: str
    owner: str
    created_at: str
    updated_at: str
    techniques: list[str]
    watch: WatchShape | None
    open: int


class SavedQueryList(Shape):
    items: list[SavedQueryShape]


class CheckPointShape(Shape):
    """`newCount`: of the last run that brought any. `sample`: at most five, newest first."""

    id: str
    query_id: str
    query_name: str
    day: str
    count: int
    new_count: int
    first_ms: int
    last_ms: int
    state: Literal["open", "done"]
    done_by: str | None
    done_at: str | None
    note: str | None
    sample: list[dict[str, Any]]


class CheckPointList(Shape):
    items: list[CheckPointShape]


class DayCheckShape(Shape):
    id: str
    kind: Literal["workbench", "detections", "query"]
    name: Text
    count: int
    state: Literal["open", "done"]
    link: str
    done_by: str | None
    done_at: str | None


class DayCheckList(Shape):
    items: list[DayCheckShape]


class SentQuery(Sent):
    name: str = Field(max_length=200)
    query: str = Field(default="", max_length=20_000)
    description: str = Field(default="", max_length=4000)
    dataset: str = Field(default="all", max_length=40)
    techniques: list[str] = Field(default=[], max_length=50)

    def wish(self) -> Wish:
        return Wish(self.name, self.query, self.description, self.dataset, tuple(self.techniques))


class SentWatch(Sent):
    every_minutes: int = 60
    lookback_minutes: int = 1440
    is_active: bool = True


class SentNote(Sent):
    note: str = Field(default="", max_length=4000)


class SentName(Sent):
    en: str = Field(min_length=1, max_length=256)
    ja: str = Field(default="", max_length=256)


class SentFilter(Sent):
    """`filterId` empty: made of the name. Without techniques those of the query."""

    filter_id: str = Field(default="", max_length=200)
    name: SentName
    risk: Risk = "medium"
    techniques: list[str] | None = Field(default=None, max_length=50)
    product: str = Field(default="windows", max_length=64)


class MadeFilter(Shape):
    """`enabled` false: its proofs are red, or it was saved switched off."""

    id: str
    text: str
    enabled: bool


@router.get("/queries", responses={200: {"model": SavedQueryList}}, dependencies=_VIEW)
def list_queries(house: Rooms) -> Response:
    """Everybody's, by name."""
    return reply({"items": [query_json(one) for one in house.hunt.queries.all()]})


@router.post("/queries", status_code=201, responses={201: {"model": SavedQueryShape}})
def create_query(sent: SentQuery, house: Rooms, who: Investigator) -> Response:
    """Keep a query of the Search language for oneself and others."""
    return Json(query_json(house.hunt.queries.create(who, sent.wish())), status_code=201)


@router.get("/queries/{query_id}", responses={200: {"model": SavedQueryShape}}, dependencies=_VIEW)
def get_query(query_id: str, house: Rooms) -> Response:
    """One saved query."""
    return reply(query_json(house.hunt.queries.get(query_id)))


@router.put("/queries/{query_id}", responses={200: {"model": SavedQueryShape}})
def change_query(query_id: str, sent: SentQuery, house: Rooms, who: Investigator) -> Response:
    """By its owner, or by who may change content."""
    return reply(query_json(house.hunt.queries.change(who, query_id, sent.wish())))


@router.delete("/queries/{query_id}", status_code=204)
def remove_query(query_id: str, house: Rooms, who: Investigator) -> Response:
    """With its watch; its check points stay."""
    house.hunt.queries.remove(who, query_id)
    return no_content()


@router.put("/queries/{query_id}/watch", responses={200: {"model": SavedQueryShape}})
def watch_query(query_id: str, sent: SentWatch, house: Rooms, who: Investigator) -> Response:
    """Watch it: it runs now, and then every so many minutes."""
    found = house.hunt.watches.set(who, query_id, sent.every_minutes, sent.lookback_minutes, is_active=sent.is_active)
    house.hunt.rouse()
    return reply(query_json(found))


@router.delete("/queries/{query_id}/watch", status_code=204)
def unwatch_query(query_id: str, house: Rooms, who: Investigator) -> Response:
    """Watch it no longer; its check points stay."""
    house.hunt.watches.remove(who, query_id)
    return no_content()


@router.post("/queries/{query_id}/filter", status_code=201, responses={201: {"model": MadeFilter}})
def make_filter(query_id: str, sent: SentFilter, house: Rooms, who: Author) -> Response:
    """A filter of your own that meets what the query finds. Saved switched off: prove it, then switch it on."""
    saved = house.hunt.queries.get(query_id)
    if saved.wish.dataset == "detections":
        raise InputError("a filter reads activities: this query looks into detections")
    written = filter_text(
        parse_query(saved.wish.query),
        title=sent.name.en.strip(),
        risk=Severity(sent.risk),
        techniques=list(saved.wish.techniques) if sent.techniques is None else sent.techniques,
        day=datetime.fromtimestamp(house.clock(), UTC).date(),
        product=sent.product,
    )
    comment = f"from the saved query {saved.wish.name!r} ({saved.id})"
    made = house.editor.create(who, "filter", written, comment, enable=False, id_=sent.filter_id.strip())
    value = house.book.page.value(made.key)
    return Json({"id": made.id, "text": written, "enabled": bool(value and value.enabled)}, status_code=201)


@router.get("/checkpoints", responses={200: {"model": CheckPointList}}, dependencies=_VIEW)
def list_checkpoints(house: Rooms, state: Annotated[str, Query(max_length=10)] = "open") -> Response:
    """The newest first; open, done or all."""
    return reply({"items": [checkpoint_json(one) for one in house.hunt.checkpoints.all(state)]})


@router.post("/checkpoints/{checkpoint_id}/done", responses={200: {"model": CheckPointShape}})
def finish_checkpoint(checkpoint_id: str, sent: SentNote, house: Rooms, who: Investigator) -> Response:
    """Done, with a note."""
    return reply(checkpoint_json(house.hunt.checkpoints.done(who, checkpoint_id, sent.note)))


@router.post("/checkpoints/{checkpoint_id}/reopen", responses={200: {"model": CheckPointShape}})
def reopen_checkpoint(checkpoint_id: str, house: Rooms, who: Investigator) -> Response:
    """Open again; the note stays."""
    return reply(checkpoint_json(house.hunt.checkpoints.reopen(who, checkpoint_id)))


@router.get("/today", responses={200: {"model": DayCheckList}}, dependencies=_VIEW)
def list_today(house: Rooms) -> Response:
    """Workbench, Observed Attack Techniques and every watched query; the day is UTC's."""
    start_ms = house.hunt.today.day_start_ms
    counts = {
        WORKBENCH: house.workbench.page(AlertQuery(statuses=(Status.OPEN,), top=1)).total,
        DETECTIONS: house.lake.count_detections(
            "ingestTime >= fromUnixTimestamp64Milli({day_start:Int64}, 'UTC')", {"day_start": start_ms}
        ),
    }
    return reply({"items": [_day_check(one) for one in house.hunt.today.checks(counts)]})


@router.post("/today/{check_id}/done", status_code=204)
def finish_today(check_id: str, house: Rooms, who: Investigator) -> Response:
    """For the rest of the day."""
    house.hunt.today.done(who, check_id)
    return no_content()


def query_json(one: SavedQuery) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.wish.name,
        "description": one.wish.description,
        "query": one.wish.query,
        "dataset": one.wish.dataset,
        "owner": one.owner,
        "createdAt": moment(one.created_ms),
        "updatedAt": moment(one.updated_ms),
        "techniques": list(one.wish.techniques),
        "watch": _watch(one.watch) if one.watch else None,
        "open": one.open,
    }


def _watch(watch: Watch) -> dict[str, Any]:
    return {
        "everyMinutes": watch.every_minutes,
        "lookbackMinutes": watch.lookback_minutes,
        "isActive": watch.is_active,
        "nextAt": moment(watch.next_ms) if watch.is_active else None,
        "lastAt": moment(watch.last_ms),
        "lastError": text(watch.last_error) if watch.last_error else None,
    }


def checkpoint_json(one: CheckPoint) -> dict[str, Any]:
    return {
        "id": one.id,
        "queryId": one.query_id,
        "queryName": one.query_name,
        "day": one.day,
        "count": one.count,
        "newCount": one.new_count,
        "firstMs": one.first_ms,
        "lastMs": one.last_ms,
        "state": one.state,
        "doneBy": one.done_by,
        "doneAt": moment(one.done_ms),
        "note": one.note,
        "sample": [plain_fields(row) for row in one.sample],
    }


def _day_check(one: DayCheck) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "name": text(one.name),
        "count": one.count,
        "state": "done" if one.done_by else "open",
        "link": one.link,
        "doneBy": one.done_by,
        "doneAt": moment(one.done_ms),
    }
