"""Tree to a Python predicate over one row (a dict of fields): the same truth as `sql`, held by one table of cases.

A missing value (absent key, None, empty text or list) meets no test, and `not` of that is true.
"""

import ipaddress
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any as AnyValue

from hinomi.query import binding
from hinomi.query.binding import Bound, How, Test, bind
from hinomi.query.fields import Column, Fields
from hinomi.query.moment import parse_moment
from hinomi.query.tree import Compare, Node, Operator, fields_of, walk
from hinomi.schema.activity import FieldType

Row = Mapping[str, AnyValue]
Predicate = Callable[[Row], bool]

_ORDER: dict[How, Callable[[int, int], bool]] = {
    How.GREATER: operator.gt,
    How.AT_LEAST: operator.ge,
    How.LESS: operator.lt,
    How.AT_MOST: operator.le,
}
_NUMBER = re.compile(r"-?[0-9]{1,18}")


def to_predicate(node: Node, fields: Fields | None = None) -> Predicate:
    """A function of a row. Without `fields` every name is allowed and matched as text (lists: any member; ranges
    compare numbers or times, whichever the value written is). InputError as in `binding.bind`."""
    return _compile(bind(node, fields if fields is not None else _guess_fields(node)))


def _guess_fields(node: Node) -> Fields:
    kinds = dict.fromkeys(fields_of(node), FieldType.TEXT)
    for leaf, _ in walk(node):
        if isinstance(leaf, Compare) and leaf.operator in _RANGE_OPERATORS and not _NUMBER.fullmatch(str(leaf.value)):
            kinds[leaf.field] = FieldType.TIME
    return {name: Column(name, kind) for name, kind in kinds.items()}


_RANGE_OPERATORS = (Operator.GREATER, Operator.AT_LEAST, Operator.LESS, Operator.AT_MOST)


def _compile(node: Bound) -> Predicate:
    match node:
        case binding.All(children):
            every = [_compile(child) for child in children]
            return lambda row: all(test(row) for test in every)
        case binding.Any(children):
            some = [_compile(child) for child in children]
            return lambda row: any(test(row) for test in some)
        case binding.Neither(child):
            inner = _compile(child)
            return lambda row: not inner(row)
        case Test():
            return _compile_test(node)


def _compile_test(test: Test) -> Predicate:
    name = test.name
    if test.how is How.EXISTS:
        return lambda row: row.get(name) not in (None, "", [], ())
    if test.how is How.SUBSET:
        wanted = set(test.value) if isinstance(test.value, tuple) else set()
        return lambda row: wanted <= {_text(member).lower() for member in _members(row.get(name))}
    if isinstance(test.value, int):
        return _compile_number(test)
    check = _text_check(test)
    return lambda row: any(check(_text(member)) for member in _members(row.get(name)))


def _compile_number(test: Test) -> Predicate:
    name, wanted = test.name, int(test.value)  # type: ignore[arg-type]
    compare: Callable[[int, int], bool] = _ORDER.get(test.how, operator.eq)

    def check(row: Row) -> bool:
        numbers = (_number(member, test.column.type) for member in _members(row.get(name)))
        return any(number is not None and compare(number, wanted) for number in numbers)

    return check


def _members(value: AnyValue) -> Iterable[AnyValue]:
    if value is None or value == "":
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def _text(value: AnyValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def _number(value: AnyValue, kind: FieldType) -> int | None:
    if isinstance(value, int):
        return int(value)
    text = str(value)
    if _NUMBER.fullmatch(text):
        return int(text)
    if kind is FieldType.TIME:
        return parse_moment(text)
    return None


def _text_check(test: Test) -> Callable[[str], bool]:
    if test.how is How.NETWORK and isinstance(test.value, tuple):
        first, last = (ipaddress.IPv6Address(edge) for edge in test.value)
        return lambda text: _in_network(text, first, last)
    value = str(test.value)
    match test.how:
        case How.EQUALS:
            return lambda text: text.lower() == value
        case How.CONTAINS:
            return lambda text: value in text.lower()
        case How.STARTS:
            return lambda text: text.lower().startswith(value)
        case How.LIKE:
            return wildcard(value)
        case _:
            return _regex(value)


def _in_network(text: str, first: ipaddress.IPv6Address, last: ipaddress.IPv6Address) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if "%" in text:
        return False
    mapped = ipaddress.IPv6Address(f"::ffff:{address}") if address.version == 4 else address
    return first <= mapped <= last


def _regex(pattern: str) -> Callable[[str], bool]:
    """By RE2 (pyarrow), the lake's own engine: linear in the text, whatever the pattern."""
    import pyarrow as pa
    import pyarrow.compute as pc

    def check(text: str) -> bool:
        found = pc.match_substring_regex(pa.scalar(text), pattern=pattern)
        return bool(found.as_py())

    return check


def wildcard(pattern: str) -> Callable[[str], bool]:
    """The whole text, in lower case, against a pattern where * is any text and ? one character.

    Pieces between stars are found from the left, so that no pattern makes it try again and again.
    """
    pieces = [re.compile(re.escape(piece).replace(r"\?", "."), re.DOTALL) for piece in pattern.split("*")]
    first, last, middle = pieces[0], pieces[-1], pieces[1:-1]
    tail = len(pattern.rsplit("*", 1)[-1])

    def check(text: str) -> bool:
        text = text.lower()
        if len(pieces) == 1:
            return first.fullmatch(text) is not None
        begun = first.match(text)
        if begun is None:
            return False
        position, end = begun.end(), len(text) - tail
        for piece in middle:
            found = piece.search(text, position, end) if position <= end else None
            if found is None:
                return False
            position = found.end()
        return position <= end and last.fullmatch(text, end) is not None

    return check
