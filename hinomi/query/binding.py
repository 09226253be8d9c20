"""Looks the fields of a condition up and types its values, once for both compilers.

In: a tree as parsed. Out: the same shape with `Test` leaves whose column is known and whose value has its type, so
that `sql` and `predicate` need no rule of their own. QueryError where a field or value cannot be meant.
"""

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum

from hinomi.query.fields import Column, Fields, Match, find_column
from hinomi.query.moment import parse_moment
from hinomi.query.refusal import QueryError, nearest
from hinomi.query.tree import And, AnyField, Compare, Everything, Node, Not, Operator, Or, check_size
from hinomi.schema.activity import FieldType

MAX_VALUE = 8192  # characters of one value
MAX_REGEX = 1000


class How(StrEnum):
    """What a test does with a value of its column; for a list: with any member, except SUBSET and EXISTS."""

    EQUALS = "equals"
    CONTAINS = "contains"
    STARTS = "starts"
    LIKE = "like"
    REGEX = "regex"
    NETWORK = "network"
    GREATER = ">"
    AT_LEAST = ">="
    LESS = "<"
    AT_MOST = "<="
    EXISTS = "exists"
    SUBSET = "subset"


@dataclass(frozen=True, slots=True)
class Test:
    """`name` is the field as the table spells it. `value`: text in lower case (EQUALS, CONTAINS, STARTS, LIKE), an int,
    a bool, a pattern, a network as (first, last) IPv6 text, a tuple of lower-case texts (SUBSET), or None (EXISTS)."""

    __test__ = False  # not a test case, whatever pytest thinks of the name

    name: str
    column: Column
    how: How
    value: "str | int | bool | tuple[str, ...] | None" = None


@dataclass(frozen=True, slots=True)
class All:
    children: tuple["Bound", ...]


@dataclass(frozen=True, slots=True)
class Any:
    children: tuple["Bound", ...]


@dataclass(frozen=True, slots=True)
class Neither:
    child: "Bound"


Bound = Test | All | Any | Neither

_NUMBER = re.compile(r"-?[0-9]{1,19}")
_INT64 = range(-(1 << 63), 1 << 63)  # process identities take 63 bits, 19 digits
_TECHNIQUE = re.compile(r"(t[0-9]{4})-([0-9]{3})", re.IGNORECASE)
_RANGES = {
    Operator.GREATER: How.GREATER,
    Operator.AT_LEAST: How.AT_LEAST,
    Operator.LESS: How.LESS,
    Operator.AT_MOST: How.AT_MOST,
}
_TEXTUAL = {
    Operator.EQUALS: How.EQUALS,
    Operator.CONTAINS: How.CONTAINS,
    Operator.STARTS: How.STARTS,
    Operator.LIKE: How.LIKE,
}
_TEXTS = (FieldType.TEXT, FieldType.TEXTS)


def bind(node: Node, fields: Fields) -> Bound:
    """The condition against these fields. QueryError: unknown field, wrong kind of value, too deep or too wide."""
    return _bind(check_size(node), fields)


def _bind(node: Node, fields: Fields) -> Bound:
    match node:
        case Everything():
            return All(())
        case And(children):
            return All(tuple(_bind(child, fields) for child in children))
        case Or(children):
            return Any(tuple(_bind(child, fields) for child in children))
        case Not(child):
            return Neither(_bind(child, fields))
        case AnyField():
            return _bind_bare(node, fields)
        case Compare():
            return _bind_compare(node, fields)


def _bind_bare(node: AnyField, fields: Fields) -> Bound:
    searched = {name: column for name, column in fields.items() if column.bare and column.type in _TEXTS}
    operator = Operator.CONTAINS if node.operator is Operator.TERM else node.operator
    tests = [_text_test(name, column, operator, node.value, node.at) for name, column in searched.items()]
    return Any(tuple(tests))


