"""The block list: what is on it, what its endpoints do about it, its exceptions, and files for other products."""

from typing import Annotated, Any, Literal

from fastapi import Depends, File, Query, Response, UploadFile
from pydantic import Field

from hinomi.api.gate import Rooms, console
from hinomi.api.house import House
from hinomi.api.reply import Json, no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Sent, Shape
from hinomi.errors import HinomiError
from hinomi.response.block_files import FORMATS, MAX_IMPORT_BYTES, export, read_csv
from hinomi.response.block_object import BlockObject, normal_object
from hinomi.response.block_store import SPARED
from hinomi.response.desk import ResponseDesk
from hinomi.response.survey import Survey
from hinomi.schema.principal import Permission, Principal

router = resource("/console/api/block-list", "response")

IMPORT_PATH = "/console/api/block-list/import"
MAX_FORM_BYTES = MAX_IMPORT_BYTES + 4096  # the file, and what a form writes round it
MAX_ITEMS = 1000
Responder = Annotated[Principal, Depends(console(Permission.RESPOND))]
Curator = Annotated[Principal, Depends(console(Permission.CONTENT))]
_VIEW = [Depends(console(Permission.VIEW))]
Type = Literal["fileSha1", "fileSha256", "ip", "domain", "url", "senderMailAddress"]


class ItemShape(Shape):
    """Times are ms since 1970 UTC; `expires` null: never. `excepted`: an exception keeps it from having any effect.

    `state`: enforced, partly, waiting, handedOn, notEnforced, listed or excepted, over all places; `enforcement`: how many endpoints
    are enforced, flagged, waiting or notEnforced. More of one entry: GET /console/api/block-list/enforcement.
    """

    type: Type
    value: str
    action: Literal["block", "log"]
    risk: Literal["high", "medium", "low"]
    expires: int | None
    description: str
    created_by: str
    created: int
    source: str
    excepted: bool
    state: str
    enforcement: dict[str, int]


class EndpointShape(Shape):
    """What one endpoint does about each type, and why; `left_out`: objects that did not fit into what it was sent."""

    endpoint: str
    version: int
    at: int
    enforced: dict[str, str]
    reasons: dict[str, str]
    left_out: int


class ListShape(Shape):
    version: int
    items: list[ItemShape]
    endpoints: list[EndpointShape]


class ObjectWish(Sent):
    type: str = Field(max_length=20)
    value: str = Field(max_length=4096)
    action: str = Field(default="block", max_length=8)
    risk: str = Field(default="high", max_length=8)
    expires: int | None = None
    description: str = Field(default="", max_length=1000)


class ObjectWishes(Sent):
    items: list[ObjectWish] = Field(min_length=1, max_length=MAX_ITEMS)
    source: str = Field(default="console", max_length=32)


class Key(Sent):
    type: str = Field(max_length=20)
    value: str = Field(max_length=4096)


class Keys(Sent):
    items: list[Key] = Field(min_length=1, max_length=MAX_ITEMS)


class Taken(Shape):
    item: ItemShape | None = None
    error: dict[str, Any] | None = None


class TakenList(Shape):
    items: list[Taken]


class Removed(Shape):
    removed: int


class Imported(Shape):
    """`errors`: {line, en, ja} of each row that was left out."""

    added: int
    errors: list[dict[str, Any]]


class ExceptionWish(Key):
    description: str = Field(default="", max_length=1000)


class ExceptionShape(Shape):
    type: Type
    value: str
    description: str
    created_by: str
    created: int


class ExceptionList(Shape):
    items: list[ExceptionShape]


@router.get("", responses={200: {"model": ListShape}}, dependencies=_VIEW)
def get_list(house: Rooms) -> Response:
    """All that is on it, and what each endpoint does about it."""
    return reply(list_shape(house.response))


def list_shape(desk: ResponseDesk) -> dict[str, Any]:
    survey = desk.enforcement.survey()
    return {
        "version": desk.block_list.version,
        "items": [item_row(one, survey) for one in desk.block_list.all()],
        "endpoints": [_endpoint_row(row) for row in desk.block_list.enforcement()],
    }


def item_row(one: BlockObject, survey: Survey) -> dict[str, Any]:
    state, counts = survey.counted(one)
    return {
        "type": one.type,
        "value": one.value,
        "action": one.action,
        "risk": one.risk,
        "expires": one.expires_ms,
        "description": one.description,
        "createdBy": one.created_by,
        "created": one.created_ms,
        "source": one.source,
        "excepted": one.key in survey.excepted,
        "state": state,
        "enforcement": counts,
    }


