"""A PostgreSQL database into a file and back, by PostgreSQL's own programs."""

import os
import shutil
import subprocess
from pathlib import Path

import sqlalchemy as sa

from hinomi.errors import InputError, NotFound, Unavailable


def dump_server(url: str, path: Path) -> None:
    address, environment = _server_address(url)
    _run_program(["pg_dump", "--format=custom", f"--file={path}", f"--dbname={address}"], environment)


def load_server(url: str, path: Path) -> None:
    if not url:
        raise InputError("this back-up holds a PostgreSQL database: name an empty one with HINOMI_DATABASE_URL")
    address, environment = _server_address(url)
    words = ["pg_restore", "--exit-on-error", "--no-owner", "--single-transaction", f"--dbname={address}", str(path)]
    _run_program(words, environment)


def _server_address(url: str) -> tuple[str, dict[str, str]]:
    """For libpq; the password goes by the environment, where other users cannot read it."""
    made = sa.make_url(url)
    plain = sa.URL.create("postgresql", made.username, None, made.host, made.port, made.database, made.query)
    return plain.render_as_string(), {**os.environ, "PGPASSWORD": made.password or ""}


def _run_program(words: list[str], environment: dict[str, str]) -> None:
    program = shutil.which(words[0])
    if program is None:
        raise NotFound(f"{words[0]} is needed for a PostgreSQL database and is not installed (postgresql-client)")
    done = subprocess.run([program, *words[1:]], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise Unavailable(f"{words[0]}: {done.stderr.strip()[-500:]}")
