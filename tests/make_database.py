"""Operational databases for tests: SQLite files, or databases of a PostgreSQL server that this process starts.

`HINOMI_TEST_DATABASE=postgresql` asks for the server, so that the same tests run on both (`make test-postgresql`).
"""

import atexit
import functools
import getpass
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import MetaData, select

from hinomi.database import Database

_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))

IS_POSTGRESQL = os.environ.get("HINOMI_TEST_DATABASE", "sqlite") == "postgresql"
needs_postgresql = pytest.mark.skipif(not _PROGRAMS, reason="PostgreSQL is not installed: apt-get install postgresql")
only_sqlite = pytest.mark.skipif(IS_POSTGRESQL, reason="of the SQLite file alone")


def database_at(path: Path) -> str:
    """Where the database of `path` is: the file itself, or a database of that name which is made when missing."""
    return server().database(path) if IS_POSTGRESQL else str(path)


def kept_in(database: Database) -> str:
    """Every row of every table, as text: what must never be stored must not be in it."""
    with database.read() as connection:
        found = MetaData()
        found.reflect(connection)
        return "\n".join(str(row) for table in found.sorted_tables for row in connection.execute(select(table)))


class Server:
    """A PostgreSQL of our own on a Unix socket in a folder of its own; it ends with this process."""

    def __init__(self, programs: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hinomi-pg-"))
        self.programs = programs
        self._made: set[str] = set()
        self._as_owner: tuple[str, ...] = ()
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(self.folder, "postgres", "postgres")
            self._as_owner = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
        self.owner = "postgres" if self._as_owner else getpass.getuser()
        self.start()

    def start(self) -> None:
        data = self.folder / "data"
        if not data.exists():
            self._run("initdb", "-D", str(data), "-A", "trust", "-U", self.owner, "-E", "UTF8", "--locale=C", "-N")
        # the control program answers when the server serves; settings of a throw-away server
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c fsync=off -c max_connections=300"
        log = str(self.folder / "log")
        self._run("pg_ctl", "start", "-w", "-t", "60", "-D", str(data), "-l", log, "-o", options)

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-m", "immediate", "-D", str(self.folder / "data"))

    def remove(self) -> None:
        if (self.folder / "data" / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def database(self, path: Path) -> str:
        name = "t" + hashlib.sha256(str(path).encode()).hexdigest()[:24]
        if name not in self._made:
            with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
            self._made.add(name)
        return self.address(name)

    def address(self, name: str) -> str:
        return f"postgresql://{self.owner}@/{name}?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_owner, str(self.programs / program), *arguments]
        done = subprocess.run(
            command, check=False, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert done.returncode == 0, done.stdout


@functools.cache
def server() -> Server:
    """One for the process."""
    made = Server(_PROGRAMS[-1])
    atexit.register(made.remove)
    return made