def _endpoint_row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "endpoint": row["sensor"],
        "version": row["version"],
        "at": row["at_ms"],
        "enforced": row["enforced"],
        "reasons": {kind: reason for kind, reason in row["reasons"].items() if kind != SPARED},
        "leftOut": row["left_out"],
    }


@router.post("", status_code=207, responses={207: {"model": TakenList}})
def add(sent: ObjectWishes, house: Rooms, who: Responder) -> Response:
    """Put values on it; one that cannot be read is answered with what would be right and stops no other."""
    return Json({"items": _added(house, who, sent)}, status_code=207)


def _added(house: House, who: Principal, sent: ObjectWishes) -> list[dict[str, Any]]:
    block_list, answers, good = house.response.block_list, [], []
    for wish in sent.items:
        given = wish.model_dump(exclude={"expires"}) | {"expires_ms": wish.expires}
        try:
            normal_object(given, house.now_ms())
        except HinomiError as error:
            answers.append({"error": {"code": error.code, "message": str(error), **error.details}})
            continue
        good.append(given)
        answers.append({})
    made = iter(block_list.add(who, good, source=sent.source))
    survey = house.response.enforcement.survey()
    return [answer or {"item": item_row(next(made), survey)} for answer in answers]


@router.delete("", responses={200: {"model": Removed}})
def remove(sent: Keys, house: Rooms, who: Responder) -> Response:
    """Take values off it; 404 when none of them is on it."""
    return reply({"removed": house.response.block_list.remove(who, [(key.type, key.value) for key in sent.items])})


@router.get(
    "/export",
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    response_class=Response,
    dependencies=_VIEW,
)
def export_list(
    house: Rooms, format_: Annotated[Literal["csv", "rpz", "hosts", "proxy"], Query(alias="format")] = "csv"
) -> Response:
    """What is in effect, for other products to fetch (an API key of the role siem is enough)."""
    version, objects = house.response.block_list.effective()
    house.response.block_list.handed_on(format_)
    text, media_type = export(objects, format_, version)
    name = f"block-list.{'csv' if format_ == 'csv' else f'{format_}.txt'}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "ETag": f'"{version}"'}
    return Response(text, media_type=f"{media_type}; charset=utf-8", headers=headers)


assert FORMATS == ("csv", "rpz", "hosts", "proxy")  # noqa: S101  (the route names them one by one)


@router.post("/import", responses={200: {"model": Imported}})
def import_list(
    house: Rooms, who: Responder, file: Annotated[UploadFile, File(description="CSV, at most 1 MiB.")]
) -> Response:
    """Add what a CSV file lists; rows that cannot be read are left out and told with their line."""
    return reply(_imported(house, who, file.file.read(MAX_IMPORT_BYTES + 1)))


def _imported(house: House, who: Principal, raw: bytes) -> dict[str, Any]:
    objects, errors = read_csv(raw, house.now_ms())
    made = house.response.block_list.add(who, objects, source="import")
    return {"added": len(made), "errors": errors[:MAX_ITEMS]}


# ---- exceptions -----------------------------------------------------------------------------------------------------
@router.get("/exceptions", responses={200: {"model": ExceptionList}}, dependencies=_VIEW)
def list_exceptions(house: Rooms) -> Response:
    """Values that are never blocked, whoever puts them on the list."""
    return reply({"items": [_exception_row(row) for row in house.response.block_list.exceptions()]})


@router.post("/exceptions", status_code=204, response_class=Response)
def add_exception(sent: ExceptionWish, house: Rooms, who: Curator) -> Response:
    """From now on this value is not blocked; endpoints that block it let it go with the next version."""
    house.response.block_list.add_exception(who, sent.type, sent.value, sent.description)
    return no_content()


@router.delete("/exceptions", status_code=204, response_class=Response)
def remove_exception(sent: Key, house: Rooms, who: Curator) -> Response:
    """The value may be blocked again."""
    house.response.block_list.remove_exception(who, sent.type, sent.value)
    return no_content()


def _exception_row(row: dict[str, Any]) -> dict[str, Any]:
    told = {"type": row["type"], "value": row["value"], "description": row["description"]}
    return told | {"createdBy": row["created_by"], "created": row["created_ms"]}
