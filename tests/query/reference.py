"""The Search language a second time: slow, obvious, and nothing of `hinomi.query` in it.

Written from docs/reference/query.md alone, so that a mistake which both compilers share has somebody to contradict it.
It answers as it reads: every step returns where it stopped and whether the row meets what stood there. Queries are
taken to be right: what is wrong raises IndexError or ValueError.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any

Row = Mapping[str, Any]
Check = Callable[[str], bool]  # of one value as text


class Reference:
    """`kinds`: each field is `text`, `whole` (matched whole), `technique`, `number`, `time` or `boolean`."""

    def __init__(self, kinds: Mapping[str, str], bare: set[str], names: Mapping[str, int]) -> None:
        self.kinds, self.bare, self.names = kinds, bare, names

    def meets(self, query: str, row: Row) -> bool:
        at, found = _Reading(self, query, row).alternatives(0, "")
        if query[at:].strip():
            raise ValueError(f"not read to its end: {query[at:]!r}")
        return found


class _Reading:
    def __init__(self, language: Reference, query: str, row: Row) -> None:
        self.language, self.query, self.row = language, query, row

    def alternatives(self, at: int, field: str) -> tuple[int, bool]:
        at, found = self.together(at, field)
        while self.keyword(at) == "or":
            at, other = self.together(self.blanks(at) + 2, field)
            found = found or other
        return at, found

    def together(self, at: int, field: str) -> tuple[int, bool]:
        at, found = self.one(at, field)
        while self.keyword(at) == "and" or self.begins_term(at):
            at, other = self.one(self.blanks(at) + (3 if self.keyword(at) == "and" else 0), field)
            found = found and other
        return at, found

    def one(self, at: int, field: str) -> tuple[int, bool]:
        if self.keyword(at) == "not":
            at, found = self.one(self.blanks(at) + 3, field)
            return at, not found
        at = self.blanks(at)
        if self.query[at] == "(":
            at, found = self.alternatives(at + 1, field)
            return self.closing(at), found
        if field:
            return self.value(at, field)
        named = re.match(r"([A-Za-z_][A-Za-z0-9_.]*)\s*(>=|<=|>|<|:)", self.query[at:])
        return self.of_field(at + named.end(), named[1], named[2]) if named else self.bare_words(at)

    def of_field(self, at: int, written: str, sign: str) -> tuple[int, bool]:
        (field,) = [name for name in self.language.kinds if name.lower() == written.lower()]
        at = self.blanks(at)
        if sign != ":":
            at, edge, _ = self.text(at)
            return at, any(_in_range(member, sign, int(edge)) for member in self.members(field))
        if self.query[at] == "(":
            at, found = self.alternatives(at + 1, field)
            return self.closing(at), found
        return self.value(at, field)

    def value(self, at: int, field: str) -> tuple[int, bool]:
        """One value after `field:`, or one in its bracket."""
        at = self.blanks(at)
        pattern = re.match(r"/((?:[^/\\]|\\.)+)/(?=[\s)]|$)", self.query[at:], re.DOTALL)
        if pattern:
            check = _found_anywhere(pattern[1].replace("\\/", "/"))
            return at + pattern.end(), self.any_member(field, check)
        at, text, way = self.text(at)
        if way == "pattern" and set(text) == {"*"}:
            return at, bool(self.members(field))
        if not text:
            return at, not self.members(field)
        return at, self.any_member(field, self.check_of(field, text, way))

    def check_of(self, field: str, text: str, way: str) -> Check:
        kind = self.language.kinds[field]
        text = _as_typed_in_japan(text, is_technique=kind == "technique")
        if way == "pattern":
            return lambda value: _fits(text.lower(), value.lower())
        if kind in ("number", "time"):
            number = self.language.names.get(text.lower(), text)
            return lambda value: int(value) == int(number)
        if kind == "boolean":
            return lambda value: value.lower() == text.lower()
        if _network(text):
            return lambda value: value.lower() == text.lower() or _inside(value, text)
        if way == "quoted" or kind == "whole":
            return lambda value: value.lower() == text.lower()
        return lambda value: text.lower() in value.lower()

    def bare_words(self, at: int) -> tuple[int, bool]:
        """Words without a field: a part of some text field, also of those that are matched whole."""
        at, text, way = self.text(at)
        if way == "pattern" and set(text) == {"*"}:
            return at, True
        for field in self.language.bare:
            wanted = _as_typed_in_japan(text, is_technique=self.language.kinds[field] == "technique").lower()
            for value in self.members(field):
                if _fits(wanted, value.lower()) if way == "pattern" else wanted in value.lower():
                    return at, True
        return at, False

    def any_member(self, field: str, check: Check) -> bool:
        return any(check(member) for member in self.members(field))

    def members(self, field: str) -> list[str]:
        """The values of a field as text; none where it is missing."""
        value = self.row.get(field)
        if value is None or value == "":
            return []
        return [str(member) for member in (value if isinstance(value, list) else [value])]

    # reading

    def text(self, at: int) -> tuple[int, str, str]:
        """A word or a quoted text here: where it ends, what it says, and `word`, `pattern` or `quoted`."""
        at, said = self.blanks(at), ""
        if self.query[at] == '"':
            at += 1
            while self.query[at] != '"':
                at += self.query[at] == "\\" and self.query[at + 1] in '"\\'
                said, at = said + self.query[at], at + 1
            return at + 1, said, "quoted"
        is_pattern = False
        while at < len(self.query) and not self.query[at].isspace() and self.query[at] not in '()"':
            is_pattern = is_pattern or self.query[at] in "*?"
            at += self.query[at] == "\\" and self.query[at + 1 : at + 2] in ("\\", '"', "(", ")", ":")
            said, at = said + self.query[at], at + 1
        return at, said, "pattern" if is_pattern else "word"

    def blanks(self, at: int) -> int:
        while at < len(self.query) and self.query[at].isspace():
            at += 1
        return at

    def keyword(self, at: int) -> str:
        """`and`, `or` or `not`, where one of them stands alone."""
        found = re.match(r"(and|or|not)(?=[\s()]|$)", self.query[self.blanks(at) :], re.IGNORECASE)
        return found[1].lower() if found else ""

    def begins_term(self, at: int) -> bool:
        at = self.blanks(at)
        return at < len(self.query) and self.query[at] != ")" and self.keyword(at) not in ("and", "or")

    def closing(self, at: int) -> int:
        at = self.blanks(at)
        if self.query[at] != ")":
            raise ValueError(f"no closing bracket at {at}")
        return at + 1


def _as_typed_in_japan(text: str, *, is_technique: bool) -> str:
    text = text.replace("¥", "\\")
    return re.sub(r"([tT][0-9]{4})-([0-9]{3})", r"\1.\2", text) if is_technique else text


def _fits(pattern: str, text: str) -> bool:
    """The whole text against * and ?, trying everything."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(_fits(pattern[1:], text[skipped:]) for skipped in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and _fits(pattern[1:], text[1:])


def _found_anywhere(pattern: str) -> Check:
    read = re.compile(pattern, re.IGNORECASE | re.DOTALL)
    return lambda value: read.search(value) is not None


def _in_range(value: str, sign: str, edge: int) -> bool:
    """Numbers of more than 18 digits do not come in the generated ranges as text."""
    if not re.fullmatch("-?[0-9]{1,19}", value):
        return False
    number = int(value)
    return {">": number > edge, ">=": number >= edge, "<": number < edge, "<=": number <= edge}[sign]


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False) if "/" in text else None
    except ValueError:
        return None


def _inside(value: str, network: str) -> bool:
    """IPv4 and its form in IPv6 are one address; an address with a zone is none."""
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    given = _network(network)
    assert given is not None
    first, last = _as_ipv6(given.network_address), _as_ipv6(given.broadcast_address)
    return "%" not in value and first <= _as_ipv6(address) <= last


def _as_ipv6(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> int:
    return int(address) + (0xFFFF << 32 if address.version == 4 else 0)
