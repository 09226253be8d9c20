"""The condition of a list: header `TMV1-Filter`, or the query parameter `filter`. Header `TMV1-Query` for Search."""

from typing import Annotated

from fastapi import Header, Query, Request

FilterHeader = Annotated[
    str | None, Header(alias="TMV1-Filter", description="docs/reference/query.md, filter language.")
]
FilterParameter = Annotated[str | None, Query(alias="filter", description="The same as the header TMV1-Filter.")]
QueryHeader = Annotated[str | None, Header(alias="TMV1-Query", description="docs/reference/query.md, TMV1-Query.")]


def header_text(value: str | None) -> str:
    """Header values arrive as Latin-1; clients that send other letters send them as UTF-8."""
    if not value:
        return ""
    try:
        return value.encode("latin-1").decode("utf-8").strip()
    except UnicodeError:
        return value.strip()


def sent_filter(request: Request) -> str:
    """The condition that came with the request, "" for none; the header wins."""
    return header_text(request.headers.get("tmv1-filter")) or (request.query_params.get("filter") or "").strip()
