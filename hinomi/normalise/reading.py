"""Records as bytes -> events in groups of one kind: decoded, and read in the shape in which each is written down."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import orjson

from hinomi.normalise.event import Event, EventGroup, grouped
from hinomi.normalise.shapes import evtx_dump, flattened, read_any
from hinomi.normalise.shapes.windows_xml import XmlRefusedError
from hinomi.normalise.wrapping import is_wrapped, unwrapped


@dataclass(slots=True)
class Reading:
    """What became of a batch of records, each by its position."""

    groups: list[EventGroup] = field(default_factory=list)
    broken: list[tuple[int, str, str]] = field(default_factory=list)  # code of schema.record.REASONS, and why
    unknown: list[int] = field(default_factory=list)  # in no shape that is known


def read(records: Sequence[bytes]) -> Reading:
    """A record is decoded, taken apart and let go at once: to come back to it later costs twice, for by then it has left
    the processor's cache. The two shapes that come in masses are taken apart into columns; others are read alone.
    """
    reading = Reading()
    events, flat = evtx_dump.Gathering(), flattened.Gathering()
    alone: list[tuple[int, Any]] = []
    for position, content in enumerate(records):
        try:
            record = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            reading.broken.append((position, "invalid_json", str(error)))
            continue
        if type(record) is dict:
            shape = events if "Event" in record else flat
            if shape.take(position, record):
                continue
        alone.append((position, record))
    groups, irregular = events.groups()
    alone += ((position, orjson.loads(records[position])) for position in irregular)
    reading.groups = groups + flat.groups() + _alone(alone, reading)
    return reading


def _alone(records: list[tuple[int, Any]], reading: Reading) -> list[EventGroup]:
    found: list[tuple[int, Event]] = []
    for position, record in sorted(records, key=itemgetter(0)):
        content = unwrapped(record) if type(record) is dict and is_wrapped(record) else record
        try:
            event = read_any(content) if type(content) is dict else None
        except XmlRefusedError as refused:
            reading.broken.append((position, "invalid_xml", str(refused)))
            continue
        if event is not None:
            found.append((position, event))
        else:
            reading.unknown.append(position)
    return grouped(found)
