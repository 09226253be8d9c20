"""A Sigma rule's condition as our tree. In: a rule that pySigma parsed. Out: a condition (condition.py).

pySigma is slow to import: whoever has the conditions from elsewhere (compile_cache.py) never comes here.
"""

from functools import reduce
from typing import Any

from sigma import conditions, types
from sigma.rule import SigmaDetections, SigmaRule

from hinomi.detect.condition import NEVER, Node, all_of, any_of, none_of
from hinomi.detect.predicate import ANY_CHARACTER, ANY_TEXT, GlobPart, Operator, Predicate


def condition_of(rule: SigmaRule) -> Node:
    """The rule's condition, or any of them where it has several. Raises SigmaError for what Sigma does not allow."""
    return condition_of_detections(rule.detection)


def condition_of_detections(detections: SigmaDetections) -> Node:
    """The same of a detection part alone."""
    return any_of(_node(condition.parsed) for condition in detections.parsed_condition)


def _node(item: Any) -> Node:
    match item:
        case conditions.ConditionAND():
            return all_of(_node(part) for part in item.args)
        case conditions.ConditionOR():
            return any_of(_node(part) for part in item.args)
        case conditions.ConditionNOT():
            return none_of(_node(item.args[0]))
        case conditions.ConditionFieldEqualsValueExpression():
            return value_node(item.field, item.value)
        case conditions.ConditionValueExpression():
            return value_node(None, item.value)
    raise TypeError(f"no condition: {item!r}")


def value_node(field: str | None, value: types.SigmaType | None) -> Node:
    """One value of a field (or keyword) as a predicate; an expansion as any of its values; None as a missing value."""
    if isinstance(value, types.SigmaExpansion):
        return any_of(value_node(field, one) for one in value.values)
    if value is None:
        return Predicate(field, Operator.NULL, None)
    if isinstance(value, types.SigmaString):
        return _text(field, value)
    if isinstance(value, types.SigmaNumber) and field is None:
        return Predicate(None, Operator.CONTAINS, str(value.number))
    operator, wanted = _plain(value)
    if field is None and operator in (Operator.NULL, Operator.EXISTS, Operator.FIELD):
        raise TypeError("null cannot be a keyword: give a text, or a field with the value null")
    return Predicate(field, operator, wanted)


def _plain(value: types.SigmaType) -> tuple[Operator, Any]:
    """Operator and value of everything that is no text."""
    match value:
        case types.SigmaRegularExpression():
            return Operator.REGEX, (str(value.regexp), _flags(value))
        case types.SigmaTimestampPart():
            return Operator.TIME_PART, (value.timestamp_part.name.lower(), "equals", value.number)
        case types.SigmaNumber():
            return Operator.NUMBER, value.number
        case types.SigmaBool():
            return Operator.BOOLEAN, value.boolean
        case types.SigmaNull():
            return Operator.NULL, None
        case types.SigmaExists():
            return Operator.EXISTS, value.exists
        case types.SigmaCIDRExpression():
            return Operator.CIDR, str(value.network)
        case types.SigmaCompareExpression(number=types.SigmaTimestampPart() as part):  # hour|gte
            return Operator.TIME_PART, (part.timestamp_part.name.lower(), value.op.name.lower(), part.number)
        case types.SigmaCompareExpression():
            return Operator[value.op.name], value.number.number
        case types.SigmaFieldReference():
            return Operator.FIELD, (value.field, _REFERENCES[value.starts_with, value.ends_with])
    raise TypeError(f"no value that filters know: {value!r}")


_REFERENCES = {
    (False, False): "equals",
    (True, False): "startswith",
    (False, True): "endswith",
    (True, True): "contains",
}


def _flags(value: types.SigmaRegularExpression) -> str:
    letters = types.SigmaRegularExpression.sigma_to_re_flag
    return "".join(sorted(letters[flag] for flag in value.flags))


def _text(field: str | None, value: types.SigmaString) -> Node:
    if any(isinstance(part, types.Placeholder) for part in value.s):
        return NEVER  # nobody gave the placeholder a value: `placeholders.unresolved` reports it
    parts = [_PARTS.get(part, part) if isinstance(part, types.SpecialChars) else part for part in value.s]
    if field is None:
        parts = [ANY_TEXT, *parts, ANY_TEXT]
    operator, wanted = _shape(reduce(_merged, parts, ()))
    return Predicate(field, operator, wanted, cased=isinstance(value, types.SigmaCasedString))


_PARTS: dict[types.SpecialChars, GlobPart] = {
    types.SpecialChars.WILDCARD_MULTI: ANY_TEXT,
    types.SpecialChars.WILDCARD_SINGLE: ANY_CHARACTER,
}


def _merged(parts: tuple[Any, ...], part: Any) -> tuple[Any, ...]:
    """One more part; neighbouring texts become one, and so do neighbouring stars."""
    if parts and isinstance(part, str) and isinstance(parts[-1], str):
        return (*parts[:-1], parts[-1] + part)
    if parts and part == ANY_TEXT and parts[-1] == ANY_TEXT:
        return parts
    return (*parts, part)


def _shape(parts: tuple[GlobPart, ...]) -> tuple[Operator, Any]:
    """The cheapest operator that says the same as the pattern."""
    match parts:
        case ():
            return Operator.EQUALS, ""
        case (str() as text,):
            return Operator.EQUALS, text
        case (0,):
            return Operator.CONTAINS, ""
        case (0, str() as text):
            return Operator.ENDSWITH, text
        case (str() as text, 0):
            return Operator.STARTSWITH, text
        case (0, str() as text, 0):
            return Operator.CONTAINS, text
    return Operator.GLOB, parts
