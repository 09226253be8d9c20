"""Content: folders of YAML in, filters and models out, and every error with its file and line.

    content/filters/<layer>/<id>.yml     our filters (filter_file.py)
    content/models/<id>.yml              our models (model_file.py)
    any folder of Sigma rules            as the community writes them (sigma_content.py)

One bad file never hides the next: errors are gathered, what is sound is loaded.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from hinomi.detect.compile_cache import CompileCache
from hinomi.detect.document import Document, read_documents, unknown_filter
from hinomi.detect.shelf import Shelf
from hinomi.errors import ContentError, Place
from hinomi.schema.content import Filter, Model


@dataclass(frozen=True)
class Content:
    """What the engine and the correlator work with."""

    filters: tuple[Filter, ...] = ()
    models: tuple[Model, ...] = ()

    @cached_property
    def version(self) -> str:
        """16 hex over all filters and models: another content, another version."""
        parts = [f"{one.id} {one.version}" for one in self.filters]
        parts += [f"{one.id} {one.version}" for one in self.models]
        return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()

    @cached_property
    def enabled_filters(self) -> tuple[Filter, ...]:
        """Those that are looked for: what the engine is made of. The others are known by name."""
        return tuple(one for one in self.filters if one.enabled)

    @cached_property
    def fed(self) -> frozenset[str]:
        """Filters whose detections only feed correlations: nobody sees them by themselves."""
        return frozenset(one.id for one in self.filters if not one.is_alone)

    @cached_property
    def filter(self) -> dict[str, Filter]:
        return {one.id: one for one in self.filters}

    @cached_property
    def model(self) -> dict[str, Model]:
        return {one.id: one for one in self.models}


def load_content(
    folder: Path,
    *,
    origin: str = "shipped",
    techniques: Collection[str] | None = None,
    cache: CompileCache | None = None,
) -> tuple[Content, list[ContentError]]:
    """Everything sound below `folder`/filters and `folder`/models, by id; and what is not sound.

    `techniques`: the ATT&CK ids that exist; None lets any well-formed id pass. `cache`: where filters read before are.
    """
    if not folder.is_dir():
        return Content(), [ContentError("there is no such folder", at=Place(str(folder)), ja="フォルダがありません")]
    filters, errors = load_filters(folder, origin=origin, techniques=techniques, cache=cache)
    models: list[tuple[Model, Document]] = []
    from hinomi.detect.model_file import (
        read_model,
    )  # pydantic and pySigma are slow to import: only who reads files does

    for document in documents_of(folder / "models", folder, errors):
        model, wrong = read_model(document, origin=origin)
        models += [(model, document)] if model else []
        errors += wrong
    return Content(tuple(filters), _joined(models, filters, errors)), errors


def load_filters(
    folder: Path,
    *,
    origin: str = "shipped",
    techniques: Collection[str] | None = None,
    cache: CompileCache | None = None,
) -> tuple[list[Filter], list[ContentError]]:
    """The filters of `load_content` alone, for who wants no models."""
    errors: list[ContentError] = []
    filters: list[Filter] = []
    shelf = cache.shelf("filters", str(folder.resolve()), origin, _named(techniques)) if cache else None

    def read(document: Document) -> tuple[Filter | None, list[ContentError]]:
        from hinomi.detect.filter_file import read_filter  # slow to import: only who has something to read waits for it

        found, wrong = read_filter(document, origin=origin, techniques=techniques)
        if found:
            found.sigma.source.forget()
        return found, wrong

    for document in documents_of(folder / "filters", folder, errors, shelf):
        found, wrong = shelf.read(document, read) if shelf else read(document)
        filters += [found] if found else []
        errors += wrong
    if shelf:
        shelf.close()
    filters = _unique(filters, lambda one: one.id, errors)
    _unique(filters, lambda one: str(one.sigma.rule_id), errors)
    return filters, errors


def _named(techniques: Collection[str] | None) -> str:
    return "any" if techniques is None else " ".join(sorted(techniques))


def _files(path: Path) -> list[Path]:
    """The file, or every YAML file below the folder, sorted by path."""
    return [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.suffix in {".yml", ".yaml"})


def documents_of(path: Path, root: Path, errors: list[ContentError], shelf: Shelf | None = None) -> Iterable[Document]:
    """The documents of a file, or of every YAML file below a folder, named relative to `root`."""
    for file in _files(path):
        name = file.relative_to(root).as_posix()
        documents, wrong = shelf.documents(file, name) if shelf else read_documents(file, name)
        errors += wrong
        yield from documents


def _unique(found: Sequence[Filter], key: Callable[[Filter], str], errors: list[ContentError]) -> list[Filter]:
    first: dict[str, Filter] = {}
    for one in found:
        other = first.setdefault(key(one), one)
        if other is not one:
            message, ja = f"the id {key(one)} is taken by {other.file}", f"ID {key(one)} は {other.file} が使っています"
            errors.append(ContentError(message, at=Place(one.file), ja=ja))
    return list(first.values())


def _joined(
    models: list[tuple[Model, Document]], filters: list[Filter], errors: list[ContentError]
) -> tuple[Model, ...]:
    """The models whose filters exist, with the techniques of those filters."""
    by_id = {one.id: one for one in filters}
    sound = []
    for model, document in models:
        wrong = [
            document.wrong(unknown_filter(name, by_id), "rules", index, "filters")
            for index, rule in enumerate(model.rules)
            for name in rule.filters
            if name not in by_id
        ]
        errors += wrong
        if not wrong:
            used = [by_id[name] for name in dict.fromkeys(name for rule in model.rules for name in rule.filters)]
            techniques = tuple(dict.fromkeys(technique for one in used for technique in one.techniques))
            from hinomi.detect.model_file import model_version

            version = model_version(model, [one.version for one in used])
            sound.append(replace(model, techniques=techniques, version=version))
    return tuple(sound)
