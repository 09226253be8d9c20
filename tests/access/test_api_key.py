from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from hinomi.access.access import Access
from hinomi.access.api_key import add_months
from hinomi.access.store import api_keys
from hinomi.database import Database
from hinomi.errors import Conflict, InputError, NotFound, Unauthorised
from hinomi.schema.principal import PERMISSIONS, PrincipalKind, Role
from tests.make_access import Clock, access, person
from tests.make_database import IS_POSTGRESQL, database_at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Access:
    return access(tmp_path, clock)


def test_a_key_stands_for_its_role(house: Access) -> None:
    key, value = house.keys.create(person(), "siem", Role.SIEM)
    who = house.key(value, "192.0.2.1")
    assert (who.name, who.role, who.kind, who.address) == ("siem", Role.SIEM, PrincipalKind.KEY, "192.0.2.1")
    assert who.permissions == PERMISSIONS[Role.SIEM]
    assert value.startswith(key.prefix)
    assert len(key.prefix) < 16 < len(value)


def test_the_value_is_shown_once_and_never_stored(house: Access, tmp_path: Path) -> None:
    _, value = house.keys.create(person(), "siem", Role.SIEM)
    with Database(database_at(tmp_path / "operations.db")).read() as connection:
        assert value not in str(connection.execute(select(api_keys)).one())
    if not IS_POSTGRESQL:
        assert value.encode() not in (tmp_path / "operations.db-wal").read_bytes()


@pytest.mark.parametrize("value", ["", "hnm_", "x" * 100_000, "\ud800"])
def test_an_unknown_value_is_nobody(house: Access, value: str) -> None:
    house.keys.create(person(), "siem", Role.SIEM)
    with pytest.raises(Unauthorised):
        house.key(value)


def test_a_disabled_key_is_out_until_it_is_enabled_again(house: Access) -> None:
    key, value = house.keys.create(person(), "siem", Role.SIEM)
    house.keys.change(person(), key.id, enabled=False)
    with pytest.raises(Unauthorised, match="disabled"):
        house.key(value)
    house.keys.change(person(), key.id, enabled=True)
    assert house.key(value).name == "siem"


def test_a_key_expires_after_its_months(house: Access, clock: Clock) -> None:
    key, value = house.keys.create(person(), "siem", Role.SIEM, months=1)
    assert key.expires_ms is not None
    clock.now_s = key.expires_ms / 1000 - 1
    assert house.key(value).name == "siem"
    clock.pass_s(1)
    with pytest.raises(Unauthorised, match="expired"):
        house.key(value)
    assert house.keys.get(key.id).status(clock.now_ms) == "expired"


def test_no_months_is_for_ever(house: Access, clock: Clock) -> None:
    key, value = house.keys.create(person(), "siem", Role.SIEM, months=0)
    assert key.expires_ms is None
    clock.pass_s(50 * 366 * 86400)
    assert house.key(value).name == "siem"


def test_the_last_use_is_written_at_most_once_a_minute(house: Access, clock: Clock) -> None:
    key, value = house.keys.create(person(), "siem", Role.SIEM)
    seen = []
    for wait_s in (0, 59, 1):
        clock.pass_s(wait_s)
        house.key(value)
        seen.append((house.keys.get(key.id).last_used_ms or 0) - key.created_ms)
    assert seen == [0, 0, 60_000]


def test_a_stale_etag_is_a_conflict(house: Access) -> None:
    key, _ = house.keys.create(person(), "siem", Role.SIEM)
    changed = house.keys.change(person(), key.id, description="for the SIEM", etag=key.etag)
    assert changed.etag != key.etag
    with pytest.raises(Conflict):
        house.keys.change(person(), key.id, description="late", etag=key.etag)
    assert house.keys.change(person(), key.id, role=Role.AUDITOR, etag="*").role is Role.AUDITOR


def test_a_removed_key_is_gone(house: Access) -> None:
    key, value = house.keys.create(person(), "siem", Role.SIEM)
    house.keys.remove(person(), key.id)
    with pytest.raises(Unauthorised):
        house.key(value)
    with pytest.raises(NotFound):
        house.keys.get(key.id)
    assert house.keys.all() == []


@pytest.mark.parametrize(("name", "months"), [("", 0), ("x" * 65, 0), (" a", 0), ("a\n", 0), ("a", -1), ("a", 61)])
def test_a_strange_key_is_refused(house: Access, name: str, months: int) -> None:
    with pytest.raises(InputError):
        house.keys.create(person(), name, Role.SIEM, months)


def test_two_keys_of_one_name_cannot_be(house: Access) -> None:
    house.keys.create(person(), "siem", Role.SIEM)
    other, _ = house.keys.create(person(), "other", Role.SIEM)
    with pytest.raises(InputError, match="already"):
        house.keys.create(person(), "siem", Role.SIEM)
    with pytest.raises(InputError, match="already"):
        house.keys.change(person(), other.id, name="siem")


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [("2026-01-31", 1, "2026-02-28"), ("2027-12-15", 1, "2028-01-15"), ("2027-12-31", 2, "2028-02-29"), ("2026-05-28", 12, "2027-05-28")],
)  # fmt: skip
def test_months_end_where_the_calendar_says(day: str, months: int, expected: str) -> None:
    start = datetime.fromisoformat(day).replace(tzinfo=UTC)
    found = datetime.fromtimestamp(add_months(int(start.timestamp() * 1000), months) / 1000, UTC)
    assert found.date().isoformat() == expected
