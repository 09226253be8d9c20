"""The tree that every condition language is parsed to and every compiler reads.

Text comes in by `filter_language` or `search_language`; `binding` looks the fields up and types the values; `sql` and
`predicate` compile what comes out. Nodes are values: equal trees mean the same condition.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hinomi.query.refusal import QueryError

MAX_DEPTH = 40  # brackets and nots inside each other; the compilers recurse, so this also guards their stack
MAX_TERMS = 2000  # comparisons in one condition: room for a pasted list of hashes
MAX_BARE = 20  # bare words in one condition: each looks into every text field


class Operator(StrEnum):
    TERM = "term"  # as the field is matched: a part of its text, or the whole (Column.match)
    EQUALS = "equals"  # the whole value, letters' case aside
    CONTAINS = "contains"
    STARTS = "starts"
    LIKE = "like"  # the whole value against a pattern with * and ? (see Pattern below)
    REGEX = "regex"  # RE2, anywhere in the value, letters' case aside
    GREATER = ">"
    AT_LEAST = ">="
    LESS = "<"
    AT_MOST = "<="
    EXISTS = "exists"
    SUBSET = "hassubset"  # the list holds every one of `value` (a tuple)


@dataclass(frozen=True, slots=True)
class Everything:
    """True of every row."""


@dataclass(frozen=True, slots=True)
class Compare:
    """One field against one value. `at` is the column (from 1) where the field stands in the text, `value_at` that of
    the value; 0 where nobody told."""

    field: str
    operator: Operator
    value: str | tuple[str, ...] = ""
    at: int = dataclasses.field(default=1, compare=False)
    value_at: int = dataclasses.field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class AnyField:
    """Bare text: some text field holds it. `operator` is TERM, EQUALS, LIKE or REGEX."""

    operator: Operator
    value: str
    at: int = dataclasses.field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    children: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    children: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    child: "Node"


Node = Everything | Compare | AnyField | And | Or | Not


def join_all(children: list[Node]) -> Node:
    """All of them; one alone stays itself."""
    return children[0] if len(children) == 1 else And(tuple(children))


def join_any(children: list[Node]) -> Node:
    """Any of them; one alone stays itself."""
    return children[0] if len(children) == 1 else Or(tuple(children))


def negate(node: Node) -> Node:
    """Two nots undo each other, so that a long row of them makes no deep tree."""
    return node.child if isinstance(node, Not) else Not(node)


def check_size(root: Node) -> Node:
    """The tree itself, or InputError when it is too deep or too wide. Never recurses."""
    terms = bare = 0
    for node, depth in walk(root):
        terms += isinstance(node, Compare | AnyField)
        bare += isinstance(node, AnyField)
        if depth > MAX_DEPTH:
            raise too_deep()
        if terms > MAX_TERMS:
            raise QueryError(
                f"the condition has too many comparisons; at most {MAX_TERMS}",
                f"条件の比較が多すぎます。最大 {MAX_TERMS} 個です。",
            )
        if bare > MAX_BARE:
            raise QueryError(
                f"too many words without a field; at most {MAX_BARE}, or write field: (word or word)",
                f"フィールドのない語が多すぎます。最大 {MAX_BARE} 個です。フィールド: (語 or 語) と書いてください。",
            )
    return root


def too_deep() -> QueryError:
    return QueryError(
        f"the condition is nested too deeply; at most {MAX_DEPTH} levels",
        f"条件の入れ子が深すぎます。最大 {MAX_DEPTH} 段です。",
    )


def walk(root: Node) -> Iterator[tuple[Node, int]]:
    """Every node with its depth (the root has 1), parents first."""
    waiting: list[tuple[Node, int]] = [(root, 1)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        if isinstance(node, And | Or):
            waiting.extend((child, depth + 1) for child in node.children)
        elif isinstance(node, Not):
            waiting.append((node.child, depth + 1))


def fields_of(root: Node) -> frozenset[str]:
    """The names of all fields the condition compares."""
    return frozenset(node.field for node, _ in walk(root) if isinstance(node, Compare))
