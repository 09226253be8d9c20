"""What a met filter leaves behind. In: a filter, a batch, a row. Out: a Detection with its highlights."""

import hashlib
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from hinomi.detect.condition import predicates_of
from hinomi.detect.names import Names
from hinomi.schema.activity import ActivityBatch
from hinomi.schema.content import MAX_HIGHLIGHTS, Filter
from hinomi.schema.detection import Detection

# What an analyst wants to see first where a filter does not say.
STANDARD_HIGHLIGHTS = ("objectCmd", "processCmd", "parentCmd", "endpointHostName", "processFilePath")


def detection_id(uuid: str, filter_id: str) -> str:
    """A UUID that is the same for the same activity and filter on any machine."""
    digest = hashlib.blake2b(f"{uuid}\n{filter_id}".encode(), digest_size=16).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}"


class Evidence:
    """Makes detections of one batch. `names`: what is known of the filters' field names, by the filter's place in memory."""

    def __init__(self, batch: ActivityBatch, names: dict[int, tuple[str, ...]] | None = None) -> None:
        self._batch = batch
        self._names = {} if names is None else names
        self._rows: dict[int, dict[str, Any]] = {}
        self._fields: dict[str, tuple[str, ...]] = {}
        self._carried: dict[tuple[str, ...], dict[str, list[Any]]] = {}

    def detection(self, found: Filter, index: int) -> Detection:
        activity = self._rows.get(index)
        if activity is None:
            activity = self._batch.row(index)
            activity.pop("rawDataStr", None)  # the lake has it; evidence waits in windows and travels
            self._rows[index] = activity
        uuid = activity["uuid"]
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
            highlights=_present(self._highlights(found), activity),
            activity=activity,
            position=self._batch.positions[index] if self._batch.positions else index,
            values=self._values(found, index) if found.carries else {},
        )

    def _values(self, found: Filter, index: int) -> dict[str, Any]:
        """What correlations want of it, under the names they use."""
        columns = self._carried.get(found.carries)
        if columns is None:
            columns = self._carried[found.carries] = Names(found.carries).columns(self._batch)
        return {name: column[index] for name, column in columns.items() if column[index] is not None}

    def _names_of(self, found: Filter) -> tuple[str, ...]:
        names = self._names.get(id(found))
        if names is None:
            wanted = dict.fromkeys(one.field for one in predicates_of(found.sigma.condition) if one.field)
            names = self._names[id(found)] = tuple(wanted)
        return names

    @cached_property
    def _by_list(self) -> dict[int, str]:
        """The field of the vocabulary under which a list stands."""
        return {id(column): name for name, column in reversed(self._batch.fields.items())}

    def _highlights(self, found: Filter) -> tuple[str, ...]:
        """The filter's choice; else the fields that its own names mean in this batch, and the standard ones.

        A name of Sigma's taxonomy means the vocabulary field under which the same list stands.
        """
        if found.highlights:
            return found.highlights
        fields = self._fields.get(found.id)
        if fields is None:
            by_list = self._by_list
            columns = (self._batch.column(name) for name in self._names_of(found))
            own = (by_list[id(column)] for column in columns if id(column) in by_list)
            fields = self._fields[found.id] = tuple(dict.fromkeys((*own, *STANDARD_HIGHLIGHTS)))
        return fields


def _present(fields: Iterable[str], activity: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    present = [(name, activity[name]) for name in fields if name in activity]
    return tuple(present[:MAX_HIGHLIGHTS])
