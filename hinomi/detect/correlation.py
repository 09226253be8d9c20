"""A Sigma correlation in its document. In: a document. Out: a draft of a model, or every error with its line.

The rules it refers to stand in other documents: sigma_content.py finds them and makes the draft a model.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hinomi.detect.document import Document, nearest
from hinomi.detect.expression import NoExpression, names_of, parse
from hinomi.detect.filter_file import Strict, validation_errors
from hinomi.detect.measure import LOWER, OPERATORS
from hinomi.detect.window import MAX_DETECTIONS
from hinomi.errors import ContentError
from hinomi.schema.content import Bound, Expression

TEMPORAL = ("temporal", "temporal_ordered")
VALUES = ("value_count", "value_sum", "value_avg", "value_percentile", "value_median")
TYPES = ("event_count", *VALUES, *TEMPORAL)
MAX_RULES = 100  # of one correlation

_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "M": 2629746, "y": 31556952}
_TIMESPAN = re.compile(r"([0-9]{1,6})([smhdwMy])")


class _Section(Strict):
    """Every key of `correlation:`."""

    type: str
    rules: list[str] | str = Field(default=[], max_length=MAX_RULES)
    group_by: list[str] | str = Field(default=[], alias="group-by")
    timespan: str
    condition: dict[str, Any] | str | None = None
    aliases: dict[str, dict[str, str]] = Field(default={})
    generate: bool = False


class _File(BaseModel):
    """What is read of the document; Sigma allows keys of one's own beside these."""

    model_config = ConfigDict(extra="allow")
    title: str = Field(min_length=1, max_length=256)
    id: UUID | None = None
    name: str | None = None
    description: str = ""
    level: str | None = None
    tags: list[str] = Field(default=[])
    correlation: _Section


@dataclass(frozen=True, slots=True)
class Draft:
    """A correlation whose references are still names: `rules`, the names in `expression` and in `aliases`."""

    document: Document
    id: str
    name: str | None
    title: str
    description: str
    level: str | None
    tags: tuple[str, ...]
    type: str
    rules: tuple[str, ...]
    group_by: tuple[str, ...]
    window_s: int
    condition: tuple[Bound, ...]
    fields: tuple[str, ...]
    percentile: float
    expression: Expression | None
    aliases: tuple[tuple[str, str, str], ...]  # (name in group_by, rule, field)
    generate: bool

    @property
    def reads(self) -> tuple[str, ...]:
        """The fields that it wants of events, under the names it gives them."""
        own = (field for _, _, field in self.aliases)
        return tuple(dict.fromkeys([*self.group_by, *own, *self.fields]))


def read_correlation(document: Document, version: str) -> tuple[Draft | None, list[ContentError]]:
    """The draft; `version` serves as id where the document has neither id nor name."""
    try:
        file = _File.model_validate(document.data)
    except ValidationError as error:
        return None, validation_errors(document, error, _File)
    section = file.correlation
    errors = [*_type_errors(document, section), *_condition_errors(document, section)]
    seconds = _seconds(section.timespan)
    if seconds is None:
        errors.append(
            document.error(
                f"{section.timespan!r} is no timespan such as 30s, 10m, 24h or 7d",
                "correlation",
                "timespan",
                ja=f"{section.timespan!r} は期間ではありません。30s、10m、24h、7d のように書いてください",
            )
        )
    expression, wrong = _expression(document, section)
    errors += wrong
    if errors or seconds is None:
        return None, errors
    rules = tuple(_listed(section.rules)) or (names_of(expression) if expression is not None else ())
    return Draft(
        document=document,
        id=str(file.id) if file.id else file.name or version,
        name=file.name,
        title=file.title,
        description=file.description.strip(),
        level=file.level,
        tags=tuple(file.tags),
        type=section.type,
        rules=rules,
        group_by=tuple(_listed(section.group_by)),
        window_s=seconds,
        condition=_bounds(section, len(set(rules))),
        fields=tuple(_listed(section.condition.get("field", []))) if isinstance(section.condition, dict) else (),
        percentile=float(section.condition.get("percentile", 50)) if isinstance(section.condition, dict) else 50.0,
        expression=expression,
        aliases=tuple(
            (alias, rule, field) for alias, fields in section.aliases.items() for rule, field in fields.items()
        ),
        generate=section.generate,
    ), []


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _seconds(text: str) -> int | None:
    match = _TIMESPAN.fullmatch(text)
    return int(match[1]) * _UNITS_S[match[2]] or None if match else None


