"""The Search screen: what a query finds, newest first, over a data set and a window; its check, history and export."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from hinomi.api import paging
from hinomi.api.asked import Asked
from hinomi.api.console.activities import From, To
from hinomi.api.console.names import moment, plain_fields, text
from hinomi.api.gate import Rooms, console
from hinomi.api.house import House
from hinomi.api.reply import no_content, reply
from hinomi.api.resource import resource
from hinomi.api.search_export import MEDIA, header, pages, written
from hinomi.api.search_turns import ConsoleSearcher, turns_of
from hinomi.api.shapes import Shape, SkipToken, Text, Top
from hinomi.api.window import check_order, read_end, read_start
from hinomi.lake.breakdown import Question
from hinomi.query.datasets import DataSet, read_dataset
from hinomi.query.moment import format_moment
from hinomi.query.refusal import QueryError
from hinomi.schema.activity import FIELDS, FieldType
from hinomi.schema.principal import Permission, Principal

router = resource("/console/api/search", "search")

_VIEW = [Depends(console(Permission.VIEW))]
_ROUTE = "console/search"
_MOST_EXPORTED = 10_000_000

Columns = Annotated[str | None, Query(max_length=8000, description="Comma list of fields; none is all but the record.")]


class ActivityPage(Shape):
    items: list[dict[str, Any]]
    total_count: int | None = None
    skip_token: str | None = None


class FieldShape(Shape):
    name: str
    type: str


class FieldList(Shape):
    items: list[FieldShape]


class ProblemShape(Shape):
    """`at`: the column of the mistake, from 1."""

    text: Text
    at: int | None
    suggestion: str | None


class ValidShape(Shape):
    is_valid: bool
    problem: ProblemShape | None = None


class HistoryItem(Shape):
    """`from` and `to` as asked, both included; null is open."""

    query: str
    dataset: DataSet
    from_: str | None = Field(alias="from")
    to: str | None
    at: str
    rows: int


class HistoryList(Shape):
    items: list[HistoryItem]


def read_asked(
    query: Annotated[str, Query(max_length=20_000, description="docs/reference/query.md; empty is everything.")] = "",
    start: From = None,
    end: To = None,
    dataset: Annotated[str | None, Query(description="A data set of docs/reference/query.md; default all.")] = None,
) -> Asked:
    """A FastAPI dependency: the parameters that every question of Search has."""
    start_ms, end_ms = read_start("from", start), read_end("to", end)
    check_order(start_ms, end_ms)
    return Asked(query.strip() or "*", read_dataset(dataset), start_ms, None if end_ms is None else end_ms + 1)


Wanted = Annotated[Asked, Depends(read_asked)]


def as_noted(asked: Asked) -> tuple[str, str, int | None, int | None]:
    return asked.query, str(asked.dataset), asked.from_ms, asked.to_ms


@router.get("", responses={200: {"model": ActivityPage}})
def search_activities(
    house: Rooms,
    who: ConsoleSearcher,
    asked: Wanted,
    top: Top = None,
    columns: Columns = None,
    skip_token: SkipToken = None,
) -> Response:
    """Activities or detections, newest first. The first page tells how many there are in all."""
    before = None
    if skip_token:
        state = paging.unseal(house.secret, _ROUTE, skip_token)
        asked = Asked(state["query"], DataSet(state["dataset"]), state["from"], state["to"])
        before = tuple(state["before"])
    question = asked.question(house)
    size = paging.read_top(top, 100, 5000)
    rows = asked.rows(house, question, asked.checked_columns(columns), size + 1, before)
    token = ""
    if len(rows) > size:
        state = {"query": asked.query, "dataset": asked.dataset, "from": asked.from_ms, "to": asked.to_ms}
        token = paging.seal(house.secret, _ROUTE, {**state, "before": asked.keyset(rows[size - 1])})
    total = None if skip_token else _total(house, question, len(rows), size)
    if total is not None:
        house.searches.note(who, "rows", as_noted(asked), total)
    return reply(paging.console_page([plain_fields(row) for row in rows[:size]], total, token))


def _total(house: House, question: Question, rows: int, size: int) -> int:
    """A page that is not full has shown all there is."""
    return rows if rows <= size else house.lake.breakdown.count(question)


@router.get("/fields", responses={200: {"model": FieldList}}, dependencies=_VIEW)
def list_fields(dataset: str | None = None) -> Response:
    """Every field a query over the data set may name."""
    kinds: dict[str, FieldType] = dict(FIELDS)
    if read_dataset(dataset) is DataSet.DETECTIONS:
        fields = Asked("*", DataSet.DETECTIONS, None, None).fields
        kinds = {name: column.type for name, column in fields.items()} | {"filterName": FieldType.TEXT}
    return reply({"items": [{"name": name, "type": str(kind)} for name, kind in kinds.items()]})


@router.get("/check", responses={200: {"model": ValidShape}}, dependencies=_VIEW)
def check_query(house: Rooms, asked: Wanted) -> Response:
    """Whether the query can be read, and where it cannot. Nothing is asked of the lake."""
    try:
        asked.question(house)
    except QueryError as error:  # what a person is still typing is no refusal
        problem = {"text": text(error.text), "at": error.column, "suggestion": error.suggestion or None}
        return reply({"isValid": False, "problem": problem})
    return reply({"isValid": True})


@router.get("/history", responses={200: {"model": HistoryList}})
def list_history(house: Rooms, who: Annotated[Principal, Depends(console(Permission.VIEW))]) -> Response:
    """Searches of the caller, newest first; the same query once."""
    return reply(
        {
            "items": [
                {
                    "query": one.query,
                    "dataset": one.dataset,
                    "from": moment(one.from_ms),
                    "to": None if one.to_ms is None else format_moment(one.to_ms - 1),
                    "at": moment(one.at_ms),
                    "rows": one.rows,
                }
                for one in house.searches.history(who)
            ]
        }
    )


@router.delete("/history", status_code=204)
def clear_history(house: Rooms, who: Annotated[Principal, Depends(console(Permission.VIEW))]) -> Response:
    """Forget them; the audit log keeps what it has."""
    house.searches.clear(who)
    return no_content()


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={
        200: {"content": {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA.values()}}
    },
)
def export_rows(
    request: Request,
    house: Rooms,
    who: ConsoleSearcher,
    asked: Wanted,
    form: Annotated[Literal["csv", "ndjson", "parquet"], Query(alias="format")] = "csv",
    columns: Columns = None,
    limit: Annotated[int, Query(ge=1, le=_MOST_EXPORTED)] = 1_000_000,
) -> Response:
    """A file of what the query finds, newest first, sent while it is made; `Hinomi-Rows` tells how many rows will come."""
    turns, question = turns_of(request), asked.question(house)
    chosen = asked.checked_columns(columns)
    rows = min(limit, house.lake.breakdown.count(question))
    house.searches.note(who, "export", as_noted(asked), rows, form)
    found = pages(house, asked, question, chosen, rows, lambda: turns.take(who.name))
    name = f"hinomi-{asked.dataset}-{format_moment(house.now_ms())[:19].replace(':', '')}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Hinomi-Rows": str(rows)}
    return StreamingResponse(written(form, found, header(asked, chosen)), headers=headers, media_type=MEDIA[form])
