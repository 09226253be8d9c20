"""Places in a record: every value with its path, and the value that stands under a name or that says the same.

A path is written as people write it (Event.EventData.CommandLine, Event.EventData.Data[2]); a record that is wrapped or
holds another as text has the path of the inner one behind it. Bounded: of a huge record the first values are looked at.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import orjson

MOST_LEAVES = 20_000
_DEPTH = 40
_BARE = frozenset({"#text", "text", "Value", "value"})  # the text beside a Name; `#text` also beside attributes
_WITHIN = " → "  # a record as text in another
_SURE = 4  # characters from which an equal text is no accident


@dataclass(frozen=True, slots=True)
class Leaf:
    """`name` is what the record calls the value: its key, or the Name beside it."""

    path: str
    name: str
    value: Any


def leaves_of(raw: str) -> list[Leaf]:
    """All values of a record; one without a path where it is no JSON."""
    try:
        record = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return [Leaf("", "", raw)]
    found: list[Leaf] = []
    for leaf in _walk(record, "", "", _DEPTH):
        found.append(leaf)
        if len(found) >= MOST_LEAVES:
            break
    return found


def named(leaves: Iterable[Leaf], names: Sequence[str]) -> list[Leaf]:
    """Those that the record calls by one of the names, letters' case, blanks and _ aside, best name first.

    Nested names may be joined by dots, as filters for JSON logs write them.
    """
    wanted = {_loose(name): place for place, name in reversed(list(enumerate(names)))}
    found = []
    for leaf in leaves:
        place = wanted.get(_loose(leaf.name), wanted.get(_loose(leaf.path)))
        if place is not None:
            found.append((place, leaf))
    return [leaf for _, leaf in sorted(found, key=itemgetter(0))]


def saying(leaves: Iterable[Leaf], text: str) -> Leaf | None:
    """The first whose value says exactly this, where that is no accident."""
    return next((leaf for leaf in leaves if says(leaf, text)), None) if len(text) >= _SURE else None


def says(leaf: Leaf, text: str) -> bool:
    return text_at(leaf) == text


def text_at(leaf: Leaf) -> str:
    """The value as filters compare it."""
    value = leaf.value
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def _walk(value: Any, path: str, name: str, depth: int) -> Iterator[Leaf]:
    if isinstance(value, dict) and depth:
        yield from _members(value, path, name, depth)
    elif isinstance(value, list) and depth:
        for number, member in enumerate(value):
            yield from _walk(member, f"{path}[{number}]", name, depth - 1)
    elif value is not None:
        inner = _inner(value) if depth else None
        if inner is None:
            yield Leaf(path, name, value)
        else:
            yield from _walk(inner, f"{path}{_WITHIN}", "", depth // 2)


def _members(node: dict[str, Any], path: str, name: str, depth: int) -> Iterator[Leaf]:
    """Of {"Name": "CommandLine", "#text": "x"} the text is called CommandLine."""
    own = node.get("Name")
    if own is None and isinstance(node.get("#attributes"), dict):
        own = node["#attributes"].get("Name")
    for key, member in node.items():
        is_text = key == "#text" or (own is not None and key in _BARE)
        called = (own if isinstance(own, str) else name) if is_text else key
        yield from _walk(member, f"{path}{'.' if path and not path.endswith(_WITHIN) else ''}{key}", called, depth - 1)


def _inner(value: Any) -> Any:
    """The record within a text: objects only, and no more than a text that looks like one."""
    if not isinstance(value, str) or value[:1] != "{":
        return None
    try:
        found = orjson.loads(value)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _loose(name: str) -> str:
    return name.replace(" ", "").replace("_", "").lower()
