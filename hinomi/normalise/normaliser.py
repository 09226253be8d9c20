"""Records in, activities out: the whole of this room on one screen. No disk, no network, no clock.

    bytes -> decoded -> a shape reads it as an event -> groups of one kind -> a source says what it means -> columns
    (and, for process starts, a second reading: projection.py)

What cannot be read becomes a dead letter with its reason; nothing disappears.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from hinomi.normalise.activities import Builder, Origins
from hinomi.normalise.event import EventGroup
from hinomi.normalise.projection import projections
from hinomi.normalise.reading import read
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
            groups = self._groups(batch, result.dead)
            origins = Origins(batch, received_ms)
            for group in groups:
                timed = _with_time(group, batch, result.dead)
                if timed is not None:
                    for activities in self._builder.build(timed, origins):
                        result.activities += (activities, *projections(activities))
            return result

    def _groups(self, batch: RecordBatch, dead: list[DeadLetter]) -> list[EventGroup]:
        reading = read(batch.records)
        dead += [_letter(batch, position, reason, why) for position, reason, why in reading.broken]
        why = "neither a Windows event nor JSON with a time"
        dead += [_letter(batch, position, "unknown_shape", why) for position in reading.unknown]
        return reading.groups


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
