"""The impact scope while it grows: who was seen, when first, under which name and addresses.

Growing is a union: the result does not depend on the order in which activities come. It is bounded: of more than
MAX_ENTITIES those first seen stay.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hinomi.schema.alert import ImpactScope
from hinomi.schema.entity import Entity, EntityType
from hinomi.workbench.impact import MAX_IPS

MAX_ENTITIES = 500
MAX_LISTED = 50

Key = tuple[EntityType, str]


@dataclass(slots=True)
class Sighting:
    name: str
    ips: tuple[str, ...]
    first_ms: int


class Scope:
    def __init__(self, seen: Mapping[Key, Sighting] | None = None) -> None:
        self.seen: dict[Key, Sighting] = dict(seen or {})

    def add(self, entity: Entity, at_ms: int) -> bool:
        """True when it changes what is known."""
        key = (entity.type, entity.id)
        known = self.seen.get(key)
        if known is None:
            self.seen[key] = Sighting(entity.name, entity.ips[:MAX_IPS], at_ms)
            return self._drop_last(key)
        if at_ms >= known.first_ms and (entity.name, entity.ips) == (known.name, known.ips):  # nearly always
            return False
        ips = tuple(sorted({*known.ips, *entity.ips})[:MAX_IPS])
        # The label of the first sighting stands; of two at once the lesser, so that their order does not matter.
        first_ms, name = min((known.first_ms, known.name), (at_ms, entity.name))
        changed = (first_ms, name, ips) != (known.first_ms, known.name, known.ips)
        self.seen[key] = Sighting(name, ips, first_ms)
        return changed

    def _drop_last(self, added: Key) -> bool:
        if len(self.seen) <= MAX_ENTITIES:
            return True
        last = max(self.seen, key=lambda key: (self.seen[key].first_ms, key))
        del self.seen[last]
        return last != added

    def ordered(self) -> list[tuple[Key, Sighting]]:
        """First seen first; endpoints before accounts of the same moment."""
        return sorted(self.seen.items(), key=lambda item: (item[1].first_ms, _ORDER[item[0][0]], item[0][1]))

    def impact(self) -> ImpactScope:
        return impact_of(self.ordered())


_ORDER = {kind: index for index, kind in enumerate(EntityType)}


def impact_of(ordered: Iterable[tuple[Key, Sighting]]) -> ImpactScope:
    counts = dict.fromkeys(EntityType, 0)
    listed: list[Entity] = []
    for (kind, identity), sighting in ordered:
        counts[kind] += 1
        if len(listed) < MAX_LISTED:
            listed.append(Entity(kind, identity, sighting.name, sighting.ips))
    return ImpactScope(counts, tuple(listed))


def impact_to_json(impact: ImpactScope) -> dict[str, Any]:
    listed = [[str(one.type), one.id, one.name, list(one.ips)] for one in impact.entities]
    return {"counts": {str(kind): count for kind, count in impact.counts.items() if count}, "entities": listed}


def impact_from_json(value: Mapping[str, Any]) -> ImpactScope:
    counts = {kind: int(value["counts"].get(kind, 0)) for kind in EntityType}
    entities = (Entity(EntityType(kind), key, name, tuple(ips)) for kind, key, name, ips in value["entities"])
    return ImpactScope(counts, tuple(entities))
