"""What keywords (conditions without a field) are looked for in: every value of the record, as its source wrote it."""

from collections.abc import Iterator
from typing import Any

import orjson


def record_values(raw: str | None) -> list[Any]:
    """The values of a record (JSON text) without their names; the text itself where it is no JSON."""
    if raw is None:
        return []
    try:
        return list(_leaves(orjson.loads(raw)))
    except orjson.JSONDecodeError:
        return [raw]


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    elif value is not None:
        yield value
