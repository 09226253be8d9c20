"""The operational database: connection, transaction, schema version. It knows no table of any room.

In: a path (SQLite) or a SQLAlchemy URL (PostgreSQL). Out: connections in a read or a write transaction. Each room
registers its tables on metadata in its own `store.py`; rooms write SQL that both databases know, and what only SQLite
needs stands here.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Column, Engine, Integer, MetaData, Table, create_engine, event, insert, inspect, make_url, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.pool import QueuePool

from hinomi.errors import DiskFull, InputError, Unavailable

metadata = MetaData()
SCHEMA_VERSION = 1

# A writer waits this long for another process (the command line beside the server) before it gives up.
BUSY_TIMEOUT_S = 30
READERS = 16

_SQLITE_FULL = 13  # https://www.sqlite.org/rescode.html, primary codes
_SQLITE_BUSY = 5
_SQLITE_NOTADB = 26
_SQLITE_PRIMARY = 0xFF

schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True, autoincrement=False))


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
            self._write, self._read = _server_engines(str(url_or_path))
        else:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
            # A file from a careless copy is closed again; SQLite gives -wal and -shm the mode of the file itself.
            self._path.chmod(0o600)
            self._write, self._read = _sqlite_engine(self._path, write=True), _sqlite_engine(self._path, write=False)

    def create(self) -> None:
        """Make every table of the rooms imported so far. A database of a newer Hinomi is refused (Unavailable)."""
        with self.begin() as connection:
            known = self._version(connection)
            if known is not None and known > SCHEMA_VERSION:
                raise Unavailable(
                    f"The database has schema version {known}; this Hinomi knows {SCHEMA_VERSION}. "
                    "Start the newer Hinomi that wrote it, or restore a backup from before."
                )
            metadata.create_all(connection)
            if known is None:
                connection.execute(insert(schema_version).values(version=SCHEMA_VERSION))

    @staticmethod
    def _version(connection: Connection) -> int | None:
        if not inspect(connection).has_table(schema_version.name):
            return None
        return connection.execute(select(schema_version.c.version)).scalar()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A connection in the one write transaction: committed at the end, rolled back on any exception.

        A second begin() in the same thread would wait for itself for ever, so it is an error at once: hand the
        connection down instead. A full disk is DiskFull; a lock another process holds too long is Unavailable.
        """
        if self._writer == threading.get_ident():
            raise RuntimeError("begin() inside begin(): hand the connection down")
        with self._turn:
            self._writer = threading.get_ident()
            try:
                with _clear_errors(), self._write.begin() as connection:
                    yield connection
            finally:
                self._writer = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection in a read transaction: one consistent state for as long as it is held; writing is an error."""
        with _clear_errors(), self._read.begin() as connection:
            yield connection

    def close(self) -> None:
        self._read.dispose()
        self._write.dispose()


def _sqlite_path(url_or_path: str | Path) -> Path | None:
    """The file of a SQLite database, or None for a database server."""
    if isinstance(url_or_path, Path) or "://" not in url_or_path:
        return Path(url_or_path)
    url = make_url(url_or_path)
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise InputError("a SQLite database needs a file: memory is not shared between connections")
    return Path(url.database)


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def _sqlite_engine(path: Path, *, write: bool) -> Engine:
    engine = create_engine(
        f"sqlite+pysqlite:///{path}",
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_S},
        poolclass=QueuePool,
        pool_size=1 if write else READERS,
        max_overflow=0,
        pool_timeout=BUSY_TIMEOUT_S,
        json_serializer=_json,
        json_deserializer=orjson.loads,
    )

    def on_connect(connection: Any, _record: Any) -> None:
        # sqlite3 must not open transactions by itself: it would say BEGIN, and only before a change.
        connection.isolation_level = None
        try:
            _pragmas(connection, write=write)
        except Exception:
            connection.close()
            raise

    def on_begin(connection: Connection) -> None:
        # A write transaction takes its lock at the start: upgraded later it could fail at once as "database is locked".
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine


def _pragmas(connection: Any, *, write: bool) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    # FULL: what was committed survives a power cut, not only a crash of the process.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA trusted_schema=OFF")
    # KiB for each connection: there are many readers, and a page of a list is small.
    connection.execute(f"PRAGMA cache_size={-16_384 if write else -4096}")
    if not write:
        connection.execute("PRAGMA query_only=ON")


def _server_engines(url: str) -> tuple[Engine, Engine]:
    engine = create_engine(url, json_serializer=_json, json_deserializer=orjson.loads, pool_pre_ping=True)
    return engine, engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


@contextmanager
def _clear_errors() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        told = _told(error)
        if told is None:
            raise
        raise told from error


def _told(error: DBAPIError) -> Exception | None:
    """What a person can do about a database error; None for the rest, which is a fault of the program."""
    code = getattr(error.orig, "sqlite_errorcode", 0) & _SQLITE_PRIMARY
    if code == _SQLITE_FULL:
        return DiskFull("There is no room left on the disk of the database.")
    if code == _SQLITE_BUSY:
        return Unavailable(f"Another process has held the database for more than {BUSY_TIMEOUT_S} seconds.")
    if code == _SQLITE_NOTADB and isinstance(error, DatabaseError):
        return Unavailable("The database file is not a database. Restore it from a backup.")
    return None
