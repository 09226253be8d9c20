"""The journal of commands: each is on disk before it is done, so that none is done twice, however often it comes.

received -> started -> ended -> (acknowledged, and remembered until long after nobody can send it again)

SQLite with full synchronisation: after kill -9 or a power cut a row is there or it is not. When the journal itself is lost
nothing that was signed before is obeyed any more.
"""

import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from hinomi.wire.command import Command

REMEMBERED_MS = 30 * 86_400_000  # after a command's end of life
MOST_REMEMBERED = 20_000

_TABLES = """
CREATE TABLE IF NOT EXISTS commands (
    id TEXT PRIMARY KEY, action TEXT NOT NULL, parameters BLOB NOT NULL, expires_ms INTEGER NOT NULL,
    received_ms INTEGER NOT NULL, state TEXT NOT NULL, result BLOB, acknowledged INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS floor (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """`state`: received, started or ended. `result`: the JSON of the message.Result, when it has ended."""

    id: str
    action: str
    parameters: dict[str, Any]
    expires_ms: int
    state: str
    result: bytes | None


class Journal:
    """Thread-safe. `now_ms` is needed once: what was signed before it is refused when the file had to be made anew."""

    def __init__(self, path: Path, now_ms: int) -> None:
        self._lock = threading.Lock()
        is_new = not path.is_file()
        try:
            self._connection = self._opened(path)
        except sqlite3.DatabaseError:  # damaged: kept aside for people
            path.replace(path.with_suffix(".damaged"))
            for ending in ("-wal", "-shm"):
                path.with_name(path.name + ending).unlink(missing_ok=True)
            is_new = True
            self._connection = self._opened(path)
        self.was_made = is_new
        if is_new:
            self._raise_floor("signed", now_ms)

    @staticmethod
    def _opened(path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        try:
            path.chmod(0o600)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA cache_size=-256")
            connection.executescript(_TABLES)
            if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("damaged")
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return connection

    def receive(self, command: Command, now_ms: int) -> Entry | None:
        """Keep a command that is new (None). One that was here before: what became of it."""
        with self._lock:
            known = self._find(command.id)
            if known is not None:
                return known
            values = (command.id, command.action, orjson.dumps(command.parameters), command.expires_ms, now_ms)
            self._connection.execute(
                "INSERT INTO commands (id, action, parameters, expires_ms, received_ms, state) VALUES (?,?,?,?,?,'received')",
                values,
            )
        return None

    def is_forgotten(self, command: Command) -> bool:
        """Whether it may have been done before by what this journal does not remember."""
        with self._lock:
            floors = dict(self._connection.execute("SELECT name, value FROM floor"))
        expired, signed = int(floors.get("expired", 0)), int(floors.get("signed", 0))
        return command.expires_ms <= expired or command.not_before_ms < signed

    def start(self, command_id: str) -> None:
        self._set(command_id, "started", None)

    def end(self, command_id: str, result: bytes) -> None:
        self._set(command_id, "ended", result)

    def acknowledge(self, command_id: str) -> None:
        """Its result is on the server: not sent again, and remembered."""
        with self._lock:
            wanted = "UPDATE commands SET acknowledged=1 WHERE id=? AND state='ended'"
            self._connection.execute(wanted, (command_id,))

    def get(self, command_id: str) -> Entry | None:
        with self._lock:
            return self._find(command_id)

    def unfinished(self) -> list[Entry]:
        """Received or started and not ended, oldest first."""
        return self._all("state != 'ended'")

    def unacknowledged(self) -> list[Entry]:
        """Ended, and the server does not have the result yet; oldest first."""
        return self._all("state = 'ended' AND acknowledged = 0")

    def prune(self, now_ms: int) -> None:
        """Forget what nobody can send again; the floor keeps what is forgotten from coming back by a clock set back."""
        with self._lock:
            wanted = "SELECT id, expires_ms FROM commands WHERE acknowledged=1 ORDER BY expires_ms"
            rows = self._connection.execute(wanted).fetchall()
            over = len(rows) - MOST_REMEMBERED
            gone = [
                (command_id, expires_ms)
                for index, (command_id, expires_ms) in enumerate(rows)
                if expires_ms < now_ms and (index < over or expires_ms + REMEMBERED_MS < now_ms)
            ]
            if not gone:
                return
            self._raise_floor("expired", max(expires_ms for _, expires_ms in gone))
            self._connection.executemany("DELETE FROM commands WHERE id=?", [(command_id,) for command_id, _ in gone])

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _raise_floor(self, name: str, value: int) -> None:
        wanted = "INSERT INTO floor VALUES (?,?) ON CONFLICT (name) DO UPDATE SET value=max(value, excluded.value)"
        self._connection.execute(wanted, (name, value))

    def _set(self, command_id: str, state: str, result: bytes | None) -> None:
        with self._lock:
            self._connection.execute("UPDATE commands SET state=?, result=? WHERE id=?", (state, result, command_id))

    def _find(self, command_id: str) -> Entry | None:
        found = self._connection.execute(f"SELECT {_COLUMNS} FROM commands WHERE id=?", (command_id,)).fetchone()  # noqa: S608
        return _entry(found) if found else None

    def _all(self, condition: str) -> list[Entry]:
        wanted = f"SELECT {_COLUMNS} FROM commands WHERE {condition} ORDER BY received_ms LIMIT 1000"  # noqa: S608
        with self._lock:
            return [_entry(row) for row in self._connection.execute(wanted)]


_COLUMNS = "id, action, parameters, expires_ms, state, result"


def _entry(row: tuple[Any, ...]) -> Entry:
    return Entry(row[0], row[1], orjson.loads(row[2]), row[3], row[4], row[5])
