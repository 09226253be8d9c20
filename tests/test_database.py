"""The operational database, of either kind: transactions, readers beside a writer, crashes."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from hinomi.database import Database
from hinomi.errors import InputError
from tests.make_database import IS_POSTGRESQL, database_at

_OWN = MetaData()
numbers = Table("numbers_of_test_database", _OWN, Column("n", Integer, primary_key=True))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(database_at(tmp_path / "operations.db"))
    made.create()
    with made.begin() as connection:
        _OWN.create_all(connection)
    yield made
    made.close()


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
    subprocess.run([sys.executable, "-c", program, database_at(tmp_path / "operations.db")], check=True)
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
    arguments = [sys.executable, "-c", _KILLED, database_at(tmp_path / "operations.db")]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"in the middle\n"
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    assert _count(database) == 1
    with database.begin() as connection:
        connection.execute(insert(numbers).values(n=2))
        if not IS_POSTGRESQL:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    assert _count(database) == 2


def test_create_again_changes_nothing(database: Database) -> None:
    with database.begin() as connection:
        connection.execute(insert(numbers).values(n=1))
    database.create()
    assert _count(database) == 1


def test_memory_is_refused() -> None:
    with pytest.raises(InputError):
        Database("sqlite://")


@pytest.mark.parametrize("url", ["mysql://root@localhost/hinomi", "nonsense://", "://", "postgresql//x://"])
def test_what_is_no_database_for_us_is_refused(url: str) -> None:
    with pytest.raises(InputError):
        Database(url)


def test_a_broken_constraint_stays_a_fault_of_the_program(database: Database) -> None:
    with pytest.raises(IntegrityError), database.begin() as connection:
        connection.execute(insert(numbers), [{"n": 1}, {"n": 1}])
