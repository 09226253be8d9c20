"""A filter of our own in its file: Sigma, plus `hinomi:` and `tests:`. In: a document. Out: Filter or errors."""

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import replace
from pathlib import PurePath
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hinomi.detect.attack_tags import techniques_of, unknown_of
from hinomi.detect.document import Document, nearest
from hinomi.detect.placeholders import errors_of
from hinomi.detect.sigma_rule import read_sigma
from hinomi.errors import ContentError
from hinomi.schema.activity import FIELDS
from hinomi.schema.content import MAX_HIGHLIGHTS, Filter, Text

IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class Strict(BaseModel):
    """Unknown keys are errors: a misspelt key must not pass for an absent one."""

    model_config = ConfigDict(extra="forbid")


class _Japanese(Strict):
    title: str = Field(min_length=1)
    description: str = Field(min_length=1)
    falsepositives: list[str] = Field(default=[])


class _Hinomi(Strict):
    technique_class: Literal["signature", "indicator", "behaviour", "anomaly"] = Field(alias="class")
    highlights: list[str] = Field(max_length=MAX_HIGHLIGHTS)
    ja: _Japanese


class FilterTests(Strict):
    fires: list[dict[str, Any]] = Field(min_length=1)
    silent: list[dict[str, Any]] = Field(min_length=1)


class FilterFile(Strict):
    """Every key of a filter file (docs/reference/content.md)."""

    is_shipped_form: ClassVar[bool] = True
    title: str = Field(min_length=1, max_length=256)
    id: UUID
    status: Literal["stable", "test", "experimental"]
    description: str = Field(min_length=1)
    author: str
    date: dt.date
    modified: dt.date | None = None
    references: list[str] = Field(default=[])
    tags: list[str]
    logsource: dict[str, str]
    detection: dict[str, Any]
    falsepositives: list[str] = Field(default=[])
    level: Literal["informational", "low", "medium", "high", "critical"]
    hinomi: _Hinomi
    tests: FilterTests


def read_filter(
    document: Document,
    *,
    origin: str,
    techniques: Collection[str] | None = None,
    file_type: type[FilterFile] = FilterFile,
) -> tuple[Filter | None, list[ContentError]]:
    """The filter of one file; its id is the file's stem. `techniques`: ids that exist (None: any well-formed one)."""
    try:
        file = file_type.model_validate(document.data)
    except ValidationError as error:
        _, errors = read_sigma(document) if "detection" in document.data else (None, [])
        return None, validation_errors(document, error, file_type) + errors
    found, errors = read_sigma(document)
    errors += _own_errors(document, file, techniques)
    if found is None:
        return None, errors
    errors += errors_of(document, found.sigma.rule)
    whole = replace(
        found,
        id=_stem(document),
        title=Text(file.title, file.hinomi.ja.title),
        description=Text(file.description.strip(), file.hinomi.ja.description.strip()),
        technique_class=file.hinomi.technique_class,
        highlights=tuple(file.hinomi.highlights),
        origin=origin,
        tests_fire=tuple(file.tests.fires),
        tests_silent=tuple(file.tests.silent),
    )
    return (None if errors else whole), errors


def _own_errors(document: Document, file: FilterFile, techniques: Collection[str] | None) -> list[ContentError]:
    """What Sigma allows and we do not."""
    errors = []
    if file.is_shipped_form and not IDENTIFIER.fullmatch(_stem(document)):
        errors.append(document.error(f"the file name {_stem(document)!r} is not lower-case words joined by _"))
    for index, field in enumerate(file.hinomi.highlights):
        if field not in FIELDS:
            message = f"unknown field {field!r}{nearest(field, FIELDS)}"
            errors.append(document.error(message, "hinomi", "highlights", index))
    if len(file.hinomi.ja.falsepositives) != len(file.falsepositives):
        message = "falsepositives in Japanese and in English are not equally many"
        errors.append(document.error(message, "hinomi", "ja", "falsepositives"))
    return errors + _tag_errors(document, file, techniques)


def _tag_errors(document: Document, file: FilterFile, techniques: Collection[str] | None) -> list[ContentError]:
    tags = file.tags
    errors = [
        document.error(f"the tag {tag!r} is neither technique nor tactic of ATT&CK", "tags") for tag in unknown_of(tags)
    ]
    if file.is_shipped_form and not techniques_of(tags):
        errors.append(document.error("no tag names a technique, such as attack.t1003.002", "tags"))
    return errors + [
        document.error(f"unknown technique {one}{nearest(one, techniques)}", "tags")
        for one in techniques_of(tags)
        if techniques is not None and one not in techniques
    ]


def validation_errors(document: Document, error: ValidationError, model: type[BaseModel]) -> list[ContentError]:
    """Pydantic's findings in our words, each with its line."""
    return [_said(document, one, model) for one in error.errors(include_url=False, include_context=False)]


def _said(document: Document, found: Any, model: type[BaseModel]) -> ContentError:
    path, kind = found["loc"], found["type"]
    name = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        return document.error(f"unknown key {name!r}{nearest(name, _keys(model))}", *path)
    if kind == "missing":
        return document.error(f"the key {'.'.join(str(step) for step in path)!r} is missing", *path)
    return document.error(f"{'.'.join(str(step) for step in path)}: {found['msg']}", *path)


def _keys(model: type[BaseModel]) -> set[str]:
    """Every key that the model or a model inside it knows."""
    found: set[str] = set()
    for name, info in model.model_fields.items():
        found.add(info.alias or name)
        inner = [info.annotation, *getattr(info.annotation, "__args__", ())]
        for one in inner:
            if isinstance(one, type) and issubclass(one, BaseModel):
                found |= _keys(one)
    return found


def _stem(document: Document) -> str:
    return PurePath(document.file).stem
