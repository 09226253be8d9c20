"""A group of events, and what its source says of them -> activity batches."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from hinomi.normalise.channels import services_of
from hinomi.normalise.columns import Column, chosen, converted, filled, fitted, is_empty
from hinomi.normalise.event import EventGroup
from hinomi.normalise.event_data import EVENT_DATA
from hinomi.normalise.identity import UNKNOWN_ENDPOINT, activity_uuids, endpoint_guid
from hinomi.normalise.product import PRODUCT
from hinomi.normalise.shapes.sensor_record import ENDPOINT
from hinomi.normalise.source import Mapping, Recipe, Source, Split
from hinomi.normalise.sources import source_of
from hinomi.normalise.values import base_name
from hinomi.schema.activity import ActivityBatch, ActivityKind
from hinomi.schema.record import RecordBatch

_MACHINES_REMEMBERED = 100_000
_PLANS_REMEMBERED, _WIDEST_PLAN = 2_000, 300  # plans, and names in one that is worth remembering
_NAMES = {"processName": "processFilePath", "parentName": "parentFilePath", "objectName": "objectFilePath"}
_OF_THE_LOG = {"winEventRecordId": "EventRecordID", "providerGUID": "ProviderGuid", "productCode": PRODUCT}
_OS_NAMES = {"windows": "Windows", "linux": "Linux"}
_SYSTEM_WINS = ("Level", "Keywords", "EventRecordID")


@dataclass(frozen=True, slots=True)
class _Draft:
    """The columns of activities in the making; `frame` is what recipes look their names up in."""

    fields: dict[str, Column]
    native: dict[str, Column]
    frame: dict[str, Column]

    def rows(self, indexes: list[int]) -> "_Draft":
        return _Draft(*(chosen(table, indexes) for table in (self.fields, self.native, self.frame)))


class Origins:
    """What each record of a batch has of its own, worked out for all of them at once."""

    def __init__(self, batch: RecordBatch, received_ms: int) -> None:
        self.received_ms = received_ms
        names = batch.files
        self._columns: dict[str, Column] = {
            "uuid": activity_uuids(batch.records, batch.occurrences),
            "recordFile": [names[index] for index in batch.file_of],
            "recordNumber": batch.numbers,
            "rawDataStr": _texts(batch.records),
        }

    def of(self, positions: list[int]) -> dict[str, Column]:
        if len(positions) == 1:
            return {name: [column[positions[0]]] for name, column in self._columns.items()}
        pick = itemgetter(*positions)
        return {name: list(pick(column)) for name, column in self._columns.items()}


def _texts(records: list[bytes]) -> list[str]:
    try:
        return list(map(bytes.decode, records))
    except UnicodeDecodeError:  # a record that is no text is no activity either, but its neighbours are
        return [record.decode(errors="replace") for record in records]


class Builder:
    """Remembers machine ids and recipe choices that it has worked out; nothing that changes a result."""

    def __init__(self) -> None:
        self._machines: dict[str, str] = {}
        self._plans: dict[tuple[int, tuple[str, ...]], list[tuple[str, Recipe]]] = {}

    def build(self, group: EventGroup, origins: Origins) -> list[ActivityBatch]:
        """One activity per event, in as many batches as the events have meanings. Every event has a time."""
        source = source_of(group.product, group.provider, group.channel)
        mapping = source.mapping(group.event_id)
        native = _native(group)
        machines = self._endpoints(group, source)
        # recipes mean the provider's own values first
        frame = native | group.data | {"@endpoint": machines, "@time": group.times_ms}
        fields = _constants(group, source, origins.received_ms) | origins.of(group.positions)
        fields["eventTime"], fields["endpointGuid"] = group.times_ms, machines
        fields["endpointHostName"] = fitted("endpointHostName", group.computers)
        for name, known_as in _OF_THE_LOG.items():
            if known_as in group.system:
                fields[name] = fitted(name, group.system[known_as])
        draft = _Draft(fields, native, frame)
        if isinstance(mapping, Mapping):
            return [self._activities(group, mapping, draft, group.positions)]
        return [
            self._activities(group, part, draft.rows(rows), [group.positions[row] for row in rows])
            for part, rows in _parts(mapping, frame.get(mapping.name), len(group.positions))
        ]

    def _activities(self, group: EventGroup, mapping: Mapping, draft: _Draft, positions: list[int]) -> ActivityBatch:
        count = len(positions)
        fields, native, frame = draft.fields, draft.native, draft.frame
        for name, recipe in mapping.native.items():
            if _has_any(recipe, frame):
                made = _resolved(recipe, frame, count)
                native[name] = filled(made, native.get(name, made))
                # fields may be made of what has just been worked out
                frame[name] = filled(frame.get(name, made), made)
        for name, recipe in self._plan(mapping, frame):
            column = fitted(name, _resolved(recipe, frame, count))
            if not is_empty(column):
                fields[name] = column
        fields["eventId"] = [mapping.event] * count
        sub = mapping.sub
        fields["eventSubId"] = [sub] * count if isinstance(sub, int) else _resolved(sub, frame, count)
        for name, path in _NAMES.items():
            if path in fields and (name not in fields or None in fields[name]):
                made = converted(base_name, [fields[path]])
                fields[name] = filled(fields.get(name, made), made)
        kind = ActivityKind(
            group.product, mapping.categories, services_of(group.channel), group.channel, group.event_id
        )
        return ActivityBatch(kind, count, fields, native, positions)

    def _plan(self, mapping: Mapping, frame: dict[str, Column]) -> list[tuple[str, Recipe]]:
        """The fields that these records have something for. Mappings live as long as the program: their id is a name."""
        key = (id(mapping), tuple(frame))
        found = self._plans.get(key)
        if found is None:
            recipes = {**EVENT_DATA, **mapping.fields}
            found = [(name, recipe) for name, recipe in recipes.items() if _has_any(recipe, frame)]
            if len(self._plans) >= _PLANS_REMEMBERED:
                self._plans.clear()
            if len(frame) <= _WIDEST_PLAN:
                self._plans[key] = found
        return found

    def _endpoints(self, group: EventGroup, source: Source) -> Column:
        """The guid that the writer knows of; else one of the machine's name, which is the same everywhere."""
        known, told = self._machines, group.system.get(source.endpoint or ENDPOINT)
        if told is None:
            return [known.get(name) or self._machine(name) for name in group.computers]
        pairs = zip(told, group.computers, strict=True)
        return [guid or known.get(name) or self._machine(name) for guid, name in pairs]

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
        "osName": _OS_NAMES.get(group.product),
        "winEventId": group.event_id if group.product == "windows" else None,
        "channel": group.channel or None,
        "providerName": group.provider or None,
        "recordSource": source.name,
    }
    count = len(group.positions)
    return {name: [value] * count for name, value in found.items() if value is not None}


def _parts(split: Split, column: Column | None, count: int) -> Iterable[tuple[Mapping, list[int]]]:
    """Which rows have which meaning."""
    found: dict[int, tuple[Mapping, list[int]]] = {}
    for row, value in enumerate(column or [None] * count):
        mapping = split.by_value.get(value, split.otherwise) if type(value) in (str, int) else split.otherwise
        found.setdefault(id(mapping), (mapping, []))[1].append(row)
    return found.values()


def _has_any(recipe: Recipe, frame: dict[str, Column]) -> bool:
    """Whether the records have one of the names that a recipe asks for."""
    if isinstance(recipe, str):
        return recipe in frame
    return any(name in frame for name in recipe.names if name[0] != "@")


def _resolved(recipe: Recipe, frame: dict[str, Column], count: int) -> Column:
    """The column a recipe means; a name that the records lack is empty."""
    if isinstance(recipe, str):
        return frame[recipe]
    nothing: list[Any] = [None] * count
    return converted(recipe.convert, [frame.get(name, nothing) for name in recipe.names])
