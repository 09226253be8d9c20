"""Texts that a pattern cannot do without: looked for first, for that is far cheaper than the pattern itself.

In: a predicate. Out: texts of which any value it meets holds one. Regular expressions are read with Python's parser;
where RE2 may read them otherwise, nothing is promised.
"""

import re
import warnings
from functools import lru_cache
from re import _constants as code
from re import _parser as parser
from typing import Any

from hinomi.detect.predicate import Operator, Predicate

MAX_ALTERNATIVES = 64
SHORTEST = 2  # letters; one letter is in every value

# RE2 writes some things as Python does not: named classes, Unicode classes, quoting, other anchors.
_FOREIGN = re.compile(r"\[\[:|\\[pPQEzC]")


@lru_cache(maxsize=16_384)
def guards_of(predicate: Predicate) -> tuple[str, ...]:
    """Any value that meets the pattern holds one of these, in some case; () when nothing can be said."""
    texts: tuple[str, ...] = ()
    if predicate.operator is Operator.REGEX:
        texts = required_literals(*predicate.value)
    elif predicate.operator is Operator.GLOB:
        texts = (max((part for part in predicate.value if isinstance(part, str)), key=len, default=""),)
    return texts if texts and min(map(len, texts)) >= SHORTEST else ()


def required_literals(pattern: str, flags: str) -> tuple[str, ...]:
    """Any value that meets the pattern holds one of these, in some case; () when nothing can be said."""
    if _FOREIGN.search(pattern):
        return ()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = parser.parse(pattern)
    except (re.error, Warning, OverflowError, RecursionError):
        return ()
    # flags inside the pattern, (?i), count for all of it
    cased = "i" not in flags and not tree.state.flags & re.IGNORECASE and "(?" not in pattern.replace("(?:", "")
    return _best(_of_sequence(tree, cased))


Choices = list[tuple[str, ...]]  # each is a set of alternatives, of which one must be there


def _of_sequence(items: Any, cased: bool) -> Choices:
    found: Choices = []
    run = ""
    for kind, argument in items:
        if kind is code.LITERAL and (cased or argument < 128):
            run += chr(argument)
            continue
        if run:
            found.append((run,))
            run = ""
        found += _of_item(kind, argument, cased)
    if run:
        found.append((run,))
    return found


def _of_item(kind: Any, argument: Any, cased: bool) -> Choices:
    if kind is code.SUBPATTERN:
        return _of_sequence(argument[-1], cased)
    if kind in (code.MAX_REPEAT, code.MIN_REPEAT) and argument[0] >= 1:
        return _of_sequence(argument[2], cased)
    if kind is code.BRANCH:
        branches = [_best(_of_sequence(branch, cased)) for branch in argument[1]]
        joined = tuple(one for branch in branches for one in branch)
        return [joined] if all(branches) and len(joined) <= MAX_ALTERNATIVES else []
    return []


def _best(choices: Choices) -> tuple[str, ...]:
    """The choice whose shortest text is longest."""
    return max(choices, key=lambda one: min(map(len, one)), default=())
