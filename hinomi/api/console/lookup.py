"""One box that finds anything by id or name: alerts, incidents, endpoints, accounts, techniques, filters, models."""

from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

from fastapi import Depends, Query, Response

from hinomi.api.console.names import text
from hinomi.api.gate import Rooms, console
from hinomi.api.house import House
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Shape, Text
from hinomi.attack.catalogue import load_attack
from hinomi.schema.principal import Permission

router = resource("/console/api", "lookup")

_EACH = 8  # of one kind

_PATHS = {
    "alert": "/workbench/alerts/",
    "incident": "/workbench/incidents/",
    "technique": "/attack/techniques/",
    "group": "/attack/groups/",
    "software": "/attack/software/",
    "mitigation": "/attack/mitigations/",
    "filter": "/filters/",
    "model": "/models/",
}
_SEARCHED = {"endpoint": "endpointHostName", "account": "logonUser"}


class Found(Shape):
    kind: Literal[
        "alert", "incident", "endpoint", "account", "technique", "group", "software", "mitigation", "filter", "model"
    ]
    id: str
    label: Text | str
    link: str


class FoundList(Shape):
    items: list[Found]


@router.get("/lookup", responses={200: {"model": FoundList}}, dependencies=[Depends(console(Permission.VIEW))])
def look_up(house: Rooms, q: Annotated[str, Query(max_length=200, description="Any id or name.")] = "") -> Response:
    """What the text may mean, ids first."""
    wanted = q.strip()
    if len(wanted) < 2:
        return reply({"items": []})
    return reply({"items": [*_kept(house, wanted), *_attack(wanted), *_content(house, wanted)]})


def _kept(house: House, wanted: str) -> list[dict[str, Any]]:
    kept = house.workbench.lookup(wanted, _EACH)
    return [_found(kind, id_, label if isinstance(label, str) else text(label)) for kind, id_, label in kept]


def _attack(wanted: str) -> list[dict[str, Any]]:
    """Techniques, groups, software and mitigations; those of a kind together, the kind that is meant first."""
    attack = load_attack()
    found = [_found("technique", each.id, each.name) for each in attack.find(wanted, _EACH)]
    actors = attack.find_actors(wanted, _EACH)
    others = [_found(each.kind, each.id, each.name) for each in actors]
    return [*others, *found] if attack.actor(wanted) is not None else [*found, *others]


def _content(house: House, wanted: str) -> list[dict[str, Any]]:
    folded, content = wanted.lower(), house.content()
    filters = [each for each in content.filters if folded in f"{each.id}\n{each.title.en}\n{each.title.ja}".lower()]
    models = [each for each in content.models if folded in f"{each.id}\n{each.name.en}\n{each.name.ja}".lower()]
    return [
        *(_found("model", each.id, text(each.name)) for each in models[:_EACH]),
        *(_found("filter", each.id, text(each.title)) for each in filters[:_EACH]),
    ]


def _found(kind: str, id_: str, label: Any) -> dict[str, Any]:
    if kind in _SEARCHED:
        name = str(label or id_).replace("\\", "\\\\").replace('"', '\\"')
        query = f'{_SEARCHED[kind]}: "{name}"'
        link = f"/search?{urlencode({'query': query})}"
    else:
        link = _PATHS[kind] + quote(id_, safe="")
    return {"kind": kind, "id": id_, "label": label, "link": link}
