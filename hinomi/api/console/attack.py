"""ATT&CK beside what we have of it: one technique, group, piece of software or mitigation; search; the version in use."""

import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Response

from hinomi.api.console.names import Tactic, Technique, tactic, techniques, text
from hinomi.api.detections import SEARCH
from hinomi.api.gate import Rooms, console
from hinomi.api.house import House
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Risk, Severity, Shape, Text
from hinomi.attack.catalogue import NOTICE, attack_status, load_attack
from hinomi.attack.crosswalk import normalise_technique
from hinomi.attack.knowledge import Attack
from hinomi.errors import NotFound
from hinomi.operations.attack_coverage import Coverage, coverage_of
from hinomi.query.sql import to_sql
from hinomi.query.tree import Compare, Operator, join_any
from hinomi.schema.principal import Permission

router = resource("/console/api/attack", "attack")

_VIEW = [Depends(console(Permission.VIEW))]
_EACH = 50  # found of one kind
_ID = re.compile(r"T\d{4}(\.\d{3})?|[GSM]\d{4}")


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
    """`asked`: the id in the question where it has been replaced by `id`."""

    id: str
    name: str
    asked: str | None
    tactics: list[Tactic]
    platforms: list[str]
    parent: Technique | None
    subtechniques: list[Technique]
    groups: list[Named]
    software: list[Named]
    mitigations: list[Named]
    filters: list[FilterName]
    models: list[ModelName]
    detection_count: int
    version: str
    notice: str


class UsedTechnique(Shape):
    """A technique that somebody uses or something mitigates, and how many filters and models of ours speak to it."""

    id: str
    name: str
    tactics: list[str]
    filters: int
    models: int


class ActorShape(Shape):
    """`others`: of a group its software, of software the groups that use it. `form`: malware or tool."""

    id: str
    name: str
    asked: str | None
    kind: Literal["group", "software", "mitigation"]
    form: str
    aliases: list[str]
    platforms: list[str]
    techniques: list[UsedTechnique]
    others: list[Named]
    covered: int
    version: str
    notice: str


class Hit(Shape):
    kind: Literal["technique", "group", "software", "mitigation"]
    id: str
    name: str
    aliases: list[str]


class HitList(Shape):
    items: list[Hit]


class ImportShape(Shape):
    file: str
    sha256: str
    imported_at: str


class AttackStatusShape(Shape):
    """`imported` where a person imported another version; `trouble`: why an import is not in use."""

    version: str
    source: Literal["bundled", "imported"]
    tactics: int
    techniques: int
    subtechniques: int
    groups: int
    software: int
    mitigations: int
    imported: ImportShape | None
    trouble: str
    notice: str


@router.get("/status", responses={200: {"model": AttackStatusShape}}, dependencies=_VIEW)
def get_status() -> Response:
    """Which version of ATT&CK is in use, and what is in it."""
    return reply({**attack_status(), "notice": NOTICE})


@router.get("/tactics", responses={200: {"model": TacticList}}, dependencies=_VIEW)
def list_tactics() -> Response:
    """Tactics in the order of the matrix, and the notice that MITRE asks to be shown."""
    attack = load_attack()
    items = [{"id": one.id, "name": one.name.en, "text": text(one.name)} for one in attack.tactics]
    return reply({"items": items, "version": attack.version, "notice": NOTICE})


@router.get("/search", responses={200: {"model": HitList}}, dependencies=_VIEW)
def search_attack(
    q: Annotated[str, Query(max_length=200, description="Id in any spelling, name or other name.")] = "",
) -> Response:
    """Techniques, groups, software and mitigations; what the text means exactly comes first."""
    wanted, attack = q.strip(), load_attack()
    if len(wanted) < 2:
        return reply({"items": []})
    actors = attack.find_actors(wanted, _EACH)
    found = [_hit("technique", one.id, one.name) for one in attack.find(wanted, _EACH)]
    others = [_hit(one.kind, one.id, one.name, one.aliases) for one in actors]
    exact = attack.actor(wanted)
    return reply({"items": [*others, *found] if exact is not None else [*found, *others]})


