"""What becomes of Sigma rules that a person imports. In: files and folders. Out: each rule as imported, never matching or broken.

A rule that can never match with the sources we have is kept all the same: it begins to match when its source comes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hinomi.detect.coverage import Coverage, why_never
from hinomi.detect.sigma_content import load_sigma
from hinomi.errors import ContentError
from hinomi.normalise.channels import SERVICES
from hinomi.normalise.source import Mapping, Split
from hinomi.normalise.sources import SOURCES
from hinomi.schema.content import Filter, Text

# Made of process starts by normalise/projection.py, whatever source recorded them.
_PROJECTED = frozenset({"ps_script", "registry_set", "registry_event"})


@dataclass(frozen=True, slots=True)
class SigmaReport:
    """`files`: (file, a name of its own) of every file that holds a usable rule."""

    imported: tuple[Filter, ...]
    never_matching: tuple[tuple[Filter, Text], ...]
    broken: tuple[ContentError, ...]
    files: tuple[tuple[Path, str], ...]

    def summary(self) -> dict[str, Any]:
        """For programs and people: a row per rule that can match and that cannot, a line per broken one."""
        return {
            "imported": [_row(one) for one in self.imported],
            "never_matching": [
                {**_row(one), "reason": reason.en, "reason_ja": reason.ja} for one, reason in self.never_matching
            ],
            "broken": [str(error) for error in self.broken],
        }


def report_sigma(paths: Sequence[Path]) -> SigmaReport:
    """Read every rule; nothing is copied or changed."""
    filters, errors = load_sigma(paths)
    known = coverage()
    reasons = [(one, why_never(one, known)) for one in filters]
    return SigmaReport(
        imported=tuple(one for one, reason in reasons if reason is None),
        never_matching=tuple((one, reason) for one, reason in reasons if reason is not None),
        broken=tuple(errors),
        files=tuple(_files(paths, {one.file for one in filters})),
    )


def coverage() -> Coverage:
    """What the sources of this house write."""
    mappings = [mapping for source in SOURCES for entry in source.events.values() for mapping in mappings_of(entry)]
    mappings += [source.otherwise for source in SOURCES]
    categories = frozenset(category for mapping in mappings for category in mapping.categories)
    return Coverage(frozenset({"windows"}), categories | _PROJECTED, SERVICES)


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


def _row(one: Filter) -> dict[str, Any]:
    return {"id": one.id, "title": one.title.en, "file": one.file}
