"""What the console is told of every filter and model alike: where it came from, whose text counts, is it proven, who changed it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from hinomi.api.console.names import moment, text
from hinomi.api.house import House
from hinomi.api.shapes import Shape, Text
from hinomi.detect.effect import Piece
from hinomi.detect.store import Level, Switch
from hinomi.detect.text_store import Key
from hinomi.operations.book import Page
from hinomi.operations.funnel import Hits, read_hits
from hinomi.schema.content import Filter, Model
from hinomi.workbench.precision import Precision

Origin = Literal["shipped", "sigma", "custom"]


class FailureShape(Shape):
    test: str
    why: Text


class ProofShape(Shape):
    state: Literal["green", "red", "unproven"]
    failures: list[FailureShape]


class PieceShape(Shape):
    """`edited`: a person's text is in effect over the given one; `conflict`: the given one changed since."""

    id: str
    origin: Origin
    edited: bool
    conflict: bool
    enabled: bool
    proof: ProofShape
    updated_date_time: str | None
    updated_by: str | None


@dataclass
class Overview:
    """One moment of the house, for all rows of a list; what is dear is asked once and only when a row needs it."""

    house: House
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.page = self.house.book.page

    @cached_property
    def hits(self) -> Hits:
        return read_hits(self.house.lake, self.house.workbench, self.house.book.database)

    @cached_property
    def precision(self) -> dict[str, Precision]:
        return self.house.workbench.precision_by_model()

    @cached_property
    def alert_counts(self) -> dict[str, int]:
        return self.house.workbench.counts_by_model()

    @cached_property
    def sources(self) -> set[str]:
        """Sources that the lake holds activities of."""
        return {str(value) for value, _ in self.house.lake.facet("1", {}, "recordSource")}

    def exception_count(self, filter_ids: Iterable[str]) -> int:
        """Exceptions at work that hide detections of one of the filters, or of any filter."""
        touched = {None, *filter_ids}
        book = self.house.exceptions
        return sum(one.enabled and not book.is_expired(one) and one.terms.filter_id in touched for one in book.all())

    @cached_property
    def models_of(self) -> dict[str, list[Model]]:
        """Filter id -> the models that use it."""
        found: dict[str, list[Model]] = {}
        for model in self.page.content.models:
            for name in dict.fromkeys(name for rule in model.rules for name in rule.filters):
                found.setdefault(name, []).append(model)
        return found

    def piece(self, key: Key) -> Piece:
        return self.page.pieces[key]

    def shown(self, value: Filter | Model) -> dict[str, Any]:
        """The members of PieceShape."""
        piece = self.piece(("filter" if isinstance(value, Filter) else "model", value.id))
        at_ms, by = self.changed(piece)
        return {
            "id": value.id,
            "origin": piece.origin,
            "edited": piece.is_edit,
            "conflict": piece.conflict,
            "enabled": value.enabled,
            "proof": self._proof(piece),
            "updatedDateTime": moment(at_ms),
            "updatedBy": by,
        }

    def text_of(self, value: Filter | Model) -> dict[str, Any]:
        """The members that only a page of its own has: the text and its version."""
        piece = self.piece(("filter" if isinstance(value, Filter) else "model", value.id))
        return {"text": self.house.book.text(piece), "version": piece.version}

    def _proof(self, piece: Piece) -> dict[str, Any]:
        """A text that cannot be used is as good as one whose proof fails."""
        wrong = self.page.problems.get(piece.key)
        if wrong:
            return {
                "state": "red",
                "failures": [{"test": "text", "why": {"en": one.message, "ja": one.ja}} for one in wrong],
            }
        return self.house.proofs.of(self.page, piece.key).as_json()

    def changed(self, piece: Piece) -> tuple[int | None, str | None]:
        """When and by whom it was changed last: text or switch; a given one as its text says, by nobody."""
        switch = self.page.switches.get((Level(piece.kind), piece.id), Switch())
        if piece.kept and piece.kept.changed_ms >= switch.changed_ms:
            return piece.kept.changed_ms, piece.kept.changed_by
        if switch.changed_ms:
            return switch.changed_ms, switch.changed_by
        return _day_ms(self.page.given.dated(piece.key)), None


def _day_ms(day: dt.date | None) -> int | None:
    if day is None:
        return None
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp() * 1000)


def named(model: Model) -> dict[str, Any]:
    return {"id": model.id, "name": text(model.name)}
