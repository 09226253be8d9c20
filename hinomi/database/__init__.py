"""The operational database: connection, transaction, revision. It knows no table of any room.

In: a path (SQLite) or a SQLAlchemy URL (PostgreSQL). Out: connections in a read or a write transaction. Each room
registers its tables on metadata in its own `store.py`; rooms write SQL that both databases know, and what only one of
them needs stands in its own file here.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import MetaData, make_url, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ArgumentError, DBAPIError

from hinomi.database import migration, postgresql, sqlite
from hinomi.errors import InputError

metadata = MetaData()


class Database:
    """One operational database; safe to share between threads.

    Writers queue up one after the other; readers see the last committed state and never wait for a writer.
    """

    metadata = metadata  # the one all rooms share

    def __init__(self, url_or_path: str | Path) -> None:
        self._turn = threading.Lock()
        self._writer: int | None = None  # thread id of the one inside begin()
        self._path = _sqlite_path(url_or_path)
        if self._path is None:
            self._told = postgresql.told
            self._write, self._read = postgresql.engines(make_url(str(url_or_path)))
        else:
            self._told = sqlite.told
            self._write, self._read = sqlite.engines(self._path)

    def create(self) -> None:
        """Make every table of the rooms imported so far, and bring an older Hinomi's to today's form.

        Before that a SQLite file is copied beside itself (`<file>.before-<revision>`). A database of a newer Hinomi is
        refused (Unavailable).
        """
        if self._path is not None:
            with self.read() as connection:
                is_old = migration.revision_of(connection) not in (None, migration.HEAD)
            if is_old:
                sqlite.copy(self._path, self._path.with_name(f"{self._path.name}.before-{migration.HEAD}"))
        with self.begin() as connection:
            migration.bring_up(connection, metadata)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A connection in the one write transaction: committed at the end, rolled back on any exception.

        A second begin() in the same thread would wait for itself for ever, so it is an error at once: hand the
        connection down instead. A full disk is DiskFull; a lock another process holds too long, or a database server
        that is away, is Unavailable.
        """
        if self._writer == threading.get_ident():
            raise RuntimeError("begin() inside begin(): hand the connection down")
        with self._turn:
            self._writer = threading.get_ident()
            try:
                with _clear_errors(self._told), self._write.begin() as connection:
                    yield connection
            finally:
                self._writer = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection in a read transaction: one consistent state for as long as it is held; writing is an error."""
        with _clear_errors(self._told), self._read.begin() as connection:
            yield connection

    def check(self) -> None:
        """Nothing when the database answers; DiskFull or Unavailable says why not."""
        with self.read() as connection:
            connection.execute(select(1))

    def copy_to(self, path: Path) -> None:
        """One consistent copy of a SQLite database into a new file, while it is written to. InputError for a server."""
        if self._path is None:
            raise InputError("only a SQLite database is a file; a server is copied with its own programs")
        sqlite.copy(self._path, path)

    def close(self) -> None:
        self._read.dispose()
        self._write.dispose()


def _sqlite_path(url_or_path: str | Path) -> Path | None:
    """The file of a SQLite database, or None for a PostgreSQL server."""
    if isinstance(url_or_path, Path) or "://" not in url_or_path:
        return Path(url_or_path)
    try:
        url = make_url(url_or_path)
    except ArgumentError as error:
        raise InputError("the address of the database cannot be read: postgresql://user@host/name") from error
    if url.get_backend_name() == "postgresql":
        return None
    if url.get_backend_name() != "sqlite":
        raise InputError(f"{url.get_backend_name()[:40]} is no database for Hinomi: a SQLite file or postgresql://")
    if not url.database or url.database == ":memory:":
        raise InputError("a SQLite database needs a file: memory is not shared between connections")
    return Path(url.database)


@contextmanager
def _clear_errors(told: Callable[[DBAPIError], Exception | None]) -> Iterator[None]:
    """`told`: what a person can do about an error; None for the rest, which is a fault of the program."""
    try:
        yield
    except DBAPIError as error:
        clear = told(error)
        if clear is None:
            raise
        raise clear from error
