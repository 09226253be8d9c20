"""Entities: what is known of one value (endpoint, user, file, address, domain, process), and how common many are."""

from typing import Annotated, Any

from fastapi import Depends, Query, Response

from hinomi.api.console.names import text
from hinomi.api.detections import title_of
from hinomi.api.gate import Rooms, console
from hinomi.api.house import House
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Severity, Shape, Text
from hinomi.api.window import read_start
from hinomi.errors import InputError
from hinomi.hunt.connections import MAX_MINUTES, Connection, connections
from hinomi.hunt.entity import Entity, EntityKind, entity, prevalence
from hinomi.schema.alert import AlertQuery, AlertRow, Status
from hinomi.schema.principal import Permission

router = resource("/console/api/entities", "search")

_VIEW = [Depends(console(Permission.VIEW))]

MAX_VALUES = 100
MAX_VALUE = 4096
MAX_ALERTS = 20

_SPELLED = (EntityKind.USER, EntityKind.DOMAIN, EntityKind.ADDRESS)
Value = Annotated[str, Query(min_length=1, max_length=MAX_VALUE)]


class SeenOnShape(Shape):
    name: str
    guid: str
    count: int
    first_seen: int
    last_seen: int


class WhereShape(Shape):
    """`of`: endpoints the lake knows; `items`: the latest hundred."""

    count: int
    of: int
    items: list[SeenOnShape]


class DayShape(Shape):
    day: str
    count: int


class NeighbourShape(Shape):
    """`rarity`: 0 when every endpoint has seen it, near 1 when hardly any."""

    kind: EntityKind
    value: str
    count: int
    rarity: float | None


class EntityAlert(Shape):
    id: str
    name: Text
    severity: Severity
    score: int
    status: Status


class EntityShape(Shape):
    """Times in milliseconds, null for what was never seen. `complete` false: an older lake is still being looked through."""

    kind: EntityKind
    value: str
    first_seen: int | None
    last_seen: int | None
    count: int
    endpoints: WhereShape
    days: list[DayShape]
    neighbours: list[NeighbourShape]
    alerts: list[EntityAlert]
    facts: dict[str, Any]
    is_internal: bool | None
    complete: bool


class PrevalenceShape(Shape):
    value: str
    first_seen: int | None
    last_seen: int | None
    count: int
    endpoints: int
    of: int


class PrevalenceList(Shape):
    items: list[PrevalenceShape]


class HitShape(Shape):
    kind: str
    value: str
    note: str


class ConnectionShape(Shape):
    """`hits`: filters that met it (kind filter), and entries of the block list (kind blockList)."""

    at: int
    last_at: int
    dst: str
    port: int | None
    host_name: str | None
    process: str | None
    uuid: str
    count: int
    endpoints: int
    of: int
    rarity: float | None
    is_internal: bool
    asset_name: str | None
    hits: list[HitShape]


class ConnectionList(Shape):
    items: list[ConnectionShape]


# before /{kind}: the first route that fits is taken
@router.get("/prevalence", responses={200: {"model": PrevalenceList}}, dependencies=_VIEW)
def get_prevalence(
    house: Rooms, kind: EntityKind, value: Annotated[list[str], Query(min_length=1, max_length=MAX_VALUES)]
) -> Response:
    """How common values are, in the order they were asked for; what was never seen has no times."""
    if any(len(one) > MAX_VALUE for one in value):
        raise InputError(f"value: at most {MAX_VALUE} characters")
    found, of = prevalence(house.lake, kind, value)
    items = []
    for one in value:
        seen = found.get(one)
        items.append(
            {
                "value": one,
                "firstSeen": seen and seen.first_ms,
                "lastSeen": seen and seen.last_ms,
                "count": seen.count if seen else 0,
                "endpoints": seen.endpoints if seen else 0,
                "of": of,
            }
        )
    return reply({"items": items})


