"""What is in effect: given texts (shipped, imported), persons' texts over them, and switches. In: pieces. Out: Content.

A person's text wins over the given one until they take it back; it is held against the given text that it was made
from, so that a later change of that one is seen and never lost.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from hinomi.detect.content import Content
from hinomi.detect.custom_file import read_custom
from hinomi.detect.document import unknown_filter
from hinomi.detect.model_file import model_version
from hinomi.detect.store import Level, Switch
from hinomi.detect.text_store import Kept, Key
from hinomi.errors import ContentError, Place
from hinomi.schema.content import Filter, Model, Rule, Severity

Settings = Mapping[tuple[Level, str], Switch]


@dataclass(frozen=True, slots=True)
class Piece:
    """One filter or model with everything that is known of it.

    `given` came with Hinomi or with an import; `kept` is a person's text, `read` what it says (None: it cannot be used,
    `errors` say why, and the given one stays in effect). `conflict`: the given text changed under the person's.
    """

    key: Key
    origin: str  # shipped | sigma | custom
    given: Filter | Model | None
    kept: Kept | None = None
    read: Filter | Model | None = None
    errors: tuple[ContentError, ...] = ()
    conflict: bool = False

    @property
    def kind(self) -> str:
        return self.key[0]

    @property
    def id(self) -> str:
        return self.key[1]

    @property
    def value(self) -> Filter | Model | None:
        """What counts, before the switches."""
        return self.read or self.given

    @property
    def is_edit(self) -> bool:
        """A person's text is in effect over a given one."""
        return self.kept is not None and self.given is not None

    @property
    def version(self) -> int:
        """Of the person's text in effect; 0 is the given text."""
        return self.kept.version if self.kept else 0


def piece_of(key: Key, given: Filter | Model | None, kept: Kept | None, given_text: str | None) -> Piece:
    """`given_text`: the text of `given`, needed where there is `kept`."""
    origin = "custom" if given is None else "sigma" if given.origin == "imported" else given.origin
    if kept is None:
        return Piece(key, origin, given)
    read, errors = read_custom(key[0], key[1], kept.text, origin=given.origin if given else "custom")
    return Piece(key, origin, given, kept, read, tuple(errors), given is not None and kept.base != given_text)


def content_of(pieces: Iterable[Piece], switches: Settings) -> tuple[Content, dict[Key, list[ContentError]]]:
    """Content in effect, and what of the pieces cannot be used. Models come with techniques and versions."""
    filters: dict[str, Filter] = {}
    models: list[tuple[Piece, Model]] = []
    problems: dict[Key, list[ContentError]] = {}
    mine: set[str] = set()
    for piece in pieces:
        if piece.errors:
            problems[piece.key] = list(piece.errors)
        if isinstance(piece.value, Filter):
            filters[piece.id] = piece.value
            mine |= {piece.id} if piece.read else set()
        elif isinstance(piece.value, Model):
            models.append((piece, piece.value))
    whole = []
    for piece, model in models:
        missing = missing_filters(model, filters)
        if missing:
            problems.setdefault(piece.key, []).extend(missing)
        whole.append(
            _switched_model(_joined(model, filters, mine, own=piece.read is not None), switches, bool(missing))
        )
    return Content(tuple(_switched_filter(one, switches) for one in filters.values()), tuple(whole)), problems


def missing_filters(model: Model, filters: Mapping[str, Filter]) -> list[ContentError]:
    """An error for each filter that the model wants and nobody has."""
    wanted = dict.fromkeys(name for rule in model.rules for name in rule.filters)
    missing = [unknown_filter(name, filters) for name in wanted if name not in filters]
    return [ContentError(text.en, at=Place(model.file), ja=text.ja) for text in missing]


def _joined(model: Model, filters: Mapping[str, Filter], mine: set[str], *, own: bool) -> Model:
    """With the techniques of its filters; another version when the model or one of them is a person's."""
    names = [name for name in dict.fromkeys(n for rule in model.rules for n in rule.filters) if name in filters]
    tagged = model.techniques if model.origin == "imported" else ()  # a correlation has techniques of its own
    techniques = tuple(dict.fromkeys([*tagged, *(one for name in names for one in filters[name].techniques)]))
    joined = replace(model, techniques=techniques)
    if own or mine.intersection(names):
        joined = replace(joined, version=model_version(model, [filters[name].version for name in names]))
    return joined


def _switched_filter(one: Filter, switches: Settings) -> Filter:
    switch = switches.get((Level.FILTER, one.id))
    if switch is None:
        return one
    risk = Severity(switch.grade) if switch.grade else one.risk
    return replace(one, risk=risk, enabled=one.enabled if switch.enabled is None else switch.enabled)


def _switched_model(model: Model, switches: Settings, broken: bool) -> Model:
    rules = tuple(_switched_rule(model, rule, switches) for rule in model.rules)
    switch = switches.get((Level.MODEL, model.id), Switch())
    enabled = model.enabled if switch.enabled is None else switch.enabled
    severity = Severity(switch.grade) if switch.grade else model.severity
    return replace(model, rules=rules, severity=severity, enabled=enabled and not broken)


def _switched_rule(model: Model, rule: Rule, switches: Settings) -> Rule:
    switch = switches.get((Level.RULE, f"{model.id}/{rule.id}"))
    return rule if switch is None or switch.enabled is None else replace(rule, enabled=switch.enabled)
