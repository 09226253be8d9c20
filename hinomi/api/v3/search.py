"""Search in the data of the lake: activities by data set, and detections, newest first."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response

from hinomi.api import paging
from hinomi.api.detections import keyset_of, name_filters, title_of
from hinomi.api.filter_header import QueryHeader, header_text
from hinomi.api.gate import Rooms
from hinomi.api.house import House
from hinomi.api.public_activity import iso_with_offset, public_activity
from hinomi.api.public_fields import ACTIVITIES, DETECTIONS, MAIL
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.search_turns import PublicSearcher
from hinomi.api.shapes import End, Shape, SkipToken, Start, Top
from hinomi.api.window import DAY_MS, check_order, read_end, read_start
from hinomi.errors import InputError
from hinomi.query.datasets import DataSet, condition_of
from hinomi.query.fields import Fields
from hinomi.query.search_language import parse_query
from hinomi.query.sql import to_sql
from hinomi.query.tree import Node
from hinomi.schema.activity import FIELDS

router = resource("/v3.0/search", "search")

_PAGE, _MOST = 500, 5000
_MODES = ("default", "countOnly", "performance")
_SEVERITIES = {"info": 2, "low": 4, "medium": 6, "high": 8, "critical": 10}
_LISTS = ("src", "dst", "objectIp", "objectCmd", "fileName")  # lists in the detection data, one value in activities

Select = Annotated[str | None, Query(description="Comma list of fields; none, or `empty`, is all of them.")]
Mode = Annotated[str | None, Query(description="default, countOnly, or performance (at most 500 items).")]


class Found(Shape):
    items: list[dict[str, Any]] | None = None
    progress_rate: int | None = None
    next_link: str | None = None
    total_count: int | None = None


class _Question:
    """A FastAPI dependency: one search as asked, or as the token of a later page has it."""

    def __init__(
        self,
        request: Request,
        house: Rooms,
        start: Start = None,
        end: End = None,
        select: Select = None,
        _query: QueryHeader = None,
        _top: Annotated[Top, Query(alias="top")] = None,
        _mode: Annotated[Mode, Query(alias="mode")] = None,
        _skip_token: SkipToken = None,
    ) -> None:
        self.request, self.house, self.select = request, house, select
        self.route = request.url.path  # a token is good for the data that it came from
        parameters = request.query_params
        self.mode = parameters.get("mode") or "default"
        if self.mode not in _MODES:
            raise InputError(f"mode: {self.mode!r} is not one of {', '.join(_MODES)}")
        sent = header_text(request.headers.get("tmv1-query"))
        token = parameters.get("skipToken")
        self.state = paging.unseal(house.secret, self.route, token) if token else self._first(sent, start, end)
        if token:
            paging.same_filter(sent, self.state["query"])
        self.size = paging.read_top(parameters.get("top"), _PAGE, _MOST if self.mode == "default" else _PAGE)

    def _first(self, sent: str, start: str | None, end: str | None) -> dict[str, Any]:
        if not sent:
            raise InputError("the header TMV1-Query is missing; send * for everything")
        end_ms = read_end("endDateTime", end)
        last = end_ms if end_ms is not None else self.house.now_ms()
        start_ms = read_start("startDateTime", start)
        first = start_ms if start_ms is not None else last - DAY_MS
        check_order(first, last)
        return {"query": sent, "from": first, "to": last + 1, "before": None}

    @property
    def node(self) -> Node:
        return parse_query(self.state["query"], quotes_exact=False)

    @property
    def window(self) -> dict[str, int]:
        return {"from_ms": self.state["from"], "to_ms": self.state["to"]}

    @property
    def before(self) -> tuple[int, str] | None:
        return tuple(self.state["before"]) if self.state["before"] else None

    def answer(
        self,
        rows: list[dict[str, Any]],
        show: Callable[[Mapping[str, Any]], dict[str, Any]],
        key: Callable[[Mapping[str, Any]], tuple[int, str]],
    ) -> Response:
        """The page. `rows` holds one more than the page when there is a next."""
        found: dict[str, Any] = {"items": [show(row) for row in rows[: self.size]], "progressRate": 100}
        if len(rows) > self.size:
            token = paging.seal(self.house.secret, self.route, {**self.state, "before": key(rows[self.size - 1])})
            found["nextLink"] = paging.next_link(self.request, token)
        return reply(found)


_Asked = Annotated[_Question, Depends()]


def _add_route(source: str, dataset: DataSet, fields: Fields) -> None:
    """One route for each data set: they differ in what is searched only."""

    def search_activities(_who: PublicSearcher, asked: _Asked) -> Response:
        return _activities(asked, dataset, fields)

    search_activities.__doc__ = (
        f"Activities of the data set {dataset} that the query finds (default: the last 24 hours, both ends included)."
    )
    name = f"search_{dataset}_activities"
    router.add_api_route(f"/{source}", search_activities, name=name, responses={200: {"model": Found}})


def _activities(asked: _Question, dataset: DataSet, fields: Fields) -> Response:
    lake = asked.house.lake
    where, parameters = to_sql(asked.node, fields)
    where = f"{condition_of(dataset)} AND {where}"
    if asked.mode == "countOnly":
        return reply({"totalCount": lake.count(where, parameters, **asked.window)})
    chosen = _selected(asked.select)
    columns = None if chosen is None else [*chosen, "uuid", "eventTime"]
    rows = lake.search(where, parameters, columns=columns, limit=asked.size + 1, before=asked.before, **asked.window)
    return asked.answer(
        rows, lambda row: _only(public_activity(row), chosen), lambda row: (row["eventTime"], row["uuid"])
    )


for _source, _dataset, _fields in (
    ("endpointActivities", DataSet.ENDPOINT, ACTIVITIES),
    ("networkActivities", DataSet.NETWORK, ACTIVITIES),
    ("emailActivities", DataSet.MAIL, MAIL),
    ("cloudActivities", DataSet.CLOUD, ACTIVITIES),
    ("identityActivities", DataSet.IDENTITY, ACTIVITIES),
):
    _add_route(_source, _dataset, _fields)


def _selected(text: str | None) -> list[str] | None:
    if not text or text.strip() in ("", "empty"):
        return None
    names = [name.strip() for name in text.split(",") if name.strip()]
    # clients ask for fields of other products too; those are simply not there
    return [name for name in names if name in FIELDS]


def _only(shown: dict[str, Any], chosen: list[str] | None) -> dict[str, Any]:
    if chosen is None:
        return shown
    always = ("endpointGuid", "eventSourceType")
    return {name: value for name, value in shown.items() if name in chosen or name in always}


@router.get("/detections", responses={200: {"model": Found}})
def search_detections(_who: PublicSearcher, asked: _Asked) -> Response:
    """Detections that the query finds (default: the last 24 hours, both ends included)."""
    house = asked.house
    where, parameters = to_sql(name_filters(asked.node, house.content()), DETECTIONS)
    if asked.mode == "countOnly":
        return reply({"totalCount": house.lake.count_detections(where, parameters, **asked.window)})
    names = [name.strip() for name in (asked.select or "").split(",") if name.strip() not in ("", "empty")]
    rows = house.lake.detections(where, parameters, limit=asked.size + 1, before=asked.before, **asked.window)

    def show(row: Mapping[str, Any]) -> dict[str, Any]:
        shown = _detection(house, row)
        return {name: value for name, value in shown.items() if name in names} if names else shown

    return asked.answer(rows, show, keyset_of)


def _detection(house: House, row: Mapping[str, Any]) -> dict[str, Any]:
    """A detection in the names of the public detection data."""
    shown = public_activity(row["activity"])
    for name in _LISTS:
        if name in shown:
            shown[name] = [shown[name]]
    title = title_of(house.content(), row["filterId"]).en
    return shown | {
        "uuid": row["id"],
        "eventTime": row["eventTime"],
        "eventTimeDT": iso_with_offset(row["eventTime"]),
        "logReceivedTime": row["detectedTime"],
        "endpointHostName": row.get("endpointHostName", ""),
        "endpointGUID": row.get("endpointGuid", ""),
        "filterRiskLevel": row["risk"],
        "severity": _SEVERITIES[row["risk"]],
        "filterName": title,
        "ruleName": title,
        "ruleIdStr": row["filterId"],
        "techniqueId": row["techniques"],
        "tacticId": row["tactics"],
        "mitreMapping": row["techniques"],
        "tags": [f"MITRE.{technique}" for technique in row["techniques"]],
    }
