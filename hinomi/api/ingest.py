"""The door for records: a batch in our own wire form in, its sequence number out, once it is on disk."""

from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from hinomi.api.gate import Rooms, console
from hinomi.api.house import House
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Shape
from hinomi.schema.principal import Permission
from hinomi.wire import packing

router = resource("/ingest/v1", "ingest")

RECORDS_PATH = "/ingest/v1/records"
_INGEST = [Depends(console(Permission.INGEST))]


class Acknowledged(Shape):
    sequence: int


class Progress(Shape):
    done: bool
    waiting: int
    trouble: str | None
    total: dict[str, Any]


@router.post(
    "/records",
    responses={200: {"model": Acknowledged}},
    dependencies=_INGEST,
    openapi_extra={
        "requestBody": {"required": True, "content": {packing.CONTENT_TYPE: {"schema": {"type": "string"}}}}
    },
)
async def append_records(request: Request, house: Rooms) -> Response:
    """Keep a batch (hinomi.wire.packing). Answered only when it would survive a power cut."""
    body = await request.body()
    sequence = await run_in_threadpool(_append, house, body)
    return reply({"sequence": sequence})


def _append(house: House, body: bytes) -> int:
    packing.unpack(body)  # nothing is kept that could not be read again
    return house.append(body)


@router.get("/progress", responses={200: {"model": Progress}}, dependencies=_INGEST)
def get_progress(house: Rooms, sequence: Annotated[int, Query(ge=0)]) -> Response:
    """Is the batch through, how many wait, and the totals since the start."""
    return reply(house.progress(sequence))
