"""What a met filter leaves behind. In: a filter, a batch, a row. Out: a Detection with its highlights."""

import hashlib
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from hinomi.detect.condition import condition_of, predicates_of
from hinomi.detect.filter_file import MAX_HIGHLIGHTS
from hinomi.schema.activity import ActivityBatch
from hinomi.schema.content import Filter
from hinomi.schema.detection import Detection

# What an analyst wants to see first where a filter does not say.
STANDARD_HIGHLIGHTS = ("objectCmd", "processCmd", "parentCmd", "endpointHostName", "processFilePath")


def detection_id(uuid: str, filter_id: str) -> str:
    """A UUID that is the same for the same activity and filter on any machine."""
    digest = hashlib.blake2b(f"{uuid}\n{filter_id}".encode(), digest_size=16).digest()
    return str(UUID(bytes=digest))


class Evidence:
    """Makes detections; holds which fields each filter of imported rules looks at."""

    def __init__(self) -> None:
        self._looked_at: dict[str, tuple[str, ...]] = {}

    def detection(self, found: Filter, batch: ActivityBatch, index: int) -> Detection:
        activity = batch.row(index)
        uuid = activity["uuid"]
        fields = found.highlights or (*self._own_fields(found, batch), *STANDARD_HIGHLIGHTS)
        return Detection(
            id=detection_id(uuid, found.id),
            filter_id=found.id,
            filter_version=found.version,
            risk=found.risk,
            techniques=found.techniques,
            tactics=found.tactics,
            uuid=uuid,
            event_time_ms=activity["eventTime"],
            endpoint_guid=activity.get("endpointGuid", ""),
            endpoint_name=activity.get("endpointHostName", ""),
            highlights=_present(fields, activity),
            activity=activity,
            position=batch.positions[index] if batch.positions else index,
        )

    def _own_fields(self, found: Filter, batch: ActivityBatch) -> tuple[str, ...]:
        """The vocabulary fields that the filter's own names mean in this batch: the same list stands under both."""
        names = self._looked_at.get(found.id)
        if names is None:
            predicates = predicates_of(condition_of(found.sigma))
            names = tuple(dict.fromkeys(one.field for one in predicates if one.field))
            self._looked_at[found.id] = names
        by_list = {id(column): name for name, column in reversed(batch.fields.items())}
        columns = (batch.column(name) for name in names)
        return tuple(by_list[id(column)] for column in columns if id(column) in by_list)


def _present(fields: Iterable[str], activity: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    present = [(name, activity[name]) for name in dict.fromkeys(fields) if name in activity]
    return tuple(present[:MAX_HIGHLIGHTS])
