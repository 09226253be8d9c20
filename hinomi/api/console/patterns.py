"""The pattern set that sensors scan for."""

from collections import Counter
from typing import Annotated, Any, Literal

from fastapi import Depends, Response
from pydantic import Field

from hinomi.api.gate import Rooms, console
from hinomi.api.house import House
from hinomi.api.reply import Json, no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Sent, Shape
from hinomi.errors import InputError
from hinomi.response.patterns import YARA, Pattern
from hinomi.schema.endpoint import EndpointQuery
from hinomi.schema.principal import Permission, Principal

router = resource("/console/api/patterns", "patterns")

Responder = Annotated[Principal, Depends(console(Permission.RESPOND))]


class PatternShape(Shape):
    """`type` of a hash: sha1 or sha256. `source`: the task or alert it came from."""

    id: str
    kind: Literal["hash", "yara"]
    type: str | None
    name: str
    value: str
    description: str
    source: str
    created_by: str
    created: int
    since_version: int


class PatternSetShape(Shape):
    """`endpoints`: version -> how many endpoints hold it."""

    version: int
    sha256: str
    made: int
    items: list[PatternShape]
    endpoints: dict[str, int]


class NewPattern(Sent):
    """A hash (`value`), a YARA rule (`value`), or the hash of the file that a task brought (`taskId`)."""

    kind: Literal["hash", "yara"]
    value: str = Field(default="", max_length=1 << 20)
    name: str = Field(default="", max_length=200)
    description: str = Field(default="", max_length=1000)
    task_id: str = Field(default="", max_length=32)
    source: str = Field(default="", max_length=200)


@router.get("", responses={200: {"model": PatternSetShape}}, dependencies=[Depends(console(Permission.VIEW))])
def list_patterns(house: Rooms) -> Response:
    """Every pattern, newest first, and which endpoint holds which version."""
    current = house.patterns.current()
    return reply(
        {
            "version": current.version,
            "sha256": current.sha256,
            "made": current.made_ms,
            "items": [pattern_row(one) for one in house.patterns.all()],
            "endpoints": {str(version): count for version, count in sorted(_versions(house).items())},
        }
    )


@router.post("", status_code=201, responses={201: {"model": PatternShape}})
def add_pattern(sent: NewPattern, house: Rooms, who: Responder) -> Response:
    """A new version of the set; connected sensors get it at once. 400 `BadYara` with `errors` and their lines."""
    made = _add(house, who, sent)
    return Json(pattern_row(made), status_code=201)


@router.delete("/{pattern_id}", status_code=204)
def remove_pattern(pattern_id: str, house: Rooms, who: Responder) -> Response:
    """A new version of the set without it."""
    house.patterns.remove(who, pattern_id)
    return no_content()


def _add(house: House, who: Principal, sent: NewPattern) -> Pattern:
    source = f"task {sent.task_id}" if sent.task_id else sent.source
    if sent.kind == YARA:
        return house.patterns.add_yara(who, sent.value, name=sent.name, comment=sent.description, source=source)
    value, name = sent.value.strip(), sent.name
    if not value and sent.task_id:
        value, name = _hash_of_task(house, sent.task_id, name)
    kind = "sha1" if len(value) == 40 else "sha256"
    return house.patterns.add_hash(who, kind, value, name=name or value[:16], comment=sent.description, source=source)


def _hash_of_task(house: House, task_id: str, name: str) -> tuple[str, str]:
    """The hash of the file on the endpoint, not of the zip it came in."""
    task = house.response.tasks.get(task_id)
    value = str(task.result.get("sha256") or "")
    if not value:
        raise InputError("this task brought no file whose hash is known")
    path = str(task.result.get("path") or "")
    return value, name or path.replace("\\", "/").rpartition("/")[2][:200]


def _versions(house: House) -> Counter[int]:
    found: Counter[int] = Counter()
    skip, total = 0, 1
    while skip < total:
        page = house.inventory.page(EndpointQuery(top=500, skip=skip))
        found.update(one.pattern_version for one in page.items if not one.is_revoked)
        skip, total = skip + max(1, len(page.items)), page.total
    return found


def pattern_row(one: Pattern) -> dict[str, Any]:
    is_yara = one.kind == YARA
    return {
        "id": one.id,
        "kind": "yara" if is_yara else "hash",
        "type": None if is_yara else one.kind,
        "name": one.name,
        "value": one.value,
        "description": one.comment,
        "source": one.source,
        "createdBy": one.created_by,
        "created": one.created_ms,
        "sinceVersion": one.since_version,
    }
