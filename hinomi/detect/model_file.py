"""A model in its file. In: a document. Out: Model or errors. Whether its filters exist is content.py's to check."""

import hashlib
import re
from pathlib import PurePath
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError

from hinomi.detect.document import Document, nearest
from hinomi.detect.expression import names_of
from hinomi.detect.filter_file import IDENTIFIER, Strict, validation_errors
from hinomi.detect.rule_condition import TYPES as MEASURES
from hinomi.detect.rule_condition import Condition, read_condition
from hinomi.detect.rules import RULE_TYPES
from hinomi.detect.sigma_rule import version_of
from hinomi.detect.window import MAX_DETECTIONS
from hinomi.errors import ContentError
from hinomi.schema.activity import FIELDS
from hinomi.schema.content import Model, Rule, Severity, Text

_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d{1,6})([smhd])")


def seconds(value: Any) -> int:
    """'10m' -> 600. Raises ValueError for anything but a whole number with s, m, h or d."""
    match = _DURATION.fullmatch(str(value))
    if match is None:
        raise ValueError("not a duration such as 30s, 10m, 24h or 7d")
    return int(match[1]) * _UNITS_S[match[2]]


Duration = Annotated[int, BeforeValidator(seconds)]


class RuleEntry(Strict):
    """Every key of a rule."""

    id: str
    name: str = Field(min_length=1)
    type: str
    filters: list[str] = Field(default=[])
    stages: list[Annotated[list[str], Field(min_length=1)]] = Field(default=[])
    group_by: list[str] = Field(default=["endpointGuid"])
    window: Duration = 0
    threshold: int = Field(default=1, ge=1, le=MAX_DETECTIONS)
    distinct: str | None = None
    condition: dict[str, Any] | str | None = None


class TestRecord(Strict):
    """One record of a proof, or `repeat` of them; any other key is a value of the record."""

    model_config = ConfigDict(extra="allow")
    at: Duration = 0
    computer: str | None = None
    repeat: int = Field(default=1, ge=1, le=10_000)


class ModelCase(Strict):
    records: list[TestRecord] = Field(min_length=1)


class ModelTests(Strict):
    fires: list[ModelCase] = Field(min_length=1)
    silent: list[ModelCase] = Field(min_length=1)


class _Japanese(Strict):
    name: str = Field(min_length=1)
    description: str = Field(min_length=1)
    rules: dict[str, str] = Field(default={})


class ModelFile(Strict):
    """Every key of a model file (docs/reference/content.md)."""

    name: str = Field(min_length=1)
    severity: Literal["critical", "high", "medium", "low"]
    description: str = Field(min_length=1)
    products: list[str] = Field(min_length=1)
    suppress: Duration = 24 * 3600
    rules: list[RuleEntry] = Field(min_length=1)
    ja: _Japanese
    tests: ModelTests


def read_model(
    document: Document, *, origin: str, file_type: type[ModelFile] = ModelFile
) -> tuple[Model | None, list[ContentError]]:
    """The model of one file; its id is the file's stem. Techniques are filled in when its filters are known."""
    try:
        file = file_type.model_validate(document.data)
    except ValidationError as error:
        return None, validation_errors(document, error, file_type)
    errors = _own_errors(document, file)
    if errors:
        return None, errors
    return Model(
        id=PurePath(document.file).stem,
        name=Text(file.name, file.ja.name),
        description=Text(file.description.strip(), file.ja.description.strip()),
        severity=Severity(file.severity),
        rules=tuple(_rule(document, index, entry, file.ja.rules[entry.id]) for index, entry in enumerate(file.rules)),
        products=tuple(file.products),
        techniques=(),
        suppress_s=file.suppress,
        version=version_of(document),
        origin=origin,
        file=document.file,
        tests_fire=tuple(_case(case) for case in file.tests.fires),
        tests_silent=tuple(_case(case) for case in file.tests.silent),
    ), []


def _rule(document: Document, index: int, entry: RuleEntry, japanese: str) -> Rule:
    condition, _ = _condition(document, index, entry)
    return Rule(
        id=entry.id,
        type=entry.type,
        name=Text(entry.name, japanese),
        filters=tuple(entry.filters or dict.fromkeys(name for stage in entry.stages for name in stage)),
        stages=tuple(tuple(stage) for stage in entry.stages),
        group_by=tuple(entry.group_by),
        window_s=entry.window,
        threshold=entry.threshold,
        distinct=entry.distinct,
        condition=condition.bounds,
        fields=condition.fields,
        percentile=condition.percentile,
        expression=condition.expression,
    )


def _condition(document: Document, index: int, entry: RuleEntry) -> tuple[Condition, list[ContentError]]:
    """Of the types that Sigma's correlations have; the others have none."""
    if entry.type not in MEASURES:
        return Condition(), []
    at = ("rules", index, "condition")
    return read_condition(document, at, entry.type, entry.condition, len(set(entry.filters)))


