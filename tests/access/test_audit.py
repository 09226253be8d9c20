from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from hinomi.access.access import Access
from hinomi.access.store import audit_head, audit_log
from hinomi.database import Database
from hinomi.errors import InputError, Unauthorised
from hinomi.schema.principal import Role
from tests.make_access import PASSWORD, Clock, access, person
from tests.make_database import database_at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Access:
    return access(tmp_path, clock)


@pytest.fixture
def database(house: Access, tmp_path: Path) -> Database:
    return Database(database_at(tmp_path / "operations.db"))


def _add(house: Access, database: Database, count: int, **details: Any) -> None:
    for number in range(count):
        with database.begin() as connection:
            house.audit.add(connection, person("ayumi", Role.ANALYST), "alert.change", f"WB-1-{number}", details)


def test_every_change_of_people_and_keys_leaves_a_row(house: Access) -> None:
    by = person("root")
    house.users.create(by, "root", Role.ADMINISTRATOR, PASSWORD)
    house.users.create(by, "ken", Role.ANALYST, PASSWORD)
    house.users.change(by, "ken", role=Role.AUDITOR)
    who = house.login("ken", PASSWORD, "192.0.2.9")
    house.users.set_preferences(who.principal, theme="dark")
    house.users.change_password(who.principal, PASSWORD, "zumi-pare-tokiro-3", who.token)
    house.logout(who.token, "192.0.2.9")
    with pytest.raises(Unauthorised):
        house.login("ken", PASSWORD, "192.0.2.10")
    house.users.remove(by, "ken")
    key, value = house.keys.create(by, "siem", Role.SIEM)
    house.keys.change(by, key.id, enabled=False)
    house.keys.remove(by, key.id)
    found = house.audit.search(top=100)
    assert [(entry.action, entry.outcome) for entry in reversed(found.items)] == [
        ("user.create", "success"), ("user.create", "success"), ("user.change", "success"), ("login", "success"),
        ("user.preferences", "success"), ("user.password", "success"), ("logout", "success"), ("login", "failure"),
        ("user.remove", "success"), ("key.create", "success"), ("key.change", "success"), ("key.remove", "success"),
    ]  # fmt: skip
    failure = found.items[4]
    assert (failure.who, failure.address, failure.kind) == ("ken", "192.0.2.10", "user")
    everything = str(found)
    assert PASSWORD not in everything
    assert value not in everything
    assert "argon2" not in everything
    assert house.audit.verify().is_whole


def test_nothing_changed_leaves_no_row(house: Access) -> None:
    house.users.create(person("root"), "root", Role.ADMINISTRATOR, PASSWORD)
    house.users.change(person("root"), "root", role=Role.ADMINISTRATOR)
    assert house.audit.search().total == 1


def test_a_row_goes_back_with_the_change_it_tells_of(house: Access, database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        _fall_over(house, database)
    assert house.audit.search().total == 0
    assert house.audit.verify().is_whole


def _fall_over(house: Access, database: Database) -> None:
    with database.begin() as connection:
        house.audit.add(connection, person(), "alert.change")
        raise ZeroDivisionError


def test_pages_follow_each_other_without_gap_or_repeat(house: Access, database: Database) -> None:
    _add(house, database, 7)
    first = house.audit.search(top=3)
    second = house.audit.search(top=3, skip_token=first.skip_token)
    third = house.audit.search(top=3, skip_token=second.skip_token)
    assert [entry.number for page in (first, second, third) for entry in page.items] == [7, 6, 5, 4, 3, 2, 1]
    assert {page.total for page in (first, second, third)} == {7}
    assert third.skip_token == ""


@pytest.mark.parametrize("token", ["!", "AAAA", "w", "\u00e9"])
def test_a_token_of_nowhere_is_refused(house: Access, token: str) -> None:
    with pytest.raises(InputError):
        house.audit.search(skip_token=token)


def test_search_by_time_and_words(house: Access, database: Database, clock: Clock) -> None:
    _add(house, database, 1, owner="Mika")
    clock.pass_s(10)
    _add(house, database, 2, owner="100%")
    assert house.audit.search(text="mika ALERT.change").total == 1
    assert house.audit.search(text="100%").total == 2
    assert house.audit.search(text="0%0").total == 0
    assert house.audit.search(from_ms=clock.now_ms).total == 2
    assert house.audit.search(to_ms=clock.now_ms - 1).total == 1


_TAMPERED = {
    "a changed name": lambda c: c.execute(update(audit_log).where(audit_log.c.number == 3).values(who="someone")),
    "changed details": lambda c: c.execute(update(audit_log).where(audit_log.c.number == 3).values(details="{}")),
    "a changed hash": lambda c: c.execute(update(audit_log).where(audit_log.c.number == 3).values(hash="f" * 64)),
    "a row taken out": lambda c: c.execute(delete(audit_log).where(audit_log.c.number == 3)),
}


@pytest.mark.parametrize("how", _TAMPERED)
def test_tampering_shows(house: Access, database: Database, how: str) -> None:
    _add(house, database, 5, note="x")
    assert house.audit.verify().rows == 5
    assert house.audit.verify().is_whole
    with database.begin() as connection:
        _TAMPERED[how](connection)
    assert house.audit.verify().first_bad == 3


def test_rows_cut_off_at_the_end_show(house: Access, database: Database) -> None:
    _add(house, database, 5)
    with database.begin() as connection:
        connection.execute(delete(audit_log).where(audit_log.c.number > 3))
    assert house.audit.verify().first_bad == 4
    with database.begin() as connection:
        connection.execute(delete(audit_head))
    assert not house.audit.verify().is_whole


def test_hostile_text_is_kept_whole_and_bounded(house: Access, database: Database) -> None:
    _add(house, database, 1, text="\ud800\0", long="x" * 100_000)
    entry = house.audit.search().items[0]
    assert len(str(entry.details)) < 10_000
    assert house.audit.verify().is_whole
