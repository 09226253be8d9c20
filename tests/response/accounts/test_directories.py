"""Accounts of a directory, against a real OpenLDAP; what a person's own log-in finds decides."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ldap3 import MODIFY_REPLACE, Connection, Server

from hinomi.errors import Forbidden, InputError, NotFound, Refused, Unavailable
from hinomi.response.accounts import ldap
from hinomi.response.accounts.directories import PASSWORD_LENGTH, Directories, make_password
from hinomi.response.sealed import sealing_box
from hinomi.schema.task import ResponseTask, Target, TargetKind, TaskState
from tests.make_directory import ADMIN, ADMIN_PASSWORD, BASE, LdapServer, ldap_server, no_slapd, wire_to
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
    assert raw["userAccountControl"] == [b"66048"]  # the other bits are as they were
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


# ---- TLS, both ways ---------------------------------------------------------------------------------------------------
WAYS = ("ldaps", "starttls")


@pytest.mark.parametrize("way", WAYS)
def test_work_over_both_kinds_of_tls_with_nothing_in_the_clear(office: Office, server: LdapServer, way: str) -> None:
    settings = server.settings(security=way)
    with wire_to(settings["port"]) as (port, heard):
        office.directories.add(ADMINISTRATOR, way, "openldap", settings | {"port": port}, ADMIN_PASSWORD)
        directory = office.directories.opened(way)
        assert directory.set_locked("anna", True)[1]["locked"] is True
        assert not server.lets_in("anna", "anna-secret")
        assert directory.set_password("ben", "Neu-es9.Wort-2")["bind_checked"] is True
        assert directory.set_locked("anna", False)[1]["locked"] is False
    assert server.lets_in("anna", "anna-secret")
    assert len(heard) > 1000
    for secret in (ADMIN_PASSWORD, "Neu-es9.Wort-2", "anna", "ben"):
        assert secret.encode() not in heard


@pytest.mark.parametrize("way", WAYS)
def test_another_authority_is_refused_before_a_password_is_sent(office: Office, server: LdapServer, way: str) -> None:
    """Of another server, and those of this machine: neither signed this certificate."""
    with ldap_server(has_tls=False) as other:
        strange = other.pem
    for name, ca in (("other", strange), ("machine", "")):
        settings = server.settings(security=way, ca=ca)
        with wire_to(settings["port"]) as (port, heard):
            office.directories.add(
                ADMINISTRATOR, f"{way}-{name}", "openldap", settings | {"port": port}, ADMIN_PASSWORD
            )
            with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
                office.directories.opened(f"{way}-{name}").set_locked("anna", True)
        assert ADMIN_PASSWORD.encode() not in heard
    assert server.lets_in("anna", "anna-secret")


@pytest.mark.parametrize("way", WAYS)
def test_a_certificate_for_another_name_is_refused(office: Office, way: str) -> None:
    with ldap_server("dc1.example.com") as server:
        office.directories.add(ADMINISTRATOR, "named", "openldap", server.settings(security=way), ADMIN_PASSWORD)
        with pytest.raises(Unavailable, match="Hostname mismatch"):
            office.directories.opened("named").state("anna")


def test_a_server_that_cannot_begin_tls_gets_no_password(office: Office) -> None:
    with ldap_server(has_tls=False) as server, wire_to(server.plain_port) as (port, heard):
        settings = server.settings(security="starttls") | {"port": port}
        office.directories.add(ADMINISTRATOR, "plain", "openldap", settings, ADMIN_PASSWORD)
        with pytest.raises(Unavailable):
            office.directories.opened("plain").state("anna")
        assert heard
        assert ADMIN_PASSWORD.encode() not in heard


def test_where_the_library_does_not_begin_tls_nothing_goes_on(
    office: Office, server: LdapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = server.settings(security="starttls")
    with wire_to(settings["port"]) as (port, heard):
        office.directories.add(ADMINISTRATOR, "skipped", "openldap", settings | {"port": port}, ADMIN_PASSWORD)
        monkeypatch.setattr("ldap3.Connection.start_tls", lambda *_: False)
        with pytest.raises(Unavailable, match="does not begin TLS"):
            office.directories.opened("skipped").state("anna")
        assert ADMIN_PASSWORD.encode() not in heard


def test_the_server_of_these_tests_refuses_a_password_in_the_clear(server: LdapServer) -> None:
    """What a policy like `security simple_bind=128` says; Hinomi has no setting for it at all."""
    line = Connection(Server("localhost", server.plain_port, get_info="NO_INFO"), ADMIN, ADMIN_PASSWORD)
    assert not line.bind()
    assert line.result["description"] == "confidentialityRequired"
    ldap._close(line)


@pytest.mark.parametrize(
    "wrong", [{"port": "636"}, {"port": 1 << 16}, {"port": -1}, {"port": True}, {"ca": "no PEM"}, {"ca": 7}]
)
def test_settings_that_cannot_work_are_refused_at_once(
    office: Office, server: LdapServer, wrong: dict[str, Any]
) -> None:
    with pytest.raises(InputError):
        office.directories.add(ADMINISTRATOR, "wrong", "openldap", server.settings() | wrong, ADMIN_PASSWORD)


@pytest.mark.parametrize("way", WAYS)
def test_a_server_that_goes_away_is_unavailable_and_not_a_refusal(
    office: Office, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    with ldap_server() as server:
        office.directories.add(ADMINISTRATOR, "going", "openldap", server.settings(security=way), ADMIN_PASSWORD)
        directory = office.directories.opened("going")
        monkeypatch.setattr(directory, "_refuse_own", lambda *_: server.stop())  # in the middle of the work
        with pytest.raises(Unavailable):
            directory.set_locked("anna", True)
        monkeypatch.undo()
        with pytest.raises(Unavailable):
            directory.state("anna")


@pytest.mark.parametrize(
    "bound", [f"UID=Anna, OU=people, {BASE}", f"uid = anna ,ou=People,{BASE}", f"uid=\\61nna,ou=people,{BASE}"]
)
def test_hinomis_own_account_is_known_in_every_spelling(office: Office, server: LdapServer, bound: str) -> None:
    directory = ldap.LdapDirectory("self", "openldap", server.settings(bind_dn=bound), "anna-secret")
    with office.directories.opened("corp")._bound() as line, pytest.raises(Refused):
        directory._refuse_own(line, f"uid=anna,ou=people,{BASE}")
    with office.directories.opened("corp")._bound() as line:
        directory._refuse_own(line, f"uid=ben,ou=people,{BASE}")


# ---- what only Active Directory has, on a server that knows the attributes ----------------------------------------------
@pytest.mark.parametrize("bound", ["dora@corp.example", "DORA@Corp.Example", "CORP\\dora"])
def test_the_log_ins_of_a_domain_are_known_as_ones_own(office: Office, server: LdapServer, bound: str) -> None:
    directory = ldap.LdapDirectory("ad", "active_directory", server.settings(bind_dn=bound), "x")
    with office.directories.opened("corp")._bound() as line, pytest.raises(Refused):
        directory._refuse_own(line, f"uid=ad-dora,ou=people,{BASE}")
    with office.directories.opened("corp")._bound() as line:
        directory._refuse_own(line, f"uid=ben,ou=people,{BASE}")


@pytest.mark.parametrize("way", WAYS)
def test_another_change_of_the_flags_in_between_is_not_overwritten(
    office: Office, server: LdapServer, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    directory = ldap.LdapDirectory("ad", "active_directory", server.settings(security=way), ADMIN_PASSWORD)
    dn, change = f"uid=ad-dora,ou=people,{BASE}", directory._change

    def set_flags(value: int) -> None:
        line = server.line()
        assert line.bind()
        assert line.modify(dn, {"userAccountControl": [(MODIFY_REPLACE, [str(value)])]}), line.result
        line.unbind()

    def meanwhile(*given: Any) -> None:
        set_flags(512)
        change(*given)

    with monkeypatch.context() as patch:
        patch.setattr(directory, "_change", meanwhile)
        with pytest.raises(Refused):
            directory.set_locked("dora", True)
    assert directory.state("dora")["locked"] is False
    set_flags(66048)


def test_passwords_of_a_domain_are_written_as_it_wants_them(server: LdapServer) -> None:
    """Quoted UTF-16, and 0 as the only moment: the server of these tests refuses another, as a domain controller does."""
    directory = ldap.LdapDirectory("ad", "active_directory", server.settings(security="starttls"), ADMIN_PASSWORD)
    assert directory.set_password("dora", 'ü"😀-Wort9')["must_change"] is True
    line = server.line()
    assert line.bind()
    dn = f"uid=ad-dora,ou=people,{BASE}"
    assert not line.modify(dn, {"pwdLastSet": [(MODIFY_REPLACE, ["7"])]})
    assert line.search(dn, "(objectClass=*)", attributes=["unicodePwd", "pwdLastSet"])
    raw: dict[str, Any] = line.response[0]["raw_attributes"]
    assert raw["unicodePwd"] == ['"ü"😀-Wort9"'.encode("utf-16-le")]
    assert raw["pwdLastSet"] == [b"0"]
    line.unbind()


@pytest.mark.parametrize(
    ("code", "is_right"),
    [("773", True), ("533", True), ("532", True), ("52e", False), ("525", False), ("775", False), ("7730", False)],
)
def test_what_a_domain_controller_adds_to_a_refusal(code: str, is_right: bool) -> None:
    """Its text by the vendor's table; no domain controller was asked."""
    told = f"80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data {code}, v4563"
    assert (ldap._RIGHT_ALL_THE_SAME.search(told) is not None) is is_right