@router.get("/techniques/{technique_id}", responses={200: {"model": TechniqueShape}}, dependencies=_VIEW)
def get_technique(technique_id: str, house: Rooms) -> Response:
    """One technique by id in any spelling, or by its old id. Filters and models of its sub-techniques count."""
    attack = load_attack()
    found = attack.technique(technique_id)
    if found is None:
        raise _missing(attack, technique_id)
    return reply(
        {
            "id": found.id,
            "name": found.name,
            "asked": _asked(technique_id, found.id),
            "tactics": [_tactic(attack, id_) for id_ in found.tactics],
            "platforms": list(found.platforms),
            "parent": techniques([found.parent])[0] if found.parent else None,
            "subtechniques": techniques(found.subtechniques),
            "groups": _named(attack, found.groups),
            "software": _named(attack, found.software),
            "mitigations": _named(attack, found.mitigations),
            **_ours(house, attack, found.id),
            "version": attack.version,
            "notice": NOTICE,
        }
    )


@router.get("/groups/{group_id}", responses={200: {"model": ActorShape}}, dependencies=_VIEW)
def get_group(group_id: str, house: Rooms) -> Response:
    """One group by id (an old one too), name or other name."""
    return _actor(house, group_id, "group")


@router.get("/software/{software_id}", responses={200: {"model": ActorShape}}, dependencies=_VIEW)
def get_software(software_id: str, house: Rooms) -> Response:
    """One piece of software by id (an old one too), name or other name."""
    return _actor(house, software_id, "software")


@router.get("/mitigations/{mitigation_id}", responses={200: {"model": ActorShape}}, dependencies=_VIEW)
def get_mitigation(mitigation_id: str, house: Rooms) -> Response:
    """One mitigation by id or name, and the techniques it is against."""
    return _actor(house, mitigation_id, "mitigation")


def _actor(house: House, wanted: str, kind: str) -> Response:
    attack = load_attack()
    found = attack.actor(wanted)
    if found is None or found.kind != kind:
        raise _missing(attack, wanted)
    covered = coverage_of(house.content(), attack)
    return reply(
        {
            "id": found.id,
            "name": found.name,
            "asked": _asked(wanted, found.id),
            "kind": found.kind,
            "form": found.form,
            "aliases": list(found.aliases),
            "platforms": list(found.platforms),
            "techniques": [_used(attack, id_, covered.get(id_)) for id_ in found.techniques],
            "others": _named(attack, found.others),
            "covered": sum(id_ in covered for id_ in found.techniques),
            "version": attack.version,
            "notice": NOTICE,
        }
    )


def _ours(house: House, attack: Attack, id_: str) -> dict[str, Any]:
    content = house.content()
    covered = coverage_of(content, attack).get(id_, Coverage())
    filters, models = content.filter, content.model
    spelled = {own for one in covered.filters for own in filters[one].techniques if _is_of(attack, own, id_)} | {id_}
    where, parameters = to_sql(
        join_any([Compare("techniqueId", Operator.EQUALS, own) for own in sorted(spelled)]), SEARCH
    )
    return {
        "filters": [
            {"id": one, "title": text(filters[one].title), "risk": str(filters[one].risk)} for one in covered.filters
        ],
        "models": [
            {"id": one, "name": text(models[one].name), "severity": str(models[one].severity)} for one in covered.models
        ],
        "detectionCount": house.lake.count_detections(where, parameters),
    }


def _is_of(attack: Attack, own: str, wanted: str) -> bool:
    """The same technique, or a sub-technique of the wanted one."""
    found = attack.technique(own)
    return found is not None and wanted in (found.id, found.parent)


def _used(attack: Attack, id_: str, covered: Coverage | None) -> dict[str, Any]:
    technique, by = attack.techniques[id_], covered or Coverage()
    return {
        "id": id_,
        "name": technique.name,
        "tactics": list(technique.tactics),
        "filters": len(by.filters),
        "models": len(by.models),
    }


def _tactic(attack: Attack, id_: str) -> dict[str, Any]:
    own = next((one for one in attack.tactics if one.id == id_), None)
    return {"id": id_, "name": own.name.en, "text": text(own.name)} if own else tactic(id_)


def _named(attack: Attack, ids: Iterable[str]) -> list[dict[str, str]]:
    return [{"id": id_, "name": attack.actors[id_].name} for id_ in ids]


def _missing(attack: Attack, wanted: str) -> NotFound:
    """Says in both languages whether the id was withdrawn or never was."""
    told = attack.missing(wanted)
    error = NotFound(told.en)
    error.details = {"text": text(told)}
    return error


def _asked(wanted: str, id_: str) -> str | None:
    """The id that was asked for, where it is another than the one that answers."""
    asked = normalise_technique(wanted) or wanted.strip().upper()
    return asked if _ID.fullmatch(asked) and asked != id_ else None


def _hit(kind: str, id_: str, name: str, aliases: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"kind": kind, "id": id_, "name": name, "aliases": list(aliases)}
