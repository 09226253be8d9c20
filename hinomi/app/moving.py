"""The operational database of a data folder into another one: from its file into a PostgreSQL server, or back."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

import hinomi.app.backup
import hinomi.app.house  # noqa: F401 - with this every table of the rooms is known
from hinomi.access.audit import Audit
from hinomi.app.folder import DataFolder
from hinomi.app.opening import operational_url
from hinomi.database import Database
from hinomi.database.move import MovedTable, Progress, move
from hinomi.errors import Conflict
from hinomi.schema.principal import COMMAND_LINE
from hinomi.settings import Settings


@dataclass(frozen=True, slots=True)
class Moved:
    """`source`, `target`: without passwords. `setting`: what HINOMI_DATABASE_URL is to be, empty for the folder's file."""

    source: str
    target: str
    setting: str
    tables: list[MovedTable]

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.tables)

    @property
    def mended(self) -> int:
        return sum(one.mended for one in self.tables)


def move_database(settings: Settings, to: str, on_progress: Progress) -> Moved:
    """Whole or not at all; the source stays as it was. Conflict while a server runs; InputError as `move` says."""
    with _held(settings), _opened(operational_url(settings)) as source, _target(to) as target:
        tables = move(source, target, on_progress)
        told = Moved(_shown(operational_url(settings)), _shown(to), _setting(settings, to), tables)
        audit = Audit(target, time.time)
        with target.begin() as connection:
            details = {"from": told.source, "tables": len(tables), "rows": told.rows, "mended": told.mended}
            audit.add(connection, COMMAND_LINE, "database.move", told.target, details)
    return told


@contextmanager
def _held(settings: Settings) -> Iterator[None]:
    folder = DataFolder(settings.data)
    try:
        with folder.hold():
            yield
    except Conflict as error:
        raise Conflict(f"{error}: stop the server first") from None


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _target(url: str) -> Iterator[Database]:
    """A file that was not there is taken away again when nothing came of it."""
    path = _path(url)
    is_new = path is not None and not path.exists()
    try:
        with _opened(url) as database:
            yield database
    except BaseException:
        if path is not None and is_new:
            for end in ("", "-wal", "-shm"):
                path.with_name(path.name + end).unlink(missing_ok=True)
        raise


def _path(url: str) -> Path | None:
    """The file of a SQLite database, None for a server."""
    if "://" not in url:
        return Path(url)
    made = sa.make_url(url)
    return Path(made.database) if made.get_backend_name() == "sqlite" and made.database else None


def _shown(url: str) -> str:
    path = _path(url)
    if path is not None:
        return str(path.resolve())
    made = sa.make_url(url)
    return made.render_as_string(hide_password=True) if made.password else url


def _setting(settings: Settings, url: str) -> str:
    path = _path(url)
    if path is None:
        return _shown(url)
    return "" if path.resolve() == (settings.data / "hinomi.db").resolve() else f"sqlite:///{path.resolve()}"
