"""Why a filter met an activity, or why not: each predicate with what it wanted and what it found."""

from typing import Annotated, Any

from fastapi import Depends, Query, Response

from hinomi.api.gate import Rooms, console
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Shape
from hinomi.errors import NotFound
from hinomi.operations.explanation import explain_record
from hinomi.schema.principal import Permission

router = resource("/console/api", "explain")


class ExplanationShape(Shape):
    """`why` is a tree of {kind, met, parts}; a predicate says field, operator, wanted and found."""

    filter: str
    met: bool
    why: dict[str, Any]


@router.get("/explain", responses={200: {"model": ExplanationShape}}, dependencies=[Depends(console(Permission.VIEW))])
def explain_activity(
    house: Rooms,
    filter_id: Annotated[str, Query(alias="filter", description="Id of the filter.")],
    uuid: Annotated[str, Query(description="The activity.")],
    time: Annotated[int | None, Query(description="Its eventTime in ms: makes the look-up cheap.")] = None,
) -> Response:
    """Why the filter met the activity, or why not."""
    found = house.content().filter.get(filter_id)
    if found is None:
        raise NotFound(f"no filter {filter_id}")
    record = house.lake.raw(uuid, time)
    if record is None:
        raise NotFound(f"no activity {uuid}")
    return reply(explain_record(found, record))
