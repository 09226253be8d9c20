"""The shapes in which Windows events (and other JSON) are written down: one file per shape, each with
`recognises(record) -> bool` and `read(record) -> Event`. `evtx_dump` is also read a column at a time (`evtx_dump.read`).
"""

from collections.abc import Callable
from typing import Any

from hinomi.normalise.event import Event
from hinomi.normalise.shapes import (
    any_json,
    elastic,
    evtx_dump,
    flattened,
    kit_record,
    sensor_record,
    sentinel,
    winlogbeat6,
    wmi_record,
)

# In this order: the closest description first; the last takes any object that has a time.
SHAPES: tuple[tuple[Callable[[dict[str, Any]], bool], Callable[[dict[str, Any]], Event]], ...] = (
    (evtx_dump.recognises, evtx_dump.read_one),
    (sensor_record.recognises, sensor_record.read),
    (kit_record.recognises, kit_record.read),
    (flattened.recognises, flattened.read),
    (elastic.recognises, elastic.read),
    (winlogbeat6.recognises, winlogbeat6.read),
    (sentinel.recognises, sentinel.read),
    (wmi_record.recognises, wmi_record.read),
    (any_json.recognises, any_json.read),
)


def read_any(record: dict[str, Any]) -> Event | None:
    """The event, read in the first shape that recognises the record; None when none does."""
    for recognises, read in SHAPES:
        if recognises(record):
            return read(record)
    return None
