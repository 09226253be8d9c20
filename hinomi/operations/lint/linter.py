"""Lint at work. In: content and the documents it was read from. Out: advice, in the order of files and lines.

A line that ends in `# lint: RULE because ...` keeps that rule quiet on it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hinomi.attack.catalogue import load_attack
from hinomi.detect.content import Content
from hinomi.detect.document import Document, read_documents
from hinomi.detect.names import loose
from hinomi.normalise.source import Mapping, Recipe, Take
from hinomi.normalise.sources import SOURCES
from hinomi.operations.lint import conditions, sources, texts, values
from hinomi.operations.lint.advice import Advice, FilterRule, FilterSubject, Known, ModelRule, ModelSubject
from hinomi.operations.sigma_report import coverage, mappings_of
from hinomi.schema.activity import FIELDS
from hinomi.schema.content import Filter, Model

FILTER_RULES: tuple[FilterRule, ...] = (*values.RULES, *conditions.RULES, *sources.RULES, *texts.RULES)
MODEL_RULES: tuple[ModelRule, ...] = (*sources.MODEL_RULES, *texts.MODEL_RULES)

# Names that every Windows record has, as Sigma calls them.
_SYSTEM = (
    "EventID",
    "Channel",
    "Provider_Name",
    "Computer",
    "Level",
    "Keywords",
    "Task",
    "Message",
    "Data",
    "EventType",
)
_QUIET = re.compile(r"#\s*lint:\s*([a-z-]+)")


@dataclass(frozen=True)
class Linter:
    """`known` is worked out once, for one content."""

    known: Known

    @classmethod
    def of(cls, content: Content) -> "Linter":
        first: dict[tuple[object, object], str] = {}
        for one in content.filters:
            first.setdefault((one.logsource, one.sigma.condition), one.id)
        known = Known(
            techniques=frozenset(load_attack().known_ids()),
            fields={loose(name): name for name in _known_fields()},
            coverage=coverage(),
            products=frozenset(source.name for source in SOURCES),
            conditions=first,  # type: ignore[arg-type]
        )
        return cls(known)

    def filter(self, found: Filter, document: Document) -> list[Advice]:
        """Advice on one filter, by line."""
        subject = FilterSubject(document, found, self.known)
        return _tidy(document, (advice for rule in FILTER_RULES for advice in rule(subject)))

    def model(self, model: Model, document: Document) -> list[Advice]:
        """Advice on one model, by line."""
        subject = ModelSubject(document, model, self.known)
        return _tidy(document, (advice for rule in MODEL_RULES for advice in rule(subject)))


def lint(content: Content, folder: Path) -> Iterator[Advice]:
    """Advice on everything in `content`, which was read from `folder`."""
    linter = Linter.of(content)
    for found in content.filters:
        for document in _document(folder, found.file):
            yield from linter.filter(found, document)
    for model in content.models:
        for document in _document(folder, model.file):
            yield from linter.model(model, document)


def _document(folder: Path, file: str) -> Sequence[Document]:
    """The file's first document: ours hold one each."""
    return read_documents(folder / file, file)[0][:1]


def _tidy(document: Document, found: Iterable[Advice]) -> list[Advice]:
    lines = document.text.splitlines()
    kept = [one for one in found if not _is_quiet(one, lines)]
    return sorted(kept, key=lambda one: (one.at.line or 0, one.rule))


def _is_quiet(one: Advice, lines: Sequence[str]) -> bool:
    line = lines[one.at.line - 1] if one.at.line and one.at.line <= len(lines) else ""
    return one.rule in _QUIET.findall(line)


def _known_fields() -> set[str]:
    """Every name that a source gives or reads, and those of the vocabulary."""
    found = {*FIELDS, *_SYSTEM}
    for source in SOURCES:
        for entry in (*source.events.values(), source.otherwise):
            for mapping in mappings_of(entry):
                found |= _names(mapping)
    return found


def _names(mapping: Mapping) -> set[str]:
    recipes: Iterable[Recipe] = (*mapping.fields.values(), *mapping.native.values())
    read = {name for recipe in recipes for name in (recipe.names if isinstance(recipe, Take) else (recipe,))}
    return {*mapping.native, *read}
