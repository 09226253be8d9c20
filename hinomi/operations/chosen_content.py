"""The content of a time travel: what is in effect, with other texts or older versions in the place of some of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hinomi.detect.content import Content
from hinomi.detect.effect import Piece, content_of
from hinomi.detect.text_store import Key
from hinomi.errors import InputError, NotFound
from hinomi.operations.book import KINDS, ContentBook
from hinomi.operations.time_travel import Route, with_models_on
from hinomi.operations.validation import InvalidContent, validate
from hinomi.schema.content import Filter, Model

MAX_TEXTS = 50


@dataclass(frozen=True, slots=True)
class GivenText:
    """A text to try. `id`: what it stands for; without one it is new."""

    kind: str  # filter | model
    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person chose: models by id (None: all), texts, and stored versions as (kind or "", id, number).

    `exceptions` False: as if none were at work.
    """

    from_ms: int | None = None
    to_ms: int | None = None
    models: tuple[str, ...] | None = None
    texts: tuple[GivenText, ...] = ()
    versions: tuple[tuple[str, str, int], ...] = ()
    exceptions: bool = True


def route_of(book: ContentBook, asked: Asked) -> Route:
    """What to read and with what. NotFound, InputError; InvalidContent names the places in a text."""
    if asked.from_ms is not None and asked.to_ms is not None and asked.from_ms >= asked.to_ms:
        raise InputError("the window ends before it begins")
    if len(asked.texts) + len(asked.versions) > MAX_TEXTS:
        raise InputError(f"at most {MAX_TEXTS} texts and versions at a time")
    texts = [*asked.texts, *(_stored(book, *one) for one in asked.versions)]
    page = book.page
    drafts = _drafts(texts, page.content)
    pieces = {**page.pieces, **{key: _draft(page.pieces.get(key), key, value) for key, value in drafts.items()}}
    content, problems = content_of(pieces.values(), page.switches)
    for key in drafts:
        if problems.get(key):
            raise InputError(str(problems[key][0]))
    scope = _scope(content, asked.models, list(drafts))
    return Route(with_models_on(content, scope or ()), asked.from_ms, asked.to_ms, scope, frozenset(drafts))


def _drafts(texts: list[GivenText], content: Content) -> dict[Key, Filter | Model]:
    """Filters first: a model may wait for one that is as new as itself."""
    found: dict[Key, Filter | Model] = {}
    for number, one in enumerate(sorted(texts, key=lambda text: text.kind), 1):
        if one.kind not in KINDS:
            raise InputError(f"the kind of a text is filter or model, not {one.kind[:20]!r}")
        key = (one.kind, one.id or f"draft_{number}")
        known = Content(content.filters + tuple(value for value in found.values() if isinstance(value, Filter)))
        checked = validate(one.kind, one.text, known, id_=key[1])
        if checked.value is None:
            raise InvalidContent(one.kind, checked.errors)
        found[key] = checked.value
    return found


def _draft(piece: Piece | None, key: Key, value: Filter | Model) -> Piece:
    if piece is None:
        return Piece(key, "custom", value)
    return replace(piece, read=value, errors=(), conflict=False)


def _stored(book: ContentBook, kind: str, id_: str, version: int) -> GivenText:
    kinds = [one for one in ((kind,) if kind else ("model", "filter")) if (one, id_) in book.page.pieces]
    if not kinds:
        raise NotFound(f"there is no {kind or 'model or filter'} {id_[:80]!r}")
    key = (kinds[0], id_)
    text = book.texts.text(key, version) if version else book.given_text(key)
    if text is None:
        raise NotFound(f"the {key[0]} {id_[:80]!r} has no version 0: all of it is a person's")
    return GivenText(key[0], text, id_)


def _scope(content: Content, models: tuple[str, ...] | None, drafts: list[Key]) -> tuple[str, ...] | None:
    """The models named; else those that the texts touch; else all."""
    for id_ in models or ():
        if id_ not in content.model:
            raise NotFound(f"there is no model {id_[:80]!r}")
    if not drafts:
        return models
    touched = _touched(content, drafts)
    if not touched:
        raise InputError("no model waits for this filter: give a model that does, too")
    return tuple(dict.fromkeys([*(models or ()), *touched]))


def _touched(content: Content, drafts: list[Key]) -> list[str]:
    mine: Mapping[str, set[str]] = {kind: {id_ for one, id_ in drafts if one == kind} for kind in KINDS}
    return [
        model.id
        for model in content.models
        if model.id in mine["model"] or any(mine["filter"].intersection(rule.filters) for rule in model.rules)
    ]
