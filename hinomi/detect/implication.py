"""What follows from what among predicates. In: predicates, conditions. Out: redundant ones, ones that can never hold.

Only what is certain is said: `implies` is False where we do not know.
"""

from collections.abc import Iterator, Sequence

from hinomi.detect.condition import And, Constant, Node, Not, Or
from hinomi.detect.predicate import Operator, Predicate, test_of

_NUMERIC = (Operator.NUMBER, Operator.LT, Operator.LTE, Operator.GT, Operator.GTE, Operator.NEQ)
_TEXT = (Operator.EQUALS, Operator.CONTAINS, Operator.STARTSWITH, Operator.ENDSWITH)


def implies(one: Predicate, other: Predicate) -> bool:
    """Does every value that meets `one` meet `other`?"""
    if one.field != other.field or one.field is None:
        return False
    if one == other:
        return True
    if other.operator is Operator.EXISTS and other.value:
        return one.operator not in (Operator.NULL, Operator.FIELD) and one.operator is not Operator.EXISTS
    if other.cased and not one.cased:
        return False
    if one.operator in (Operator.NUMBER, Operator.BOOLEAN):
        return other.operator in _NUMERIC and test_of(other)(one.value)  # 10 is also 0xA: nothing follows for texts
    if one.operator is Operator.EQUALS:
        return other.operator is not Operator.FIELD and not _minds_case(other) and test_of(other)(one.value)
    return one.operator in _TEXT and other.operator in _TEXT and _text_implies(one, other)


def _minds_case(one: Predicate) -> bool:
    return one.operator is Operator.REGEX and "i" not in one.value[1] and not one.value[0].startswith("(?i")


def _text_implies(one: Predicate, other: Predicate) -> bool:
    inner, outer = str(other.value).lower(), str(one.value).lower()
    if other.operator is Operator.CONTAINS:
        return inner in outer
    if other.operator is Operator.STARTSWITH:
        return one.operator is Operator.STARTSWITH and outer.startswith(inner)
    if other.operator is Operator.ENDSWITH:
        return one.operator is Operator.ENDSWITH and outer.endswith(inner)
    return False


def excludes(one: Predicate, other: Predicate) -> bool:
    """Can no value meet both? Said of two exact texts only, and of a field that holds one value."""
    if one.field != other.field or one.field is None:
        return False
    texts = one.operator is Operator.EQUALS and other.operator in (*_TEXT, Operator.NUMBER) and not other.cased
    numbers = one.operator is Operator.NUMBER and other.operator in _NUMERIC
    return (texts or numbers) and not test_of(other)(one.value)


def redundant(parts: Sequence[Predicate]) -> Iterator[tuple[int, int]]:
    """(place, place of another): alternatives that add nothing, because another already meets all that they meet."""
    for place, one in enumerate(parts):
        for other_place, other in enumerate(parts):
            mutual = implies(other, one) and other_place > place  # of two equals the later one adds nothing
            if place != other_place and implies(one, other) and not mutual:
                yield place, other_place
                break


def never_holds(node: Node) -> bool:
    """Is the condition false whatever the activity is? False where we do not know."""
    if isinstance(node, Constant):
        return not node.value
    if isinstance(node, Or):
        return all(never_holds(part) for part in node.parts)
    if not isinstance(node, And):
        return False
    wanted, unwanted = _units(node)
    if any(never_holds(part) for part in node.parts) or any(_is_barred(part, unwanted) for part in node.parts):
        return True
    return any(excludes(one, other) for one in wanted for other in wanted if one is not other)


def always_holds(node: Node) -> bool:
    """Is the condition true whatever the activity is? False where we do not know."""
    if isinstance(node, Constant):
        return node.value
    if isinstance(node, And):
        return all(always_holds(part) for part in node.parts)
    if isinstance(node, Not):
        return never_holds(node.part)
    if not isinstance(node, Or):
        return False
    denied = [part.part for part in node.parts if isinstance(part, Not)]
    return any(always_holds(part) or part in denied for part in node.parts)


def barred(node: Node) -> set[Predicate]:
    """Alternatives of a condition that its own exclusions take away again."""
    found: set[Predicate] = set()
    if isinstance(node, And):
        _, unwanted = _units(node)
        for part in node.parts:
            alternatives = part.parts if isinstance(part, Or) else ()
            found |= {one for one in alternatives if isinstance(one, Predicate) and _is_barred(one, unwanted)}
    if isinstance(node, And | Or):
        found = found.union(*(barred(part) for part in node.parts))
    return found


def _units(node: And) -> tuple[list[Predicate], list[Predicate]]:
    """The predicates that must hold, and those that must not."""
    wanted = [part for part in node.parts if isinstance(part, Predicate)]
    unwanted: list[Predicate] = []
    for part in node.parts:
        if isinstance(part, Not):
            inner = part.part.parts if isinstance(part.part, Or) else (part.part,)
            unwanted += [one for one in inner if isinstance(one, Predicate)]
    return wanted, unwanted


def _is_barred(node: Node, unwanted: Sequence[Predicate]) -> bool:
    """Would the part, if it held, make one of the unwanted hold?"""
    if isinstance(node, Predicate):
        return any(implies(node, one) for one in unwanted)
    if isinstance(node, Or):
        return all(_is_barred(part, unwanted) for part in node.parts)
    return isinstance(node, And) and any(_is_barred(part, unwanted) for part in node.parts)
