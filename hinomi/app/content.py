"""The content of a data folder: what is shipped, the Sigma rules a person imported, and what persons made of both."""

import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hinomi.access.audit import Audit
from hinomi.app.folder import DataFolder
from hinomi.app.local_server import LocalServer
from hinomi.app.opening import open_database
from hinomi.database import Database
from hinomi.detect.compile_cache import CompileCache
from hinomi.detect.content import Content, load_content
from hinomi.errors import ContentError
from hinomi.operations.book import ContentBook
from hinomi.operations.given import Given, read_given
from hinomi.settings import Settings, cache_folder

IMPORTED = "content/sigma"  # below the data folder: the rules as they were given


def load_shipped(settings: Settings) -> tuple[Content, list[ContentError]]:
    """The shipped content, and the files of it that cannot be used: those are left out, never the rest."""
    return load_content(settings.content_folder, cache=compile_cache())


def load_given(settings: Settings) -> Given:
    """Shipped content and imported Sigma rules, and what of both cannot be used."""
    return read_given(settings.content_folder, settings.data / IMPORTED, cache=compile_cache())


def compile_cache() -> CompileCache | None:
    """What content files were read as, for this user."""
    folder = cache_folder()
    return CompileCache(folder / "content") if folder else None


def open_book(settings: Settings, database: Database | None = None) -> ContentBook:
    """The content book of a data folder; several may be open, each sees what was committed when it looked."""
    database = database or open_database(settings)
    return ContentBook(database, Audit(database, time.time), time.time, lambda: load_given(settings))


def load_all(settings: Settings) -> tuple[Content, list[ContentError]]:
    """Content in effect in a data folder, and what of it cannot be used."""
    book = open_book(settings)
    try:
        return book.content, book.problems
    finally:
        book.database.close()


def import_sigma(settings: Settings, paths: Sequence[Path], placeholders: Path | None = None) -> dict[str, Any]:
    """Copy usable Sigma rules, correlations and filters into the data folder; report imported, never_matching (with
    reasons), filters and broken. `placeholders`: a file of values that takes the place of the one in the data folder.

    In effect when it returns, also in a server that runs on the folder.
    """
    from hinomi.detect.placeholders import read_placeholders
    from hinomi.operations.given import PLACEHOLDERS, read_placeholders_beside
    from hinomi.operations.sigma_report import report_sigma

    folder = DataFolder(settings.data)
    folder.require()
    target = settings.data / IMPORTED
    values, wrong = read_placeholders(placeholders) if placeholders else read_placeholders_beside(target)
    report = report_sigma(paths, values, load_given(settings).content.filters)
    files = [(source, target / name) for source, name in report.files]
    files += [(placeholders, target.parent / PLACEHOLDERS)] if placeholders else []
    server = LocalServer.of(settings)
    if server is None:
        with folder.hold():
            _copy(files)
    else:
        _copy(files)
        server.ask("POST", "/console/api/content/reload")
    return replace(report, broken=(*wrong, *report.broken)).summary()


def _copy(files: Sequence[tuple[Path, Path]]) -> None:
    """Each file is there whole or not at all: a server may read the folder meanwhile."""
    for source, place in files:
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_name(place.name + ".part")
        shutil.copyfile(source, part)
        part.replace(place)
