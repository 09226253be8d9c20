"""Content as it was given: the shipped folder and the imported Sigma rules, with the texts of their files."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import yaml

from hinomi.detect.content import Content, load_content, load_sigma
from hinomi.detect.document import parse_documents
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


def read_given(shipped: Path, imported: Path, techniques: Collection[str] | None = None) -> Given:
    """Shipped content, and imported rules with ids that the shipped content does not have."""
    content, errors = load_content(shipped, techniques=techniques)
    if not imported.is_dir():
        return Given(content, tuple(errors), shipped, imported)
    rules, wrong = load_sigma([imported])
    new = tuple(one for one in rules if one.id not in content.filter)
    return Given(Content(content.filters + new, content.models), (*errors, *wrong), shipped, imported)


def sigma_text(found: Filter) -> str:
    """The filter as a Sigma rule in YAML, as far as pySigma kept it (comments are gone)."""
    return yaml.safe_dump(found.sigma.rule.to_dict(), sort_keys=False, allow_unicode=True, width=120)
