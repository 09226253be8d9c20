"""A predicate: one field, one operator, one value wanted. In: a value of an activity. Out: met or not.

What the operators mean (docs/reference/content.md has the same table for people):
- text ignores case by Unicode lower-casing unless `cased`; numbers and booleans are compared by their text too;
- a list (or tuple) is met when any member is; a missing value (None) meets only NULL and EXISTS false;
- `re` is unanchored, minds case, and runs on RE2: linear time, so no pattern can hang the engine.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeAlias

import re2  # type: ignore[import-untyped]

Scalar: TypeAlias = str | int | float | bool
Test: TypeAlias = Callable[[Any], bool]


class Operator(StrEnum):
    EQUALS = "equals"
    CONTAINS = "contains"
    STARTSWITH = "startswith"
    ENDSWITH = "endswith"
    GLOB = "glob"  # value: tuple of text, ANY_TEXT, ANY_CHARACTER
    REGEX = "re"  # value: (pattern, flags of "ims")
    NUMBER = "number"
    BOOLEAN = "boolean"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    NEQ = "not number"
    CIDR = "cidr"
    TIME_PART = "time part"  # value: (unit, "equals" | "lt" | "lte" | "gt" | "gte", number)
    NULL = "null"
    EXISTS = "exists"  # value: True or False
    FIELD = "field"  # value: (other field, "equals" | "startswith" | "endswith" | "contains")


ANY_TEXT = 0
ANY_CHARACTER = 1

GlobPart: TypeAlias = str | int


@dataclass(frozen=True, slots=True)
class Predicate:
    """`field` None: a keyword, looked for anywhere in the record. `value` is hashable; see Operator."""

    field: str | None
    operator: Operator
    value: Any
    cased: bool = False

    def __str__(self) -> str:
        cased = " (case-sensitive)" if self.cased else ""
        return f"{self.field or 'keyword'} {self.operator} {self.value!r}{cased}"


def test_of(predicate: Predicate) -> Test:
    """The test of one value: None, a scalar or a list. FIELD predicates need two values: `fields_test`."""
    if predicate.operator is Operator.NULL:
        return _is_none
    if predicate.operator is Operator.EXISTS:
        return _is_not_none if predicate.value else _is_none
    return _any_member(scalar_test(predicate))


def scalar_test(predicate: Predicate) -> Test:
    """The test of one value that is neither None nor a list."""
    return _SCALAR_TESTS[predicate.operator](predicate)


def fields_test(how: str) -> Callable[[Any, Any], bool]:
    """The test of FIELD: is the first value equal to (or starts with ...) the second? False when either is missing."""
    compare = _FIELD_TESTS[how]

    def test(left: Any, right: Any) -> bool:
        return any(compare(one.lower(), other.lower()) for one in _texts(left) for other in _texts(right))

    return test


def text_of(value: Scalar) -> str:
    """The text a filter compares with; booleans as in the records of the sources: true, false."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def number_of(value: Any) -> int | float | None:
    """The number a value means: itself, or decimal or 0x text; None when it is none (a boolean is none)."""
    if isinstance(value, str):
        text = value.strip()
        if _INTEGER.fullmatch(text):
            return int(text)
        if _HEXADECIMAL.fullmatch(text):
            return int(text, 16)
        return float(text) if _DECIMAL.fullmatch(text) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value


# Bounded, for Python refuses to read integers of thousands of digits.
_INTEGER = re.compile(r"[+-]?[0-9]{1,40}")
_HEXADECIMAL = re.compile(r"0[xX][0-9a-fA-F]{1,40}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,40}\.[0-9]{1,40}")


def _is_none(value: Any) -> bool:
    return value is None


def _is_not_none(value: Any) -> bool:
    return value is not None


def _any_member(test: Test) -> Test:
    def test_value(value: Any) -> bool:
        if value is None:
            return False
        if isinstance(value, list | tuple):
            return any(test(member) for member in value if member is not None)
        return test(value)

    return test_value


def _texts(value: Any) -> list[str]:
    members = value if isinstance(value, list | tuple) else [value]
    return [text_of(member) for member in members if member is not None]


# ---- text ----
def _text_test(predicate: Predicate) -> Test:
    compare = _TEXT_TESTS[predicate.operator]
    if predicate.cased:
        wanted = predicate.value
        return lambda value: compare(text_of(value), wanted)
    lower = predicate.value.lower()
    return lambda value: compare(text_of(value).lower(), lower)


_TEXT_TESTS: dict[Operator, Callable[[str, str], bool]] = {
    Operator.EQUALS: str.__eq__,
    Operator.CONTAINS: str.__contains__,
    Operator.STARTSWITH: lambda text, wanted: text.startswith(wanted),
    Operator.ENDSWITH: lambda text, wanted: text.endswith(wanted),
}
_FIELD_TESTS: dict[str, Callable[[str, str], bool]] = {
    "equals": str.__eq__,
    "startswith": lambda text, wanted: text.startswith(wanted),
    "endswith": lambda text, wanted: text.endswith(wanted),
    "contains": str.__contains__,
}


