"""The library of scripts that may run on endpoints. Each is signed when it is saved."""

from typing import Annotated, Any, Literal

from fastapi import Depends, File, Form, Response, UploadFile

from hinomi.api.gate import Rooms, console
from hinomi.api.reply import Json, no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Shape
from hinomi.errors import InputError
from hinomi.response.scripts import MAX_BYTES, Draft, Script
from hinomi.schema.principal import Permission, Principal

router = resource("/console/api/scripts", "response")

Operator = Annotated[Principal, Depends(console(Permission.SHELL))]
Upload = Annotated[UploadFile, File(description="The script, UTF-8, at most 64 KiB.")]
Name = Annotated[str, Form(max_length=255, description="The file's name unless given.")]
Kind = Annotated[str, Form(description="bash or powershell.")]
Description = Annotated[str, Form(max_length=1000)]
Usage = Annotated[str, Form(max_length=2000, description="What to give it, for people.")]


class ScriptShape(Shape):
    """`signed` false: it is not what somebody saved here, and does not run. `parameters`: what to give it, for people."""

    id: str
    name: str
    kind: Literal["bash", "powershell"]
    description: str
    parameters: str
    size_bytes: int
    sha256: str
    created_by: str
    created: int
    changed: int
    changed_by: str
    signed: bool


class ScriptDetail(ScriptShape):
    text: str


class ScriptList(Shape):
    items: list[ScriptShape]


@router.get("", responses={200: {"model": ScriptList}}, dependencies=[Depends(console(Permission.VIEW))])
def list_scripts(house: Rooms) -> Response:
    """Every script, by name, without its text."""
    scripts = house.response.scripts
    return reply({"items": [script_row(one, scripts.is_signed(one)) for one in scripts.all()]})


@router.get(
    "/{script_id}",
    responses={200: {"model": ScriptDetail}},
    dependencies=[Depends(console(Permission.INVESTIGATE))],
)
def get_script(script_id: str, house: Rooms) -> Response:
    """One script with its text, by id or name."""
    found = house.response.scripts.get(script_id)
    return reply(script_row(found, house.response.scripts.is_signed(found)) | {"text": found.text})


@router.post("", status_code=201, responses={201: {"model": ScriptShape}})
def add_script(
    house: Rooms,
    who: Operator,
    file: Upload,
    kind: Kind,
    name: Name = "",
    description: Description = "",
    parameters: Usage = "",
) -> Response:
    """Save a new script, signed. 409 when there is one of this name."""
    draft = Draft(name or file.filename or "", kind, read_text(file), description, parameters)
    return Json(script_row(house.response.scripts.add(who, draft), is_signed=True), status_code=201)


@router.put("/{script_id}", responses={200: {"model": ScriptShape}})
def change_script(
    script_id: str,
    house: Rooms,
    who: Operator,
    file: Upload,
    kind: Kind,
    name: Name = "",
    description: Description = "",
    parameters: Usage = "",
) -> Response:
    """Put another text in its place, signed anew. Tasks that were asked for before run what they were asked with."""
    draft = Draft(name or file.filename or "", kind, read_text(file), description, parameters)
    return reply(script_row(house.response.scripts.change(who, script_id, draft), is_signed=True))


@router.delete("/{script_id}", status_code=204, response_class=Response)
def remove_script(script_id: str, house: Rooms, who: Operator) -> Response:
    """Take it out of the library; tasks that were asked for before still run."""
    house.response.scripts.remove(who, script_id)
    return no_content()


def read_text(file: UploadFile) -> str:
    try:
        return file.file.read(MAX_BYTES + 1).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("file: not in UTF-8") from None


def script_row(one: Script, is_signed: bool) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "description": one.description,
        "parameters": one.parameters,
        "sizeBytes": one.size_bytes,
        "sha256": one.sha256,
        "createdBy": one.created_by,
        "created": one.created_ms,
        "changed": one.changed_ms,
        "changedBy": one.changed_by,
        "signed": is_signed,
    }
