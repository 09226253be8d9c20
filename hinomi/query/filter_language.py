"""The filter language of lists (header TMV1-Filter, query parameter `filter`): text to tree.

    status eq 'Open' and (severity eq 'high' or contains(model, 'Mimikatz')) and createdDateTime ge 2026-01-01T00:00:00Z

`or` binds weaker than `and`, `not` strongest; a quote inside a value is doubled. Grammar: docs/reference/query.md.
LALR with the tree built while parsing: time and stack do not depend on how the text is nested.
"""

import re
from functools import cache
from typing import Any, NoReturn

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken, v_args
from lark.exceptions import VisitError

from hinomi.errors import InputError
from hinomi.query.refusal import nearest
from hinomi.query.tree import Compare, Node, Operator, check_size, join_all, join_any, negate

MAX_LENGTH = 5000  # characters; a caller may ask for less

_GRAMMAR = r"""
start: any
any: all (OR all)*
all: unary (AND unary)*
?unary: NOT unary -> negation
      | "(" any ")" -> group
      | FIELD _EQ value -> equals
      | FIELD ORDER value -> ordered
      | FIELD _IN "(" value ("," value)* ")" -> listed
      | HASSUBSET "(" FIELD "," "[" value ("," value)* "]" ")" -> subset
      | TEXTUAL "(" FIELD "," value ")" -> textual
?value: QUOTED -> quoted | BARE -> bare

AND.3: /and\b/i
OR.3: /or\b/i
NOT.3: /not\b/i
_EQ.3: /eq\b/i
_IN.3: /in\b/i
ORDER.3: /(gt|ge|lt|le)\b/i
HASSUBSET.4: /hassubset(?=\s*\()/i
TEXTUAL.4: /(contains|startswith)(?=\s*\()/i
FIELD: /[A-Za-z_][A-Za-z0-9_.]*/
QUOTED: /'(?:[^']|'')*'/
BARE: /[^\s'(),\[\]]+/
%ignore /\s+/
"""

_ORDERS = {"gt": Operator.GREATER, "ge": Operator.AT_LEAST, "lt": Operator.LESS, "le": Operator.AT_MOST}
_TEXTUAL = {"contains": Operator.CONTAINS, "startswith": Operator.STARTS}

# Callers on Python 3.11 and newer send enum members by their name: severity eq 'Severity.HIGH'.
_WORD = re.compile(r"[A-Za-z]+")
_MEMBER = re.compile(r"[A-Z][A-Za-z]+\.([A-Z][A-Z0-9_]*)")

_WORDS = {
    "AND": "and", "OR": "or", "NOT": "not", "FIELD": "a field", "_EQ": "eq", "_IN": "in", "ORDER": "gt, ge, lt or le",
    "QUOTED": "a 'quoted' value", "BARE": "a value", "LPAR": "(", "RPAR": ")", "COMMA": ",", "LSQB": "[", "RSQB": "]",
    "TEXTUAL": "contains(", "HASSUBSET": "hassubset(", "$END": "the end",
}  # fmt: skip


def parse_filter(text: str, max_length: int = MAX_LENGTH) -> Node:
    """The tree of a filter. InputError names the column and what would be right."""
    if len(text) > max_length:
        raise InputError(f"the filter has {len(text)} characters; at most {max_length}")
    if not text.strip():
        raise InputError("column 1: the filter is empty; write for example status eq 'Open'")
    try:
        return check_size(_parser().parse(text))  # type: ignore[arg-type]
    except UnexpectedInput as error:
        _refuse(text, error)
    except VisitError as error:
        raise InputError(str(error.orig_exc)) from error


def _refuse(text: str, error: UnexpectedInput) -> NoReturn:
    at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    at = len(text) if at_end else (error.pos_in_stream or 0)
    names = error.allowed if isinstance(error, UnexpectedCharacters) else getattr(error, "expected", set())
    wanted = ", ".join(sorted(_WORDS.get(name, name.lower()) for name in names or ()))
    found = repr(text[at : at + 20]) if at < len(text) else "the end"
    typed = _WORD.match(text, at)
    near = nearest(typed.group(), wanted.replace(" or ", ", ").split(", ")) if typed else ""
    hint = f"; nearest: {near!r}" if near else ""
    raise InputError(f"column {at + 1}: found {found}; expected {wanted}{hint}") from error


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", transformer=_Builder(), maybe_placeholders=False)


@v_args(inline=True)
class _Builder(Transformer[Token, Node]):
    """Called back while parsing, innermost first."""

    def start(self, node: Node) -> Node:
        return node

    def any(self, *parts: Any) -> Node:
        return join_any(_nodes(parts))

    def all(self, *parts: Any) -> Node:
        return join_all(_nodes(parts))

    def negation(self, _word: Token, node: Node) -> Node:
        return negate(node)

    def group(self, node: Node) -> Node:
        return node

    def equals(self, field: Token, value: str) -> Node:
        return join_any([_compare(field, Operator.EQUALS, spelling) for spelling in _spellings(value)])

    def ordered(self, field: Token, word: Token, value: str) -> Node:
        return _compare(field, _ORDERS[word.lower()], value)

    def listed(self, field: Token, *values: str) -> Node:
        return join_any([_compare(field, Operator.EQUALS, each) for value in values for each in _spellings(value)])

    def subset(self, _word: Token, field: Token, *values: str) -> Node:
        return Compare(str(field), Operator.SUBSET, tuple(values), _column(field))

    def textual(self, word: Token, field: Token, value: str) -> Node:
        return _compare(field, _TEXTUAL[word.lower()], value)

    def quoted(self, token: Token) -> str:
        return token[1:-1].replace("''", "'")

    def bare(self, token: Token) -> str:
        return str(token)


def _nodes(parts: tuple[Any, ...]) -> list[Node]:
    return [part for part in parts if not isinstance(part, Token)]


def _compare(field: Token, operator: Operator, value: str) -> Compare:
    return Compare(str(field), operator, value, _column(field))


def _column(token: Token) -> int:
    return (token.start_pos or 0) + 1


def _spellings(value: str) -> list[str]:
    """The value, and for an enum member's name what it may stand for: 'Status.IN_PROGRESS' is also 'IN PROGRESS'."""
    member = _MEMBER.fullmatch(value)
    if not member:
        return [value]
    name = member.group(1)
    return list(dict.fromkeys([value, name, name.replace("_", " "), name.replace("_", "")]))