def _glob_test(predicate: Predicate) -> Test:
    """The pattern as RE2, which is linear however many stars it has; `.` meets any character, line ends too."""
    parts = (
        predicate.value if predicate.cased else tuple(p.lower() if isinstance(p, str) else p for p in predicate.value)
    )
    pattern = "".join(_GLOB_REGEX[part] if isinstance(part, int) else re2.escape(part) for part in parts)
    match = compiled(f"(?s){pattern}").fullmatch
    if predicate.cased:
        return lambda value: match(_utf8(text_of(value))) is not None
    return lambda value: match(_utf8(text_of(value).lower())) is not None


_GLOB_REGEX: dict[int, str] = {ANY_TEXT: ".*", ANY_CHARACTER: "."}


def _regex_test(predicate: Predicate) -> Test:
    pattern, flags = predicate.value
    search = compiled(f"(?{flags}){pattern}" if flags else pattern).search
    return lambda value: search(_utf8(text_of(value))) is not None


@lru_cache(maxsize=16_384)
def compiled(pattern: str, *, keeps_groups: bool = False) -> Any:
    """The pattern for RE2, made once however many kinds of activity look for it. Raises re2.error with the reason.

    What a group holds is known only of patterns that keep their groups.
    """
    options = re2.Options()
    options.log_errors = False  # it would write to stderr beside raising
    options.max_mem = MAX_REGEX_BYTES
    options.never_capture = not keeps_groups  # to keep them is slower
    return re2.compile(pattern, options)


MAX_REGEX_BYTES = 64 << 20  # what one pattern's automaton may grow to; beyond it RE2 goes on more slowly


def _utf8(text: str) -> bytes:
    """RE2 reads UTF-8, and faster so; it has no lone surrogates, which broken UTF-16 in records has."""
    return text.encode("utf-8", "replace")


# ---- numbers, times, addresses ----
def _number_test(predicate: Predicate) -> Test:
    wanted = predicate.value
    return lambda value: number_of(value) == wanted


def _boolean_test(predicate: Predicate) -> Test:
    wanted = text_of(predicate.value)
    return lambda value: text_of(value).lower() == wanted


def _compare_test(predicate: Predicate) -> Test:
    compare, wanted = _COMPARISONS[predicate.operator], predicate.value

    def test(value: Any) -> bool:
        found = number_of(value)
        return found is not None and compare(found, wanted)

    return test


_COMPARISONS: dict[Operator, Callable[[float, float], bool]] = {
    Operator.LT: lambda found, wanted: found < wanted,
    Operator.LTE: lambda found, wanted: found <= wanted,
    Operator.GT: lambda found, wanted: found > wanted,
    Operator.GTE: lambda found, wanted: found >= wanted,
    Operator.NEQ: lambda found, wanted: found != wanted,
}


def _cidr_test(predicate: Predicate) -> Test:
    network = ipaddress.ip_network(predicate.value, strict=False)
    version, mask, base = network.version, int(network.netmask), int(network.network_address)

    def test(value: Any) -> bool:
        address = _address(value) if isinstance(value, str) else None
        return address is not None and address[0] == version and address[1] & mask == base

    return test


@lru_cache(maxsize=16_384)
def _address(text: str) -> tuple[int, int] | None:
    """Version and number. Security records write IPv4 addresses as ::ffff:10.0.0.1."""
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    found = getattr(found, "ipv4_mapped", None) or found
    return found.version, int(found)


def _time_part_test(predicate: Predicate) -> Test:
    unit, how, wanted = predicate.value
    part, compare = _TIME_PARTS[unit], _PART_COMPARISONS[how]

    def test(value: Any) -> bool:
        moment = _moment(value)
        return moment is not None and compare(part(moment), wanted)

    return test


_TIME_PARTS: dict[str, Callable[[datetime], int]] = {
    "minute": lambda moment: moment.minute,
    "hour": lambda moment: moment.hour,
    "day": lambda moment: moment.day,
    "week": lambda moment: moment.isocalendar().week,
    "month": lambda moment: moment.month,
    "year": lambda moment: moment.year,
}


_PART_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "equals": lambda found, wanted: found == wanted,
    **{str(operator): compare for operator, compare in _COMPARISONS.items() if operator is not Operator.NEQ},
}


def _moment(value: Any) -> datetime | None:
    """ISO 8601 text, or milliseconds since 1970; without a zone it is UTC, as in Windows records."""
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value.strip())
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        if isinstance(value, int) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


_SCALAR_TESTS: dict[Operator, Callable[[Predicate], Test]] = {
    Operator.EQUALS: _text_test,
    Operator.CONTAINS: _text_test,
    Operator.STARTSWITH: _text_test,
    Operator.ENDSWITH: _text_test,
    Operator.GLOB: _glob_test,
    Operator.REGEX: _regex_test,
    Operator.NUMBER: _number_test,
    Operator.BOOLEAN: _boolean_test,
    Operator.LT: _compare_test,
    Operator.LTE: _compare_test,
    Operator.GT: _compare_test,
    Operator.GTE: _compare_test,
    Operator.NEQ: _compare_test,
    Operator.CIDR: _cidr_test,
    Operator.TIME_PART: _time_part_test,
}
