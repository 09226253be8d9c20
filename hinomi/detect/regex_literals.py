"""What a regular expression cannot do without. In: a pattern. Out: texts of which any value it meets holds one.

Read off Python's parse of the pattern; where RE2 may read it otherwise, nothing is promised.
"""

import re
import warnings
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

MAX_ALTERNATIVES = 64

# RE2 writes some things as Python does not: named classes, Unicode classes, quoting, other anchors.
_FOREIGN = re.compile(r"\[\[:|\\[pPQEzC]")


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
