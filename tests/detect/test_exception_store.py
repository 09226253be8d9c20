"""Exceptions are kept with what they hid; only active ones work."""

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from hinomi.database import Database
from hinomi.detect import exception_store
from hinomi.detect.exception_store import EXCEPTIONS, ExceptionStore
from hinomi.errors import InputError, NotFound
from hinomi.schema.exception import DetectionException, ExceptionOperator, ExceptionTerms
from tests.detect.test_correlator import detection
from tests.make_database import database_at

BACKUP = ExceptionTerms("objectCmd", ExceptionOperator.CONTAINS, "backup", "f", ("PC-*",))
ONE = DetectionException("a", BACKUP, "nightly", "sato", 1000, expires_ms=5000)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(database_at(tmp_path / "hinomi.db"))
    made.create()
    return made


@pytest.fixture
def store(database: Database) -> ExceptionStore:
    made = ExceptionStore(database)
    with database.begin() as connection:
        made.add(connection, ONE)
    return made


def hidden(store: ExceptionStore, now_ms: int) -> int:
    return len(store.working(now_ms).split([detection("f", host="PC-1", objectCmd="backup.exe")]).hidden)


def test_what_is_kept_comes_back(database: Database, store: ExceptionStore) -> None:
    assert store.get("a") == ONE
    changed = replace(ONE, enabled=False, expires_ms=None, reason="not any more")
    with database.begin() as connection:
        store.change(connection, changed)
    assert store.all() == [changed]
    with database.begin() as connection:
        store.remove(connection, "a")
    with pytest.raises(NotFound):
        store.get("a")


def test_expired_and_switched_off_ones_hide_nothing(database: Database, store: ExceptionStore) -> None:
    assert [hidden(store, now) for now in (4999, 5000)] == [1, 0]
    with database.begin() as connection:
        store.change(connection, replace(ONE, enabled=False))
    assert hidden(store, 2000) == 0


def test_counts_add_up_and_roll_back(database: Database, store: ExceptionStore) -> None:
    with database.begin() as connection:
        store.count(connection, {"a": 2, "gone": 9}, 2000)
    with database.begin() as connection:
        store.count(connection, {"a": 3}, 3000)
    with pytest.raises(sa.exc.DBAPIError), database.begin() as connection:
        assert store.count(connection, {"a": 100}, 4000) is connection.exec_driver_sql("no SQL")
    assert (store.get("a").hits, store.get("a").last_hit_ms) == (5, 3000)


def test_terms_of_another_version_hide_nothing_and_stop_nothing(database: Database, store: ExceptionStore) -> None:
    with database.begin() as connection:
        connection.execute(sa.update(EXCEPTIONS).values(field="aFieldNobodyKnows"))
    assert hidden(store, 2000) == 0


def test_there_is_a_bound(database: Database, store: ExceptionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exception_store, "MAX_EXCEPTIONS", 1)
    with pytest.raises(InputError), database.begin() as connection:
        store.add(connection, replace(ONE, id="b"))
