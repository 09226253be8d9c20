"""Is a text a filter or a model that can be used? In: the text, the content round it. Out: what it says, what is wrong where.

Everything that is wrong is said, each with line and column, and with the nearest word where one was misspelt.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from hinomi.detect.condition import predicates_of
from hinomi.detect.content import Content
from hinomi.detect.coverage import why_never
from hinomi.detect.custom_file import column_of, read_custom, with_column
from hinomi.detect.document import parse_documents, unknown_filter
from hinomi.errors import ContentError, InputError
from hinomi.operations.lint.linter import Linter
from hinomi.operations.sigma_report import coverage
from hinomi.schema.content import Filter, Model, Text

DRAFT = "draft"  # the id of what has none yet


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to mend or to think about. `line` and `column` count from 1."""

    message: Text
    line: int | None = None
    column: int | None = None
    suggestion: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "line": self.line,
            "column": self.column,
            "message": {"en": self.message.en, "ja": self.message.ja},
            "suggestion": self.suggestion,
        }


@dataclass(frozen=True, slots=True)
class Validation:
    """`value` is None when there are errors."""

    text: str
    value: Filter | Model | None
    errors: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = field(default=())

    @property
    def ok(self) -> bool:
        return not self.errors


class InvalidContent(InputError):
    """A text that cannot be saved; `details` has every error."""

    def __init__(self, kind: str, errors: Sequence[Remark]) -> None:
        first = errors[0]
        place = f" (line {first.line})" if first.line else ""
        super().__init__(f"this {kind} cannot be used: {first.message.en}{place}")
        self.details = {"errors": [one.as_json() for one in errors]}


def validate(
    kind: str,
    text: str,
    content: Content,
    *,
    id_: str = DRAFT,
    techniques: Collection[str] | None = None,
    linter: Linter | None = None,
) -> Validation:
    """`content`: the filters that a model may use. `techniques`: ids that exist; None lets any well-formed one pass.

    With a `linter` its advice is among the warnings.
    """
    value, wrong = read_custom(kind, id_, text, techniques=techniques)
    if isinstance(value, Model):
        wrong = [*wrong, *_missing_filters(text, value, content)]
    errors = tuple(remark(one) for one in wrong)
    warnings = _never(value) if value is not None else ()
    if value is not None and linter is not None:
        warnings += _advice(text, value, linter)
    return Validation(text, None if errors else value, errors, warnings)


def remark(error: ContentError) -> Remark:
    """The error with its nearest word apart."""
    found = _NEAREST.search(error.message)
    return Remark(
        Text(error.message, error.ja),
        error.at.line,
        error.at.column,
        found[1] if found else None,
    )


_NEAREST = re.compile(r"; nearest: '(.*)'$")  # as detect.document.nearest writes it


def predicate_count(found: Filter) -> int:
    """How many comparisons the filter's condition makes."""
    return len(list(predicates_of(found.sigma.condition)))


def _missing_filters(text: str, model: Model, content: Content) -> list[ContentError]:
    document = parse_documents(text, model.file)[0][0]
    wrong = [
        document.wrong(unknown_filter(name, content.filter), "rules", index, "filters")
        for index, rule in enumerate(model.rules)
        for name in rule.filters
        if name not in content.filter
    ]
    return [with_column(one, text) for one in wrong]


def _advice(text: str, value: Filter | Model, linter: Linter) -> tuple[Remark, ...]:
    """What lint says of the text."""
    document = parse_documents(text, value.file)[0][0]
    found = linter.filter(value, document) if isinstance(value, Filter) else linter.model(value, document)
    return tuple(Remark(one.text, one.at.line, column_of(text, one.at.line)) for one in found)


def _never(value: Filter | Model) -> tuple[Remark, ...]:
    """Something that lint of files is silent about: nothing that arrives here can meet it."""
    never = why_never(value, coverage()) if isinstance(value, Filter) else None
    return (
        (Remark(Text(f"it can never match here: {never.en}", f"ここでは一致し得ません: {never.ja}")),) if never else ()
    )
