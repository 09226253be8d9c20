"""Texts that a pattern cannot do without: looked for first, for that is far cheaper than the pattern itself.

In: a predicate. Out: choices of texts; any value it meets holds a text of each choice, in some case. Regular expressions
are read with Python's parser; where RE2 may read them otherwise, nothing is promised.
"""

import re
import warnings
from functools import lru_cache
from re import _constants as code
from re import _parser as parser
from typing import Any

from hinomi.detect.predicate import Operator, Predicate
from hinomi.detect.typical import weight_of

MAX_ALTERNATIVES = 64
MAX_LETTERS = 8  # of a character class that is worth looking for
SHORTEST = 2  # letters of a guard; one letter is in every other value
_PER_TYPICAL = 100.0  # a text that a typical value holds is as good as a hundred odd ones
_PER_SHORTNESS = 20.0

# RE2 writes some things as Python does not: named classes, Unicode classes, quoting, other anchors.
_FOREIGN = re.compile(r"\[\[:|(?<!\\)(?:\\\\)*\\[pPQEzC]")


Choices = list[tuple[str, ...]]  # each is a set of alternatives, of which one must be there


@lru_cache(maxsize=16_384)
def guards_of(predicate: Predicate) -> tuple[str, ...]:
    """The choice that tells most: any value that meets the pattern holds one of these; () when nothing can be said."""
    return _best([one for one in needs_of(predicate) if min(map(len, one)) >= SHORTEST])


@lru_cache(maxsize=16_384)
def needs_of(predicate: Predicate) -> tuple[tuple[str, ...], ...]:
    """Every choice; a text may be one letter."""
    if predicate.operator is Operator.REGEX:
        given = _given.get(predicate.value)
        return tuple(dict.fromkeys(_choices(*predicate.value))) if given is None else given
    if predicate.operator is Operator.GLOB:
        return tuple((part,) for part in predicate.value if isinstance(part, str))
    return ()


def remember(predicate: Predicate, needs: tuple[tuple[str, ...], ...]) -> None:
    """What `needs_of` a regular expression are, from where they were kept: to find out takes longest of all planning."""
    if len(_given) >= MAX_GIVEN:
        _given.clear()
    _given[predicate.value] = needs


_given: dict[tuple[str, str], tuple[tuple[str, ...], ...]] = {}
MAX_GIVEN = 65_536


def required_literals(pattern: str, flags: str) -> tuple[str, ...]:
    """The choice of a regular expression that tells most; () when nothing can be said."""
    return _best(_choices(pattern, flags))


def _choices(pattern: str, flags: str) -> Choices:
    if _FOREIGN.search(pattern):
        return []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = parser.parse(pattern)
    except (re.error, Warning, OverflowError, RecursionError):
        return []
    # flags inside the pattern, (?i), count for all of it
    cased = "i" not in flags and not tree.state.flags & re.IGNORECASE and "(?" not in pattern.replace("(?:", "")
    return _of_sequence(tree, cased)


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
    if kind is code.IN:
        return _of_class(argument, cased)
    return []


def _of_class(members: Any, cased: bool) -> Choices:
    """A class of few letters, as [/-]."""
    if len(members) > MAX_LETTERS or any(
        kind is not code.LITERAL or not (cased or letter < 128) for kind, letter in members
    ):
        return []
    return [tuple(chr(letter) for _, letter in members)]


def _best(choices: Choices) -> tuple[str, ...]:
    """The choice that fewest values hold a text of."""
    return min(choices, key=_commonness, default=())


def _commonness(texts: tuple[str, ...]) -> float:
    return sum(_PER_TYPICAL * weight_of(text) + _PER_SHORTNESS / (len(text) + 1) for text in texts)
