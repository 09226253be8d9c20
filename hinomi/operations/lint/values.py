"""Rules on values: what is looked for, and how it is written."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hinomi.detect.condition import predicates_of
from hinomi.detect.cost import usual_cost, usual_share
from hinomi.detect.implication import redundant
from hinomi.detect.predicate import Operator, Predicate
from hinomi.detect.witness import witnesses
from hinomi.detect.written import Path
from hinomi.operations.lint.advice import Advice, FilterSubject, leaves, lines

SHORT = 3  # characters: a text below is in half of all values
COMMON = 0.05  # share of the usual values of a Windows host


def hot_literal(subject: FilterSubject) -> Iterator[Advice]:
    """The engine must look for something: a text that is everywhere singles out nothing."""
    found, _ = witnesses(subject.condition, usual_cost)
    hot = {one for one in found if _is_hot(one)}
    for part in subject.written.selections.values():
        for leaf in leaves(part):
            for one in predicates_of(leaf.node):
                if one in hot:
                    hot.discard(one)
                    yield subject.advice(
                        "hot-literal",
                        leaf.path,
                        f"{one.value!r} is in very many values: look for something rarer beside it",
                        f"{one.value!r} は非常に多くの値に含まれます。より珍しい文字列も条件に加えてください",
                    )


def _is_hot(one: Predicate) -> bool:
    text = str(one.value)
    is_short = one.operator is Operator.CONTAINS and len(text) < SHORT and text.isascii()
    return is_short or (one.operator is not Operator.NUMBER and usual_share(one) > COMMON)


def nothing_to_look_for(subject: FilterSubject) -> Iterator[Advice]:
    """A condition of exclusions alone must be asked of every activity."""
    if not witnesses(subject.condition, usual_cost)[0]:
        yield subject.advice(
            "nothing-to-look-for",
            ("condition",),
            "the condition only excludes: every activity of the log source must be asked in full",
            "条件が除外だけです。ログソースの全アクティビティを調べることになります",
        )


def redundant_value(subject: FilterSubject) -> Iterator[Advice]:
    """A value that another of the same list already meets."""
    for part in subject.written.selections.values():
        for line in lines(part):
            plain = [leaf for leaf in leaves(line) if isinstance(leaf.node, Predicate)]
            if line.is_all or len(plain) != len(line.parts):
                continue
            nodes = [leaf.node for leaf in plain if isinstance(leaf.node, Predicate)]
            for place, other in redundant(nodes):
                yield subject.advice(
                    "redundant-value",
                    plain[place].path,
                    f"{nodes[place].value!r} adds nothing: {nodes[other].value!r} already matches all that it matches",
                    f"{nodes[place].value!r} は不要です。{nodes[other].value!r} がすべて含みます",
                )


# ---- as it is written ----
def needless_regex(subject: FilterSubject) -> Iterator[Advice]:
    """A pattern that only spells out a text."""
    for path, modifiers, value in _written(subject.document.data.get("detection")):
        better = _plainer(value) if "re" in modifiers else None
        if better:
            yield subject.advice(
                "needless-regex",
                path,
                f"this pattern needs no regular expression: use {better}",
                f"この正規表現は不要です。{better} を使ってください",
            )


_FLAGS = re.compile(r"^\(\?[ims]+\)")
_CLASS = re.compile(r"\\[A-Za-z0-9]")  # \d, \s, \b ...: not an escaped sign
_SPECIAL = re.compile(r"[.*+?{}\[\]()|^$]")


def _plainer(pattern: str) -> str | None:
    """The modifier that says the same; None where the pattern needs to be one."""
    bare = _FLAGS.sub("", pattern)
    starts, bare = bare.startswith("^"), bare.removeprefix("^")
    ends = bare.endswith("$") and not bare.endswith("\\$")
    bare = bare.removesuffix("$") if ends else bare
    without_escapes = re.sub(r"\\[^A-Za-z0-9]", "", bare)
    if not bare or _CLASS.search(bare) or _SPECIAL.search(without_escapes):
        return None
    return {(True, True): "a plain value", (True, False): "startswith", (False, True): "endswith"}.get(
        (starts, ends), "contains"
    )


def needless_wildcard(subject: FilterSubject) -> Iterator[Advice]:
    """Stars where a modifier says it, or where they say nothing."""
    for path, modifiers, value in _written(subject.document.data.get("detection")):
        better = _without_stars(modifiers, value)
        if better:
            yield subject.advice(
                "needless-wildcard",
                path,
                f"the wildcard at the edge of {value!r} is not needed: use {better}",
                f"{value!r} の端のワイルドカードは不要です。{better} を使ってください",
            )


def _without_stars(modifiers: frozenset[str], value: str) -> str | None:
    if "re" in modifiers:
        bare = _FLAGS.sub("", value)
        edge = bare.startswith((".*", "^.*")) or (bare.endswith((".*", ".*$")) and not bare.endswith("\\.*"))
        return "the pattern without .* at its edge" if edge and len(bare) > 4 else None
    first = value.startswith("*")
    last = value.endswith("*") and not value.endswith("\\*")
    if not (first or last) or not value.strip("*"):
        return None
    if "contains" in modifiers or ("startswith" in modifiers and last) or ("endswith" in modifiers and first):
        return "the value without it"
    if modifiers & {"startswith", "endswith", "expand"}:
        return None
    return "contains" if first and last else "endswith" if first else "startswith"


def _written(definition: Any, path: Path = ()) -> Iterator[tuple[Path, frozenset[str], str]]:
    """(path, modifiers, value) of every text below `detection`, as the file has it."""
    if isinstance(definition, Mapping):
        for index, (key, value) in enumerate(definition.items()):
            if path or key != "condition":
                modifiers = frozenset(str(key).split("|")[1:]) if path else frozenset()
                step: str | int = index if path else str(key)
                for below, more, text in _written(value, (*path, step)):
                    yield below, modifiers | more, text
    elif isinstance(definition, list):
        for index, value in enumerate(definition):
            yield from _written(value, (*path, index))
    elif isinstance(definition, str):
        yield path, frozenset(), definition


RULES = (hot_literal, nothing_to_look_for, redundant_value, needless_regex, needless_wildcard)
