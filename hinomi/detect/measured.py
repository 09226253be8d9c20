"""How often a filter was seen to fire where nothing was wrong: counts that `make eval-write` left beside the content.

In: the folder of the content, with `measured.yml`. Out: for each filter its counts on three sets of recordings, and what
they say of the confidence it deserves. A filter without a line was never measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from hinomi.detect.document import Document, read_documents
from hinomi.errors import ContentError, Place

FILE = "measured.yml"

# The thresholds (docs/reference/content.md). Quiet sets are benign and own together: nothing is wrong in either.
LEAST_EVENTS = 100  # fewer events that it could have met say nothing
ENOUGH_EVENTS = 1000  # no hit among as many is worth "high"
FEW = 50.0  # hits per 100,000 events that it could have met


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNMEASURED = "unmeasured"


@dataclass(frozen=True, slots=True)
class Count:
    """`hits` among `events` of a kind (channel and number) that the filter could have met."""

    hits: int = 0
    events: int = 0

    @property
    def per_100k(self) -> float | None:
        """Hits per 100,000 events; None where the set holds no event that the filter could meet."""
        return 100_000 * self.hits / self.events if self.events else None

    def __add__(self, other: "Count") -> "Count":
        return Count(self.hits + other.hits, self.events + other.events)


@dataclass(frozen=True, slots=True)
class Measured:
    """`benign`: recordings of ordinary hosts. `own`: ordinary work that we wrote. `background`: of attack recordings."""

    benign: Count = Count()
    own: Count = Count()
    background: Count = Count()

    @property
    def confidence(self) -> Confidence:
        quiet = self.benign + self.own
        if quiet.events < LEAST_EVENTS:
            return Confidence.UNMEASURED
        # The background holds acts of the attack that nobody labelled: it can spoil "high", and no more.
        around = self.background.per_100k or 0.0
        if quiet.hits == 0 and quiet.events >= ENOUGH_EVENTS and around <= FEW:
            return Confidence.HIGH
        return Confidence.MEDIUM if (quiet.per_100k or 0.0) <= FEW else Confidence.LOW


UNMEASURED = Measured()


def load_measured(folder: Path) -> dict[str, Measured]:
    """Filter id -> what was measured; ask with `.get(id, UNMEASURED)`. No file: nothing was measured, {}.

    Raises ContentError, with file and line, when the file is there and is not what `make eval-write` writes.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    documents, errors = read_documents(path, FILE)
    if errors:
        raise errors[0]
    if len(documents) != 1 or not isinstance(documents[0].data.get("filters"), dict):
        raise ContentError("no mapping `filters` in it", at=Place(FILE), ja="マッピング filters がありません")
    document = documents[0]
    return {name: _measured(document, name, row) for name, row in document.data["filters"].items()}


def _measured(document: Document, name: str, row: Any) -> Measured:
    """`{benign: [hits, events], own: [...], background: [...]}`"""
    if not isinstance(row, Mapping) or set(row) - set(Measured.__slots__):
        there = ", ".join(Measured.__slots__)
        ja = f"{name}: {there} のマッピングではありません"
        raise document.error(f"{name}: not a mapping of {there}", "filters", name, ja=ja)
    return Measured(**{kind: _count(document, name, value) for kind, value in row.items()})


def _count(document: Document, name: str, value: Any) -> Count:
    numbers = value if isinstance(value, list) else []
    if len(numbers) != 2 or not all(type(one) is int and one >= 0 for one in numbers):
        ja = f"{name}: {value!r} は [一致数, イベント数] ではありません"
        raise document.error(f"{name}: {value!r} is not [hits, events]", "filters", name, ja=ja)
    return Count(*numbers)
