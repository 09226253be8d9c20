"""A detection as evidence: whom it touches and what is shown of it, each worked out once however many alerts it joins."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from hinomi.schema.detection import Detection
from hinomi.schema.entity import Entity, EntityType
from hinomi.workbench.correlation_graph import graph_facts
from hinomi.workbench.highlights import as_text, event_type, highlight_fields
from hinomi.workbench.impact import entities_of


class Exhibit:
    def __init__(self, detection: Detection) -> None:
        self.detection = detection

    @cached_property
    def entities(self) -> list[Entity]:
        return entities_of(self.detection)

    @cached_property
    def body(self) -> dict[str, Any]:
        """Facts that an alert keeps of it, as plain JSON. Shared: never change it."""
        detection = self.detection
        return {
            "type": event_type(detection.activity),
            "guid": as_text(detection.endpoint_guid),
            "host": as_text(detection.endpoint_name),
            "accounts": [one.id for one in self.entities if one.type is EntityType.ACCOUNT],
            "fields": [[one.field, one.type, one.value, one.decoded] for one in highlight_fields(detection)],
            "facts": graph_facts(detection.activity),
        }


class Exhibits:
    """Those of one run. The same detection is the same object in every match."""

    def __init__(self) -> None:
        self._known: dict[int, Exhibit] = {}

    def of(self, detections: Iterable[Detection]) -> list[Exhibit]:
        known = self._known
        return [known.get(id(one)) or known.setdefault(id(one), Exhibit(one)) for one in detections]
