"""Folders of Sigma as content: rules become filters, correlations models, Sigma filters are added to the rules they name.

Documents may stand together in one file or apart; they refer to each other by id or name. What is wrong is an error with
file and line, and everything else is loaded.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hinomi.detect.attack_tags import techniques_of
from hinomi.detect.compile_cache import CompileCache
from hinomi.detect.content import Content, documents_of
from hinomi.detect.correlation import Draft, read_correlation
from hinomi.detect.document import Document, nearest
from hinomi.detect.expression import names_of, renamed
from hinomi.detect.placeholders import Placeholders
from hinomi.detect.shelf import Shelf
from hinomi.detect.sigma_filter import SigmaFilter, read_sigma_filter
from hinomi.detect.sigma_rule import RISKS, UNSTATED_RISK, joined_version, version_of
from hinomi.errors import ContentError, Place
from hinomi.schema.content import CHAINED, Filter, Model, Rule, Severity, Text

MAX_DEPTH = 10  # correlations over correlations
SHORTEST_SUPPRESS_S = 300  # of a correlation: the lateness, so that the order of arrival changes no alert


@dataclass(slots=True)
class SigmaSet:
    """What the documents hold, not yet joined. `rules` are in the order of their documents."""

    rules: list[tuple[Filter, Document]] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    filters: list[SigmaFilter] = field(default_factory=list)
    broken: dict[str, Document] = field(default_factory=dict)  # ids and names of documents with errors
    errors: list[ContentError] = field(default_factory=list)


def load_rules(
    paths: Sequence[Path],
    placeholders: Placeholders = MappingProxyType({}),
    known: Sequence[Filter] = (),
    cache: CompileCache | None = None,
) -> tuple[Content, list[ContentError]]:
    """Everything sound in the files and folders, in the order of their paths.

    `known`: filters from elsewhere that correlations and Sigma filters may name too (by id, or by the UUID of their rule);
    those that they change are in the content beside the new ones. `cache`: where rules read before are.
    """
    found = read_rules(paths, placeholders, cache)
    return joined(found, known), found.errors


def load_sigma(
    paths: Sequence[Path], placeholders: Placeholders = MappingProxyType({}), cache: CompileCache | None = None
) -> tuple[tuple[Filter, ...], list[ContentError]]:
    """The filters of `load_rules` alone."""
    content, errors = load_rules(paths, placeholders, cache=cache)
    return content.filters, errors


def read_rules(
    paths: Sequence[Path], placeholders: Placeholders = MappingProxyType({}), cache: CompileCache | None = None
) -> SigmaSet:
    """Each document by itself."""
    found = SigmaSet()
    names = [str(path.resolve()) for path in paths]
    shelf = cache.shelf("sigma", repr(sorted(placeholders.items())), *names) if cache else None
    for path in paths:
        if path.exists():
            for document in documents_of(path, path if path.is_dir() else path.parent, found.errors, shelf):
                _read(document, placeholders, found, shelf)
        else:
            found.errors.append(
                ContentError(
                    "there is no such file or folder", at=Place(str(path)), ja="ファイルまたはフォルダがありません"
                )
            )
    if shelf:
        shelf.close()
    return found


def _read(document: Document, placeholders: Placeholders, found: SigmaSet, shelf: Shelf | None) -> None:
    wrong: list[ContentError] = []
    head = document.head
    if "detection" in head or not {"correlation", "filter", "action"} & set(head):
        rule, wrong = _read_rule(document, placeholders, shelf)
        found.rules += [(rule, document)] if rule else []
    elif "correlation" in head:
        draft, wrong = read_correlation(document, version_of(document))
        found.drafts += [draft] if draft else []
    elif "filter" in head:
        sigma_filter, wrong = read_sigma_filter(document)
        found.filters += [sigma_filter] if sigma_filter else []
    else:
        message = "action is no longer Sigma: write each rule out"
        wrong = [document.error(message, "action", ja="action は廃止されました。ルールを一つずつ書いてください")]
    if wrong:
        found.broken |= {name.lower(): document for key in ("id", "name") if (name := head.get(key))}
    found.errors += wrong


def _read_rule(
    document: Document, placeholders: Placeholders, shelf: Shelf | None
) -> tuple[Filter | None, list[ContentError]]:
    def read(one: Document) -> tuple[Filter | None, list[ContentError]]:
        from hinomi.detect.sigma_rule import read_sigma  # slow to import: only who has something to read waits for it

        return read_sigma(one, placeholders)

    return shelf.read(document, read) if shelf else read(document)


def joined(found: SigmaSet, known: Sequence[Filter] = ()) -> Content:
    """The content of the documents; what cannot be joined is added to `found.errors`."""
    _make_unique(found)
    filters = [one for one, _ in found.rules]
    names = _Names(filters, found, known)
    linked = _linked(found.drafts, names, found)
    fed = _fed(linked)
    models = tuple(_model(draft, linked, names, fed) for draft in linked.values())
    _missed(found, names)
    whole = [_added(one, found.filters, names) for one in filters]
    new = tuple(_feeding(one, linked, fed) for one in whole)
    given = [_feeding(_added(one, found.filters, names), linked, fed) for one in known]
    changed = tuple(replace(one, is_alone=True) for one, was in zip(given, known, strict=True) if one != was)
    return Content(new + changed, models)


# ---- ids and names ----
def _make_unique(found: SigmaSet) -> None:
    """Keep the rules and correlations whose ids nobody before them has."""
    first: dict[str, Document] = {}
    found.rules = [(one, at) for one, at in found.rules if _is_first(one.id, at, first, found.errors)]
    found.drafts = [one for one in found.drafts if _is_first(one.id, one.document, first, found.errors)]


def _is_first(id_: str, document: Document, first: dict[str, Document], errors: list[ContentError]) -> bool:
    other = first.setdefault(id_.lower(), document)
    if other is document:
        return True
    where = other.place("id")
    errors.append(
        document.error(
            f"the id {id_} is taken by {where}: give this rule an id of its own",
            "id",
            ja=f"ID {id_} は {where} が使っています。別の ID を付けてください",
        )
    )
    return False


class _Names:
    """What ids and names mean: the id of a filter, or CHAINED + the id of a correlation."""

    def __init__(self, filters: Sequence[Filter], found: SigmaSet, known: Sequence[Filter]) -> None:
        self.filters = {one.id: one for one in (*known, *filters)}
        self._of: dict[str, list[str]] = {}
        self._meant: dict[str, str] = {}
        self._first: dict[str, Document] = {}
        documents = {one.id: document for one, document in found.rules}
        for one in known:
            self._add(one.id, [one.id, one.sigma.rule_id or one.id])
        for one in filters:
            self._add(one.id, [one.id])
        for draft in found.drafts:
            self._add(CHAINED + draft.id, [draft.id])
        for one in filters:
            self._name(one.id, documents[one.id].head.get("name"), documents[one.id], found.errors)
        for draft in found.drafts:
            self._name(CHAINED + draft.id, draft.name, draft.document, found.errors)

    def meant(self, name: str) -> str | None:
        return self._meant.get(name.lower())

    def of(self, filter_id: str) -> list[str]:
        """Every id and name of a filter, in lower case."""
        return self._of.get(filter_id, [])

    def all(self) -> list[str]:
        return list(self._meant)

    def _add(self, id_: str, names: Iterable[str]) -> None:
        for name in names:
            self._meant.setdefault(name.lower(), id_)
            self._of.setdefault(id_, []).append(name.lower())

    def _name(self, id_: str, name: Any, document: Document, errors: list[ContentError]) -> None:
        if not name or not isinstance(name, str):
            return
        first = self._first.setdefault(name.lower(), document)
        if first is document:
            self._add(id_, [name])
            return
        where = first.place("name")
        errors.append(
            document.error(
                f"the name {name!r} is taken by {where}: refer to this rule by its id, or give it another name",
                "name",
                ja=f"名前 {name!r} は {where} が使っています。ID で参照するか、別の名前を付けてください",
            )
        )


# ---- references ----
def _linked(drafts: Sequence[Draft], names: _Names, found: SigmaSet) -> dict[str, Draft]:
    """The correlations whose references all lead to sound rules, by id; references are ids then."""
    sound = {one.id: meant for one in drafts if (meant := _meant(one, names, found)) is not None}
    for one in [one for one in sound.values() if _circle(one.id, sound)]:
        way = " -> ".join(_circle(one.id, sound))
        message = f"the correlations go in a circle: {way}; one of them must rest on rules alone"
        japanese = f"相関が循環しています: {way}。いずれかはルールだけに基づく必要があります"
        found.errors.append(one.document.error(message, "correlation", "rules", ja=japanese))
    sound = {id_: one for id_, one in sound.items() if not _circle(id_, sound)}
    while hanging := [one for one in sound.values() if _missing(one, sound)]:
        for one in hanging:
            message = f"it rests on the correlation {_missing(one, sound)}, which is broken"
            japanese = f"壊れた相関 {_missing(one, sound)} に依存しています"
            found.errors.append(one.document.error(message, "correlation", "rules", ja=japanese))
        sound = {id_: one for id_, one in sound.items() if one not in hanging}
    return sound


def _missing(draft: Draft, sound: Mapping[str, Draft]) -> str:
    """The first correlation under it that is not sound, or ""."""
    below = (name.removeprefix(CHAINED) for name in draft.rules if name.startswith(CHAINED))
    return next((name for name in below if name not in sound), "")


def _meant(draft: Draft, names: _Names, found: SigmaSet) -> Draft | None:
    """The draft with ids in place of names; None, and errors, where a name leads nowhere."""
    meant: dict[str, str] = {}
    sound = True
    for index, name in enumerate(draft.rules):
        id_ = names.meant(name)
        if id_ is None:
            sound = False
            found.errors.append(_unknown(draft.document, name, names, found, "correlation", "rules", index))
        else:
            meant[name] = id_
    wrong = [*_alias_errors(draft, names, meant), *_expression_errors(draft, names, meant)] if sound else []
    found.errors += wrong
    if wrong or not sound:
        return None
    return replace(
        draft,
        rules=tuple(meant[name] for name in draft.rules),
        expression=None
        if draft.expression is None
        else renamed(draft.expression, lambda name: names.meant(name) or name),
        aliases=tuple((alias, names.meant(name) or name, field) for alias, name, field in draft.aliases),
    )


def _alias_errors(draft: Draft, names: _Names, meant: Mapping[str, str]) -> Iterable[ContentError]:
    for _alias, name, _field in draft.aliases:
        if names.meant(name) not in meant.values():
            yield draft.document.error(
                f"the alias is for {name!r}, which is not under rules{nearest(name, draft.rules)}",
                "correlation",
                "aliases",
                ja=f"エイリアスの対象 {name!r} が rules にありません",
            )


def _expression_errors(draft: Draft, names: _Names, meant: Mapping[str, str]) -> Iterable[ContentError]:
    """The condition must name the rules of `rules`, each of them and no other."""
    if draft.expression is None:
        return
    named = {name: names.meant(name) for name in names_of(draft.expression)}
    for name, id_ in named.items():
        if id_ not in meant.values():
            yield draft.document.error(
                f"the condition names {name!r}, which is not under rules{nearest(name, draft.rules)}",
                "correlation",
                "condition",
                ja=f"条件にある {name!r} が rules にありません",
            )
    for name, id_ in meant.items():
        if id_ not in named.values():
            yield draft.document.error(
                f"the rule {name!r} is not in the condition",
                "correlation",
                "rules",
                ja=f"ルール {name!r} が条件に使われていません",
            )


def _unknown(document: Document, name: str, names: _Names, found: SigmaSet, *path: str | int) -> ContentError:
    broken = found.broken.get(name.lower())
    if broken is not None:
        message, japanese = f"the rule {name!r} is broken itself: {broken.place()}", "参照先のルールが壊れています"
        return document.error(message, *path, ja=f"{japanese}: {broken.place()}")
    near = nearest(name, names.all())
    return document.error(
        f"unknown rule {name!r}{near}: no rule here has this id or name",
        *path,
        ja=f"ルール {name!r} が見つかりません。この ID または名前のルールがありません",
    )


def _circle(start: str, drafts: Mapping[str, Draft]) -> list[str]:
    """A way from the correlation to itself, or one of more than MAX_DEPTH steps; [] where there is none."""
    ways = [[start]]
    while ways:
        way = ways.pop()
        for name in dict.fromkeys(drafts[way[-1]].rules):
            id_ = name.removeprefix(CHAINED)
            if not name.startswith(CHAINED) or id_ not in drafts:
                continue
            if id_ == start or len(way) >= MAX_DEPTH:
                return [*way, id_]
            if id_ not in way:
                ways.append([*way, id_])
    return []


# ---- models ----
def _fed(drafts: Mapping[str, Draft]) -> set[str]:
    """Ids of rules and correlations that are none by themselves: every correlation over them says `generate: false`."""
    over: dict[str, list[bool]] = {}
    for draft in drafts.values():
        for name in draft.rules:
            over.setdefault(name, []).append(draft.generate)
    return {name for name, generates in over.items() if not any(generates)}


def _model(draft: Draft, drafts: Mapping[str, Draft], names: _Names, fed: set[str]) -> Model:
    base = [names.filters[name] for name in _base(draft, drafts)]
    techniques = [*techniques_of(draft.tags), *(one for found in base for one in found.techniques)]
    severity = RISKS.get((draft.level or "").lower(), UNSTATED_RISK)
    version = joined_version([version_of(draft.document), *(one.version for one in base)])
    return Model(
        id=draft.id,
        name=Text(draft.title, draft.title),
        description=Text(draft.description, draft.description),
        severity=Severity.LOW if severity is Severity.INFO else severity,
        rules=(_rule(draft),),
        products=(),
        techniques=tuple(dict.fromkeys(techniques)),
        suppress_s=max(draft.window_s, SHORTEST_SUPPRESS_S),
        version=version,
        origin="imported",
        is_alone=CHAINED + draft.id not in fed,
        file=draft.document.file,
    )


def _rule(draft: Draft) -> Rule:
    return Rule(
        id="correlation",
        type=draft.type,
        name=Text(draft.title, draft.title),
        filters=tuple(name for name in draft.rules if not name.startswith(CHAINED)),
        group_by=draft.group_by,
        window_s=draft.window_s,
        condition=draft.condition,
        fields=draft.fields,
        percentile=draft.percentile,
        expression=draft.expression,
        aliases=draft.aliases,
        models=tuple(name.removeprefix(CHAINED) for name in draft.rules if name.startswith(CHAINED)),
        order=draft.rules,
    )


def _base(draft: Draft, drafts: Mapping[str, Draft]) -> list[str]:
    """Ids of the rules that it rests on in the end."""
    found: dict[str, None] = {}
    for name in draft.rules:
        if name.startswith(CHAINED):
            found |= dict.fromkeys(_base(drafts[name.removeprefix(CHAINED)], drafts))
        else:
            found[name] = None
    return list(found)


# ---- filters ----
def _feeding(one: Filter, drafts: Mapping[str, Draft], fed: set[str]) -> Filter:
    """The rule with what correlations over it want of its events."""
    over = [draft for draft in drafts.values() if one.id in _base(draft, drafts)]
    if not over:
        return one
    carries = tuple(dict.fromkeys(field for draft in over for field in draft.reads))
    return replace(one, carries=carries, is_alone=one.id not in fed)


def _added(one: Filter, filters: Sequence[SigmaFilter], names: _Names) -> Filter:
    for sigma_filter in filters:
        if sigma_filter.fits(one, names.of(one.id)):
            one = sigma_filter.applied(one)
    return one


def _missed(found: SigmaSet, names: _Names) -> None:
    """A Sigma filter that names a rule nobody has, or one of another log source, says so: it would be in vain in silence."""
    for one in found.filters:
        for index, name in enumerate(one.rules or ()):
            id_ = names.meant(name)
            target = names.filters.get(id_) if id_ else None
            if target is None:
                found.errors.append(_unknown(one.document, name, names, found, "filter", "rules", index))
            elif not one.fits(target, names.of(target.id)):
                found.errors.append(
                    one.document.error(
                        f"its log source is not that of the rule {name!r}: it is not added to it",
                        "logsource",
                        ja=f"ログソースがルール {name!r} と異なるため、追加されません",
                    )
                )
