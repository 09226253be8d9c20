"""What becomes of Sigma that a person imports. In: files and folders. Out: each rule as imported, never matching or broken.

A rule that can never match with the sources we have is kept all the same: it begins to match when its source comes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hinomi.detect.coverage import Coverage, Written, why_never, why_never_met
from hinomi.detect.placeholders import Placeholders
from hinomi.detect.sigma_content import SigmaSet, joined, read_rules
from hinomi.errors import ContentError
from hinomi.normalise.channels import services_on
from hinomi.normalise.source import Mapping, Split
from hinomi.normalise.sources import SOURCES
from hinomi.schema.content import CHAINED, Filter, Model, Text

# Made of process starts by normalise/projection.py, whatever source recorded them.
_PROJECTED = frozenset({"ps_script", "registry_set", "registry_event"})


@dataclass(frozen=True, slots=True)
class SigmaReport:
    """`filters`: titles of the Sigma filters, and how many rules each is added to. `files`: (file, a name of its own) of
    every file that holds something usable.
    """

    imported: tuple[Filter | Model, ...]
    never_matching: tuple[tuple[Filter | Model, Text], ...]
    broken: tuple[ContentError, ...]
    filters: tuple[tuple[str, str, int], ...]
    files: tuple[tuple[Path, str], ...]

    def summary(self) -> dict[str, Any]:
        """For programs and people: a row per rule that can match and that cannot, per Sigma filter, per broken place."""
        return {
            "imported": [_row(one) for one in self.imported],
            "never_matching": [
                {**_row(one), "reason": reason.en, "reason_ja": reason.ja} for one, reason in self.never_matching
            ],
            "filters": [{"title": title, "file": file, "rules": count} for title, file, count in self.filters],
            "broken": [
                {"file": one.at.file, "line": one.at.line, "message": one.message, "message_ja": one.ja}
                for one in self.broken
            ],
        }


def report_sigma(
    paths: Sequence[Path], placeholders: Placeholders = MappingProxyType({}), known: Sequence[Filter] = ()
) -> SigmaReport:
    """Read every rule; nothing is copied or changed. `known`: filters that correlations and Sigma filters may name too."""
    found = read_rules(paths, placeholders)
    content = joined(found, known)
    own = {one.id for one, _ in found.rules}
    sources = coverage()
    reasons: dict[str, Text | None] = {one.id: why_never(one, sources) for one in (*known, *content.filters)}
    values: list[tuple[Filter | Model, Text | None]] = [
        (one, reasons[one.id]) for one in content.filters if one.id in own
    ]
    for model in _inner_first(content.models):
        reasons[CHAINED + model.id] = why_never_met(model, reasons)
    values += [(one, reasons[CHAINED + one.id]) for one in content.models]
    usable = {one.file for one, _ in values} | {one.document.file for one in found.filters}
    return SigmaReport(
        imported=tuple(one for one, reason in values if reason is None),
        never_matching=tuple((one, reason) for one, reason in values if reason is not None),
        broken=tuple(found.errors),
        filters=tuple(_filters(found, known)),
        files=tuple(_files(paths, usable)),
    )


def _inner_first(models: Sequence[Model]) -> list[Model]:
    """Each correlation after those that it rests on."""
    placed: dict[str, Model] = {}
    waiting = list(models)
    while waiting:
        ready = [one for one in waiting if all(name in placed for rule in one.rules for name in rule.models)]
        placed |= {one.id: one for one in ready}
        waiting = [one for one in waiting if one.id not in placed]
    return list(placed.values())


def _filters(found: SigmaSet, known: Sequence[Filter]) -> Iterator[tuple[str, str, int]]:
    rules = [(one, [one.id.lower(), (document.head.get("name") or "").lower()]) for one, document in found.rules]
    rules += [(one, [one.id.lower(), one.sigma.rule_id]) for one in known]
    for sigma_filter in found.filters:
        count = sum(sigma_filter.fits(one, names) for one, names in rules)
        yield str(sigma_filter.document.data.get("title", "")), sigma_filter.document.file, count


def coverage() -> Coverage:
    """What the sources of this house write."""
    categories: dict[str, set[str]] = {"windows": set(_PROJECTED)}
    for source in SOURCES:
        known = categories.setdefault(source.product, set())
        for entry in (*source.events.values(), source.otherwise):
            for mapping in mappings_of(entry):
                known |= mapping.categories
    return Coverage({product: Written(frozenset(names), services_on(product)) for product, names in categories.items()})


def mappings_of(entry: Mapping | Split) -> list[Mapping]:
    """The mappings of one event: several where a value decides."""
    return [entry] if isinstance(entry, Mapping) else [*entry.by_value.values(), entry.otherwise]


def _files(paths: Sequence[Path], names: set[str]) -> Iterator[tuple[Path, str]]:
    """The loader names a file relative to the folder it was given in; that folder's name keeps equal names apart."""
    for path in paths:
        root = path if path.is_dir() else path.parent
        for name in sorted(names):
            if (root / name).is_file() and (path.is_dir() or root / name == path):
                yield root / name, f"{path.resolve().name}/{name}" if path.is_dir() else name


def _row(one: Filter | Model) -> dict[str, Any]:
    if isinstance(one, Model):
        return {"id": one.id, "title": one.name.en, "file": one.file, "kind": "correlation"}
    return {"id": one.id, "title": one.title.en, "file": one.file, "kind": "rule"}
