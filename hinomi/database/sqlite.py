"""SQLite as the operational database: one file beside the lake, safe against a power cut, readers beside one writer."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.pool import QueuePool

from hinomi.database.settings import BUSY_TIMEOUT_S, JSON, READERS, held_too_long, no_room
from hinomi.errors import Unavailable

_FULL = 13  # https://www.sqlite.org/rescode.html, primary codes
_BUSY = 5
_NOTADB = 26
_PRIMARY = 0xFF


def engines(path: Path) -> tuple[Engine, Engine]:
    """For the one writer, and for readers. The file is made when missing, and is for its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    # A file from a careless copy is closed again; SQLite gives -wal and -shm the mode of the file itself.
    path.chmod(0o600)
    return _engine(path, write=True), _engine(path, write=False)


def _engine(path: Path, *, write: bool) -> Engine:
    engine = create_engine(
        f"sqlite+pysqlite:///{path}",
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_S},
        poolclass=QueuePool,
        pool_size=1 if write else READERS,
        max_overflow=0,
        pool_timeout=BUSY_TIMEOUT_S,
        **JSON,
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


def copy(path: Path, target: Path) -> None:
    """One consistent copy of a database that may be in use; `target` (0600) is replaced when it is whole."""
    half = target.with_name(target.name + ".half")
    half.unlink(missing_ok=True)
    half.touch(mode=0o600)
    source, made = sqlite3.connect(path), sqlite3.connect(half)
    try:
        source.backup(made)
    finally:
        made.close()
        source.close()
    half.replace(target)


def told(error: DBAPIError) -> Exception | None:
    """What a person can do about it; None for the rest, which is a fault of the program."""
    code = getattr(error.orig, "sqlite_errorcode", 0) & _PRIMARY
    if code == _FULL:
        return no_room()
    if code == _BUSY:
        return held_too_long()
    if code == _NOTADB and isinstance(error, DatabaseError):
        return Unavailable("The database file is not a database. Restore it from a backup.")
    return None
