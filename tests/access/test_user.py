from pathlib import Path

import pytest

from hinomi.access.access import Access
from hinomi.errors import Forbidden, InputError, NotFound, Unauthorised
from hinomi.schema.principal import COMMAND_LINE, Role
from tests.make_access import PASSWORD, Clock, access, person, user


@pytest.fixture
def house(tmp_path: Path) -> Access:
    made = access(tmp_path, Clock())
    user(made, "root", Role.ADMINISTRATOR)
    return made


def test_a_new_user_gets_a_password_that_works(house: Access) -> None:
    user, password = house.users.create(person(), "Ken.Sato@example.test", Role.ANALYST)
    assert (user.role, user.enabled, user.language, user.theme) == (Role.ANALYST, True, "", "system")
    assert house.login("ken.sato@example.test", password, "").user == house.users.get("KEN.SATO@EXAMPLE.TEST")
    assert [known.name for known in house.users.all()] == ["Ken.Sato@example.test", "root"]


@pytest.mark.parametrize("name", ["", " ", "-a", "a b", "a" * 65, "ä", "a\n", "\ud800", "a/b"])
def test_a_strange_name_is_refused(house: Access, name: str) -> None:
    with pytest.raises(InputError):
        house.users.create(person(), name, Role.ANALYST)


def test_two_users_of_one_name_cannot_be(house: Access) -> None:
    with pytest.raises(InputError, match="already"):
        house.users.create(person(), "ROOT", Role.ANALYST)


@pytest.mark.parametrize("change", [{"role": Role.ANALYST}, {"enabled": False}])
def test_the_last_administrator_stays(house: Access, change: dict) -> None:
    house.users.create(person(), "second", Role.ADMINISTRATOR)
    house.users.change(person(), "second", **change)
    with pytest.raises(InputError, match="last administrator"):
        house.users.change(person(), "root", **change)
    with pytest.raises(InputError, match="last administrator"):
        house.users.remove(person(), "root")
    assert house.users.get("root").enabled
    assert house.users.get("root").role is Role.ADMINISTRATOR


def test_a_user_who_is_not_there_is_not_found(house: Access) -> None:
    for act in (house.users.get, lambda name: house.users.remove(person(), name)):
        with pytest.raises(NotFound):
            act("nobody")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_an_administrator_administers(house: Access, role: Role) -> None:
    by = person("x", role)
    for act in (
        lambda: house.users.create(by, "new", Role.ADMINISTRATOR),
        lambda: house.users.change(by, "root", enabled=False),
        lambda: house.users.remove(by, "root"),
        lambda: house.keys.create(by, "new", Role.ADMINISTRATOR),
        lambda: house.keys.change(by, "id", enabled=False),
        lambda: house.keys.remove(by, "id"),
    ):
        with pytest.raises(Forbidden):
            act()


def test_changing_the_password_needs_the_old_one_and_ends_the_other_sessions(house: Access) -> None:
    here, there = house.login("root", PASSWORD, ""), house.login("root", PASSWORD, "")
    with pytest.raises(Forbidden):
        house.users.change_password(here.principal, "wrong-password", "zumi-pare-tokiro-3")
    house.users.change_password(here.principal, PASSWORD, "zumi-pare-tokiro-3", keep_token=here.token)
    assert house.session(here.token).user.name == "root"
    with pytest.raises(Unauthorised):
        house.session(there.token)
    with pytest.raises(Unauthorised):
        house.login("root", PASSWORD, "")
    assert house.login("root", "zumi-pare-tokiro-3", "").user.name == "root"


def test_an_administrator_sets_a_password_anew(house: Access) -> None:
    user(house, "ken", Role.ANALYST)
    token = house.login("ken", PASSWORD, "").token
    house.users.change(person(), "ken", password="zumi-pare-tokiro-3")
    with pytest.raises(Unauthorised):
        house.session(token)
    assert house.login("ken", "zumi-pare-tokiro-3", "").user.name == "ken"


def test_language_and_theme_are_each_users_own(house: Access) -> None:
    who = house.login("root", PASSWORD, "").principal
    assert house.users.set_preferences(who, language="ja").language == "ja"
    found = house.users.set_preferences(who, theme="dark")
    assert (found.language, found.theme) == ("ja", "dark")
    with pytest.raises(InputError):
        house.users.set_preferences(who, language="xx")
    with pytest.raises(Forbidden):
        house.users.set_preferences(COMMAND_LINE, language="ja")