def _bounds(section: _Section, rules: int) -> tuple[Bound, ...]:
    """The condition's comparisons; without any, a temporal correlation wants all of its rules."""
    if isinstance(section.condition, dict):
        return tuple(Bound(name, number) for name, number in section.condition.items() if name in OPERATORS)
    return (Bound("gte", rules),) if section.condition is None else ()


def _expression(document: Document, section: _Section) -> tuple[Expression | None, list[ContentError]]:
    """The extended condition of a temporal correlation."""
    if not isinstance(section.condition, str) or section.type not in TEMPORAL:
        return None, []
    try:
        return parse(section.condition), []
    except NoExpression as error:
        return None, [document.error(str(error), "correlation", "condition", ja=error.ja)]


def _type_errors(document: Document, section: _Section) -> Iterable[ContentError]:
    if section.type not in TYPES:
        near = nearest(section.type, TYPES) or f"; there are: {', '.join(TYPES)}"
        yield document.error(
            f"unknown type {section.type!r}{near}",
            "correlation",
            "type",
            ja=f"相関の種類 {section.type!r} はありません。使えるもの: {', '.join(TYPES)}",
        )
    if not _listed(section.rules) and not isinstance(section.condition, str):
        yield document.error(
            "rules is missing: the names or ids of the rules whose events are correlated",
            "correlation",
            "rules",
            ja="rules がありません。相関させるルールの名前または ID を書いてください",
        )


def _condition_errors(document: Document, section: _Section) -> Iterable[ContentError]:
    at = ("correlation", "condition")
    if section.type in TEMPORAL:
        if isinstance(section.condition, dict):
            yield from _comparison_errors(document, section.condition, section.type)
        return
    if not isinstance(section.condition, dict):
        yield document.error(
            f"a correlation of type {section.type} needs a condition such as {{gte: 10}}",
            *at,
            ja=f"種類 {section.type} の相関には {{gte: 10}} のような条件が必要です",
        )
        return
    yield from _comparison_errors(document, section.condition, section.type)
    field = section.condition.get("field", [])
    fields = _listed(field) if _is_names(field) else [""]
    if section.type in VALUES and not fields:
        yield document.error(
            f"a correlation of type {section.type} needs a field in its condition",
            *at,
            ja=f"種類 {section.type} の相関には条件に field が必要です",
        )
    if section.type in VALUES[1:] and len(fields) > 1:
        yield document.error(
            f"a correlation of type {section.type} measures one field",
            *at,
            "field",
            ja=f"種類 {section.type} の相関が測る field は 1 つです",
        )
    if section.type == "value_percentile" and not _is_percent(section.condition.get("percentile")):
        yield document.error(
            "a correlation of type value_percentile needs a percentile from 0 to 100 in its condition",
            *at,
            ja="種類 value_percentile の相関には条件に 0 から 100 の percentile が必要です",
        )


def _comparison_errors(document: Document, condition: dict[str, Any], kind: str) -> Iterable[ContentError]:
    at = ("correlation", "condition")
    known = (*OPERATORS, "field", "percentile")
    for name, number in condition.items():
        if name not in known:
            yield document.error(
                f"unknown key {name!r}{nearest(str(name), known)}", *at, name, ja=f"キー {name!r} はありません"
            )
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
