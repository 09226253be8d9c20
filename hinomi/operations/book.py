"""The content book: everything there is of filters and models, and what of it is in effect.

    shipped files + imported Sigma rules + texts of persons + switches  ->  Content in effect

It is read by many threads and changed by one at a time (`lock`). `on_change` is called with each new content; whoever
detects follows with its next batch.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.detect.content import Content
from hinomi.detect.effect import Piece, content_of, piece_of
from hinomi.detect.store import Level, Switch, Switches
from hinomi.detect.text_store import Kept, Key, Texts
from hinomi.errors import ContentError, NotFound
from hinomi.operations.given import Given
from hinomi.operations.lint.linter import Linter
from hinomi.schema.content import Filter, Model

KINDS = ("filter", "model")


@dataclass(frozen=True)
class Page:
    """The book at one moment."""

    given: Given
    pieces: Mapping[Key, Piece]
    switches: Mapping[tuple[Level, str], Switch]
    content: Content
    problems: Mapping[Key, list[ContentError]]

    @cached_property
    def linter(self) -> Linter:
        """Lint that knows the content in effect."""
        return Linter.of(self.content)

    def value(self, key: Key) -> Filter | Model | None:
        """The filter or model as it is in effect."""
        kind, id_ = key
        return self.content.filter.get(id_) if kind == "filter" else self.content.model.get(id_)

    def users(self, filter_id: str) -> list[Model]:
        """The models that use the filter."""
        return [model for model in self.content.models if any(filter_id in rule.filters for rule in model.rules)]


class ContentBook:
    """`read` reads the folders; it is asked at the start and by `reload`."""

    def __init__(self, database: Database, audit: Audit, clock: Callable[[], float], read: Callable[[], Given]) -> None:
        self.database, self.audit, self.clock = database, audit, clock
        self.texts, self.switches = Texts(database, clock), Switches(database, clock)
        self.lock = threading.RLock()
        self.on_change: Callable[[Content], None] = _nobody
        self._read = read
        self._parsed: dict[Key, Piece] = {}
        self._page = self._turned(read())

    @property
    def page(self) -> Page:
        """The book as it stands: one consistent state for as long as it is held."""
        return self._page

    @property
    def content(self) -> Content:
        return self._page.content

    @property
    def problems(self) -> list[ContentError]:
        """What cannot be used: of the folders, then of the texts of persons."""
        page = self._page
        return [*page.given.errors, *(error for errors in page.problems.values() for error in errors)]

    def piece(self, kind: str, id_: str) -> Piece:
        """NotFound when there is none."""
        found = self._page.pieces.get((kind, id_)) if kind in KINDS else None
        if found is None:
            raise NotFound(f"there is no {kind} {id_[:80]!r}")
        return found

    def text(self, piece: Piece) -> str:
        """The text in effect."""
        return piece.kept.text if piece.kept else self._page.given.text(piece.key) or ""

    def given_text(self, key: Key) -> str | None:
        """The shipped or imported text; None when all of it is a person's."""
        return self._page.given.text(key)

    def reload(self) -> None:
        """Read the folders again: what was shipped or imported anew is in effect from now on."""
        with self.lock:
            self._parsed.clear()
            self._take(self._read())

    def refresh(self) -> None:
        """Take texts and switches as the database has them now; call it with `lock` held, after the transaction."""
        self._take(self._page.given)

    def _take(self, given: Given) -> None:
        self._page = self._turned(given)
        self.on_change(self._page.content)

    def _turned(self, given: Given) -> Page:
        kept, switches = self.texts.kept(), self.switches.all()
        keys: dict[Key, None] = dict.fromkeys(("filter", one.id) for one in given.content.filters)
        keys |= dict.fromkeys(("model", one.id) for one in given.content.models)
        keys |= dict.fromkeys(sorted(kept))
        pieces = {key: self._piece(key, given, kept.get(key)) for key in keys}
        content, problems = content_of(pieces.values(), switches)
        return Page(given, pieces, switches, content, problems)

    def _piece(self, key: Key, given: Given, kept: Kept | None) -> Piece:
        """Parsing is the dear part: each version of a text is parsed once."""
        if kept is None:
            return piece_of(key, given.find(key), None, None)
        known = self._parsed.get(key)
        if known is None or known.kept != kept:
            known = self._parsed[key] = piece_of(key, given.find(key), kept, given.text(key))
        return known


def _nobody(_content: Content) -> None:
    return None
