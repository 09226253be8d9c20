"""Directories whose accounts can be disabled and reset."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Response
from pydantic import Field

from hinomi.api.gate import Rooms, console
from hinomi.api.reply import Json, no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Sent, Shape
from hinomi.schema.principal import Permission, Principal

router = resource("/console/api", "response")

Administrator = Annotated[Principal, Depends(console(Permission.ADMINISTER))]


class DirectoryShape(Shape):
    """`settings` as given; the password is never told."""

    name: str
    kind: Literal["active_directory", "openldap"]
    address: str
    base_dn: str
    settings: dict[str, Any]
    created_by: str
    created: int


class DirectoriesShape(Shape):
    items: list[DirectoryShape]


class SentDirectory(Sent):
    name: str = Field(max_length=64)
    kind: Literal["active_directory", "openldap"]
    settings: dict[str, Any] = Field(default={})
    password: str = Field(default="", max_length=1024)


@router.get("/directories", responses={200: {"model": DirectoriesShape}})
def list_directories(house: Rooms, _who: Annotated[Principal, Depends(console(Permission.RESPOND))]) -> Response:
    """Directories that are connected."""
    return reply({"items": [_row(row) for row in house.directories.rows()]})


@router.post("/directories", status_code=201, responses={201: {"model": DirectoriesShape}})
def add_directory(sent: SentDirectory, house: Rooms, who: Administrator) -> Response:
    """Connect an LDAP directory; its password is sealed at once."""
    house.directories.add(who, sent.name, sent.kind, sent.settings, sent.password)
    return Json({"items": [_row(row) for row in house.directories.rows() if row["name"] == sent.name]}, status_code=201)


@router.delete("/directories/{name}", status_code=204, response_class=Response)
def remove_directory(name: str, house: Rooms, who: Administrator) -> Response:
    """Forget a directory."""
    house.directories.remove(who, name)
    return no_content()


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "kind": row["kind"],
        "address": row["settings"]["host"],
        "baseDn": row["settings"]["base"],
        "settings": row["settings"],
        "createdBy": row["created_by"],
        "created": row["created_ms"],
    }
