"""Where one entry of the block list is enforced, by platform and group of endpoints, mail connector and export, and why not elsewhere."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Response

from hinomi.api.gate import Rooms, console
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Shape, Text
from hinomi.response.action import Words
from hinomi.response.enforcement import Enforced
from hinomi.response.survey import Part, Place, Row
from hinomi.schema.principal import Permission

router = resource("/console/api/block-list", "response")
Value = Annotated[str, Query(max_length=4096, description="As it stands on the list.")]
Type = Annotated[str, Query(alias="type", max_length=20, description="Empty: whichever it stands there with.")]


class RowShape(Shape):
    """`verified`: a look at the endpoint found the list in force there, or not; null: nobody could look. Times: ms since 1970 UTC."""

    guid: str
    name: str
    connected: bool
    last_seen: int
    reason: Text
    verified: bool | None
    task: str


class PartShape(Shape):
    """`count` of all; `endpoints`: the first 25 of them, by name."""

    state: Literal["enforced", "flagged", "waiting", "notEnforced"]
    count: int
    endpoints: list[RowShape]


class ReasonShape(Shape):
    text: Text
    count: int


class PlaceShape(Shape):
    """`name`: the platform of endpoints, a mail connector or a format; `group`: of endpoints.

    `at`: when a format was fetched last, or a connector looked through all its mailboxes; 0 for never.
    """

    kind: Literal["endpoints", "mail", "export"]
    name: str
    group: str
    state: Literal["enforced", "partly", "waiting", "handedOn", "notEnforced"]
    total: int
    reasons: list[ReasonShape]
    at: int
    parts: list[PartShape]


class EnforcementShape(Shape):
    """`left_out`: groups of endpoints beyond the hundred that are told."""

    type: str
    value: str
    state: str
    places: list[PlaceShape]
    left_out: int


@router.get("/enforcement", responses={200: {"model": EnforcementShape}}, dependencies=[Depends(console(Permission.VIEW))])  # fmt: skip
def get_enforcement(house: Rooms, value: Value, type_: Type = "") -> Response:
    """Where this entry is enforced, only handed on, or not enforced, and why; 404 when it is not on the list."""
    return reply(enforcement_shape(house.response.enforcement.of(value, type_)))


def enforcement_shape(found: Enforced) -> dict[str, Any]:
    told = {"type": found.one.type, "value": found.one.value, "state": found.state}
    return told | {"places": [_place(one) for one in found.places], "leftOut": found.left_out}


def _place(one: Place) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "name": one.name,
        "group": one.group,
        "state": one.state,
        "total": sum(part.count for part in one.parts),
        "reasons": [{"text": _text(words), "count": count} for words, count in one.reasons],
        "at": one.at_ms,
        "parts": [_part(part) for part in one.parts],
    }


def _part(one: Part) -> dict[str, Any]:
    return {"state": one.state, "count": one.count, "endpoints": [_row(row) for row in one.rows]}


def _row(one: Row) -> dict[str, Any]:
    holder = one.holder
    known = {"guid": holder.guid, "name": holder.name, "connected": holder.is_connected}
    known |= {"lastSeen": holder.last_seen_ms, "reason": _text(one.reason)}
    return known | {"verified": one.is_verified, "task": one.task}


def _text(words: Words) -> dict[str, str]:
    return {"en": words.en, "ja": words.ja}
