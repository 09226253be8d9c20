"""The embedded engine inside the owner process: statements in, bytes out. Nothing of HTTP is here.

Reads share a few connections and wait their turn in order; upkeep of parts has one of its own; everything else goes
through one writing connection. The engine's own parallel threads do the work; Python only waits (the engine lets go of the GIL).
"""

import os
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from chdb import _chdb

from hinomi.lake.configuration import READING, WRITING
from hinomi.lake.part_files import PartFiles

DATABASE = "hinomi"
WAIT_S = 120.0  # how long a statement waits for its turn

_READS = re.compile(r"\s*(?:--[^\n]*\n\s*)*\(?\s*(select|with|show|describe|desc|explain|exists)\b", re.IGNORECASE)
# Long work on parts that are there already: nobody's insert waits behind it.
_KEEPS = re.compile(r"\s*(optimize|check|alter\s+table\s+\w+\s+(un)?freeze)\b", re.IGNORECASE)
_ENDS = re.compile(r"\s*kill\s+query\b", re.IGNORECASE)
_TICKET = re.compile(r"[0-9A-Za-z-]{8,64}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CANCELLED, _NO_SPACE, _TRIES = 394, 243, 1000
_CODE = re.compile(r"Code: (\d+)\.")


class EngineError(Exception):
    """What the engine said, with ClickHouse's error code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class External:
    """A table sent with a statement: name, columns as in CREATE TABLE, format and bytes."""

    name: str
    structure: str
    format: str
    data: bytes


@dataclass(slots=True)
class Statement:
    """One request. `data` is an open file descriptor with the rows of an INSERT."""

    sql: str
    output_format: str = "TabSeparated"
    parameters: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    database: str = DATABASE
    external: list[External] = field(default_factory=list)
    data: int | None = None
    ticket: str = ""  # what it can be ended by: the client's query_id

    @property
    def is_read(self) -> bool:
        return _READS.match(self.sql) is not None

    @property
    def is_upkeep(self) -> bool:
        return _KEEPS.match(self.sql) is not None

    @property
    def is_end(self) -> bool:
        """KILL QUERY: ends what runs under the ticket in its parameters."""
        return _ENDS.match(self.sql) is not None


@dataclass(frozen=True, slots=True)
class Outcome:
    body: bytes
    rows_read: int
    bytes_read: int


class Turns:
    """A few sessions for many waiters, first come first served."""

    def __init__(self, sessions: Sequence["Session"]) -> None:
        self._free = deque(sessions)
        self._waiting: deque[Future[Session]] = deque()
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @contextmanager
    def take(self, wait_s: float = WAIT_S) -> Iterator["Session"]:
        session = self._acquire(wait_s)
        try:
            yield session
        finally:
            self._release(session)

    def _acquire(self, wait_s: float) -> "Session":
        with self._lock:
            if self._free:  # nobody waits while one is free: a release hands its connection on
                return self._free.popleft()
            turn: Future[Session] = Future()
            self._waiting.append(turn)
        try:
            return turn.result(wait_s)
        except TimeoutError:
            with self._lock:
                if turn.done():
                    return turn.result()
                self._waiting.remove(turn)
            raise EngineError(
                202, "Code: 202. DB::Exception: too many searches are waiting; try again later."
            ) from None

    def _release(self, session: "Session") -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set_result(session)
            else:
                self._free.append(session)


class Session:
    """One connection of the engine with its standing settings."""

    def __init__(self, connection: Any, standing: Mapping[str, int | str]) -> None:
        self._connection = connection
        self._standing = {name: str(value) for name, value in standing.items()}
        self.run(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
        self.run(f"USE {DATABASE}")
        # readonly comes last: from then on nothing but settings can be changed
        self._set({name: self._standing[name] for name in sorted(self._standing, key="readonly".__eq__)})

    def run(
        self, sql: str, output_format: str = "TabSeparated", parameters: Mapping[str, str] | None = None
    ) -> Outcome:
        try:
            result = self._connection.query(sql, output_format, params=dict(parameters or {}))
        except RuntimeError as error:
            _surely(self._clear)
            raise _engine_error(str(error)) from None
        return Outcome(result.bytes(), result.rows_read(), result.bytes_read())

    @contextmanager
    def dressed(self, statement: Statement) -> Iterator[None]:
        """With the statement's own settings, database and tables, which are taken off again."""
        own = {name: value for name, value in statement.settings.items() if self._standing.get(name) != value}
        if _TICKET.fullmatch(statement.ticket):
            own["log_comment"] = statement.ticket
        undo: list[str] = []
        try:
            if statement.database != DATABASE:
                self.run(f"USE {_identifier(statement.database)}")
                undo.append(f"USE {DATABASE}")
            if own:
                undo.append("SET " + ", ".join(f"{_identifier(name)} = {self._usual(name)}" for name in own))
                try:
                    self._set(own)
                except EngineError as error:
                    if error.code != _CANCELLED:  # refused: there is nothing to take off
                        undo.pop()
                    raise
            for table in statement.external:
                undo.append(f"DROP TEMPORARY TABLE IF EXISTS {_identifier(table.name)}")
                self._load(table)
            yield
        finally:
            for sql in reversed(undo):
                _surely(partial(self.run, sql))

    def close(self) -> None:
        self._connection.close()

    def _clear(self) -> None:
        """What a failed statement had already answered would stand in front of the next one's answer."""
        try:
            while self._connection.query("SELECT 1", "Null", params={}).bytes():
                pass
        except RuntimeError as error:
            raise _engine_error(str(error)) from None

    def _set(self, settings: Mapping[str, str]) -> None:
        self.run("SET " + ", ".join(f"{_identifier(name)} = {_quoted(value)}" for name, value in settings.items()))

    def _usual(self, name: str) -> str:
        return _quoted(self._standing[name]) if name in self._standing else "DEFAULT"

    def _load(self, table: External) -> None:
        self.run(f"CREATE TEMPORARY TABLE {_identifier(table.name)} ({table.structure}) ENGINE = Memory")
        with in_memory(table.data) as descriptor:
            self.run(_from_descriptor(f"INSERT INTO {table.name} FORMAT {_identifier(table.format)}", descriptor))


def _surely(step: Callable[[], object]) -> None:
    """What leaves a session as it was found bears the ticket of the question too: a cancel that comes again may end it."""
    for left in reversed(range(_TRIES)):
        try:
            step()
        except EngineError as error:
            if error.code != _CANCELLED or not left:
                raise
        else:
            return


class Engine:
    """Open on one folder; refuses a folder that another engine has open (the engine's own lock)."""

    def __init__(self, folder: str, configuration: str, *, readers: int, query_bytes: int) -> None:
        address = f"{folder}?config-file={configuration}"
        limit = {"max_memory_usage": query_bytes}
        self._writer, self._keeper, self._ender = (
            Session(_chdb.connect(address), {**WRITING, **limit})  # type: ignore[attr-defined]
            for _ in range(3)
        )
        self._readers = [
            Session(_chdb.connect(address), {**READING, **limit})  # type: ignore[attr-defined]
            for _ in range(readers)
        ]
        self._reading, self._writing, self._keeping = Turns(self._readers), Turns([self._writer]), Turns([self._keeper])
        self._ending = Turns([self._ender])
        self._ended: deque[str] = deque(maxlen=1000)  # tickets, also of statements that still wait for their turn
        self._parts = PartFiles(Path(folder), self._listed)
        self.is_hollow = False  # what is written from now on must not be believed

    def run(self, statement: Statement) -> Outcome:
        """Run it and return the whole answer. Raises EngineError."""
        if statement.is_end:
            return self._end(statement.parameters.get("ticket", ""))
        with self._turns(statement).take() as session, session.dressed(statement):
            if statement.ticket in self._ended:
                raise EngineError(394, "Code: 394. DB::Exception: the query was cancelled before its turn.")
            sql = statement.sql
            if statement.data is not None:
                sql = _from_descriptor(sql, statement.data)
            outcome = session.run(sql, statement.output_format, statement.parameters)
        if statement.data is not None:
            self._require_files()
        return outcome

    def look_at_parts(self) -> None:
        """At what merges have made, too. Raises EngineError when a part is not on the disk; call it every few seconds."""
        self._require_files()
        self._refuse(self._parts.truncated())

    def _require_files(self) -> None:
        self._refuse(self._parts.hollow())

    def _refuse(self, part: Path | None) -> None:
        if part is not None:
            self.is_hollow = True
            message = f"Code: {_NO_SPACE}. DB::Exception: {part.name} is not on the disk, which was full for a moment."
            raise EngineError(_NO_SPACE, message)

    def _listed(self) -> list[tuple[str, int]]:
        with self._ending.take() as session:
            told = session.run(f"SELECT path, bytes_on_disk FROM system.parts WHERE database = '{DATABASE}' AND active")  # noqa: S608
        lines = (line.rpartition("\t") for line in told.body.decode().splitlines())
        return [(path.rstrip("/"), int(size)) for path, _, size in lines]

    def _end(self, ticket: str) -> Outcome:
        """The engine gives its own names to queries, and drops remarks from their text: ours stands in a setting."""
        if not _TICKET.fullmatch(ticket):
            raise EngineError(36, "Code: 36. DB::Exception: KILL QUERY wants a ticket of letters, digits and dashes.")
        self._ended.append(ticket)
        with self._ending.take() as session:
            return session.run(f"KILL QUERY WHERE Settings['log_comment'] = '{ticket}' ASYNC")

    def _turns(self, statement: Statement) -> Turns:
        if statement.is_read:
            return self._reading
        return self._keeping if statement.is_upkeep else self._writing

    def close(self) -> None:
        """Waits for the statement that writes; questions and upkeep under way are not waited for."""
        with self._writing.take(), ExitStack() as taken:
            try:
                for turns in [self._keeping, *[self._reading] * len(self._readers)]:
                    taken.enter_context(turns.take(wait_s=0.5))
            except EngineError:
                return
            for session in [*self._readers, self._keeper, self._ender, self._writer]:
                session.close()


@contextmanager
def in_memory(data: bytes) -> Iterator[int]:
    """An open descriptor with these bytes."""
    descriptor = open_memory()
    try:
        with open(descriptor, "wb", closefd=False) as stream:
            stream.write(data)
        yield descriptor
    finally:
        os.close(descriptor)


def open_memory() -> int:
    """A descriptor to write rows into: memory where the system has such files, else a deleted file."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("rows", os.MFD_CLOEXEC)
    import tempfile

    with tempfile.TemporaryFile() as stream:
        return os.dup(stream.fileno())


def _from_descriptor(sql: str, descriptor: int) -> str:
    """INSERT INTO t (...) FORMAT F -> INSERT INTO t (...) FROM INFILE <the descriptor> FORMAT F.

    Not the engine's streaming insert: it reported rows as written although the insert had failed (out of memory).
    """
    head, mark, tail = sql.rpartition(" FORMAT ")
    if not mark:
        raise EngineError(62, "Code: 62. DB::Exception: an INSERT with data must end with FORMAT and its name.")
    return f"{head} FROM INFILE '/proc/self/fd/{descriptor}' COMPRESSION 'none' FORMAT {tail}"


def _engine_error(message: str) -> EngineError:
    found = _CODE.search(message)
    return EngineError(int(found[1]) if found else 1000, message)


def _identifier(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise EngineError(36, f"Code: 36. DB::Exception: {name[:100]!r} is not a name.")
    return name


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
