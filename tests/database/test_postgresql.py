"""What only a database server does: it can be away, come back, refuse; and its text has no NUL."""

from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, String, Table, insert, select
from sqlalchemy.types import JSON

from hinomi.database import Database
from hinomi.errors import InputError, Unavailable
from tests.make_database import Server, needs_postgresql, server

pytestmark = needs_postgresql

_OWN = MetaData()
words = Table("words_of_test_postgresql", _OWN, Column("word", String, primary_key=True), Column("more", JSON))


def test_nul_in_text_is_shown_as_what_cannot_be_shown(tmp_path: Path) -> None:
    database = Database(server().database(tmp_path / "nul"))
    with database.begin() as connection:
        _OWN.create_all(connection)
        connection.execute(insert(words), [{"word": "a\x00b", "more": {"c": "\x00"}}, {"word": "d", "more": None}])
    with database.read() as connection:
        assert dict(connection.execute(select(words.c.word, words.c.more)).fetchall())["a\N{REPLACEMENT CHARACTER}b"]
    database.close()


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    database = Database(f"postgresql://hinomi@/hinomi?host={tmp_path}")
    with pytest.raises(Unavailable, match="does not serve us"):
        database.create()


def test_a_database_that_is_not_there_is_named() -> None:
    with pytest.raises(Unavailable, match="nowhere"):
        Database(server().address("nowhere")).create()


def test_text_that_is_not_unicode_is_refused(tmp_path: Path) -> None:
    import psycopg

    with psycopg.connect(server().address("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(InputError, match="LATIN1"):
        Database(server().address("latin")).create()


@pytest.mark.slow  # it starts, stops and starts a server of its own
def test_a_server_that_restarts_is_found_again(tmp_path: Path) -> None:
    own = Server(server().programs)
    try:
        database = Database(own.database(tmp_path / "again"))
        database.create()
        own.stop()
        with pytest.raises(Unavailable), database.read():
            pass
        own.start()
        with database.begin() as connection:
            _OWN.create_all(connection)
            connection.execute(insert(words).values(word="back"))
        with database.read() as connection:
            assert connection.execute(select(words.c.word)).scalar_one() == "back"
        database.close()
    finally:
        own.remove()
