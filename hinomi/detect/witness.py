"""Witnesses: predicates of which at least one holds whenever a condition holds. In: a condition. Out: the rarest such set.

AND: the cheapest part's; OR: those of all parts; NOT, null and the like have none. What is common makes a poor witness:
see cost.py.
"""

import re
from collections.abc import Callable, Iterable

from hinomi.detect.condition import And, Constant, Node, Or
from hinomi.detect.guards import required_literals
from hinomi.detect.predicate import ANY_CHARACTER, ANY_TEXT, Operator, Predicate

Witnesses = tuple[Predicate, ...]
Cost = Callable[[Predicate], float]

NO_WITNESS = 1e9


def witnesses(node: Node, cost: Cost) -> tuple[Witnesses, float]:
    """The cheapest set and its cost; ((), NO_WITNESS) where there is none."""
    if isinstance(node, Predicate):
        found = positive(node)
        return (found, sum(map(cost, found))) if found else ((), NO_WITNESS)
    if isinstance(node, And):
        return min((witnesses(part, cost) for part in node.parts), key=lambda found: found[1])
    if isinstance(node, Or):
        parts = [witnesses(part, cost) for part in node.parts]
        if any(price >= NO_WITNESS for _, price in parts):
            return (), NO_WITNESS
        union = dict.fromkeys(one for some, _ in parts for one in some)
        return tuple(union), sum(price for _, price in parts)
    if node == Constant(value=False):
        return (), 0.0
    return (), NO_WITNESS


def positive(predicate: Predicate) -> Witnesses:
    """What can be looked for in the predicate's stead: any value that meets it meets one of these. () for none."""
    if predicate.field is None:
        return _keyword(predicate)
    unseen = predicate.operator in _UNSEEN or (predicate.operator is Operator.EXISTS and not predicate.value)
    return () if unseen else (predicate,)


_UNSEEN = (Operator.NULL, Operator.FIELD)
SHORTEST = 3  # letters of a keyword; shorter ones are everywhere


# ---- keywords: looked for in the record's JSON text, where some letters may be escaped ----
_PLAIN = re.compile(r"[A-Za-z0-9:. -]+")
# A writer may escape even what it need not, letters and all of _PLAIN: then the letters of the text say nothing.
_ESCAPES = ("4", "5", "6", "7", *(f"3{digit}" for digit in range(10)), "3a", "2e", "20", "2d")
_ESCAPED = tuple(Predicate(None, Operator.CONTAINS, f"\\u00{code}") for code in _ESCAPES)


def _keyword(predicate: Predicate) -> Witnesses:
    """A stretch of the keyword that JSON never escapes and numbers never rewrite; () where it has none."""
    texts: Iterable[str]
    if predicate.operator is Operator.REGEX:
        texts = required_literals(*predicate.value)
        if len(list(texts)) != 1:
            return ()
    elif predicate.operator is Operator.GLOB:
        texts = [part for part in predicate.value if part not in (ANY_TEXT, ANY_CHARACTER)]
    elif isinstance(predicate.value, str):
        texts = [predicate.value]
    else:
        return ()
    stretches = [stretch for text in texts for stretch in _PLAIN.findall(text) if re.search("[A-Za-z]", stretch)]
    longest = max(stretches, key=len, default="")
    return (Predicate(None, Operator.CONTAINS, longest), *_ESCAPED) if len(longest) >= SHORTEST else ()