@router.get("/endpoint/connections", responses={200: {"model": ConnectionList}}, dependencies=_VIEW)
def list_connections(
    house: Rooms,
    guid: Annotated[str, Query(min_length=1, max_length=100)],
    at: Annotated[str, Query(description="ISO 8601 or milliseconds.")],
    minutes: Annotated[int, Query(ge=1, le=MAX_MINUTES)] = 15,
) -> Response:
    """What an endpoint connected to, so many minutes before and after a moment."""
    at_ms = read_start("at", at)
    if at_ms is None:
        raise InputError("at: say a time")
    found = connections(house.lake, guid, at_ms, minutes)
    blocked = {one.value.lower(): one.description for one in house.response.block_list.all()} if found else {}
    return reply({"items": [_connection(house, one, blocked) for one in found]})


@router.get("/{kind}", responses={200: {"model": EntityShape}}, dependencies=_VIEW)
def get_entity(
    kind: EntityKind,
    house: Rooms,
    value: Value,
    days: Annotated[int, Query(ge=1, le=400, description="Days of the chart, up to the last one it was seen on.")] = 30,
) -> Response:
    """What is known of one value. An endpoint by name or GUID, a user as DOMAIN\\user, a file by hash or path."""
    found = entity(house.lake, kind, value, days)
    # alerts know one spelling of a person, a name, an address: the one that activities have
    spelled = found.seen.value if found.seen and kind in _SPELLED else value
    return reply(entity_json(found) | {"alerts": _alerts(house, kind, spelled)})


def entity_json(found: Entity) -> dict[str, Any]:
    """All but the alerts."""
    seen = found.seen
    facts: dict[str, Any] = dict(found.facts)
    if found.assets:
        facts["assetName"] = found.assets[0]
    return {
        "kind": str(found.kind),
        "value": found.value,
        "firstSeen": seen and seen.first_ms,
        "lastSeen": seen and seen.last_ms,
        "count": seen.count if seen else 0,
        "endpoints": {
            "count": seen.endpoints if seen else 0,
            "of": found.of,
            "items": [
                {
                    "name": one.name,
                    "guid": one.guid,
                    "count": one.count,
                    "firstSeen": one.first_ms,
                    "lastSeen": one.last_ms,
                }
                for one in found.endpoints
            ],
        },
        "days": [{"day": day, "count": count} for day, count in found.days],
        "neighbours": [
            {"kind": one.kind, "value": one.value, "count": one.count, "rarity": one.rarity} for one in found.neighbours
        ],
        "facts": facts,
        "isInternal": found.is_internal,
        "complete": found.is_complete,
    }


def _alerts(house: House, kind: EntityKind, value: str) -> list[dict[str, Any]]:
    """Of a host or user: those it is an entity of. Of other values: those that have it among their highlights."""
    if kind in (EntityKind.ENDPOINT, EntityKind.USER):
        query = AlertQuery(entity=value, top=MAX_ALERTS)
    else:
        quoted = value.strip().replace("'", "''")
        query = AlertQuery(filter=f"indicatorValue eq '{quoted}'", top=MAX_ALERTS)
    return [_alert(row) for row in house.workbench.page(query).items]


def _alert(row: AlertRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": text(row.model),
        "severity": str(row.severity),
        "score": row.score,
        "status": str(row.status),
    }


def _connection(house: House, one: Connection, blocked: dict[str, str]) -> dict[str, Any]:
    hits = [{"kind": "filter", "value": id_, "note": title_of(house.content(), id_).en} for id_ in one.filters]
    hits += [
        {"kind": "blockList", "value": value, "note": blocked[value.lower()]}
        for value in (one.address, one.host_name)
        if value and value.lower() in blocked
    ]
    return {
        "at": one.at_ms,
        "lastAt": one.last_ms,
        "dst": one.address,
        "port": one.port,
        "hostName": one.host_name or None,
        "process": one.process or None,
        "uuid": one.uuid,
        "count": one.count,
        "endpoints": one.endpoints,
        "of": one.of,
        "rarity": one.rarity,
        "isInternal": one.is_internal,
        "assetName": one.asset or None,
        "hits": hits,
    }