def _condition_errors(document: Document, index: int, entry: RuleEntry) -> list[ContentError]:
    """What Sigma allows and we do not: fields that we do not have, names that are no filters of the rule."""
    at = ("rules", index, "condition")
    if entry.type not in MEASURES:
        message = f"a rule of type {entry.type} has no condition"
        return [] if entry.condition is None else [document.error(message, *at)]
    condition, errors = _condition(document, index, entry)
    errors += [
        document.error(f"unknown field {field!r}{nearest(field, FIELDS)}", *at)
        for field in condition.fields
        if field not in FIELDS
    ]
    named = set() if condition.expression is None else set(names_of(condition.expression))
    if named:
        odd = sorted(named ^ set(entry.filters))
        errors += [document.error(f"{name!r} must stand both in the condition and under filters", *at) for name in odd]
    if not entry.window or entry.threshold > 1 or entry.distinct:
        message = f"a rule of type {entry.type} needs a window, and has a condition instead of threshold and distinct"
        errors.append(document.error(message, "rules", index, "type"))
    return errors


def _case(case: ModelCase) -> dict[str, Any]:
    return {"records": [record.model_dump() for record in case.records]}


def _own_errors(document: Document, file: ModelFile) -> list[ContentError]:
    errors = []
    stem = PurePath(document.file).stem
    if not IDENTIFIER.fullmatch(stem):
        errors.append(document.error(f"the file name {stem!r} is not lower-case words joined by _"))
    seen: set[str] = set()
    for index, entry in enumerate(file.rules):
        if entry.id in seen:
            errors.append(document.error(f"the rule id {entry.id!r} stands twice", "rules", index, "id"))
        seen.add(entry.id)
        if entry.id not in file.ja.rules:
            errors.append(document.error(f"the rule {entry.id!r} has no Japanese name", "ja", "rules"))
        errors += _rule_errors(document, index, entry)
    errors += [
        document.error(f"unknown rule {one!r}{nearest(one, seen)}", "ja", "rules", one)
        for one in file.ja.rules
        if one not in seen
    ]
    return errors


def _rule_errors(document: Document, index: int, entry: RuleEntry) -> list[ContentError]:
    types = [one.name for one in RULE_TYPES]
    if entry.type not in types:
        message = f"unknown type {entry.type!r}{nearest(entry.type, types)}"
        return [document.error(message, "rules", index, "type")]
    wrong: list[tuple[str, str]] = [
        (f"unknown field {field!r}{nearest(field, FIELDS)}", "group_by")
        for field in entry.group_by
        if field not in FIELDS
    ]
    if entry.distinct is not None and entry.distinct not in FIELDS:
        wrong.append((f"unknown field {entry.distinct!r}{nearest(entry.distinct, FIELDS)}", "distinct"))
    wrong += _filter_errors(entry)
    if entry.type == "single" and (entry.window or entry.threshold > 1 or entry.distinct):
        wrong.append(("a rule of type single has no window, threshold or distinct", "type"))
    if entry.type == "count" and (not entry.window or entry.threshold < 2):
        wrong.append(("a rule of type count needs a window and a threshold of at least 2", "type"))
    if entry.type == "variety" and (
        not entry.window or not 2 <= entry.threshold <= len(entry.filters) or entry.distinct
    ):
        wrong.append(
            ("a rule of type variety needs a window, and a threshold of 2 to the number of its filters", "type")
        )
    if entry.type == "sequence" and (not entry.window or len(entry.filters) < 2):
        wrong.append(("a rule of type sequence needs a window and at least two filters", "type"))
    if entry.type == "sequence" and (entry.threshold > 1 or entry.distinct):
        wrong.append(("a rule of type sequence has no threshold or distinct", "type"))
    errors = [document.error(message, "rules", index, key) for message, key in wrong]
    return [*errors, *_condition_errors(document, index, entry)]


def _filter_errors(entry: RuleEntry) -> list[tuple[str, str]]:
    """Stages stand in the place of filters, and only in rules of their type."""
    if entry.type != "stages":
        wrong = [("only a rule of type stages has stages", "stages")] if entry.stages else []
        return wrong if entry.filters else [*wrong, (f"a rule of type {entry.type} needs filters", "filters")]
    if entry.filters or not entry.window or len(entry.stages) < 2 or entry.threshold > 1 or entry.distinct:
        return [("a rule of type stages needs a window and at least two stages, and has nothing but them", "type")]
    return []


def model_version(model: Model, filter_versions: list[str]) -> str:
    """A model is another version when one of its filters is."""
    return hashlib.blake2b("|".join([model.version, *filter_versions]).encode(), digest_size=8).hexdigest()
