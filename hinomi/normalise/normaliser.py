"""Records in, activities out: the whole of this room on one screen. No disk, no network, no clock.

    bytes -> decoded -> a shape reads it as an event -> groups of one kind -> a source says what it means -> columns
    (and, for process starts, a second reading: projection.py)

What cannot be read becomes a dead letter with its reason; nothing disappears.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from hinomi.normalise.activities import Builder
from hinomi.normalise.event import EventGroup, grouped
from hinomi.normalise.projection import projections
from hinomi.normalise.shapes import evtx_dump, read_any
from hinomi.normalise.wrapping import unwrapped
from hinomi.schema.activity import ActivityBatch
from hinomi.schema.record import EXCERPT_BYTES, DeadLetter, RecordBatch


@dataclass(slots=True)
class Normalised:
    activities: list[ActivityBatch] = field(default_factory=list)
    dead: list[DeadLetter] = field(default_factory=list)


class Normaliser:
    """Holds no state that changes a result: only values worked out before (machine ids)."""

    def __init__(self) -> None:
        self._builder = Builder()

    def normalise(self, batch: RecordBatch, received_ms: int) -> Normalised:
        """Every record of the batch as an activity or as a dead letter; batches of activities by kind, rows in order.

        The letters that the batch brought with it are not repeated. `received_ms` becomes logReceivedTime.
        """
        with _collector_off():
            result = Normalised()
            for group in self._groups(batch, result.dead):
                timed = _with_time(group, batch, result.dead)
                if timed is not None:
                    for activities in self._builder.build(timed, batch, received_ms):
                        result.activities += (activities, *projections(activities))
            return result

    def _groups(self, batch: RecordBatch, dead: list[DeadLetter]) -> list[EventGroup]:
        dumped: list[tuple[int, dict[str, Any]]] = []
        others: list[tuple[int, dict[str, Any]]] = []
        for position, decoded in enumerate(_decoded(batch, dead)):
            if decoded is not None:
                (dumped if evtx_dump.recognises(decoded) else others).append((position, decoded))
        groups, irregular = evtx_dump.read(dumped)
        for position, decoded in others:
            event = read_any(decoded)
            if event is None:
                dead.append(_letter(batch, position, "unknown_shape", "neither a Windows event nor JSON with a time"))
            else:
                irregular.append((position, event))
        return groups + grouped(irregular)


def _decoded(batch: RecordBatch, dead: list[DeadLetter]) -> list[dict[str, Any] | None]:
    """Each record as an object, out of its wrapping; None where it is none, with a letter."""
    found: list[dict[str, Any] | None] = []
    for position, record in enumerate(batch.records):
        try:
            value = orjson.loads(record)
        except orjson.JSONDecodeError as error:
            dead.append(_letter(batch, position, "invalid_json", str(error)))
            value = None
        else:
            if type(value) is dict and "case" in value:
                value = unwrapped(value)
            if type(value) is not dict:
                dead.append(_letter(batch, position, "unknown_shape", "not a JSON object"))
                value = None
        found.append(value)
    return found


def _with_time(group: EventGroup, batch: RecordBatch, dead: list[DeadLetter]) -> EventGroup | None:
    """The events that say when they happened; the others become letters."""
    if None not in group.times_ms:
        return group
    for position, time_ms in zip(group.positions, group.times_ms, strict=True):
        if time_ms is None:
            dead.append(_letter(batch, position, "no_time", "the event has no readable time"))
    timed = [row for row, time_ms in enumerate(group.times_ms) if time_ms is not None]
    return group.rows(timed) if timed else None


def _letter(batch: RecordBatch, position: int, reason: str, detail: str) -> DeadLetter:
    return DeadLetter(
        source=batch.source,
        file=batch.files[batch.file_of[position]],
        offset=batch.numbers[position],
        reason=reason,
        detail=detail,
        excerpt=batch.records[position][:EXCERPT_BYTES],
    )


@contextmanager
def _collector_off() -> Iterator[None]:
    """Decoding makes very many small objects that all live: the cyclic collector would walk them, at half the speed."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
