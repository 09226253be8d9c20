"""Filters and models as a zip, out and in."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from hinomi.api.console.content_editing import RemarkShape
from hinomi.api.console.models import Editor
from hinomi.api.gate import Rooms, console
from hinomi.api.house import House
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Shape
from hinomi.attack.catalogue import load_attack
from hinomi.errors import InputError
from hinomi.operations.bundle import export, import_bundle
from hinomi.schema.principal import Permission, Principal

router = resource("/console/api/content", "content")

IMPORT_PATH = "/console/api/content/import"
_ZIP = "application/zip"
_MOST_IDS = 1000


class ItemShape(Shape):
    """`state`: what became of it; in a dry run what would."""

    kind: Literal["filter", "model"]
    id: str
    state: Literal["new", "changed", "same", "error"]
    errors: list[RemarkShape]


class ImportedShape(Shape):
    """`ignored`: names in the zip that are neither filter nor model."""

    items: list[ItemShape]
    ignored: list[str]


class Zip(Response):
    media_type = _ZIP


@router.get(
    "/export",
    response_class=Zip,
    responses={200: {"content": {_ZIP: {"schema": {"type": "string", "format": "binary"}}}}},
    dependencies=[Depends(console(Permission.VIEW))],
)
def export_content(
    house: Rooms,
    ids: Annotated[str | None, Query(description="Comma list of ids of filters and models.")] = None,
    everything: Annotated[Literal["custom"] | None, Query(alias="all", description="All texts of persons.")] = None,
) -> Response:
    """A zip of filters and models, with the custom filters that the models use."""
    wanted = [one.strip() for one in (ids or "").split(",") if one.strip()]
    if bool(wanted) == bool(everything) or len(wanted) > _MOST_IDS:
        raise InputError(f"say either ids=A,B (at most {_MOST_IDS}) or all=custom")
    headers = {"Content-Disposition": 'attachment; filename="hinomi-content.zip"'}
    return Zip(export(house.book, wanted or None), headers=headers)


@router.post(
    "/import",
    responses={200: {"model": ImportedShape}},
    openapi_extra={"requestBody": {"required": True, "content": {_ZIP: {"schema": {"type": "string"}}}}},
)
async def import_content(
    request: Request,
    house: Rooms,
    who: Editor,
    dry_run: Annotated[
        bool, Query(alias="dryRun", description="Say what would become of each, and save nothing.")
    ] = False,
) -> Response:
    """Take filters and models out of a zip of at most 8 MiB. What cannot be used is told and does not hinder the rest."""
    body = await request.body()
    return reply(await run_in_threadpool(_imported, house, who, body, dry_run))


def _imported(house: House, who: Principal, body: bytes, dry_run: bool) -> dict[str, Any]:
    known = load_attack().known_ids()
    return import_bundle(house.book, house.editor, who, body, dry_run=dry_run, techniques=known).as_json()
