"""Content as it was given: the shipped folder and the imported Sigma rules, with the texts of their files."""

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from hinomi.detect.compile_cache import CompileCache
from hinomi.detect.content import Content, load_content
from hinomi.detect.document import parse_documents
from hinomi.detect.placeholders import Placeholders, read_placeholders
from hinomi.detect.sigma_content import load_rules
from hinomi.detect.text_store import Key
from hinomi.errors import ContentError
from hinomi.schema.content import Filter, Model


@dataclass(frozen=True)
class Given:
    """What the folders hold; `errors` names the files that cannot be used."""

    content: Content
    errors: tuple[ContentError, ...]
    shipped: Path
    imported: Path
    _days: dict[Key, dt.date | None] = field(default_factory=dict, compare=False, repr=False)

    def find(self, key: Key) -> Filter | Model | None:
        kind, id_ = key
        return self.content.filter.get(id_) if kind == "filter" else self.content.model.get(id_)

    def text(self, key: Key) -> str | None:
        """The text as it was given; None when there is none. Of a file with several rules, the one, without comments."""
        found = self.find(key)
        if found is None:
            return None
        folder = self.shipped if found.origin == "shipped" else self.imported
        try:
            text = (folder / found.file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            text = ""
        if isinstance(found, Filter) and (not text or len(parse_documents(text, found.file)[0]) != 1):
            return sigma_text(found)
        return text

    def dated(self, key: Key) -> dt.date | None:
        """The day that the text says it was changed or written; models say none."""
        if key not in self._days:
            found = {match[1]: match.groups()[1:] for match in _DATE.finditer(self.text(key) or "")}
            self._days[key] = _day(found.get("modified") or found.get("date"))
        return self._days[key]


_DATE = re.compile(r"^(date|modified): *['\"]?(\d{4})[-/](\d\d)[-/](\d\d)", re.MULTILINE)


PLACEHOLDERS = "placeholders.yml"  # beside the folder of imported rules: values for `expand`


def read_given(
    shipped: Path, imported: Path, techniques: Collection[str] | None = None, cache: CompileCache | None = None
) -> Given:
    """Shipped content, and imported rules and correlations with ids that the shipped content does not have.

    Correlations and Sigma filters may name shipped filters too; those have what these want of them.
    """
    content, errors = load_content(shipped, techniques=techniques, cache=cache)
    if not imported.is_dir():
        return Given(content, tuple(errors), shipped, imported)
    values, wrong = read_placeholders_beside(imported)
    rules, broken = load_rules([imported], values, known=content.filters, cache=cache)
    changed = {one.id: one for one in rules.filters if one.id in content.filter}
    new = tuple(one for one in rules.filters if one.id not in content.filter)
    filters = tuple(changed.get(one.id, one) for one in content.filters)
    models = tuple(one for one in rules.models if one.id not in content.model)
    whole = Content(filters + new, content.models + models)
    return Given(whole, (*errors, *wrong, *broken), shipped, imported)


def read_placeholders_beside(imported: Path) -> tuple[Placeholders, list[ContentError]]:
    """The lists of the data folder; none where there is no file."""
    file = imported.parent / PLACEHOLDERS
    return read_placeholders(file) if file.is_file() else ({}, [])


def _day(parts: tuple[str, ...] | None) -> dt.date | None:
    try:
        return dt.date(*map(int, parts)) if parts else None
    except ValueError:
        return None


def sigma_text(found: Filter) -> str:
    """The filter as a Sigma rule in YAML, as far as pySigma kept it (comments are gone)."""
    return yaml.safe_dump(found.sigma.rule.to_dict(), sort_keys=False, allow_unicode=True, width=120)