def _bind_compare(node: Compare, fields: Fields) -> Bound:
    column, at = find_column(fields, node.field, node.at), node.value_at or node.at
    name = next((known for known, other in fields.items() if other is column), node.field)
    if node.operator is Operator.EXISTS:
        return Test(name, column, How.EXISTS)
    if node.operator is Operator.SUBSET:
        members = node.value if isinstance(node.value, tuple) else (node.value,)
        _limit_values(members, at)
        return Test(name, column, How.SUBSET, tuple(member.lower() for member in members if member))
    value = node.value if isinstance(node.value, str) else " ".join(node.value)
    if node.operator in _RANGES:
        return Test(name, column, _RANGES[node.operator], _number(node.field, column, value, at))
    if column.type is FieldType.BOOLEAN:
        return Test(name, column, How.EQUALS, _boolean(node.field, value, at))
    if column.type in _TEXTS or node.operator in (Operator.LIKE, Operator.REGEX):
        return _text_test(name, column, node.operator, value, at)
    return Test(name, column, How.EQUALS, _number(node.field, column, value, at))


def _text_test(name: str, column: Column, operator: Operator, value: str, at: int) -> Bound:
    _limit_values((value,), at)
    if operator is Operator.REGEX:
        return Test(name, column, How.REGEX, _checked_regex(value, at))
    if not value:
        return Neither(Test(name, column, How.EXISTS))
    value = value.replace("¥", "\\")  # a Japanese keyboard types ¥ where a path has a backslash
    if column.is_technique:
        value = _TECHNIQUE.sub(r"\1.\2", value)
    if operator is Operator.TERM or operator is Operator.EQUALS:
        network = _network(value)
        if network:
            return Any((Test(name, column, How.NETWORK, network), Test(name, column, How.EQUALS, value.lower())))
    if operator is Operator.TERM:
        operator = Operator.EQUALS if column.match is Match.FULL else Operator.CONTAINS
    return Test(name, column, _TEXTUAL[operator], value.lower())


def _limit_values(values: tuple[str, ...], at: int) -> None:
    if any(len(value) > MAX_VALUE for value in values):
        told = f"a value is longer than {MAX_VALUE} characters", f"値が長すぎます。最大 {MAX_VALUE} 文字です。"
        raise QueryError(*told, at)
    if any("\0" in value for value in values):
        raise QueryError("a value holds a NUL character", "値に NUL 文字が含まれています。", at)


def _number(field: str, column: Column, value: str, at: int) -> int:
    named = column.names.get(value.lower())
    if named is not None:
        return named
    if _NUMBER.fullmatch(value) and int(value) in _INT64:
        return int(value)
    if column.type is FieldType.TIME:
        try:
            return parse_moment(value)
        except QueryError as error:
            raise error.at(at) from error
    some = ", ".join(sorted(name.upper() for name in column.names if not name.startswith("telemetry_"))[:6])
    right = f"a number or a name such as {some}" if some else "a number"
    right_ja = f"数値または {some} などの名前" if some else "数値"
    near = nearest(value[:60], (name.upper() for name in column.names))
    raise QueryError(
        f"{field!r} wants {right}, not {value[:60]!r}{f'; nearest: {near!r}' if near else ''}",
        f"{field!r} には {right_ja} を書いてください: {value[:60]!r}{f'。近いもの: {near!r}' if near else ''}",
        at,
        near,
    )


def _boolean(field: str, value: str, at: int) -> bool:
    if value.lower() not in ("true", "false"):
        told = f"{field!r} wants true or false, not {value[:60]!r}"
        told_ja = f"{field!r} には true か false を書いてください: {value[:60]!r}"
        raise QueryError(told, told_ja, at, nearest(value[:60], ("true", "false")))
    return value.lower() == "true"


def _checked_regex(pattern: str, at: int) -> str:
    """The pattern if RE2 can read it: pyarrow carries the same engine as the lake."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if len(pattern) > MAX_REGEX:
        told = (
            f"the pattern is longer than {MAX_REGEX} characters",
            f"正規表現が長すぎます。最大 {MAX_REGEX} 文字です。",
        )
        raise QueryError(*told, at)
    try:
        pc.match_substring_regex(pa.scalar(""), pattern=f"(?is){pattern}")
    except (pa.ArrowInvalid, UnicodeEncodeError) as error:
        raise QueryError(
            f"the pattern is no regular expression that RE2 reads: {error}",
            f"RE2 が読める正規表現ではありません: {error}",
            at,
        ) from error
    return f"(?is){pattern}"


def _network(value: str) -> tuple[str, str] | None:
    """First and last address of a CIDR as IPv6 text (IPv4 mapped), or None when it is none."""
    if "/" not in value:
        return None
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None
    return _mapped(network.network_address), _mapped(network.broadcast_address)


def _mapped(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    return f"::ffff:{address}" if address.version == 4 else str(address)
