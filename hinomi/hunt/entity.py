"""What the lake knows of one value: where and when it was seen, what stands beside it, whose it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from hinomi.hunt.own import is_private_address, is_private_name, read_address
from hinomi.lake.lake import Lake
from hinomi.lake.observation import ObservedKind
from hinomi.lake.observed import DAY_MS, Seen, SeenOn

MAX_ENDPOINTS = 100


class EntityKind(StrEnum):
    ENDPOINT = "endpoint"
    USER = "user"
    FILE = "file"
    ADDRESS = "address"
    DOMAIN = "domain"
    PROCESS = "process"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """`rarity`: 0 when every endpoint has seen it, near 1 when hardly any; None where there are too few to tell."""

    kind: str
    value: str
    count: int
    rarity: float | None


@dataclass(slots=True)
class Entity:
    """`seen` is None for what the lake never saw. `days`: (2026-01-31, activities) of the days up to the last one."""

    kind: EntityKind
    value: str
    seen: Seen | None
    of: int  # endpoints in all
    endpoints: list[SeenOn] = field(default_factory=list)
    days: list[tuple[str, int]] = field(default_factory=list)
    neighbours: list[Neighbour] = field(default_factory=list)
    facts: dict[str, list[str]] = field(default_factory=dict)
    is_internal: bool | None = None
    assets: list[str] = field(default_factory=list)  # endpoints that bear this address
    is_complete: bool = True  # False while an old lake is still being looked through


def entity(lake: Lake, kind: EntityKind, value: str, days: int) -> Entity:
    """All of it; `days` of the chart."""
    seen = _find(lake, kind, value)
    found = Entity(kind, value.strip(), seen, lake.observed.endpoints_in_all(), is_complete=lake.observed.is_filled())
    _judge(lake, found)
    if seen is None:
        return found
    observed = ObservedKind(seen.kind)
    places = lake.observed.endpoints(observed, seen.value, MAX_ENDPOINTS)
    found.endpoints = [one for one in places if one.name]
    found.days = lake.observed.days(observed, seen.value, seen.last_ms - (days - 1) * DAY_MS, seen.last_ms)
    # a network sensor's record has no name: it is looked for too
    hosts = [one.name for one in places] if len(places) < MAX_ENDPOINTS else []
    found.neighbours = _neighbours(lake, seen, hosts, found.of)
    found.facts = lake.known_of(seen, hosts)
    return found


def prevalence(lake: Lake, kind: EntityKind, values: Sequence[str]) -> tuple[dict[str, Seen], int]:
    """(value as it was asked for -> what was seen of it, endpoints in all)."""
    names = {value: _names(kind, value) for value in values}
    pairs = [pair for several in names.values() for pair in several]
    seen = {(one.kind, one.value): one for one in lake.observed.sweep(pairs)}
    found: dict[str, Seen] = {}
    for value, several in names.items():
        known = next((seen[pair] for pair in several if pair in seen), None)
        if known is not None:
            found[value] = known
    return found, lake.observed.endpoints_in_all()


def rarity(endpoints: int, of: int) -> float | None:
    """None where nobody can tell: of too few endpoints, or of what only a network sensor or the like has seen."""
    return None if of < 2 or endpoints == 0 else round(max(0.0, 1 - endpoints / of), 4)


def _find(lake: Lake, kind: EntityKind, value: str) -> Seen | None:
    names = _names(kind, value)
    if kind is EntityKind.ENDPOINT:
        names += [(kind, name) for name in lake.observed.endpoint_names(value.strip())]
    seen = {(one.kind, one.value): one for one in lake.observed.sweep(names)}
    return next((seen[pair] for pair in names if pair in seen), None)


def _names(kind: EntityKind, value: str) -> list[tuple[str, str]]:
    """How the table of observed values may spell it, the likeliest first."""
    text = value.strip().lower()
    if kind in (EntityKind.FILE, EntityKind.PROCESS) and ("\\" in text or "/" in text):
        return [(str(ObservedKind.PATH), text)]
    names = [(str(kind), text)]
    user, at, domain = text.partition("@")
    if kind is EntityKind.USER and at:
        names.append((str(kind), f"{domain}\\{user}"))
    address = read_address(text) if kind is EntityKind.ADDRESS else None
    if address is not None and str(address) != text:
        names.append((str(kind), str(address)))
    if kind is EntityKind.DOMAIN:
        names.append((str(kind), text.rstrip(".")))
    return list(dict.fromkeys(names))


def _judge(lake: Lake, found: Entity) -> None:
    """Internal or not: by the address or name itself, or because an endpoint of ours bears it."""
    if found.kind is EntityKind.ADDRESS:
        found.assets = assets(lake, [found.value]).get(found.value, [])
        found.is_internal = bool(found.assets) or is_private_address(found.value)
    elif found.kind is EntityKind.DOMAIN:
        bearer = lake.observed.of(
            ObservedKind.ENDPOINT, list(dict.fromkeys([found.value.lower(), _first(found.value)]))
        )
        found.assets = sorted(bearer) if found.value.lower() in bearer or is_private_name(found.value) else []
        found.is_internal = bool(found.assets) or is_private_name(found.value)


def _first(name: str) -> str:
    return name.lower().partition(".")[0]


def assets(lake: Lake, addresses: Sequence[str]) -> dict[str, list[str]]:
    """Address -> names of the endpoints that said it is theirs."""
    borne = lake.observed.of(ObservedKind.ASSET, addresses)
    return {
        address: [one.name for one in lake.observed.endpoints(ObservedKind.ASSET, address, 10)]
        for address in addresses
        if address.lower() in borne
    }


def _neighbours(lake: Lake, seen: Seen, hosts: Sequence[str], of: int) -> list[Neighbour]:
    beside = lake.observed.neighbours(seen, hosts)
    known = {
        (one.kind, one.value): one.endpoints
        for one in lake.observed.sweep([(kind, value) for kind, value, _ in beside])
    }
    return [
        Neighbour(kind, value, count, rarity(known[kind, value], of) if (kind, value) in known else None)
        for kind, value, count in beside
    ]
