"""Brings the tables of an older Hinomi to today's, by the revisions in `migrations/versions` (Alembic).

Tables that are not there yet are made by `create_all` from what the rooms declare; a revision is for what
`create_all` cannot do: a column that comes, goes or changes. docs/how-to/change-a-table.md
"""

from pathlib import Path

from sqlalchemy import MetaData, inspect, text
from sqlalchemy.engine import Connection

from hinomi.errors import Unavailable

HEAD = "0002"  # the newest revision; known here so that an ordinary start need not load Alembic
_FIRST = "0001"  # databases from before there were revisions
_TABLE = "alembic_version"
_FOLDER = Path(__file__).parent / "migrations"


def revision_of(connection: Connection) -> str | None:
    """The revision of the database; None when it has no tables of ours yet."""
    found = inspect(connection)
    if found.has_table(_TABLE):
        return connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalar()  # noqa: S608 - our own name
    return _FIRST if found.has_table("schema_version") else None


def bring_up(connection: Connection, metadata: MetaData) -> None:
    """Make what is missing, change what is old. Unavailable for a database of a newer Hinomi, which stays as it is."""
    revision = revision_of(connection)
    if revision not in (None, HEAD):
        _upgrade(connection, str(revision))
    metadata.create_all(connection)
    if revision is None:
        _stamp(connection, HEAD)


def _upgrade(connection: Connection, revision: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    if revision not in {one.revision for one in ScriptDirectory.from_config(config).walk_revisions()}:
        raise Unavailable(
            f"The database has revision {revision}; this Hinomi knows up to {HEAD}. "
            "Start the newer Hinomi that wrote it, or restore a backup from before."
        )
    if not inspect(connection).has_table(_TABLE):
        _stamp(connection, revision)
    command.upgrade(config, "head")


def _stamp(connection: Connection, revision: str) -> None:
    connection.execute(text(f"CREATE TABLE {_TABLE} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(text(f"INSERT INTO {_TABLE} VALUES (:revision)"), {"revision": revision})  # noqa: S608
