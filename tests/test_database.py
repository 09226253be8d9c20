"""The operational database: transactions, readers beside a writer, crashes, versions, the mode of its file."""

import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from hinomi.database import SCHEMA_VERSION, Database, schema_version
from hinomi.errors import InputError, Unavailable

_OWN = MetaData()
numbers = Table("numbers_of_test_database", _OWN, Column("n", Integer, primary_key=True))


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(tmp_path / "operations.db")
    made.create()
    with made.begin() as connection:
        _OWN.create_all(connection)
    return made


def _count(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(numbers)).scalar_one()


def test_what_begin_wrote_is_read(database: Database) -> None:
    with database.begin() as connection:
        connection.execute(insert(numbers).values(n=1))
    assert _count(database) == 1


def test_an_exception_takes_everything_back(database: Database) -> None:
    with pytest.raises(IntegrityError), database.begin() as connection:
        connection.execute(insert(numbers), [{"n": 1}, {"n": 2}, {"n": 1}])
    assert _count(database) == 0


def test_a_reader_does_not_wait_for_a_writer_and_sees_the_last_commit(database: Database) -> None:
    with database.begin() as connection:
        connection.execute(insert(numbers).values(n=1))
        assert _count(database) == 0
    assert _count(database) == 1


def test_a_reader_keeps_one_state_while_it_is_held(database: Database) -> None:
    with database.read() as reader:
        assert reader.execute(select(func.count()).select_from(numbers)).scalar_one() == 0
        with database.begin() as writer:
            writer.execute(insert(numbers).values(n=1))
        assert reader.execute(select(func.count()).select_from(numbers)).scalar_one() == 0


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError), database.read() as connection:
        connection.execute(insert(numbers).values(n=1))


def test_begin_inside_begin_is_an_error_at_once(database: Database) -> None:
    with database.begin(), pytest.raises(RuntimeError, match="hand the connection down"), database.begin():
        pass
    with database.begin() as connection:
        connection.execute(insert(numbers).values(n=1))


def test_writers_of_many_threads_take_turns(database: Database) -> None:
    with database.begin() as connection:
        connection.execute(insert(numbers).values(n=0))

    def add() -> None:
        for _ in range(20):
            with database.begin() as connection:
                seen = connection.execute(select(numbers.c.n)).scalar_one()
                connection.execute(update(numbers).values(n=seen + 1))

    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert connection.execute(select(numbers.c.n)).scalar_one() == 120


def test_a_second_process_reads_and_writes_beside_us(database: Database, tmp_path: Path) -> None:
    program = (
        "import sys; from hinomi.database import Database; from sqlalchemy import text\n"
        "with Database(sys.argv[1]).begin() as c: c.execute(text('INSERT INTO numbers_of_test_database VALUES (7)'))"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "operations.db")], check=True)
    assert _count(database) == 1


_KILLED = """
import sys
from sqlalchemy import text
from hinomi.database import Database
database = Database(sys.argv[1])
with database.begin() as c:
    c.execute(text("INSERT INTO numbers_of_test_database VALUES (1)"))
with database.begin() as c:
    for n in range(2, 5000):
        c.execute(text("INSERT INTO numbers_of_test_database VALUES (:n)"), {"n": n})
    print("in the middle", flush=True)
    sys.stdin.read()
"""


def test_killed_in_the_middle_of_a_transaction_only_that_transaction_is_lost(
    database: Database, tmp_path: Path
) -> None:
    arguments = [sys.executable, "-c", _KILLED, str(tmp_path / "operations.db")]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"in the middle\n"
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    assert _count(database) == 1
    with database.begin() as connection:
        connection.execute(insert(numbers).values(n=2))
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    assert _count(database) == 2


def test_the_files_are_for_their_owner_alone(database: Database, tmp_path: Path) -> None:
    database_files = sorted(tmp_path.glob("operations.db*"))
    assert len(database_files) >= 2  # the write-ahead log too
    assert {stat.S_IMODE(path.stat().st_mode) for path in database_files} == {0o600}


def test_sqlite_is_set_up_to_survive_a_power_cut(database: Database) -> None:
    with database.begin() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in asked]
    assert found == ["wal", 2, 1, 30_000]


def test_create_again_changes_nothing(database: Database) -> None:
    database.create()
    with database.read() as connection:
        assert connection.execute(select(schema_version.c.version)).scalars().all() == [SCHEMA_VERSION]


def test_a_newer_schema_is_refused(database: Database) -> None:
    with database.begin() as connection:
        connection.execute(update(schema_version).values(version=SCHEMA_VERSION + 1))
    with pytest.raises(Unavailable, match=f"schema version {SCHEMA_VERSION + 1}"):
        database.create()


def test_a_file_that_is_no_database_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "operations.db"
    path.write_bytes(b"this is not a database" * 200)
    with pytest.raises(Unavailable, match="not a database"):
        Database(path).create()


def test_memory_is_refused() -> None:
    with pytest.raises(InputError):
        Database("sqlite://")


def test_a_url_names_the_same_file_as_a_path(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path}/a.db").create()
    with Database(tmp_path / "a.db").read() as connection:
        assert connection.execute(select(schema_version.c.version)).scalar_one() == SCHEMA_VERSION


def test_a_broken_constraint_stays_a_fault_of_the_program(database: Database) -> None:
    with pytest.raises(IntegrityError), database.begin() as connection:
        connection.execute(insert(numbers), [{"n": 1}, {"n": 1}])
