"""The one sentence that says why a filter was met or not. In: a verdict. Out: a text in both languages."""

from collections.abc import Iterator
from typing import Any

from hinomi.detect.explain import Verdict
from hinomi.detect.predicate import text_of
from hinomi.operations.wanted import wanted_text
from hinomi.schema.activity import ActivityKind
from hinomi.schema.content import Text

_MOST = 80  # characters of a value in the sentence


def reason_of(verdict: Verdict) -> Text:
    """Of the whole verdict of `detect.explain`: the log source comes first, for without it nothing else counts."""
    source, condition = verdict.parts
    if not source.met:
        wanted = "/".join(str(part.wanted) for part in source.parts)
        found = "/".join(",".join(part.found) or "-" for part in source.parts)
        return Text(
            f"The filter looks at {wanted}; this activity is {_kind(source.found)} ({found}).",
            f"このフィルタの対象は {wanted} ですが、このアクティビティは {_kind(source.found)} ({found}) です。",
        )
    if condition.met:
        count = sum(1 for _ in _predicates(condition, met=True))
        return Text(
            f"The condition is met; {count} {'predicate says' if count == 1 else 'predicates say'} yes.",
            f"条件に一致しました (一致した述語 {count} 件)。",
        )
    return _missed(condition)


def _missed(condition: Verdict) -> Text:
    """The part of the condition that says no: of parts that must all hold the first that does not."""
    part, inside = _decisive(condition)
    if inside:
        return Text(
            f"An exclusion of the filter holds: {_told(part)}.",
            f"フィルタの除外条件に該当しています: {_told(part)}",
        )
    if part.kind == "any":
        count = sum(1 for _ in _predicates(part))
        return Text(f"None of {count} alternatives is met.", f"{count} 件の選択肢のどれにも一致しません。")
    if part.found is None:
        return Text(
            f"Not met: {_told(part)}; the activity has no such value.",
            f"不一致: {_told(part)} (このアクティビティにその値はありません)",
        )
    return Text(
        f"Not met: {_told(part)}; found {_short(part.found)}.",
        f"不一致: {_told(part)} (実際の値は {_short(part.found)})",
    )


def _decisive(verdict: Verdict) -> tuple[Verdict, bool]:
    """The part that decides an unmet verdict, and whether it is one that should not have been met."""
    if verdict.kind == "all":
        return _decisive(next(part for part in verdict.parts if not part.met))
    if verdict.kind == "not":
        return next(_predicates(verdict, met=True), verdict), True
    return verdict, False


def _predicates(verdict: Verdict, met: bool | None = None) -> Iterator[Verdict]:
    if verdict.kind == "predicate" and (met is None or verdict.met is met):
        yield verdict
    for part in verdict.parts:
        yield from _predicates(part, met)


def _kind(kind: ActivityKind) -> str:
    """What the activity is, in a word."""
    return ", ".join(sorted(kind.categories)) or "/".join(sorted(kind.services)) or kind.channel or kind.product


def _told(part: Verdict) -> str:
    if part.kind != "predicate":
        return part.kind
    return f"{part.field or '*'} {part.operator} {_short(wanted_text(part.operator, part.wanted))}"


def _short(value: Any) -> str:
    members = value if isinstance(value, list | tuple) else [value]
    text = ", ".join(text_of(member) for member in members if member is not None)
    return f"'{text}'" if len(text) <= _MOST else f"'{text[: _MOST - 1]}…'"
