"""Texts by lines: what differs between two, and three of them merged. In: texts. Out: lines, and where a person must decide.

The merge is the classic one: lines that stand unchanged in all three are the skeleton; between them, the side that
changed wins, equal changes are one, and different changes of the same place are a conflict, shown with markers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from hinomi.errors import TooLarge

MAX_LINES = 20_000  # of all texts together: finding what they share may cost lines times lines
MINE, SPLIT, THEIRS = "<<<<<<< mine", "=======", ">>>>>>> shipped"


@dataclass(frozen=True, slots=True)
class Merge:
    """`conflicts`: the lines, from 1, where one begins in `text`."""

    text: str
    conflicts: tuple[int, ...]


def differing_lines(old: str, new: str) -> list[tuple[str, str]]:
    """Every line with " " (in both), "-" (only in the old text) or "+" (only in the new one)."""
    before, after = _lines(old, new)
    found: list[tuple[str, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [(" ", line) for line in before[a:b]]
        else:
            found += [("-", line) for line in before[a:b]]
            found += [("+", line) for line in after[c:d]]
    return found


def merge(base: str, mine: str, theirs: str) -> Merge:
    """`mine` and `theirs`, which both began as `base`, as one text."""
    original, left, right = _lines(base, mine, theirs)
    lines: list[str] = []
    conflicts: list[int] = []
    for was, ours, other in _chunks(original, left, right):
        if ours in (was, other):
            lines += other
        elif other == was:
            lines += ours
        else:
            conflicts.append(len(lines) + 1)
            lines += [MINE, *ours, SPLIT, *other, THEIRS]
    end = "\n" if lines else ""
    return Merge("\n".join(lines) + end, tuple(conflicts))


def _lines(*texts: str) -> list[list[str]]:
    split = [text.splitlines() for text in texts]
    if sum(map(len, split)) > MAX_LINES:
        raise TooLarge(f"the texts have more than {MAX_LINES} lines")
    return split


Chunk = tuple[list[str], list[str], list[str]]


def _chunks(base: list[str], mine: list[str], theirs: list[str]) -> Iterator[Chunk]:
    """The three texts cut at what they share: a changed piece, then a shared one, and so on to the end."""
    at_base = at_mine = at_theirs = 0
    for start, in_mine, in_theirs, size in [*_shared(base, mine, theirs), (len(base), len(mine), len(theirs), 0)]:
        changed = base[at_base:start], mine[at_mine:in_mine], theirs[at_theirs:in_theirs]
        if any(changed):
            yield changed
        at_base, at_mine, at_theirs = start + size, in_mine + size, in_theirs + size
        if size:
            same = base[start:at_base]
            yield same, same, same


def _shared(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """(in base, in mine, in theirs, lines) of what stands in all three, in order."""
    left = SequenceMatcher(None, base, mine, autojunk=False).get_matching_blocks()
    right = SequenceMatcher(None, base, theirs, autojunk=False).get_matching_blocks()
    one = other = 0
    while one < len(left) and other < len(right):
        a, b = left[one], right[other]
        start, end = max(a.a, b.a), min(a.a + a.size, b.a + b.size)
        if start < end:
            yield start, a.b + start - a.a, b.b + start - b.a, end - start
        if a.a + a.size < b.a + b.size:
            one += 1
        else:
            other += 1
