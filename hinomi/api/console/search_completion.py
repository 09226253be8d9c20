"""Completion of a query while it is typed: fields, operators, keywords, and the values that the lake has of a field."""

from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import Field

from hinomi.api.asked import Asked
from hinomi.api.console.names import text as both
from hinomi.api.console.search import Wanted
from hinomi.api.gate import Rooms
from hinomi.api.house import House
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.search_answers import typed
from hinomi.api.search_turns import ConsoleSearcher
from hinomi.api.shapes import Shape, Text
from hinomi.errors import InputError
from hinomi.query.completion import Caret, Place, choices, find_caret, quoted
from hinomi.query.fields import Match, find_column
from hinomi.schema.activity import FieldType

router = resource("/console/api/search", "search")

_MOST_VALUES = 15
_NO_VALUES = frozenset({"uuid", "eventTime", "rawDataStr", "id"})


class ChoiceShape(Shape):
    """`insert` replaces the text from `from` to `to` of the reply. `count`: rows of the window with that value."""

    insert: str
    label: str
    kind: Literal["field", "operator", "value", "keyword"]
    help: Text
    count: int | None = None


class CompletionShape(Shape):
    """Offsets in characters from 0, `to` excluded."""

    from_: int = Field(alias="from")
    to: int
    items: list[ChoiceShape]


@router.get("/completion", responses={200: {"model": CompletionShape}})
def complete(
    house: Rooms,
    _who: ConsoleSearcher,
    asked: Wanted,
    text: Annotated[str, Query(max_length=20_000)] = "",
    position: Annotated[int | None, Query(ge=0, description="The caret, characters from 0; default the end.")] = None,
) -> Response:
    """What may stand at the caret. Values are the most frequent ones of the field in the window."""
    caret = find_caret(text, len(text) if position is None else position)
    items: list[dict[str, Any]] = [
        {"insert": each.insert, "label": each.label, "kind": each.kind, "help": both(each.help)}
        for each in choices(caret, asked.fields)
    ]
    if caret.place is Place.VALUE:
        items += _values(house, asked, caret)
    return reply({"from": caret.start, "to": caret.end, "items": items})


def _values(house: House, asked: Asked, caret: Caret) -> list[dict[str, Any]]:
    """Nothing where the field is none, has values that mean nothing to a person, or the lake is too slow."""
    try:
        column = find_column(asked.fields, caret.field, 1)
    except InputError:
        return []
    name = next(known for known, other in asked.fields.items() if other is column)
    if name in _NO_VALUES or (
        column.type is not FieldType.TEXT and column.type is not FieldType.TEXTS and column.names
    ):
        return []
    wanted = f"{name}: *" if not caret.typed else _holding(name, caret.typed, column.match)
    try:
        found = house.lake.breakdown.facet(
            Asked(wanted, asked.dataset, asked.from_ms, asked.to_ms).question(house), asked.value(name), _MOST_VALUES
        )
    except InputError:
        return []
    return [
        {
            "insert": quoted(value) if column.type in (FieldType.TEXT, FieldType.TEXTS) else value,
            "label": str(typed(asked, name, value)),
            "kind": "value",
            "help": {"en": "", "ja": ""},
            "count": count,
        }
        for value, count in found.frequent
        if caret.typed.lower() in value.lower()
    ]


def _holding(name: str, part: str, match: Match) -> str:
    """A query for values that hold what is typed; of numbers and hashes those that begin so."""
    plain = part.replace("*", "").replace("?", "").replace("\\", "\\\\").replace('"', '\\"')
    for sign in "():":
        plain = plain.replace(sign, f"\\{sign}")
    pattern = f"{plain}*" if match is Match.FULL else f"*{plain}*"
    return f"{name}: {pattern.replace(' ', '?')}"
