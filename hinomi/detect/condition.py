"""A filter's condition as a small tree of our own: And, Or, Not, predicates, constants.

Trees are values: equal conditions are equal, so that the engine keeps each predicate once. Nothing is evaluated here.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from hinomi.detect.predicate import Predicate


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"


@dataclass(frozen=True, slots=True)
class Constant:
    value: bool


Node = And | Or | Not | Predicate | Constant
ALWAYS, NEVER = Constant(True), Constant(False)


def all_of(parts: Iterable[Node]) -> Node:
    """And, without what is constant."""
    return _joined(parts, And, absorbing=NEVER, neutral=ALWAYS)


def any_of(parts: Iterable[Node]) -> Node:
    """Or, without what is constant."""
    return _joined(parts, Or, absorbing=ALWAYS, neutral=NEVER)


def none_of(part: Node) -> Node:
    """Not, without what is constant."""
    if isinstance(part, Constant):
        return Constant(not part.value)
    return part.part if isinstance(part, Not) else Not(part)


def predicates_of(node: Node) -> Iterator[Predicate]:
    """Every predicate of the tree, from left to right."""
    if isinstance(node, Predicate):
        yield node
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from predicates_of(part)
    elif isinstance(node, Not):
        yield from predicates_of(node.part)


def assuming(node: Node, known: Callable[[Predicate], bool | None]) -> Node:
    """The tree where `known` answers some predicates already: partial evaluation."""
    if isinstance(node, Predicate):
        answer = known(node)
        return node if answer is None else Constant(answer)
    if isinstance(node, And):
        return all_of(assuming(part, known) for part in node.parts)
    if isinstance(node, Or):
        return any_of(assuming(part, known) for part in node.parts)
    if isinstance(node, Not):
        return none_of(assuming(node.part, known))
    return node


def _joined(parts: Iterable[Node], kind: type[And] | type[Or], *, absorbing: Constant, neutral: Constant) -> Node:
    kept: dict[Node, None] = {}
    for part in parts:
        if part == absorbing:
            return absorbing
        for one in part.parts if isinstance(part, kind) else (part,):
            if one != neutral:
                kept[one] = None
    return neutral if not kept else next(iter(kept)) if len(kept) == 1 else kind(tuple(kept))
