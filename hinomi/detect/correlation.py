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
from hinomi.detect.expression import names_of
from hinomi.detect.filter_file import Strict, validation_errors
from hinomi.detect.rule_condition import TYPES, listed, read_condition
from hinomi.errors import ContentError
from hinomi.schema.content import Bound, Expression

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
    errors = list(_type_errors(document, section))
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
    listed_rules = listed(section.rules)
    at = ("correlation", "condition")
    condition, wrong = read_condition(document, at, section.type, section.condition, len(set(listed_rules)))
    errors += wrong
    if errors or seconds is None:
        return None, errors
    rules = listed_rules or (names_of(condition.expression) if condition.expression is not None else [])
    return Draft(
        document=document,
        id=str(file.id) if file.id else file.name or version,
        name=file.name,
        title=file.title,
        description=file.description.strip(),
        level=file.level,
        tags=tuple(file.tags),
        type=section.type,
        rules=tuple(rules),
        group_by=tuple(listed(section.group_by)),
        window_s=seconds,
        condition=condition.bounds,
        fields=condition.fields,
        percentile=condition.percentile,
        expression=condition.expression,
        aliases=tuple(
            (alias, rule, field) for alias, fields in section.aliases.items() for rule, field in fields.items()
        ),
        generate=section.generate,
    ), []


def _seconds(text: str) -> int | None:
    match = _TIMESPAN.fullmatch(text)
    return int(match[1]) * _UNITS_S[match[2]] or None if match else None


def _type_errors(document: Document, section: _Section) -> Iterable[ContentError]:
    if section.type not in TYPES:
        near = nearest(section.type, TYPES) or f"; there are: {', '.join(TYPES)}"
        yield document.error(
            f"unknown type {section.type!r}{near}",
            "correlation",
            "type",
            ja=f"相関の種類 {section.type!r} はありません。使えるもの: {', '.join(TYPES)}",
        )
    if not listed(section.rules) and not isinstance(section.condition, str):
        yield document.error(
            "rules is missing: the names or ids of the rules whose events are correlated",
            "correlation",
            "rules",
            ja="rules がありません。相関させるルールの名前または ID を書いてください",
        )
