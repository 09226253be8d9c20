"""What Search answers in numbers, as plain JSON: the same for the server's routes and for the command line alone."""

from collections.abc import Sequence
from typing import Any

from hinomi.api.asked import Asked, Rooms
from hinomi.errors import InputError
from hinomi.lake.breakdown import Facet
from hinomi.schema.activity import FieldType

MOST_FACETS, MOST_STACKED = 12, 3

After = tuple[int, tuple[str, ...]]  # count and values of the last row of a page


def facets(rooms: Rooms, asked: Asked, names: Sequence[str], top: int) -> dict[str, Any]:
    """{items: [{field, distinct, absent, values, rare}], sampled}. InputError for what is no field."""
    question, values = asked.question(rooms), {name: asked.value(name) for name in names}
    whole = rooms.lake.breakdown.count(question)
    found = {name: rooms.lake.breakdown.facet(question, value, top) for name, value in values.items()}
    return {
        "items": [_facet(asked, name, facet, whole) for name, facet in found.items()],
        "sampled": not all(facet.is_whole for facet in found.values()),
    }


def _facet(asked: Asked, name: str, found: Facet, whole: int) -> dict[str, Any]:
    frequent = [
        {"value": typed(asked, name, value), "count": count, "share": count / whole if whole else 0.0}
        for value, count in found.frequent
    ]
    rare = [{"value": typed(asked, name, value), "count": count} for value, count in found.rare]
    return {"field": name, "distinct": found.distinct, "absent": found.absent, "values": frequent, "rare": rare}


def typed(asked: Asked, name: str, text: str) -> Any:
    """A counted value as rows show it; numbers that JavaScript would round stay text."""
    if not text:
        return None
    column = asked.fields.get(name)
    kind = column.type if column else FieldType.TEXT
    if kind in (FieldType.INTEGER, FieldType.TIME):
        number = int(text)
        return number if abs(number) < 1 << 53 else text
    return text == "true" if kind is FieldType.BOOLEAN else text


def stack(
    rooms: Rooms, asked: Asked, names: Sequence[str], *, rare_first: bool, size: int, after: After | None
) -> tuple[list[dict[str, Any]], After | None, int | None]:
    """(items, where the next page begins or None, combinations in all: of the first page only)."""
    question, values = asked.question(rooms), [asked.value(name) for name in names]
    rows = rooms.lake.breakdown.stack(question, values, rare_first=rare_first, limit=size + 1, after=after)
    items = [
        {
            "values": [typed(asked, name, text) for name, text in zip(names, row.values, strict=True)],
            "count": row.count,
            "endpoints": row.endpoints,
            "firstSeen": row.first_ms,
            "lastSeen": row.last_ms,
        }
        for row in rows[:size]
    ]
    last = (rows[size - 1].count, rows[size - 1].values) if len(rows) > size else None
    if after is not None:
        return items, last, None
    return items, last, len(rows) if last is None else rooms.lake.breakdown.stack_size(question, values)


def field_names(parameter: str, text: str, most: int) -> list[str]:
    """The names of a comma list, each once. InputError unless there are one to `most`."""
    names = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not 1 <= len(names) <= most:
        raise InputError(f"{parameter}: one to {most} fields, not {len(names)}")
    return names
