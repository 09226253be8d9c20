"""Search in numbers: how many, when, which values, and which combinations of values."""

from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import Field

from hinomi.api import paging
from hinomi.api.console.search import Wanted, as_noted
from hinomi.api.gate import Rooms
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.search_answers import MOST_FACETS, MOST_STACKED, facets, field_names, stack
from hinomi.api.search_turns import ConsoleSearcher
from hinomi.api.shapes import Shape, SkipToken, Top
from hinomi.errors import InputError

router = resource("/console/api/search", "search")

_ROUTE = "console/search/stack"
_MOST_BUCKETS = 400
_SECOND_MS, _HOUR_MS = 1000, 3_600_000
_BUCKETS_MS = (
    1, 10, 100, *(_SECOND_MS * each for each in (1, 5, 15, 30, 60, 300, 900, 1800)),
    *(_HOUR_MS * each for each in (1, 3, 6, 12, 24, 48, 168, 720, 8760)),
)  # fmt: skip


class CountShape(Shape):
    count: int


class BucketShape(Shape):
    t: int
    count: int


class HistogramShape(Shape):
    """Times in milliseconds; `to` is included. Both are null when nothing was found and no window was given."""

    bucket_ms: int
    from_: int | None = Field(alias="from")
    to: int | None
    items: list[BucketShape]


class ValueShape(Shape):
    """`share` of all rows, 0 to 1."""

    value: Any
    count: int
    share: float


class RareShape(Shape):
    value: Any
    count: int


class FacetShape(Shape):
    field: str
    distinct: int
    absent: int
    values: list[ValueShape]
    rare: list[RareShape]


class FacetList(Shape):
    """`sampled`: some field has more than a million values; those beyond were not counted."""

    items: list[FacetShape]
    sampled: bool


class StackedShape(Shape):
    """`values` in the order asked for, null where absent; times in milliseconds."""

    values: list[Any]
    count: int
    endpoints: int
    first_seen: int
    last_seen: int


class StackPage(Shape):
    items: list[StackedShape]
    total_count: int | None = None
    skip_token: str | None = None


@router.get("/count", responses={200: {"model": CountShape}})
def count_rows(house: Rooms, who: ConsoleSearcher, asked: Wanted) -> Response:
    """How many rows the query finds."""
    count = house.lake.breakdown.count(asked.question(house))
    house.searches.note(who, "count", as_noted(asked), count)
    return reply({"count": count})


@router.get("/histogram", responses={200: {"model": HistogramShape}})
def get_histogram(
    house: Rooms,
    _who: ConsoleSearcher,
    asked: Wanted,
    buckets: Annotated[int, Query(ge=1, le=_MOST_BUCKETS, description="About so many.")] = 60,
) -> Response:
    """Rows over time; a round length of bucket that gives at most so many; empty ones are left out."""
    question = asked.question(house)
    first, last = asked.from_ms, None if asked.to_ms is None else asked.to_ms - 1
    if first is None or last is None:
        found = house.lake.breakdown.span(question)
        if found is None:
            return reply({"bucketMs": _HOUR_MS, "from": first, "to": last, "items": []})
        first, last = found[0] if first is None else first, found[1] if last is None else last
    size = bucket_size(last - first + 1, buckets)
    rows = house.lake.breakdown.histogram(question, size)
    items = [{"t": start, "count": count} for start, count in rows]
    return reply({"bucketMs": size, "from": first, "to": last, "items": items})


def bucket_size(span_ms: int, wished: int) -> int:
    """The shortest round length that cuts the span into at most so many."""
    longest = _BUCKETS_MS[-1]
    return next(
        (size for size in _BUCKETS_MS if span_ms <= size * wished), longest * (span_ms // longest // wished + 1)
    )


@router.get("/facets", responses={200: {"model": FacetList}})
def get_facets(
    house: Rooms,
    _who: ConsoleSearcher,
    asked: Wanted,
    fields: Annotated[str, Query(max_length=2000, description="Comma list, at most 12.")],
    top: Top = None,
) -> Response:
    """The most frequent and the rarest values of each field. Of a list every member counts."""
    names = field_names("fields", fields, MOST_FACETS)
    return reply(facets(house, asked, names, paging.read_top(top, 10, 100)))


@router.get("/stack", responses={200: {"model": StackPage}})
def get_stack(
    house: Rooms,
    who: ConsoleSearcher,
    asked: Wanted,
    by: Annotated[str, Query(max_length=500, description="Comma list, at most 3.")],
    order: Literal["rare", "frequent"] = "rare",
    top: Top = None,
    skip_token: SkipToken = None,
) -> Response:
    """Combinations of values with their counts, rarest first."""
    names, after = field_names("by", by, MOST_STACKED), None
    if skip_token:
        state = paging.unseal(house.secret, _ROUTE, skip_token)
        if (state["by"], state["order"], state["asked"]) != (names, order, list(as_noted(asked))):
            raise InputError("the question differs from the first page's; start again without skipToken")
        after = (state["after"][0], tuple(state["after"][1]))
    size = paging.read_top(top, 50, 1000)
    items, last, total = stack(house, asked, names, rare_first=order == "rare", size=size, after=after)
    token = ""
    if last is not None:
        state = {"by": names, "order": order, "asked": as_noted(asked), "after": last}
        token = paging.seal(house.secret, _ROUTE, state)
    if total is not None:
        rows = house.lake.breakdown.count(asked.question(house))  # `total` is that of the combinations
        house.searches.note(who, "stack", as_noted(asked), rows, ",".join(names))
    return reply(paging.console_page(items, total, token))
