"""Filters as plain data (what JSON can say) and back. In: what one document was read as. Out: the same, equal.

Lists of JSON are tuples; everything else that JSON lacks is a mapping with one key, its tag. What has no form here raises
TypeError; data that is none of this form raises one of BROKEN.
"""

from collections.abc import Callable
from dataclasses import fields
from functools import partial
from sys import intern
from typing import TYPE_CHECKING, Any

from hinomi.detect.condition import And, Constant, Node, Not, Or
from hinomi.detect.guards import needs_of, remember
from hinomi.detect.parsed import Parsed, RuleSource
from hinomi.detect.predicate import Operator, Predicate
from hinomi.errors import ContentError, Place
from hinomi.schema.content import Filter, LogSource, Severity, Text

if TYPE_CHECKING:
    from sigma.rule import SigmaRule

Reading = tuple[Filter | None, list[ContentError]]  # what one document is read as

BROKEN = (TypeError, ValueError, KeyError, IndexError, AttributeError, RecursionError)
_NAMES = tuple(entry.name for entry in fields(Filter) if entry.name != "sigma")


def plain_reading(reading: Reading) -> list[Any]:
    found, errors = reading
    return [None if found is None else _plain_filter(found), plain_errors(errors)]


def reading_of(plain: Any, text: str, index: int) -> Reading:
    """`text`, `index`: the document that it was read from, for those who ask for pySigma's rule."""
    found, errors = plain
    return None if found is None else _filter(found, text, index), errors_of(errors)


def plain_errors(errors: list[ContentError]) -> list[Any]:
    return [_plain_error(error) for error in errors]


def errors_of(plain: Any) -> list[ContentError]:
    return [_error(one) for one in plain]


def _plain_filter(one: Filter) -> list[Any]:
    parsed: Parsed = one.sigma
    return [[_plain(getattr(one, name)) for name in _NAMES], _plain_node(parsed.condition), parsed.rule_id]


def _filter(plain: Any, text: str, index: int) -> Filter:
    values, condition, rule_id = plain
    given = dict(zip(_NAMES, map(_value, values), strict=True))
    source = RuleSource(partial(_parsed_again, text, index))
    return Filter(**given, sigma=Parsed(_node(condition), rule_id, source))


def _parsed_again(text: str, index: int) -> "SigmaRule":
    from hinomi.detect.sigma_rule import parsed_again

    return parsed_again(text, index)


def _plain_error(error: ContentError) -> list[Any]:
    if type(error) is not ContentError:
        raise TypeError(f"no form for {type(error).__name__}")
    return [error.message, error.at.file, error.at.line, error.at.column, error.ja]


def _error(plain: Any) -> ContentError:
    message, file, line, column, ja = plain
    return ContentError(message, Place(file, line, column), ja)


# ---- values ----
def _plain(value: Any) -> Any:
    if value is None or type(value) in (str, int, float, bool):
        return value
    if isinstance(value, tuple):
        return [_plain(member) for member in value]
    form = _FORMS.get(type(value))
    if form is None:
        raise TypeError(f"no form for {type(value).__name__}")
    return {form[0]: form[1](value)}


def _value(plain: Any) -> Any:
    if isinstance(plain, list):
        return tuple([_value(member) for member in plain])
    if isinstance(plain, dict):
        ((tag, inner),) = plain.items()
        return _MAKERS[tag](inner)
    return plain


# type -> tag, to plain, from plain. "raw" is YAML's own data, as tests hold it: whatever JSON says in the same words.
_FORMS: dict[type, tuple[str, Callable[[Any], Any], Callable[[Any], Any]]] = {
    dict: ("raw", lambda value: value, lambda plain: plain),
    Text: ("text", lambda value: [value.en, value.ja], lambda plain: Text(*plain)),
    Severity: ("severity", str, Severity),
    LogSource: (
        "source",
        lambda value: [value.product, value.category, value.service],
        lambda plain: LogSource(*plain),
    ),
}
_MAKERS = {tag: make for tag, _, make in _FORMS.values()}


# ---- conditions: [operator, field, value, cased] (with what a pattern needs) or [how parts join, parts] ----
def _plain_node(node: Node) -> list[Any]:
    if isinstance(node, Predicate):
        plain = [str(node.operator), node.field, _plain(node.value), node.cased]
        return [*plain, needs_of(node)] if node.operator is Operator.REGEX else plain
    if isinstance(node, And | Or):
        return ["and" if isinstance(node, And) else "or", [_plain_node(part) for part in node.parts]]
    return ["not", _plain_node(node.part)] if isinstance(node, Not) else ["constant", node.value]


def _node(plain: Any) -> Node:
    kind = plain[0]
    operator = _OPERATORS.get(kind)
    if operator is not None:
        field = plain[1]
        predicate = Predicate(None if field is None else intern(field), operator, _value(plain[2]), plain[3])
        if operator is Operator.REGEX:
            remember(predicate, tuple(map(tuple, plain[4])))
        return predicate
    inner = plain[1]
    if kind == "and":
        return And(tuple([_node(part) for part in inner]))
    if kind == "or":
        return Or(tuple([_node(part) for part in inner]))
    return Not(_node(inner)) if kind == "not" else Constant(bool(inner))


_OPERATORS = {str(operator): operator for operator in Operator}
