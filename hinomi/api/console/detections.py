"""The screen of Observed Attack Techniques: table, histogram and facets over one and the same question."""

from typing import Annotated, Any

from fastapi import Depends, Query, Response

from hinomi.api import paging
from hinomi.api.console.activities import From, To
from hinomi.api.console.list_query import read_list
from hinomi.api.console.names import Tactic, Technique, moment, tactic, tactics, techniques, text
from hinomi.api.detections import SEARCH, keyset_of, name_filters, title_of
from hinomi.api.gate import Rooms, console
from hinomi.api.house import House
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Risk, Shape, SkipToken, Text, Top
from hinomi.api.window import check_order, read_end, read_start
from hinomi.query.search_language import parse_query
from hinomi.query.sql import to_sql
from hinomi.query.tree import Compare, Everything, Node, Operator, join_all, join_any
from hinomi.schema.content import Severity
from hinomi.schema.principal import Permission

router = resource("/console/api/detections", "detections")

_VIEW = [Depends(console(Permission.VIEW))]
_ROUTE = "console/detections"
_FACETS = ("risk", "tactic", "technique", "filter", "endpoint")
_MINUTE_MS = 60_000
_BUCKETS_MS = tuple(_MINUTE_MS * minutes for minutes in (1, 5, 15, 60, 180, 360, 720, 1440, 10080, 43200))
_MOST_BUCKETS = 120


class HighlightShape(Shape):
    field: str
    value: Any


class DetectionShape(Shape):
    id: str
    event_date_time: str
    detected_date_time: str
    risk: Risk
    filter_id: str
    title: Text
    techniques: list[Technique]
    tactics: list[Tactic]
    endpoint_name: str
    endpoint_guid: str
    highlights: list[HighlightShape]
    uuid: str
    source: str


class DetectionPage(Shape):
    items: list[DetectionShape]
    total_count: int
    skip_token: str | None = None


class Bucket(Shape):
    t: str
    info: int
    low: int
    medium: int
    high: int
    critical: int


class Histogram(Shape):
    bucket_ms: int
    buckets: list[Bucket]


class FacetValue(Shape):
    value: str
    count: int
    label: Text | str | None = None


class Facets(Shape):
    risk: list[FacetValue]
    tactic: list[FacetValue]
    technique: list[FacetValue]
    filter: list[FacetValue]
    endpoint: list[FacetValue]


class Question:
    """A FastAPI dependency: what all three routes are asked, as SQL and a window."""

    def __init__(
        self,
        house: Rooms,
        start: From = None,
        end: To = None,
        risk: Annotated[str | None, Query(description="Comma list.")] = None,
        tactic: Annotated[str | None, Query(description="Comma list of ids (TA0006).")] = None,
        technique: Annotated[str | None, Query(description="Comma list of ids (T1003.002).")] = None,
        filter_id: Annotated[str | None, Query(alias="filter", description="Comma list of filter ids.")] = None,
        endpoint: Annotated[str | None, Query(description="Comma list of endpoint names.")] = None,
        search: Annotated[str | None, Query(description="docs/reference/query.md, over detections.")] = None,
    ) -> None:
        start_ms, end_ms = read_start("from", start), read_end("to", end)
        check_order(start_ms, end_ms)
        self.from_ms, self.to_ms = start_ms, None if end_ms is None else end_ms + 1
        found = [
            _one_of("riskLevel", [str(each) for each in read_list("risk", risk, Severity)]),
            _one_of("tacticId", read_list("tactic", tactic, str)),
            _technique(read_list("technique", technique, str)),
            _one_of("filterId", read_list("filter", filter_id, str)),
            _one_of("endpointHostName", read_list("endpoint", endpoint, str)),
        ]
        if search and search.strip():
            found.append(name_filters(parse_query(search), house.content()))
        asked = [node for node in found if node]
        self.where, self.parameters = to_sql(join_all(asked) if asked else Everything(), SEARCH)

    @property
    def window(self) -> dict[str, Any]:
        return {"from_ms": self.from_ms, "to_ms": self.to_ms}


