"""What may stand at the caret of a query: the part to replace, and the fields, operators and keywords that fit there.

Values come from the lake; `Caret` says of which field, and what of one is typed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hinomi.query.fields import Column, Fields
from hinomi.schema.activity import FieldType
from hinomi.schema.content import Text

MOST = 30

_TOKEN = re.compile(
    r"""(?P<blank>\s+)
      | (?P<field>[A-Za-z_][A-Za-z0-9_.]*)\s*(?P<operator>>=|<=|[:<>])\s*
      | (?P<open>\()
      | (?P<close>\))
      | (?P<quoted>"(?:[^"\\]|\\.)*(?P<end>"?))
      | (?P<pattern>/(?:[^/\\]|\\.)+/(?=[\s)]|$))
      | (?P<word>(?:\\[\\"():]|[^\s()"])+)""",
    re.VERBOSE | re.DOTALL,
)
_WORD_END = re.compile(r'(?:\\[\\"():]|[^\s()":])*')


class Place(StrEnum):
    TERM = "term"  # a field or a word begins here
    VALUE = "value"  # of `Caret.field`
    AFTER = "after"  # a term has ended: and, or, or another term
    NOWHERE = "nowhere"  # inside a regular expression


@dataclass(frozen=True, slots=True)
class Caret:
    """`start` to `end`: what the choice replaces (from 0, end excluded); `typed`: what stands there before the caret."""

    place: Place
    field: str
    start: int
    end: int
    typed: str
    is_quoted: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    insert: str
    label: str
    kind: str  # field | operator | value | keyword
    help: Text


_KINDS = {
    FieldType.TEXT: Text("text", "文字列"),
    FieldType.INTEGER: Text("number", "数値"),
    FieldType.TIME: Text("time", "時刻"),
    FieldType.TEXTS: Text("list of text", "文字列のリスト"),
    FieldType.BOOLEAN: Text("true or false", "true または false"),
}
_KEYWORDS = {
    "and": Text("both must hold", "両方を満たす"),
    "or": Text("one must hold", "どちらかを満たす"),
    "not": Text("must not hold", "満たさない"),
}
_OPERATORS = {
    ":": Text("holds the text; \"whole value\", *wildcard*, /regular expression/", "文字列を含む。\"完全一致\"、*ワイルドカード*、/正規表現/"),
    ": *": Text("has a value", "値がある"),
}  # fmt: skip
_RANGES = {
    ">=": Text("at least", "以上"),
    "<=": Text("at most", "以下"),
    ">": Text("more than", "より大きい"),
    "<": Text("less than", "より小さい"),
}


def find_caret(text: str, position: int) -> Caret:
    """Where the caret (a number of characters from the left) stands in the query, however unfinished that is."""
    position = max(0, min(position, len(text)))
    field, pending, brackets = "", "", []
    is_after, at = False, 0
    while at < position:
        found = _TOKEN.match(text, at)
        if found is None:
            break
        kind, stop = found.lastgroup if found.lastgroup not in ("end", "operator") else None, found.end()
        if found["field"]:
            if found.end("operator") > position:
                return _word(text, found.start(), position, field, bool(field))
            pending, is_after = found["field"], False
            at = min(stop, position)
            continue
        if found["quoted"] is not None and (stop > position or (stop == position and not found["end"])):
            owner = pending or field
            place = Place.VALUE if owner else Place.TERM
            return Caret(place, owner, at, stop, text[at + 1 : position], is_quoted=True)
        if found["pattern"] and stop > position:
            return Caret(Place.NOWHERE, "", position, position, "")
        if found["word"] is not None and stop >= position:
            return _word(text, at, position, pending or field, bool(pending or field))
        match kind:
            case "open":
                brackets.append(field)
                field, pending, is_after = pending or field, "", False
            case "close":
                field = brackets.pop() if brackets else ""
                is_after = True
            case "blank":
                pass
            case _:
                is_keyword = (found["word"] or "").lower() in _KEYWORDS
                is_after, pending = not is_keyword, "" if not is_keyword else pending
        at = stop
    owner = pending or field
    if owner and not is_after:
        return Caret(Place.VALUE, owner, position, position, "")
    return Caret(Place.AFTER if is_after else Place.TERM, field, position, position, "")


def _word(text: str, start: int, position: int, field: str, is_value: bool) -> Caret:
    found = _WORD_END.match(text, start)
    end = max(found.end() if found else position, position)
    return Caret(Place.VALUE if is_value else Place.TERM, field, start, end, text[start:position])


def choices(caret: Caret, fields: Fields) -> list[Choice]:
    """Fields, operators, names and keywords that fit; those that begin as typed come first."""
    if caret.place is Place.NOWHERE:
        return []
    if caret.place is Place.VALUE:
        return _values(caret, fields)
    if caret.place is Place.AFTER:
        return [Choice(f"{word} ", word, "keyword", told) for word, told in _KEYWORDS.items()]
    found = _operators(caret, fields) + _fields(caret, fields)
    words = [word for word in _KEYWORDS if caret.typed and word.startswith(caret.typed.lower())]
    return (found + [Choice(f"{word} ", word, "keyword", _KEYWORDS[word]) for word in words])[:MOST]


def _fields(caret: Caret, fields: Fields) -> list[Choice]:
    typed = caret.typed.lower()
    names = sorted((name for name in fields if typed in name.lower()), key=lambda name: (_rank(name, typed), name))
    return [Choice(f"{name}: ", name, "field", _KINDS[fields[name].type]) for name in names[:MOST]]


def _rank(name: str, typed: str) -> tuple[bool, int]:
    return not name.lower().startswith(typed), len(name) if typed else 0


def _operators(caret: Caret, fields: Fields) -> list[Choice]:
    """A whole field's name is typed: what may follow it."""
    column = _column(caret.typed, fields)
    if column is None:
        return []
    signs = dict(_OPERATORS) | (_RANGES if column.type in (FieldType.INTEGER, FieldType.TIME) else {})
    return [Choice(f"{caret.typed}{_sign(sign)}", sign, "operator", told) for sign, told in signs.items()]


def _sign(sign: str) -> str:
    return f"{sign} " if sign.startswith(":") else f" {sign} "


def _column(name: str, fields: Fields) -> Column | None:
    return fields.get(name) or {known.lower(): column for known, column in fields.items()}.get(name.lower())


def _values(caret: Caret, fields: Fields) -> list[Choice]:
    column = _column(caret.field, fields)
    if column is None:
        return []
    named: Mapping[str, int] = column.names
    if column.type is FieldType.BOOLEAN:
        named = {"true": 1, "false": 0}
    typed = caret.typed.lower()
    words = [name.upper() if column.names else name for name in named if not name.startswith("telemetry_")]
    return [
        Choice(word, word, "value", Text(str(named[word.lower()]), str(named[word.lower()])))
        for word in sorted(words)
        if typed in word.lower()
    ][:MOST]


def quoted(value: str) -> str:
    """A value as the language writes it, so that it means the whole of it."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
