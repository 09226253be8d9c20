"""Custom scripts of the public API: the library that runScript takes its scripts from."""

from typing import Annotated, Any, Literal

from fastapi import Depends, File, Form, Request, Response, UploadFile

from hinomi.api.console.scripts import read_text
from hinomi.api.filter_header import FilterHeader, FilterParameter, sent_filter
from hinomi.api.gate import Rooms, public
from hinomi.api.paging import page
from hinomi.api.reply import base_url, created, no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Shape
from hinomi.errors import InputError
from hinomi.query.filter_language import parse_filter
from hinomi.query.tree import And, Compare, Node, Not, Operator, Or
from hinomi.response.scripts import Draft
from hinomi.schema.principal import Permission, Principal

router = resource("/v3.0/response/customScripts", "response")

Writer = Annotated[Principal, Depends(public(Permission.SHELL))]
Upload = Annotated[UploadFile, File(description="The script, UTF-8, at most 64 KiB.")]
FileType = Annotated[str, Form(alias="fileType", description="powershell or bash.")]
Description = Annotated[str | None, Form(max_length=1000)]
_FIELDS = ("fileName", "fileType")


class CustomScript(Shape):
    id: str
    file_name: str
    file_type: Literal["powershell", "bash"]
    description: str | None = None


class CustomScripts(Shape):
    items: list[CustomScript]
    next_link: str | None = None


@router.get("", responses={200: {"model": CustomScripts}}, dependencies=[Depends(public(Permission.SHELL))])
def list_scripts(
    request: Request, house: Rooms, _header: FilterHeader = None, _parameter: FilterParameter = None
) -> Response:
    """Every script of the library, by name; the filter knows fileName and fileType. At most 500: there is one page."""
    text = sent_filter(request)
    root = parse_filter(text, 1024) if text else None
    rows = [_row(one.id, one.name, one.kind, one.description) for one in house.response.scripts.all()]
    return reply(page([row for row in rows if root is None or _fits(root, row)], None))


def _row(id_: str, name: str, kind: str, description: str) -> dict[str, Any]:
    return {"id": id_, "fileName": name, "fileType": kind} | ({"description": description} if description else {})


def _fits(node: Node, row: dict[str, Any]) -> bool:
    if isinstance(node, And | Or):
        found = [_fits(child, row) for child in node.children]  # each, so that a field nobody knows is always told
        return all(found) if isinstance(node, And) else any(found)
    if isinstance(node, Not):
        return not _fits(node.child, row)
    if not isinstance(node, Compare) or node.operator is not Operator.EQUALS or node.field not in _FIELDS:
        raise InputError("filter: fileName or fileType eq a value, with and, or, not")
    return bool(row[node.field].lower() == str(node.value).lower())


@router.post("", status_code=201, response_class=Response)
def add_script(
    request: Request, house: Rooms, who: Writer, file: Upload, file_type: FileType, description: Description = None
) -> Response:
    """Save a new script; where it is stands in Location."""
    made = house.response.scripts.add(who, Draft(file.filename or "", file_type, read_text(file), description or ""))
    return created(f"{base_url(request)}/v3.0/response/customScripts/{made.id}")


@router.post("/{script_id}/update", status_code=204, response_class=Response)
def change_script(
    script_id: str, house: Rooms, who: Writer, file: Upload, file_type: FileType, description: Description = None
) -> Response:
    """Put another text in its place; without a description the old one stays."""
    old = house.response.scripts.get(script_id)
    told = old.description if description is None else description
    draft = Draft(file.filename or old.name, file_type, read_text(file), told, old.parameters)
    house.response.scripts.change(who, script_id, draft)
    return no_content()


@router.get(
    "/{script_id}",
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    response_class=Response,
    dependencies=[Depends(public(Permission.SHELL))],
)
def get_script(script_id: str, house: Rooms) -> Response:
    """The script itself."""
    return Response(house.response.scripts.get(script_id).text, media_type="text/plain; charset=utf-8")


@router.delete("/{script_id}", status_code=204, response_class=Response)
def remove_script(script_id: str, house: Rooms, who: Writer) -> Response:
    """Take it out of the library."""
    house.response.scripts.remove(who, script_id)
    return no_content()
