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
from hinomi.detect.document import Document, unknown
from hinomi.detect.placeholders import errors_of
from hinomi.detect.sigma_rule import read_sigma
from hinomi.errors import ContentError
from hinomi.schema.activity import FIELDS
from hinomi.schema.content import MAX_HIGHLIGHTS, Filter, Text

# What pydantic says of a value, by the kind of its finding.
_PYDANTIC = {
    "string_type": "文字列が必要です",
    "int_type": "整数が必要です",
    "int_parsing": "整数が必要です",
    "bool_type": "true か false が必要です",
    "list_type": "リストが必要です",
    "dict_type": "キーと値のマッピングが必要です",
    "model_type": "キーと値のマッピングが必要です",
    "string_too_short": "{min_length} 文字以上が必要です",
    "string_too_long": "{max_length} 文字以内にしてください",
    "too_short": "{min_length} 件以上が必要です",
    "too_long": "{max_length} 件以内にしてください",
    "greater_than_equal": "{ge} 以上が必要です",
    "less_than_equal": "{le} 以下が必要です",
    "literal_error": "使えるのは {expected} です",
    "uuid_parsing": "UUID が必要です",
    "date_from_datetime_parsing": "日付 (2026-01-31 の形) が必要です",
    "value_error": "30s、10m、24h、7d のような期間が必要です",  # durations alone raise it
    "date_type": "日付 (2026-01-31 の形) が必要です",
}

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


def misnamed(stem: str) -> Text:
    return Text(
        f"the file name {stem!r} is not lower-case words joined by _",
        f"ファイル名 {stem!r} は小文字の単語を _ でつないだものにしてください",
    )


def unknown_field(name: str) -> Text:
    return unknown(Text("field", "フィールド"), name, FIELDS)


def _own_errors(document: Document, file: FilterFile, techniques: Collection[str] | None) -> list[ContentError]:
    """What Sigma allows and we do not."""
    errors = []
    if file.is_shipped_form and not IDENTIFIER.fullmatch(_stem(document)):
        errors.append(document.wrong(misnamed(_stem(document))))
    for index, field in enumerate(file.hinomi.highlights):
        if field not in FIELDS:
            errors.append(document.wrong(unknown_field(field), "hinomi", "highlights", index))
    if len(file.hinomi.ja.falsepositives) != len(file.falsepositives):
        message = "falsepositives in Japanese and in English are not equally many"
        ja = "falsepositives の件数が日本語と英語で異なります"
        errors.append(document.error(message, "hinomi", "ja", "falsepositives", ja=ja))
    return errors + _tag_errors(document, file, techniques)


def _tag_errors(document: Document, file: FilterFile, techniques: Collection[str] | None) -> list[ContentError]:
    tags = file.tags
    errors = [
        document.error(
            f"the tag {tag!r} is neither technique nor tactic of ATT&CK",
            "tags",
            ja=f"タグ {tag!r} は ATT&CK のテクニックでも戦術でもありません",
        )
        for tag in unknown_of(tags)
    ]
    if file.is_shipped_form and not techniques_of(tags):
        ja = "テクニックを示すタグ (attack.t1003.002 など) がありません"
        errors.append(document.error("no tag names a technique, such as attack.t1003.002", "tags", ja=ja))
    return errors + [
        document.wrong(unknown(Text("technique", "テクニック"), one, techniques), "tags")
        for one in techniques_of(tags)
        if techniques is not None and one not in techniques
    ]


def validation_errors(document: Document, error: ValidationError, model: type[BaseModel]) -> list[ContentError]:
    """Pydantic's findings in our words, each with its line."""
    return [_said(document, one, model) for one in error.errors(include_url=False)]


def _said(document: Document, found: Any, model: type[BaseModel]) -> ContentError:
    path, kind = found["loc"], found["type"]
    name = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        return document.wrong(unknown(Text("key", "キー"), name, _keys(model)), *path)
    whole = ".".join(str(step) for step in path)
    if kind == "missing":
        return document.error(f"the key {whole!r} is missing", *path, ja=f"キー {whole!r} がありません")
    japanese = _PYDANTIC.get(kind, "正しい値ではありません").format_map(found.get("ctx", {}))
    return document.error(f"{whole}: {found['msg']}", *path, ja=f"{whole}: {japanese}")


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
