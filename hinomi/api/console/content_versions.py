"""Versions of filters and models: the list, the text of one, what differs, and three texts merged after an update."""

from typing import Annotated, Literal

from fastapi import Depends, Query, Response

from hinomi.api.console.content_editing import Kinds
from hinomi.api.gate import Rooms, console
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Shape
from hinomi.errors import NotFound
from hinomi.operations.text_merge import differing_lines, merge
from hinomi.schema.principal import Permission

router = resource("/console/api/content", "content")

_VIEW = [Depends(console(Permission.VIEW))]


class VersionShape(Shape):
    """Version 0 is the text that came with Hinomi or an import; nobody here wrote it, `at` is empty."""

    version: int
    author: str
    at: str
    comment: str
    current: bool


class VersionList(Shape):
    items: list[VersionShape]


class TextShape(Shape):
    text: str


class Line(Shape):
    op: Literal[" ", "+", "-"]
    text: str


class Difference(Shape):
    lines: list[Line]


class ConflictShape(Shape):
    line: int


class ThreeWay(Shape):
    """`base`: the shipped text that the edit was made from; `conflicts`: where in `merged` a person must decide."""

    base: str
    shipped: str
    mine: str
    merged: str
    conflicts: list[ConflictShape]


@router.get("/{kinds}/{content_id}/versions", responses={200: {"model": VersionList}}, dependencies=_VIEW)
def list_versions(kinds: Kinds, content_id: str, house: Rooms) -> Response:
    """Newest first."""
    found = house.editor.versions((kinds[:-1], content_id))
    return reply({"items": [one.as_json(is_current) for one, is_current in found]})


@router.get("/{kinds}/{content_id}/versions/{version}", responses={200: {"model": TextShape}}, dependencies=_VIEW)
def get_version(kinds: Kinds, content_id: str, version: int, house: Rooms) -> Response:
    """The text of one version; 0 is the shipped one."""
    return reply({"text": house.editor.version_text(kinds[:-1], content_id, version)})


@router.get("/{kinds}/{content_id}/difference", responses={200: {"model": Difference}}, dependencies=_VIEW)
def get_difference(
    kinds: Kinds,
    content_id: str,
    house: Rooms,
    start: Annotated[int, Query(alias="from", description="The older version.")],
    end: Annotated[int, Query(alias="to", description="The newer version.")],
) -> Response:
    """Every line of both versions: in both, only in the older (-), only in the newer (+)."""
    old, new = (house.editor.version_text(kinds[:-1], content_id, version) for version in (start, end))
    return reply({"lines": [{"op": op, "text": text} for op, text in differing_lines(old, new)]})


@router.get("/{kinds}/{content_id}/three-way", responses={200: {"model": ThreeWay}}, dependencies=_VIEW)
def get_three_way(kinds: Kinds, content_id: str, house: Rooms) -> Response:
    """An edit, the shipped text it was made from and the shipped text of today, and the three merged by lines."""
    piece = house.book.piece(kinds[:-1], content_id)
    shipped = house.book.given_text(piece.key)
    if piece.kept is None or shipped is None:
        raise NotFound(f"the {piece.kind} {content_id[:80]!r} is no edit of shipped content")
    base = piece.kept.base or ""
    merged = merge(base, piece.kept.text, shipped)
    return reply(
        {
            "base": base,
            "shipped": shipped,
            "mine": piece.kept.text,
            "merged": merged.text,
            "conflicts": [{"line": line} for line in merged.conflicts],
        }
    )
