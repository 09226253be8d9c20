"""Texts that persons write in the console: the same keys as shipped files, but few are needed. In: text. Out: Filter or Model.

A plain Sigma rule is a filter; a model may leave out Japanese, products and tests. What is missing is filled in from
what is there (docs/how-to/write-your-own-content.md). Errors have the line and the column.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, ClassVar
from uuid import NAMESPACE_OID, uuid5

from pydantic import ConfigDict, Field

from hinomi.detect.document import MAX_BYTES, Document, parse_documents
from hinomi.detect.filter_file import FilterFile, FilterTests, read_filter
from hinomi.detect.model_file import ModelCase, ModelFile, ModelTests, read_model
from hinomi.errors import ContentError, Place
from hinomi.schema.content import Filter, Model

_NAMES = {"filter": "フィルタ", "model": "検知モデル"}


class _OpenFilterTests(FilterTests):
    fires: list[dict[str, Any]] = Field(default=[])
    silent: list[dict[str, Any]] = Field(default=[])


class OpenFilterFile(FilterFile):
    """A filter of a person. Keys that we do not know are Sigma's, or their tools'."""

    model_config = ConfigDict(extra="ignore")
    is_shipped_form: ClassVar[bool] = False
    status: Any = None
    tests: _OpenFilterTests = Field(default=_OpenFilterTests())


class _OpenModelTests(ModelTests):
    fires: list[ModelCase] = Field(default=[])
    silent: list[ModelCase] = Field(default=[])


class OpenModelFile(ModelFile):
    """A model of a person."""

    products: list[str] = Field(default=[])
    tests: _OpenModelTests = Field(default=_OpenModelTests())


def read_custom(
    kind: str, id_: str, text: str, *, origin: str = "custom", techniques: Collection[str] | None = None
) -> tuple[Filter | Model | None, list[ContentError]]:
    """The filter or model of a person's text; its id is `id_`, whatever the text says."""
    name = f"{kind}s/{id_}.yml"
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        ja = f"テキストが {MAX_BYTES} バイトを超えています"
        return None, [ContentError(f"the text is larger than {MAX_BYTES} bytes", at=Place(name), ja=ja)]
    documents, errors = parse_documents(text, name)
    if not errors and len(documents) != 1:
        ja = f"{len(documents)} 個あります。{_NAMES[kind]}を 1 つだけ書いてください"
        errors = [ContentError(f"one {kind} is wanted; the text has {len(documents)}", at=Place(name, 1, 1), ja=ja)]
    if errors:
        return None, [with_column(one, text) for one in errors]
    found: Filter | Model | None
    if kind == "filter":
        whole = documents[0].with_data(_completed_filter(documents[0], id_))
        found, errors = read_filter(whole, origin=origin, techniques=techniques, file_type=OpenFilterFile)
    else:
        whole = documents[0].with_data(_completed_model(documents[0]))
        found, errors = read_model(whole, origin=origin, file_type=OpenModelFile)
    return found, [with_column(one, text) for one in errors]


# ---- what is missing ------------------------------------------------------------------------------------------------
def _completed_filter(document: Document, id_: str) -> dict[str, Any]:
    """`title`, `logsource` and `detection` are needed; the rest follows from them."""
    data = dict(document.data)
    title = data.get("title")
    data.setdefault("id", str(uuid5(NAMESPACE_OID, f"hinomi filter {id_}")))
    data.setdefault("description", title)
    data.setdefault("author", "")
    data.setdefault("date", "1970-01-01")
    data.setdefault("tags", [])
    data.setdefault("level", "medium")
    english = data.get("falsepositives") or []
    data["falsepositives"] = [english] if isinstance(english, str) else english
    hinomi = data.get("hinomi", {})
    if isinstance(hinomi, Mapping):
        texts = {"title": title, "description": data["description"], "falsepositives": data["falsepositives"]}
        data["hinomi"] = {"class": "behaviour", "highlights": [], **hinomi, "ja": _over(texts, hinomi.get("ja"))}
    return {key: value for key, value in data.items() if value is not None}


def _completed_model(document: Document) -> dict[str, Any]:
    """`name` and `rules` are needed; the rest follows from them."""
    data = dict(document.data)
    data.setdefault("description", data.get("name"))
    data.setdefault("severity", "medium")
    rules = data.get("rules")
    names: dict[str, Any] = {}
    if isinstance(rules, list):
        names = {str(rule["id"]): rule.get("name") for rule in rules if isinstance(rule, Mapping) and "id" in rule}
    given = data.get("ja")
    texts = {"name": data.get("name"), "description": data["description"]}
    inner = given.get("rules") if isinstance(given, Mapping) else None
    if given is None or isinstance(given, Mapping):
        data["ja"] = {**_over(texts, given), "rules": _over(names, inner)}
    return {key: value for key, value in data.items() if value is not None}


def _over(defaults: Mapping[str, Any], given: Any) -> dict[str, Any]:
    return {**defaults, **given} if isinstance(given, Mapping) else dict(defaults)


_INDENT = re.compile(r"[ \t]*(?:- +)*")


def with_column(error: ContentError, text: str) -> ContentError:
    """An error with a line but no column: what is meant begins where the line's text does."""
    line = error.at.line
    if line is None or error.at.column is not None:
        return error
    return ContentError(error.message, at=replace(error.at, column=column_of(text, line)), ja=error.ja)


def column_of(text: str, line: int | None) -> int | None:
    """Where the text of a line begins, behind blanks and dashes of lists; both count from 1."""
    if line is None:
        return None
    lines = text.splitlines()
    found = _INDENT.match(lines[line - 1]) if 0 < line <= len(lines) else None
    return (found.end() if found else 0) + 1
