"""Search over a lake that this process has open."""

from collections.abc import Iterator
from typing import Any

from hinomi.lake.lake import Lake
from hinomi.query.fields import ACTIVITY
from hinomi.query.moment import format_moment, parse_moment
from hinomi.query.search_language import parse_query
from hinomi.query.sql import to_sql


def search_lake(lake: Lake, query: str, start: str | None, end: str | None, limit: int) -> Iterator[dict[str, Any]]:
    """Activities that the query finds, newest first; InputError says where a query is wrong. No end = no bound."""
    where, parameters = to_sql(parse_query(query), ACTIVITY)
    found = lake.search(
        where,
        parameters,
        from_ms=parse_moment(start) if start else None,
        to_ms=parse_moment(end) if end else None,
        limit=limit,
    )
    for row in found:
        yield {**row, "eventTimeDT": format_moment(row["eventTime"])}
