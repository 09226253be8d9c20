"""A model in its file. In: a document. Out: Model or errors. Whether its filters exist is content.py's to check."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import PurePath
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError

from hinomi.detect.document import Document, unknown
from hinomi.detect.expression import names_of
from hinomi.detect.filter_file import IDENTIFIER, Strict, misnamed, unknown_field, validation_errors
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
        text = _of_type(entry, "has no condition", "に condition は書けません")
        return [] if entry.condition is None else [document.wrong(text, *at)]
    condition, errors = _condition(document, index, entry)
    errors += [document.wrong(unknown_field(field), *at) for field in condition.fields if field not in FIELDS]
    named = set() if condition.expression is None else set(names_of(condition.expression))
    if named:
        odd = sorted(named ^ set(entry.filters))
        errors += [
            document.error(
                f"{name!r} must stand both in the condition and under filters",
                *at,
                ja=f"{name!r} は condition と filters の両方に書いてください",
            )
            for name in odd
        ]
    if not entry.window or entry.threshold > 1 or entry.distinct:
        text = _of_type(
            entry,
            "needs a window, and has a condition instead of threshold and distinct",
            "には window が必要です。threshold と distinct の代わりに condition を書いてください",
        )
        errors.append(document.wrong(text, "rules", index, "type"))
    return errors


def _case(case: ModelCase) -> dict[str, Any]:
    return {"records": [record.model_dump() for record in case.records]}


def _own_errors(document: Document, file: ModelFile) -> list[ContentError]:
    errors = []
    stem = PurePath(document.file).stem
    if not IDENTIFIER.fullmatch(stem):
        errors.append(document.wrong(misnamed(stem)))
    seen: set[str] = set()
    for index, entry in enumerate(file.rules):
        if entry.id in seen:
            twice = Text(f"the rule id {entry.id!r} stands twice", f"ルール ID {entry.id!r} が重複しています")
            errors.append(document.wrong(twice, "rules", index, "id"))
        seen.add(entry.id)
        if entry.id not in file.ja.rules:
            nameless = Text(
                f"the rule {entry.id!r} has no Japanese name", f"ルール {entry.id!r} の日本語名がありません"
            )
            errors.append(document.wrong(nameless, "ja", "rules"))
        errors += _rule_errors(document, index, entry)
    errors += [
        document.wrong(unknown(Text("rule", "ルール"), one, seen), "ja", "rules", one)
        for one in file.ja.rules
        if one not in seen
    ]
    return errors


def _rule_errors(document: Document, index: int, entry: RuleEntry) -> list[ContentError]:
    types = [one.name for one in RULE_TYPES]
    if entry.type not in types:
        return [document.wrong(unknown(Text("type", "種類"), entry.type, types), "rules", index, "type")]
    wrong = [(unknown_field(field), "group_by") for field in entry.group_by if field not in FIELDS]
    if entry.distinct is not None and entry.distinct not in FIELDS:
        wrong.append((unknown_field(entry.distinct), "distinct"))
    wrong += _filter_errors(entry)
    wrong += [(text, "type") for text in _type_errors(entry)]
    errors = [document.wrong(text, "rules", index, key) for text, key in wrong]
    return [*errors, *_condition_errors(document, index, entry)]


def _type_errors(entry: RuleEntry) -> Iterable[Text]:
    """What a rule of its type wants, or cannot have."""
    if entry.type == "single" and (entry.window or entry.threshold > 1 or entry.distinct):
        yield _of_type(entry, "has no window, threshold or distinct", "に window、threshold、distinct は書けません")
    if entry.type == "count" and (not entry.window or entry.threshold < 2):
        yield _of_type(
            entry, "needs a window and a threshold of at least 2", "には window と 2 以上の threshold が必要です"
        )
    if entry.type == "variety" and (
        not entry.window or not 2 <= entry.threshold <= len(entry.filters) or entry.distinct
    ):
        yield _of_type(
            entry,
            "needs a window, and a threshold of 2 to the number of its filters",
            "には window と、2 からフィルタの数までの threshold が必要です",
        )
    if entry.type == "sequence" and (not entry.window or len(entry.filters) < 2):
        yield _of_type(entry, "needs a window and at least two filters", "には window と 2 つ以上のフィルタが必要です")
    if entry.type == "sequence" and (entry.threshold > 1 or entry.distinct):
        yield _of_type(entry, "has no threshold or distinct", "に threshold と distinct は書けません")


def _filter_errors(entry: RuleEntry) -> list[tuple[Text, str]]:
    """Stages stand in the place of filters, and only in rules of their type."""
    if entry.type != "stages":
        only = Text("only a rule of type stages has stages", "stages を書けるのは種類が stages のルールだけです")
        wrong = [(only, "stages")] if entry.stages else []
        return (
            wrong
            if entry.filters
            else [*wrong, (_of_type(entry, "needs filters", "にはフィルタが必要です"), "filters")]
        )
    if entry.filters or not entry.window or len(entry.stages) < 2 or entry.threshold > 1 or entry.distinct:
        text = _of_type(
            entry,
            "needs a window and at least two stages, and has nothing but them",
            "には window と 2 つ以上の stages が必要で、ほかは書けません",
        )
        return [(text, "type")]
    return []


def _of_type(entry: RuleEntry, en: str, ja: str) -> Text:
    return Text(f"a rule of type {entry.type} {en}", f"種類が {entry.type} のルール{ja}")


def model_version(model: Model, filter_versions: list[str]) -> str:
    """A model is another version when one of its filters is."""
    return hashlib.blake2b("|".join([model.version, *filter_versions]).encode(), digest_size=8).hexdigest()
