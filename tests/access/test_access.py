"""Logging in, staying logged in, and losing it."""

from pathlib import Path

import pytest
from sqlalchemy import select

from hinomi.access import session
from hinomi.access.access import Access
from hinomi.access.session import ABSOLUTE_S, IDLE_S, MAX_SESSIONS
from hinomi.access.store import sessions, users
from hinomi.database import Database
from hinomi.errors import Forbidden, Unauthorised
from hinomi.schema.principal import PERMISSIONS, PrincipalKind, Role
from tests.make_access import PASSWORD, Clock, access, person, user
from tests.make_database import database_at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Access:
    made = access(tmp_path, clock)
    user(made, "ayumi", Role.ANALYST)
    user(made, "root", Role.ADMINISTRATOR)
    return made


def _login(house: Access) -> str:
    return house.login("ayumi", PASSWORD, "192.0.2.7").token


def test_the_first_administrator_is_made_once(tmp_path: Path) -> None:
    made = access(tmp_path)
    password = made.create_first_administrator()
    assert password
    assert made.login("administrator", password, "::1").principal.role is Role.ADMINISTRATOR
    assert made.create_first_administrator() is None


def test_a_login_gives_a_session_with_the_rights_of_the_role(house: Access) -> None:
    found = house.session(_login(house), "192.0.2.8")
    assert found.principal.name == "ayumi"
    assert found.principal.kind is PrincipalKind.USER
    assert found.principal.permissions == PERMISSIONS[Role.ANALYST]
    assert found.principal.address == "192.0.2.8"
    assert found.user.last_login_ms is not None


def test_letters_case_of_the_name_does_not_matter(house: Access) -> None:
    assert house.login("AYUMI", PASSWORD, "").user.name == "ayumi"


@pytest.mark.parametrize("user", ["ayumi", "nobody", "", "\ud800", "a" * 100_000, "' OR 1=1 --", "a\0b"])
def test_a_wrong_login_is_told_the_same_way_for_everyone(house: Access, user: str) -> None:
    with pytest.raises(Unauthorised, match="The user name or the password is not right"):
        house.login(user, "wrong-password", "192.0.2.7")


def test_the_token_itself_is_not_stored(house: Access, tmp_path: Path) -> None:
    token = _login(house)
    with Database(database_at(tmp_path / "operations.db")).read() as connection:
        row = connection.execute(select(sessions)).one()
    assert token not in str(row)
    assert len(token) >= 43  # 256 bits


@pytest.mark.parametrize("token", ["", "x", "\ud800", "y" * 100_000])
def test_an_unknown_token_is_nobody(house: Access, token: str) -> None:
    _login(house)
    with pytest.raises(Unauthorised):
        house.session(token)


def test_an_idle_session_ends(house: Access, clock: Clock) -> None:
    token = _login(house)
    clock.pass_s(IDLE_S + 1)
    with pytest.raises(Unauthorised):
        house.session(token)


def test_a_session_in_use_lasts_until_its_absolute_end(house: Access, clock: Clock) -> None:
    token = _login(house)
    for _ in range(ABSOLUTE_S // (IDLE_S - 60)):
        clock.pass_s(IDLE_S - 60)
        house.session(token)
    clock.pass_s(IDLE_S - 60)
    with pytest.raises(Unauthorised):
        house.session(token)


def test_logout_ends_the_session_and_twice_is_no_error(house: Access) -> None:
    token = _login(house)
    house.logout(token)
    house.logout(token)
    with pytest.raises(Unauthorised):
        house.session(token)


def test_a_user_has_a_bounded_number_of_sessions_and_the_oldest_end(house: Access, clock: Clock) -> None:
    tokens = []
    for _ in range(MAX_SESSIONS + 1):
        clock.pass_s(1)
        with house._database.begin() as connection:
            tokens.append(session.start(connection, "ayumi", "", clock.now_ms))
    with pytest.raises(Unauthorised):
        house.session(tokens[0])
    assert house.session(tokens[1]).user.name == "ayumi"


def test_the_csrf_token_belongs_to_one_session(house: Access) -> None:
    first, second = house.login("ayumi", PASSWORD, ""), house.login("ayumi", PASSWORD, "")
    house.check_csrf(first.token, first.csrf)
    for wrong in ("", "x", "é", "\ud800", second.csrf, first.token):
        with pytest.raises(Forbidden):
            house.check_csrf(first.token, wrong)


def test_a_changed_role_counts_at_once_and_ends_the_sessions(house: Access) -> None:
    token = _login(house)
    house.users.change(person(), "ayumi", role=Role.AUDITOR)
    with pytest.raises(Unauthorised):
        house.session(token)
    assert house.login("ayumi", PASSWORD, "").principal.permissions == PERMISSIONS[Role.AUDITOR]


def test_a_disabled_user_is_out_and_stays_out(house: Access) -> None:
    token = _login(house)
    house.users.change(person(), "ayumi", enabled=False)
    with pytest.raises(Unauthorised):
        house.session(token)
    with pytest.raises(Unauthorised):
        _login(house)


def test_a_removed_user_is_out(house: Access) -> None:
    token = _login(house)
    house.users.remove(person(), "ayumi")
    with pytest.raises(Unauthorised):
        house.session(token)


def test_an_old_weak_hash_is_renewed_at_login(house: Access, tmp_path: Path) -> None:
    from argon2 import PasswordHasher

    database = Database(database_at(tmp_path / "operations.db"))
    weak = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    with database.begin() as connection:
        connection.execute(users.update().where(users.c.name == "ayumi").values(password_hash=weak))
    _login(house)
    with database.read() as connection:
        assert connection.execute(select(users.c.password_hash).where(users.c.name == "ayumi")).scalar() != weak
    _login(house)
