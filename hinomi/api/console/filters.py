"""Filters: a list to search and sort, each with its text, its models and what was measured of it; on, off and risk."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Query, Response
from pydantic import Field

from hinomi.api import paging
from hinomi.api.console.content_piece import Overview, PieceShape, named
from hinomi.api.console.list_query import read_list, read_order
from hinomi.api.console.names import Technique, techniques, text
from hinomi.api.gate import Rooms, console
from hinomi.api.house import House
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import OrderBy, Risk, Sent, Shape, SkipToken, Text, Top
from hinomi.detect.measured import UNMEASURED, Count
from hinomi.errors import InputError, NotFound
from hinomi.schema.content import Filter, Severity
from hinomi.schema.principal import Permission, Principal

router = resource("/console/api", "content")

_VIEW = [Depends(console(Permission.VIEW))]
_ROUTE = "console/filters"
_RISKS = {str(risk): rank for rank, risk in enumerate(reversed(Severity))}
_CONFIDENCES = {"high": 3, "medium": 2, "low": 1, "unmeasured": 0}


class FilterRow(PieceShape):
    """`hits`: detections of it in the lake. `confidence`: how rarely it fires where nothing is wrong."""

    title: Text
    risk: Risk
    default_risk: Risk
    technique_class: str = Field(alias="class")
    confidence: str
    techniques: list[Technique]
    model_count: int
    hits: int


class FilterPage(Shape):
    items: list[FilterRow]
    total_count: int
    skip_token: str | None = None


class ModelName(Shape):
    id: str
    name: Text


class CountShape(Shape):
    hits: int
    events: int


class MeasuredShape(Shape):
    """Hits among the events that it could have met: on recordings of ordinary hosts, on our own, round attacks."""

    benign: CountShape
    own: CountShape
    background: CountShape


class FilterShape(FilterRow):
    """`sigma` and `text` are the same text: the one that counts. `version` 0 is the one that came with Hinomi."""

    description: Text
    references: list[str]
    author: str
    sigma: str
    text: str
    version: int
    exception_count: int
    measured: MeasuredShape | None
    models: list[ModelName]


class FilterSwitch(Sent):
    """What is absent stays; risk null is the default again."""

    enabled: bool | None = None
    risk: Risk | None = None


class Wanted:
    """A FastAPI dependency: which filters of the list."""

    def __init__(
        self,
        search: Annotated[str | None, Query(description="Every word must be found in id, title or techniques.")] = None,
        origin: Annotated[str | None, Query(description="Comma list: shipped, sigma, custom.")] = None,
        enabled: Annotated[bool | None, Query()] = None,
        technique: Annotated[str | None, Query(description="Comma list; one means its sub-techniques too.")] = None,
        technique_class: Annotated[str | None, Query(alias="class", description="Comma list.")] = None,
        risk: Annotated[str | None, Query(description="Comma list.")] = None,
        confidence: Annotated[str | None, Query(description="Comma list.")] = None,
    ) -> None:
        self.words = (search or "").lower().split()[:20]
        self.origins = set(read_list("origin", origin, _one_of("shipped", "sigma", "custom")))
        self.enabled = enabled
        self.techniques = tuple(one.upper() for one in read_list("technique", technique, str))
        self.classes = set(read_list("class", technique_class, str))
        self.risks = set(read_list("risk", risk, _one_of(*_RISKS)))
        self.confidences = set(read_list("confidence", confidence, _one_of(*_CONFIDENCES)))

    def takes(self, found: Filter, origin: str, confidence: str) -> bool:
        return (
            (not self.origins or origin in self.origins)
            and (self.enabled is None or found.enabled is self.enabled)
            and (not self.classes or found.technique_class in self.classes)
            and (not self.risks or str(found.risk) in self.risks)
            and (not self.confidences or confidence in self.confidences)
            and (not self.techniques or any(self._is_technique(one) for one in found.techniques))
            and all(word in _searched(found) for word in self.words)
        )

    def _is_technique(self, id_: str) -> bool:
        return any(id_ == one or id_.startswith(f"{one}.") for one in self.techniques)


def _one_of(*known: str) -> Callable[[str], str]:
    def kind(value: str) -> str:
        if value not in known:
            raise ValueError(value)
        return value

    return kind


def _searched(found: Filter) -> str:
    return f"{found.id} {found.title.en} {found.title.ja} {' '.join(found.techniques)}".lower()


# field of the list -> what it is sorted by
_ORDERS: dict[str, Callable[[Overview, Filter], Any]] = {
    "id": lambda _, one: one.id,
    "title": lambda _, one: one.title.en.lower(),
    "risk": lambda _, one: _RISKS[str(one.risk)],
    "class": lambda _, one: one.technique_class,
    "confidence": lambda seen, one: _CONFIDENCES[_confidence(seen.house, one)],
    "origin": lambda seen, one: seen.piece(("filter", one.id)).origin,
    "enabled": lambda _, one: one.enabled,
    "modelCount": lambda seen, one: len(seen.models_of.get(one.id, ())),
    "hits": lambda seen, one: seen.hits.filters.get(one.id, 0),
    "updatedDateTime": lambda seen, one: seen.changed(seen.piece(("filter", one.id)))[0] or 0,
}


@router.get("/filters", responses={200: {"model": FilterPage}}, dependencies=_VIEW)
def list_filters(
    house: Rooms,
    wanted: Annotated[Wanted, Depends(Wanted)],
    order_by: OrderBy = None,
    top: Top = None,
    skip_token: SkipToken = None,
) -> Response:
    """Filters, in the order of their ids unless `orderBy` says."""
    seen, size = Overview(house), paging.read_top(top, 50, 1000)
    found = [one for one in seen.page.content.filters if wanted.takes(one, *_marks(seen, one))]
    for name, direction in reversed(read_order(order_by, (("id", "asc"),))):
        if name not in _ORDERS:
            raise InputError(f"orderBy: {name[:60]!r} is not one of {', '.join(_ORDERS)}")
        found.sort(key=lambda one: _ORDERS[name](seen, one), reverse=direction == "desc")
    start = paging.unseal(house.secret, _ROUTE, skip_token)["start"] if skip_token else 0
    rows = [_row(seen, one) for one in found[start : start + size]]
    end = start + len(rows)
    token = paging.seal(house.secret, _ROUTE, {"start": end}) if end < len(found) else ""
    return reply(paging.console_page(rows, len(found), token))


@router.get("/filters/{filter_id}", responses={200: {"model": FilterShape}}, dependencies=_VIEW)
def get_filter(filter_id: str, house: Rooms) -> Response:
    """One filter with its condition as it is written, and the models that use it."""
    return reply(filter_detail(house, filter_id))


@router.patch("/filters/{filter_id}", responses={200: {"model": FilterShape}})
def switch_filter(
    filter_id: str, sent: FilterSwitch, house: Rooms, who: Annotated[Principal, Depends(console(Permission.CONTENT))]
) -> Response:
    """Switch a filter on or off, or grade its detections. A red proof refuses to enable (409)."""
    grade = {"risk": sent.risk} if "risk" in sent.model_fields_set else {}
    house.editor.switch_filter(who, filter_id, enabled=sent.enabled, **grade)
    return reply(filter_detail(house, filter_id))


def filter_detail(house: House, filter_id: str) -> dict[str, Any]:
    """FilterShape; NotFound."""
    found = house.content().filter.get(filter_id)
    if found is None:
        raise NotFound(f"there is no filter {filter_id[:80]!r}")
    seen = Overview(house)
    told = seen.text_of(found)
    return _row(seen, found) | {
        "description": text(found.description),
        "references": list(found.references),
        "author": found.author,
        "sigma": told["text"],
        **told,
        "exceptionCount": seen.exception_count([found.id]),
        "measured": _measured(house, found),
        "models": [named(model) for model in seen.models_of.get(found.id, ())],
    }


def _row(seen: Overview, found: Filter) -> dict[str, Any]:
    given = seen.piece(("filter", found.id)).value
    return seen.shown(found) | {
        "title": text(found.title),
        "risk": str(found.risk),
        "defaultRisk": str(given.risk if isinstance(given, Filter) else found.risk),
        "class": found.technique_class,
        "confidence": _confidence(seen.house, found),
        "techniques": techniques(found.techniques),
        "modelCount": len(seen.models_of.get(found.id, ())),
        "hits": seen.hits.filters.get(found.id, 0),
    }


def _marks(seen: Overview, found: Filter) -> tuple[str, str]:
    return seen.piece(("filter", found.id)).origin, _confidence(seen.house, found)


def _confidence(house: House, found: Filter) -> str:
    return str(house.measured.get(found.id, UNMEASURED).confidence)


def _measured(house: House, found: Filter) -> dict[str, Any] | None:
    measured = house.measured.get(found.id)
    if measured is None:
        return None
    return {name: _count(getattr(measured, name)) for name in ("benign", "own", "background")}


def _count(found: Count) -> dict[str, int]:
    return {"hits": found.hits, "events": found.events}
