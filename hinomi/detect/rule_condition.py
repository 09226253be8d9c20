"""What a rule asks of its window: `condition: {gte: 10}`, `{field: User, gte: 5}` or `a and not b`. Sigma and our models alike.

In: a value of YAML and the rule's type. Out: bounds, fields and expression, or every error with its line.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeAlias

from hinomi.detect.document import Document, unknown
from hinomi.detect.expression import NoExpression, parse
from hinomi.detect.measure import LOWER, OPERATORS
from hinomi.detect.window import MAX_DETECTIONS
from hinomi.errors import ContentError
from hinomi.schema.content import Bound, Expression, Text

TEMPORAL = ("temporal", "temporal_ordered")
VALUES = ("value_count", "value_sum", "value_avg", "value_percentile", "value_median")
TYPES = ("event_count", *VALUES, *TEMPORAL)  # the types of Sigma correlations

Path: TypeAlias = tuple[str | int, ...]


class Condition(NamedTuple):
    bounds: tuple[Bound, ...] = ()
    fields: tuple[str, ...] = ()
    percentile: float = 50.0
    expression: Expression | None = None


def read_condition(
    document: Document, at: Path, kind: str, value: Any, rules: int
) -> tuple[Condition, list[ContentError]]:
    """The condition that stands at `at`. Without one a temporal rule wants all of its `rules`."""
    errors = list(_errors(document, at, kind, value))
    if errors:
        return Condition(), errors
    if value is None:
        return Condition((Bound("gte", rules),)), []
    if isinstance(value, str):
        try:
            return Condition(expression=parse(value)), []
        except NoExpression as error:
            return Condition(), [document.error(str(error), *at, ja=error.ja)]
    bounds = tuple(Bound(name, number) for name, number in value.items() if name in OPERATORS)
    return Condition(bounds, tuple(listed(value.get("field", []))), float(value.get("percentile", 50))), []


def listed(value: Any) -> list[str]:
    """One name, or several."""
    return [value] if isinstance(value, str) else list(value)


def _errors(document: Document, at: Path, kind: str, condition: Any) -> Iterable[ContentError]:
    if kind in TEMPORAL:
        if isinstance(condition, dict):
            yield from _comparison_errors(document, at, kind, condition)
        return
    if not isinstance(condition, dict):
        yield document.error(
            f"a rule of type {kind} needs a condition such as {{gte: 10}}",
            *at,
            ja=f"種類 {kind} のルールには {{gte: 10}} のような条件が必要です",
        )
        return
    yield from _comparison_errors(document, at, kind, condition)
    field = condition.get("field", [])
    fields = listed(field) if _is_names(field) else [""]
    if kind in VALUES and not fields:
        yield document.error(
            f"a rule of type {kind} needs a field in its condition",
            *at,
            ja=f"種類 {kind} のルールには条件に field が必要です",
        )
    if kind in VALUES[1:] and len(fields) > 1:
        yield document.error(
            f"a rule of type {kind} measures one field",
            *at,
            "field",
            ja=f"種類 {kind} のルールが測る field は 1 つです",
        )
    if kind == "value_percentile" and not _is_percent(condition.get("percentile")):
        yield document.error(
            "a rule of type value_percentile needs a percentile from 0 to 100 in its condition",
            *at,
            ja="種類 value_percentile のルールには条件に 0 から 100 の percentile が必要です",
        )


def _comparison_errors(document: Document, at: Path, kind: str, condition: dict[str, Any]) -> Iterable[ContentError]:
    known = (*OPERATORS, "field", "percentile")
    for name, number in condition.items():
        if name not in known:
            yield document.wrong(unknown(Text("key", "キー"), str(name), known), *at, name)
        elif name in OPERATORS and (isinstance(number, bool) or not isinstance(number, int | float)):
            yield document.error(f"{name} needs a number", *at, name, ja=f"{name} には数値が必要です")
        elif name == "field" and not _is_names(number):
            yield document.error(
                "field needs the name of a field, or a list of names",
                *at,
                name,
                ja="field にはフィールド名かそのリストが必要です",
            )
        elif name in LOWER and number > MAX_DETECTIONS and kind in ("event_count", "value_count"):
            yield document.error(
                f"{name}: {number} is never met: a window keeps {MAX_DETECTIONS} events; count a shorter timespan",
                *at,
                name,
                ja=f"{name}: {number} には達しません。保持するのは {MAX_DETECTIONS} 件までです。期間を短くしてください",
            )
    if not any(name in OPERATORS for name in condition):
        yield document.error(
            f"the condition compares nothing: one of {', '.join(OPERATORS)} is missing",
            *at,
            ja=f"条件に比較がありません。{', '.join(OPERATORS)} のいずれかが必要です",
        )


def _is_names(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def _is_percent(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 100
