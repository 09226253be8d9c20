"""ATT&CK beside what we have of it: tactics, one technique, who uses it, what we see it with."""

from typing import Any

from fastapi import Depends, Response

from hinomi.api.console.names import Tactic, Technique, tactic, tactics, techniques, text
from hinomi.api.detections import SEARCH
from hinomi.api.gate import Rooms, console
from hinomi.api.house import House
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Risk, Severity, Shape, Text
from hinomi.attack.catalogue import NOTICE, VERSION, load_attack
from hinomi.attack.crosswalk import same_technique
from hinomi.attack.tactics import TACTICS
from hinomi.errors import NotFound
from hinomi.query.sql import to_sql
from hinomi.query.tree import Compare, Operator, Or
from hinomi.schema.principal import Permission

router = resource("/console/api/attack", "attack")

_VIEW = [Depends(console(Permission.VIEW))]


class TacticList(Shape):
    items: list[Tactic]
    version: str
    notice: str


class Named(Shape):
    id: str
    name: str


class FilterName(Shape):
    id: str
    title: Text
    risk: Risk


class ModelName(Shape):
    id: str
    name: Text
    severity: Severity


class TechniqueShape(Shape):
    id: str
    name: str
    tactics: list[Tactic]
    parent: Technique | None
    subtechniques: list[Technique]
    groups: list[Named]
    software: list[Named]
    filters: list[FilterName]
    models: list[ModelName]
    detection_count: int
    notice: str


@router.get("/tactics", responses={200: {"model": TacticList}}, dependencies=_VIEW)
def list_tactics() -> Response:
    """Tactics in the order of the matrix, and the notice that MITRE asks to be shown."""
    return reply({"items": [tactic(each.id) for each in TACTICS], "version": VERSION, "notice": NOTICE})


@router.get("/techniques/{technique_id}", responses={200: {"model": TechniqueShape}}, dependencies=_VIEW)
def get_technique(technique_id: str, house: Rooms) -> Response:
    """One technique by id in any spelling, or by its old id. Filters and models of its sub-techniques count."""
    attack = load_attack()
    found = attack.technique(technique_id)
    if found is None:
        raise NotFound(f"there is no technique {technique_id[:80]!r} in ATT&CK {VERSION}")
    return reply(
        {
            "id": found.id,
            "name": found.name,
            "tactics": tactics(found.tactics),
            "parent": techniques([found.parent])[0] if found.parent else None,
            "subtechniques": techniques(found.subtechniques),
            "groups": [{"id": id_, "name": attack.names[id_]} for id_ in found.groups],
            "software": [{"id": id_, "name": attack.names[id_]} for id_ in found.software],
            **_ours(house, found.id),
            "notice": NOTICE,
        }
    )


def _ours(house: House, id_: str) -> dict[str, Any]:
    content = house.content()
    filters = [each for each in content.filters if any(_covers(id_, own) for own in each.techniques)]
    models = [each for each in content.models if any(_covers(id_, own) for own in each.techniques)]
    spelled = {own for each in filters for own in each.techniques if _covers(id_, own)} | {id_}
    where, parameters = to_sql(
        Or(tuple(Compare("techniqueId", Operator.EQUALS, own) for own in sorted(spelled))), SEARCH
    )
    return {
        "filters": [{"id": each.id, "title": text(each.title), "risk": str(each.risk)} for each in filters],
        "models": [{"id": each.id, "name": text(each.name), "severity": str(each.severity)} for each in models],
        "detectionCount": house.lake.count_detections(where, parameters),
    }


def _covers(wanted: str, own: str) -> bool:
    """The same technique or a sub-technique of the wanted one; not its parent."""
    return same_technique(wanted, own) and ("." not in wanted or "." in own)
