"""The SQLite file: its mode, its safety, its copy, what a person is told."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select, text

from hinomi.database import Database, sqlite
from hinomi.errors import Unavailable

_OWN = MetaData()
numbers = Table("numbers_of_test_sqlite", _OWN, Column("n", Integer, primary_key=True))


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(tmp_path / "operations.db")
    made.create()
    return made


def test_the_files_are_for_their_owner_alone(database: Database, tmp_path: Path) -> None:
    database_files = sorted(tmp_path.glob("operations.db*"))
    assert len(database_files) >= 2  # the write-ahead log too
    assert {stat.S_IMODE(path.stat().st_mode) for path in database_files} == {0o600}


def test_it_is_set_up_to_survive_a_power_cut(database: Database) -> None:
    with database.begin() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in asked]
    assert found == ["wal", 2, 1, 30_000]


def test_a_file_that_is_no_database_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "operations.db"
    path.write_bytes(b"this is not a database" * 200)
    with pytest.raises(Unavailable, match="not a database"):
        Database(path).create()


def test_a_url_names_the_same_file_as_a_path(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path}/a.db").begin() as connection:
        _OWN.create_all(connection)
        connection.execute(insert(numbers).values(n=7))
    with Database(tmp_path / "a.db").read() as connection:
        assert connection.execute(select(numbers.c.n)).scalar_one() == 7


def test_a_copy_holds_what_was_committed_and_nothing_else(database: Database, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("an older one")
    with database.begin() as connection:
        _OWN.create_all(connection)
        connection.execute(insert(numbers).values(n=1))
    with database.begin() as connection:
        connection.execute(insert(numbers).values(n=2))
        sqlite.copy(tmp_path / "operations.db", target)
    with Database(target).read() as connection:
        assert connection.execute(select(func.count()).select_from(numbers)).scalar_one() == 1
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert not (tmp_path / "copy.db.half").exists()
