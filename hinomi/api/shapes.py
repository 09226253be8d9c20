"""Shapes that several resources of the API document. Replies are built by hand; tests hold them against the shapes."""

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Shape(BaseModel):
    """A reply. Nothing in it may be undocumented; on the wire the names are in camelCase."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)


class Sent(BaseModel):
    """What a client sends: unknown members are ignored, wrong types refused."""

    model_config = ConfigDict(extra="ignore", alias_generator=to_camel)


class Text(Shape):
    en: str
    ja: str


class Error(Shape):
    """`text`, `column` and `details` {at, suggestion} on the console's routes, where a query cannot be read; `blinded_proofs` with BlindsProofs.

    For content: `errors` with line and column of a text that cannot be used, `proof` with RedProof, `models` with InUse,
    `id` with Exists.
    """

    code: str
    message: str
    number: int | None = None
    trace_id: str | None = None
    text: Text | None = None
    column: int | None = None
    details: dict[str, Any] | None = None
    blinded_proofs: list[dict[str, str]] | None = None
    errors: list[dict[str, Any]] | None = None
    proof: dict[str, Any] | None = None
    models: list[str] | None = None
    id: str | None = None


class ErrorReply(Shape):
    error: Error


ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ErrorReply, "description": "What is wrong with the request, and what would be right."},
    "5XX": {"model": ErrorReply, "description": "What failed in the server, with the trace id in its log."},
}

Top = Annotated[str | None, Query(description="Items of a page: any positive number, capped.")]
SkipToken = Annotated[
    str | None, Query(alias="skipToken", description="From nextLink; carries the first page's filter.")
]
OrderBy = Annotated[str | None, Query(alias="orderBy", description="Field and asc or desc.")]
Start = Annotated[str | None, Query(alias="startDateTime", description="ISO 8601, included; empty is absent.")]
End = Annotated[str | None, Query(alias="endDateTime", description="ISO 8601; the default is now.")]

Severity = Literal["critical", "high", "medium", "low"]
Risk = Literal["critical", "high", "medium", "low", "info"]