Asked = Annotated[Question, Depends(Question)]


def _one_of(field: str, values: list[str]) -> Node | None:
    return join_any([Compare(field, Operator.EQUALS, value) for value in values]) if values else None


def _technique(ids: list[str]) -> Node | None:
    """A technique means its sub-techniques too."""
    found: list[Node] = []
    for id_ in ids:
        found.append(Compare("techniqueId", Operator.EQUALS, id_))
        found.append(Compare("techniqueId", Operator.STARTS, f"{id_}."))
    return join_any(found) if found else None


@router.get("", responses={200: {"model": DetectionPage}}, dependencies=_VIEW)
def list_detections(house: Rooms, asked: Asked, top: Top = None, skip_token: SkipToken = None) -> Response:
    """Detections, newest first."""
    size = paging.read_top(top, 50, 1000)
    before = paging.unseal(house.secret, _ROUTE, skip_token)["before"] if skip_token else None
    rows = house.lake.detections(
        asked.where, asked.parameters, limit=size + 1, before=tuple(before) if before else None, **asked.window
    )
    token = ""
    if len(rows) > size:
        token = paging.seal(house.secret, _ROUTE, {"before": keyset_of(rows[size - 1])})
    total = house.lake.count_detections(asked.where, asked.parameters, **asked.window)
    return reply(paging.console_page([_row(house, row) for row in rows[:size]], total, token))


def _row(house: House, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "eventDateTime": moment(row["eventTime"]),
        "detectedDateTime": moment(row["detectedTime"]),
        "risk": row["risk"],
        "filterId": row["filterId"],
        "title": text(title_of(house.content(), row["filterId"])),
        "techniques": techniques(row["techniques"]),
        "tactics": tactics(row["tactics"]),
        "endpointName": row.get("endpointHostName", ""),
        "endpointGuid": row.get("endpointGuid", ""),
        "highlights": [{"field": field, "value": value} for field, value in row["highlights"]],
        "uuid": row["uuid"],
        "source": row.get("recordSource", ""),
    }


@router.get("/histogram", responses={200: {"model": Histogram}}, dependencies=_VIEW)
def get_histogram(house: Rooms, asked: Asked) -> Response:
    """Detections over time by risk, at most 120 buckets; empty ones are left out."""
    bucket_ms = _bucket(house, asked)
    rows = house.lake.detection_histogram(asked.where, asked.parameters, bucket_ms=bucket_ms, **asked.window)
    risks = ("info", "low", "medium", "high", "critical")
    buckets = [{"t": moment(row["t"]), **{risk: row.get(risk, 0) for risk in risks}} for row in rows]
    return reply({"bucketMs": bucket_ms, "buckets": buckets})


def _bucket(house: House, asked: Question) -> int:
    first, last = asked.from_ms, asked.to_ms
    if first is None or last is None:
        status = house.lake.status()
        first = first if first is not None else (status.oldest_ms or 0)
        last = last if last is not None else (status.newest_ms or 0)
    span_ms = max(0, last - first)
    return next((size for size in _BUCKETS_MS if span_ms / size <= _MOST_BUCKETS), _BUCKETS_MS[-1])


@router.get("/facets", responses={200: {"model": Facets}}, dependencies=_VIEW)
def get_facets(house: Rooms, asked: Asked) -> Response:
    """Values of each facet with their counts, most frequent first."""
    return reply({name: _facet(house, asked, name) for name in _FACETS})


def _facet(house: House, asked: Question, name: str) -> list[dict[str, Any]]:
    found = house.lake.detection_facet(asked.where, asked.parameters, name, **asked.window)
    return [{"value": value, "count": count} | _label(house, name, value) for value, count in found]


def _label(house: House, name: str, value: str) -> dict[str, Any]:
    match name:
        case "filter":
            return {"label": text(title_of(house.content(), value))}
        case "tactic":
            return {"label": tactic(value)["text"]}
        case "technique":
            return {"label": techniques([value])[0]["name"]}
        case _:
            return {}
