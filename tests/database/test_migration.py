"""Older databases come to today's form, whole or not at all; newer ones are left alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Integer, MetaData, Table, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

import hinomi.app.house  # noqa: F401 - every room's tables
from hinomi.database import Database, migration
from hinomi.errors import Unavailable
from tests.make_database import IS_POSTGRESQL, database_at

_OLD = MetaData()
schema_version = Table("schema_version", _OLD, Column("version", Integer, primary_key=True, autoincrement=False))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(database_at(tmp_path / "operations.db"))
    yield made
    made.close()


def revision(database: Database) -> str | None:
    with database.read() as connection:
        return migration.revision_of(connection)


def make_first(database: Database) -> None:
    """As the first Hinomi left it: a version of its own, no revision."""
    with database.begin() as connection:
        Database.metadata.create_all(connection)
        _OLD.create_all(connection)
        connection.execute(insert(schema_version).values(version=1))


def test_the_newest_revision_is_known_without_asking() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migration.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [migration.HEAD]


def test_a_fresh_database_is_of_today(database: Database) -> None:
    assert revision(database) is None
    database.create()
    assert revision(database) == migration.HEAD


def test_the_first_database_comes_to_what_the_rooms_declare(database: Database) -> None:
    make_first(database)
    assert revision(database) == "0001"
    database.create()
    assert revision(database) == migration.HEAD
    with database.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Database.metadata) == []
        assert not inspect(connection).has_table("schema_version")


@pytest.mark.skipif(IS_POSTGRESQL, reason="a server is backed up by its own means")
def test_an_old_file_is_copied_before_it_is_changed(database: Database, tmp_path: Path) -> None:
    make_first(database)
    database.create()
    kept = Database(tmp_path / f"operations.db.before-{migration.HEAD}")
    assert revision(kept) == "0001"
    with kept.read() as connection:
        assert connection.execute(select(schema_version.c.version)).scalar_one() == 1


def test_a_change_that_fails_changes_nothing(database: Database) -> None:
    with database.begin() as connection:  # it says that it is the first, and lacks what the revision takes away
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('0001')"))
    with pytest.raises(DBAPIError):
        database.create()
    with database.read() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    assert revision(database) == "0001"


def test_a_newer_database_is_refused_and_stays_as_it_is(database: Database) -> None:
    database.create()
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Unavailable, match="revision 9999"):
        database.create()
    assert revision(database) == "9999"
