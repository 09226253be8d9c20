"""Accounts of a directory, against a real OpenLDAP; what a person's own log-in finds decides."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hinomi.errors import Forbidden, InputError, NotFound, Refused, Unavailable
from hinomi.response.accounts.directories import PASSWORD_LENGTH, Directories, make_password
from hinomi.response.sealed import sealing_box
from hinomi.schema.task import ResponseTask, Target, TargetKind, TaskState
from tests.make_directory import ADMIN_PASSWORD, BASE, LdapServer, ldap_server, no_slapd
from tests.make_response import ADMINISTRATOR, ASKER, Desk


@pytest.fixture(scope="module")
def server() -> Iterator[LdapServer]:
    if reason := no_slapd():
        pytest.skip(reason)
    with ldap_server() as made:
        yield made


class Office(Desk):
    def __init__(self, folder: Path, server: LdapServer) -> None:
        super().__init__(folder)
        self.folder = folder
        self.directories = Directories(self.database, self.audit, sealing_box(folder / "sealing.key"), self.clock)
        self.directories.add(ADMINISTRATOR, "corp", "openldap", server.settings(), ADMIN_PASSWORD)
        self.desk.carry_by(self.directories)
        self.tasks.wishes.looks.append(self.directories.look)

    def do(self, action: str, user: str, directory: str = "ldap:corp\\") -> ResponseTask:
        task = self.tasks.ask(ASKER, action, Target(TargetKind.ACCOUNT, directory + user), {})
        self.desk._carrying.work()
        self.desk.verification.work()
        self.desk.verification.settle()
        return self.tasks.get(task.id)


@pytest.fixture
def office(tmp_path: Path, server: LdapServer) -> Iterator[Office]:
    made = Office(tmp_path, server)
    yield made
    made.close()


def test_a_disabled_account_cannot_log_in_until_it_is_enabled(office: Office, server: LdapServer) -> None:
    assert server.lets_in("anna", "anna-secret")
    task = office.do("disable_account", "anna")
    assert task.state is TaskState.VERIFIED, task.error
    assert (task.result["before"]["locked"], task.result["after"]["locked"]) == (False, True)
    assert not server.lets_in("anna", "anna-secret")
    assert server.lets_in("ben", "ben-secret")
    again = office.do("disable_account", "anna")
    assert again.result["before"]["locked"] is True
    undone = office.tasks.undo(ASKER, task.id)
    assert undone.action == "enable_account"
    office.desk._carrying.work()
    office.desk.verification.work()
    office.desk.verification.settle()
    assert office.tasks.get(undone.id).state is TaskState.VERIFIED
    assert server.lets_in("anna", "anna-secret")


def test_a_reset_password_is_sealed_shown_once_and_right(office: Office, server: LdapServer) -> None:
    task = office.do("reset_password", "ben")
    assert task.state is TaskState.VERIFIED, task.error
    assert task.result["after"] | {"dn": ""} == {"dn": "", "locked": False, "must_change": True, "bind_checked": True}
    assert "password" not in task.result
    assert not server.lets_in("ben", "ben-secret")
    password = office.tasks.reveal_password(ASKER, task.id)
    assert len(password) == PASSWORD_LENGTH
    assert server.lets_in("ben", password)
    with pytest.raises(Forbidden):
        office.tasks.reveal_password(ASKER, task.id)
    assert password not in str(office.audit.search(top=1000).items)
    office.database.close()
    assert all(password.encode() not in path.read_bytes() for path in office.folder.glob("operations.db*"))


def test_sign_out_says_honestly_that_a_directory_cannot(office: Office) -> None:
    task = office.do("sign_out", "anna")
    assert task.state is TaskState.FAILED
    assert task.error is not None
    assert task.error.code == "unsupported"
    assert "until they expire" in task.error.message
    assert task.error.ja


@pytest.mark.parametrize("name", ["*", "anna)(uid=*", "an*", "a\\2a", "anna\x00", ")(|(uid=*))"])
def test_a_name_is_never_part_of_the_filter(office: Office, server: LdapServer, name: str) -> None:
    directory = office.directories.opened("corp")
    with pytest.raises(NotFound):
        directory.state(name)
    with pytest.raises(NotFound):
        directory.set_locked(name, True)
    assert server.lets_in("anna", "anna-secret")


def test_an_unknown_and_an_ambiguous_name_change_nothing(office: Office) -> None:
    assert office.do("disable_account", "nobody-here").error is not None
    task = office.do("disable_account", "twin")
    assert task.state is TaskState.FAILED
    assert task.error is not None
    assert "several" in task.error.message


def test_a_bare_name_means_the_only_directory(office: Office, server: LdapServer) -> None:
    assert office.do("disable_account", "anna", "").state is TaskState.VERIFIED
    assert office.do("enable_account", "anna", "").state is TaskState.VERIFIED
    office.directories.add(ADMINISTRATOR, "second", "openldap", server.settings(), ADMIN_PASSWORD)
    with pytest.raises(NotFound):
        office.do("disable_account", "anna", "")


def test_hinomis_own_account_is_not_touched(tmp_path: Path, server: LdapServer) -> None:
    office = Office(tmp_path, server)
    own = f"uid=anna,ou=people,{BASE}"
    office.directories.add(ADMINISTRATOR, "self", "openldap", server.settings(bind_dn=own), "anna-secret")
    with pytest.raises((Refused, NotFound)):
        office.directories.opened("self").set_locked("anna", True)
    office.close()


def test_the_changes_of_active_directory_on_a_stand_in(office: Office, server: LdapServer) -> None:
    """OpenLDAP with AD's attribute names: what is written is right; what AD does with it is not tried here."""
    office.directories.add(ADMINISTRATOR, "ad", "active_directory", server.settings(), ADMIN_PASSWORD)
    directory = office.directories.opened("ad")
    before, after = directory.set_locked("dora", True)
    assert (before["locked"], after["locked"]) == (False, True)
    assert directory.set_locked("dora", False)[1]["locked"] is False
    assert directory.set_password("dora", "Neu-es9.Wort")["must_change"] is True
    line = server.line()
    assert line.bind()
    assert line.search(f"ou=people,{BASE}", "(sAMAccountName=dora)", attributes=["unicodePwd", "userAccountControl"])
    raw: dict[str, Any] = line.response[0]["raw_attributes"]
    assert raw["unicodePwd"] == ['"Neu-es9.Wort"'.encode("utf-16-le")]
    assert raw["userAccountControl"] == [b"512"]
    line.unbind()


