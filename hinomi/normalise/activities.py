"""A group of events, and what its source says of them -> activity batches."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hinomi.normalise.channels import services_of
from hinomi.normalise.columns import Column, chosen, converted, fitted, is_empty
from hinomi.normalise.event import EventGroup
from hinomi.normalise.event_data import EVENT_DATA
from hinomi.normalise.identity import UNKNOWN_ENDPOINT, activity_uuid, endpoint_guid
from hinomi.normalise.source import Mapping, Recipe, Source, Split, Take
from hinomi.normalise.sources import source_of
from hinomi.normalise.values import base_name
from hinomi.schema.activity import ActivityBatch, ActivityKind
from hinomi.schema.record import RecordBatch

_MACHINES_REMEMBERED = 100_000
_NAMES = {"processName": "processFilePath", "parentName": "parentFilePath", "objectName": "objectFilePath"}
_SYSTEM_WINS = ("Level", "Keywords", "EventRecordID")


@dataclass(frozen=True, slots=True)
class _Draft:
    """The columns of activities in the making; `frame` is what recipes look their names up in."""

    fields: dict[str, Column]
    native: dict[str, Column]
    frame: dict[str, Column]

    def rows(self, indexes: list[int]) -> "_Draft":
        return _Draft(*(chosen(table, indexes) for table in (self.fields, self.native, self.frame)))


class Builder:
    """Remembers machine ids that it has worked out; nothing that changes a result."""

    def __init__(self) -> None:
        self._machines: dict[str, str] = {}

    def build(self, group: EventGroup, batch: RecordBatch, received_ms: int) -> list[ActivityBatch]:
        """One activity per event, in as many batches as the events have meanings. Every event has a time."""
        source = source_of(group.product, group.provider, group.channel)
        mapping = source.mapping(group.event_id)
        native = _native(group)
        frame = (
            native
            | group.data
            | {  # recipes mean the provider's own values first
                "@endpoint": [self._machine(name) for name in group.computers],
                "@time": group.times_ms,
            }
        )
        draft = _Draft(_constants(group, source, received_ms) | _per_record(group, batch, frame), native, frame)
        if isinstance(mapping, Mapping):
            return [_activities(group, mapping, draft, group.positions)]
        return [
            _activities(group, part, draft.rows(rows), [group.positions[row] for row in rows])
            for part, rows in _parts(mapping, frame.get(mapping.name), len(group.positions))
        ]

    def _machine(self, computer: str) -> str:
        found = self._machines.get(computer)
        if found is None:
            if len(self._machines) >= _MACHINES_REMEMBERED:
                self._machines.clear()
            found = self._machines[computer] = endpoint_guid(computer or UNKNOWN_ENDPOINT)
        return found


def _native(group: EventGroup) -> dict[str, Column]:
    """The record's own names; those every event has stand last, so that no provider can speak for the log."""
    count = len(group.positions)
    native = group.system | group.data
    native |= {name: group.system[name] for name in _SYSTEM_WINS if name in group.system}
    for name in list(native):
        if " " in name:  # "Threat Name": rules write ThreatName or Threat_Name
            native.setdefault(name.replace(" ", ""), native[name])
            native.setdefault(name.replace(" ", "_"), native[name])
    native["EventID"] = [group.event_id] * count
    native["Channel"] = [group.channel] * count
    native["Provider_Name"] = [group.provider] * count
    native["Computer"] = group.computers
    return native


def _constants(group: EventGroup, source: Source, received_ms: int) -> dict[str, Column]:
    """Columns with one value for the whole group."""
    found = {
        "logReceivedTime": received_ms,
        "productCode": "xes",
        "osName": "Windows" if group.product == "windows" else None,
        "winEventId": group.event_id,
        "channel": group.channel or None,
        "providerName": group.provider or None,
        "recordSource": source.name,
    }
    count = len(group.positions)
    return {name: [value] * count for name, value in found.items() if value is not None}


def _per_record(group: EventGroup, batch: RecordBatch, frame: dict[str, Column]) -> dict[str, Column]:
    """Identity, time and origin: what each record has of its own."""
    records, occurrences, numbers = batch.records, batch.occurrences, batch.numbers
    names, file_of, positions = batch.files, batch.file_of, group.positions
    return {
        "uuid": [activity_uuid(records[at], occurrences[at]) for at in positions],
        "eventTime": group.times_ms,
        "endpointGuid": frame["@endpoint"],
        "endpointHostName": [name or None for name in group.computers],
        "winEventRecordId": fitted("winEventRecordId", group.system.get("EventRecordID", [None] * len(positions))),
        "recordFile": [names[file_of[at]] for at in positions],
        "recordNumber": [numbers[at] for at in positions],
        "rawDataStr": [records[at].decode() for at in positions],
    }


def _parts(split: Split, column: Column | None, count: int) -> Iterable[tuple[Mapping, list[int]]]:
    """Which rows have which meaning."""
    found: dict[int, tuple[Mapping, list[int]]] = {}
    for row, value in enumerate(column or [None] * count):
        mapping = split.by_value.get(value, split.otherwise) if type(value) in (str, int) else split.otherwise
        found.setdefault(id(mapping), (mapping, []))[1].append(row)
    return found.values()


def _activities(group: EventGroup, mapping: Mapping, draft: _Draft, positions: list[int]) -> ActivityBatch:
    count = len(positions)
    fields, native, frame = draft.fields, draft.native, draft.frame
    for name, recipe in mapping.native.items():
        if (column := _resolved(recipe, frame, count)) is not None:
            native[name] = column
    for name, recipe in _field_recipes(mapping).items():
        if (column := _resolved(recipe, frame, count)) is not None and not is_empty(column := fitted(name, column)):
            fields[name] = column
    fields["eventId"] = [mapping.event] * count
    sub = mapping.sub
    fields["eventSubId"] = [sub] * count if isinstance(sub, int) else _resolved(sub, frame, count) or [0] * count
    for name, path in _NAMES.items():
        if path in fields and name not in fields:
            fields[name] = converted(base_name, [fields[path]])
    kind = ActivityKind(group.product, mapping.categories, services_of(group.channel), group.channel, group.event_id)
    return ActivityBatch(kind, count, fields, native, positions)


def _field_recipes(mapping: Mapping) -> dict[str, Recipe]:
    return {**EVENT_DATA, **mapping.fields}


def _resolved(recipe: Recipe, frame: dict[str, Column], count: int) -> Column | None:
    """The column a recipe means; None when the records have none of its names."""
    if isinstance(recipe, str):
        return frame.get(recipe)
    if not isinstance(recipe, Take) or not any(name in frame for name in recipe.names if name[0] != "@"):
        return None
    nothing: list[Any] = [None] * count
    return converted(recipe.convert, [frame.get(name, nothing) for name in recipe.names])
