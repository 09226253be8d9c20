"""A filter's detection as it stands in its file: selections, their lines, the values of each line, the condition over them.

In: a parsed rule. Out: a tree in which every part knows its path in the file. The engine's own tree (condition.py) joins
and sorts, and has forgotten where a predicate stood; whoever breaks or judges content part by part needs this one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from sigma import conditions
from sigma.rule import SigmaRule

from hinomi.detect.condition import Node
from hinomi.detect.document import Document
from hinomi.detect.sigma_condition import value_node
from hinomi.errors import Place

Path = tuple[str | int, ...]  # below `detection`; a number is a place in a list or among the keys of a mapping


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value of one field."""

    node: Node
    path: Path


@dataclass(frozen=True, slots=True)
class Group:
    """Parts of which all must hold, or any. `role`: line (its values), map (its lines), maps (a list of maps), condition."""

    parts: tuple["Part", ...]
    is_all: bool
    role: str
    path: Path
    field: str | None = None  # of a line


@dataclass(frozen=True, slots=True)
class Inverse:
    part: "Part"
    path: Path


@dataclass(frozen=True, slots=True)
class Reference:
    """The name of a selection in the condition."""

    name: str
    path: Path


Part = Leaf | Group | Inverse | Reference


@dataclass(frozen=True, slots=True)
class Written:
    selections: Mapping[str, Part]
    condition: Part


def written(rule: SigmaRule) -> Written:
    """The rule's detection. The rule has been read without errors before."""
    selections = {name: _selection(found, (name,)) for name, found in rule.detection.detections.items()}
    parsed = [_condition(one.parse(postprocess=False), rule) for one in rule.detection.parsed_condition]
    whole = parsed[0] if len(parsed) == 1 else Group(tuple(parsed), False, "condition", _CONDITION)
    return Written(selections, whole)


def names_in(part: Part) -> set[str]:
    """The selections that a condition refers to."""
    if isinstance(part, Reference):
        return {part.name}
    if isinstance(part, Inverse):
        return names_in(part.part)
    return set().union(*(names_in(one) for one in part.parts)) if isinstance(part, Group) else set()


def wanted_in(part: Part, *, excludes: bool = False) -> set[str]:
    """The selections that a condition looks for: those outside of every `not`."""
    if isinstance(part, Reference):
        return set() if excludes else {part.name}
    if isinstance(part, Inverse):
        return wanted_in(part.part, excludes=not excludes)
    parts = part.parts if isinstance(part, Group) else ()
    return set().union(*(wanted_in(one, excludes=excludes) for one in parts))


def place_of(document: Document, path: Path) -> Place:
    """File and line of a part; the nearest line above it where the file has no such path."""
    node, line = _key(document.node, "detection")
    for step in path:
        node, below = _key(node, step)
        line = below or line
    return Place(document.file, line)


# ---- selections ----
_CONDITION: Path = ("condition",)


def _selection(found: Any, path: Path) -> Part:
    if not hasattr(found, "detection_items"):
        return _line(found, path)
    items = found.detection_items
    # one list of plain values (keywords) is one line, whose values are the members of the list
    if len(items) == 1 and getattr(items[0], "field", "") is None and not items[0].modifiers:
        return _line(items[0], path)
    parts = tuple(_selection(item, (*path, index)) for index, item in enumerate(items))
    is_all = found.item_linking is not conditions.ConditionOR
    return Group(parts, is_all, "map" if is_all else "maps", path)


def _line(item: Any, path: Path) -> Part:
    """A field with its values. Values that a modifier turned into several stand as one line's."""
    alone = len(item.value) < 2
    leaves = [
        Leaf(value_node(item.field, value), path if alone else (*path, index)) for index, value in enumerate(item.value)
    ]
    if not leaves:
        leaves = [Leaf(value_node(item.field, None), path)]
    return Group(tuple(leaves), item.value_linking is conditions.ConditionAND, "line", path, item.field)


# ---- condition ----
def _condition(item: Any, rule: SigmaRule) -> Part:
    if isinstance(item, conditions.ConditionIdentifier):
        return Reference(str(item.args[0]), _CONDITION)
    if isinstance(item, conditions.ConditionNOT):
        return Inverse(_condition(item.args[0], rule), _CONDITION)
    if isinstance(item, conditions.ConditionSelector):
        names = [str(one.args[0]) for one in item.resolve_referenced_detections(rule.detection)]
        parts: tuple[Part, ...] = tuple(Reference(name, _CONDITION) for name in names)
        return parts[0] if len(parts) == 1 else Group(parts, _is_and(item.cond_class), "condition", _CONDITION)
    parts = tuple(_condition(one, rule) for one in item.args)
    return Group(parts, _is_and(type(item)), "condition", _CONDITION)


def _is_and(kind: Callable[..., Any]) -> bool:
    return kind is conditions.ConditionAND


# ---- lines ----
def _key(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node | None, int]:
    """One step down, and the line where it stands; (None, 0) where there is no such step."""
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        found = node.value[step]
        return found, found.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for index, (key, value) in enumerate(node.value):
            if step in (index, key.value):
                return value, key.start_mark.line + 1
    return None, 0
