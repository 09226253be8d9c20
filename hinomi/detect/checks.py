"""A condition as one function. In: a condition. Out: the fields it looks at, and whether values of these fields meet it.

Values come as a tuple in the order of the fields. The field None stands for the record's text (keywords).
"""

from collections.abc import Callable
from typing import Any

from hinomi.detect.condition import ALWAYS, And, Node, Not, Or, predicates_of
from hinomi.detect.predicate import Operator, Predicate, fields_test, scalar_test, test_of, text_of
from hinomi.detect.record_text import record_values

Values = tuple[Any, ...]
Check = Callable[[Values], bool]


def fields_of(node: Node) -> tuple[str | None, ...]:
    """The fields that the condition looks at, each once."""
    fields: dict[str | None, None] = {}
    for predicate in predicates_of(node):
        fields[predicate.field] = None
        if predicate.operator is Operator.FIELD:
            fields[predicate.value[0]] = None
    return tuple(fields)


def checked(node: Node) -> Check:
    """The function of the values of `fields_of(node)`, in their order."""
    return _check(node, {field: place for place, field in enumerate(fields_of(node))})


def _check(node: Node, places: dict[str | None, int]) -> Check:
    if isinstance(node, And):
        return _all([_check(part, places) for part in sorted(node.parts, key=_price)])
    if isinstance(node, Or):
        return _any(_grouped(node, places))
    if isinstance(node, Not):
        inner = _check(node.part, places)
        return lambda values: not inner(values)
    if isinstance(node, Predicate):
        return _predicate(node, places)
    always = node == ALWAYS
    return lambda _: always


def _price(node: Node) -> int:
    """Roughly how long a condition takes: single comparisons first."""
    return sum(20 if one.operator is Operator.REGEX or one.field is None else 1 for one in predicates_of(node))


def _all(checks: list[Check]) -> Check:
    def check(values: Values) -> bool:
        for one in checks:  # noqa: SIM110  (a loop is twice as fast as all() of a generator)
            if not one(values):
                return False
        return True

    return check


def _any(checks: list[Check]) -> Check:
    if len(checks) == 1:
        return checks[0]

    def check(values: Values) -> bool:
        for one in checks:  # noqa: SIM110  (the same)
            if one(values):
                return True
        return False

    return check


def _predicate(predicate: Predicate, places: dict[str | None, int]) -> Check:
    place = places[predicate.field]
    if predicate.field is None:
        test = scalar_test(predicate)
        return lambda values: any(test(one) for one in record_values(values[place]))
    if predicate.operator is Operator.FIELD:
        other, how = predicate.value
        pair_test, second = fields_test(how), places[other]
        return lambda values: pair_test(values[place], values[second])
    test = test_of(predicate)
    return lambda values: test(values[place])


# ---- many texts of one field: lower the value once, compare it with all ----
def _grouped(node: Or, places: dict[str | None, int]) -> list[Check]:
    groups: dict[str, dict[Operator, list[str]]] = {}
    others: list[Node] = []
    for part in node.parts:
        if isinstance(part, Predicate) and part.operator in _PLAIN and part.field is not None and not part.cased:
            groups.setdefault(part.field, {}).setdefault(part.operator, []).append(part.value.lower())
        else:
            others.append(part)
    checks = [_text_group(places[field], by_operator) for field, by_operator in groups.items()]
    return checks + [_check(part, places) for part in sorted(others, key=_price)]


_PLAIN = (Operator.EQUALS, Operator.CONTAINS, Operator.STARTSWITH, Operator.ENDSWITH)


def _text_group(place: int, wanted: dict[Operator, list[str]]) -> Check:
    equal = frozenset(wanted.get(Operator.EQUALS, ()))
    starts, ends = tuple(wanted.get(Operator.STARTSWITH, ())), tuple(wanted.get(Operator.ENDSWITH, ()))
    inside = wanted.get(Operator.CONTAINS, [])

    def meets(lower: str) -> bool:
        if lower in equal or lower.startswith(starts) or lower.endswith(ends):
            return True
        for text in inside:  # noqa: SIM110  (the same)
            if text in lower:
                return True
        return False

    def check(values: Values) -> bool:
        value = values[place]
        if isinstance(value, str):
            return meets(value.lower())
        if isinstance(value, list | tuple):
            return any(meets(text_of(member).lower()) for member in value if member is not None)
        return value is not None and meets(text_of(value).lower())

    return check
