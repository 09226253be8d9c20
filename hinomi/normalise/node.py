"""Nodes of a record's tree: their text, their attributes, their leaves, whatever converter wrote them."""

from typing import Any

from hinomi.normalise.values import integer

MOST_NAMES = 2000  # values of one event that get a name; what is beyond stands in the record itself

# Levels by the words of renderers and of NXLog (winmeta.xml: 1 critical, 2 error, 3 warning, 4 information, 5 verbose)
_LEVELS = {"critical": 1, "error": 2, "warning": 3, "warn": 3, "information": 4, "info": 4, "verbose": 5, "debug": 5}


def plain(value: Any) -> Any:
    """The text of a node that has attributes beside it, under either name that converters give it."""
    if type(value) is not dict:
        return value
    found = value.get("#text", value.get("text"))
    return found if type(found) is not dict else None


def word(value: Any) -> str:
    """A name: text, or nothing."""
    found = plain(value)
    return found if type(found) is str else ""


def attributes(node: Any) -> dict[str, Any]:
    """The attributes of a node, whether under `#attributes` or beside its text."""
    if type(node) is not dict:
        return {}
    found = node.get("#attributes")
    return found if type(found) is dict else node


def data_of(*parts: Any) -> dict[str, Any]:
    """EventData and UserData of shapes that keep them apart, as one; nested values by the name of the leaf."""
    found: dict[str, Any] = {}
    for part in parts:
        if type(part) is dict:
            flatten(part, found)
    return found


def flatten(tree: dict[str, Any], into: dict[str, Any], depth: int = 8) -> None:
    """Leaves by their own name, the first of a name wins; `xmlns` is no content."""
    for name, value in tree.items():
        if len(into) >= MOST_NAMES:
            return
        if type(value) is dict:
            if depth:
                flatten(value, into, depth - 1)
            if (content := plain(value)) is not None:
                into.setdefault(name, content)
        elif name not in ("#text", "xmlns") and value is not None:
            into.setdefault(name, value)


def level_of(number: Any, name: Any) -> int | None:
    """The level as Windows counts it, from its number or its word."""
    found = integer(number)
    return found if found is not None else _LEVELS.get(name.lower()) if type(name) is str else None


def hex_keywords(value: Any) -> Any:
    """Keywords as Windows writes them (0x8020000000000000); NXLog writes the same 64 bits as a signed number."""
    return f"0x{value & 0xFFFFFFFFFFFFFFFF:x}" if type(value) is int else value
