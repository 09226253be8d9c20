"""Small values as the console reads them: texts in both languages, techniques and tactics with their names, times."""

from collections.abc import Iterable
from typing import Any

from hinomi.api.shapes import Shape
from hinomi.attack.catalogue import load_attack
from hinomi.attack.tactics import find_tactic
from hinomi.query.moment import format_moment
from hinomi.schema.content import Text

_EXACT_IN_JAVASCRIPT = 1 << 53


class Technique(Shape):
    id: str
    name: str


class Tactic(Shape):
    id: str
    name: str
    text: dict[str, str]


def text(value: Text) -> dict[str, str]:
    return {"en": value.en, "ja": value.ja}


def techniques(ids: Iterable[str]) -> list[dict[str, str]]:
    """The names are MITRE's, and English in both languages."""
    attack = load_attack()
    return [{"id": id_, "name": attack.technique_name(id_)} for id_ in ids]


def tactics(ids: Iterable[str]) -> list[dict[str, Any]]:
    return [tactic(id_) for id_ in ids]


def tactic(id_: str) -> dict[str, Any]:
    found = find_tactic(id_)
    name = found.name if found else Text(id_, id_)
    return {"id": id_, "name": name.en, "text": text(name)}


def moment(value_ms: int | None) -> str | None:
    return None if value_ms is None else format_moment(value_ms)


def plain_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """Numbers that JavaScript would round become text."""
    return {name: str(value) if _is_large(value) else value for name, value in fields.items()}


def _is_large(value: Any) -> bool:
    return isinstance(value, int) and abs(value) >= _EXACT_IN_JAVASCRIPT