def test_a_wrong_certificate_or_password_is_unavailable(office: Office, server: LdapServer) -> None:
    office.directories.add(ADMINISTRATOR, "strange", "openldap", server.settings(ca=""), ADMIN_PASSWORD)
    office.directories.add(ADMINISTRATOR, "wrong", "openldap", server.settings(), "no")
    for name in ("strange", "wrong"):
        with pytest.raises(Unavailable):
            office.directories.opened(name).state("anna")
    assert office.do("disable_account", "anna", "ldap:strange\\").state is TaskState.FAILED
    assert server.lets_in("anna", "anna-secret")


def test_only_an_administrator_connects_and_never_in_the_clear(office: Office, server: LdapServer) -> None:
    with pytest.raises(Forbidden):
        office.directories.add(ASKER, "mine", "openldap", server.settings(), "x")
    with pytest.raises(InputError):
        office.directories.add(ADMINISTRATOR, "mine", "openldap", server.settings(security="none"), "x")
    with pytest.raises(InputError):
        office.directories.add(ADMINISTRATOR, "mine", "novell", server.settings(), "x")
    assert ADMIN_PASSWORD not in str(office.directories.rows())


def test_made_passwords_satisfy_every_complexity() -> None:
    for _ in range(200):
        made = make_password()
        assert len(made) == PASSWORD_LENGTH
        assert any(one.islower() for one in made)
        assert any(one.isupper() for one in made)
        assert any(one.isdigit() for one in made)
        assert not made.isalnum()
