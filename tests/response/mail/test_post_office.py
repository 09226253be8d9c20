"""Quarantine over all mailboxes, with a folder of Maildirs and with a real IMAP server: what holds for one holds for the other."""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hinomi.errors import Forbidden, InputError, Refused
from hinomi.response.mail.post_office import wanted_of
from hinomi.schema.task import Target, TargetKind, TaskState
from tests.make_mail import ID, SAMPLE, ImapServer, deliver, imap_server, letter, maildir, no_dovecot
from tests.make_post_office import Office
from tests.make_response import ADMINISTRATOR, ASKER

DIGEST = hashlib.sha256(SAMPLE).hexdigest()


@pytest.fixture(scope="module")
def dovecot() -> Iterator[ImapServer]:
    if reason := no_dovecot():
        pytest.skip(reason)
    with imap_server() as server:
        yield server


@pytest.fixture(params=["maildir", "imap"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """Three mailboxes: anna has it twice, ben in a folder, chie another mail with the same attachment."""
    made = Office(tmp_path)
    others = letter("<other@example.com>", "lunch", sample=b"")
    if request.param == "maildir":
        root = tmp_path / "mail"
        put = lambda user, raw, folder, name: deliver(maildir(root, user, folder), raw, name)  # noqa: E731
        made.connectors.add(ADMINISTRATOR, "post", "maildir", {"root": str(root)}, {})
    else:
        server: ImapServer = request.getfixturevalue("dovecot")
        import shutil

        for box in server.mail.iterdir():
            shutil.rmtree(box)
        put = server.deliver
        made.connectors.add(ADMINISTRATOR, "post", "imap", server.settings(["anna", "ben", "chie"]), server.secret)
    put("anna", letter(), "", "1700000000.M1.host:2,FS")
    put("anna", letter(), "Archive", "1700000000.M2.host:2,S")
    put("anna", others, "", "1700000000.M3.host:2,S")
    put("ben", letter(to="ben@example.com"), "Old", "1700000000.M4.host:2,")
    put("chie", letter("<another@example.com>"), "", "1700000000.M5.host:2,")
    yield made
    made.close()


def folders(found: list[tuple[str, str, str]]) -> list[tuple[str, str]]:
    return [(mailbox, folder.removeprefix(".")) for mailbox, folder, _ in found]


def test_all_who_got_it_are_found(office: Office) -> None:
    assert folders(office.found(message_id=ID)) == [("anna", "Archive"), ("anna", "INBOX"), ("ben", "Old")]
    assert folders(office.found(message_id=ID, mailbox="ben")) == [("ben", "Old")]
    (copy,) = office.office.search(wanted_of({"message_id": ID, "mailbox": "ben"}))["copies"]
    assert (copy["subject"], copy["received_ms"]) == ("請求書のご確認", 1_700_000_000_000)
    assert [one["name"] for one in copy["attachments"]] == ["請求書.exe"]
    assert office.found(message_id="<nobody@example.com>") == []


def test_quarantine_takes_every_copy_and_restore_puts_each_where_it_was(office: Office) -> None:
    before = office.office.search(wanted_of({"message_id": ID}))["copies"]
    task = office.do("quarantine_message", message_id=ID)
    assert task.state is TaskState.VERIFIED, task.error
    assert [copy["status"] for copy in task.result["copies"]] == ["quarantined"] * 3
    assert {status for _, _, status in office.found(message_id=ID)} == {"quarantined"}
    assert office.found(message_id="<other@example.com>") != []
    assert len(office.sealed()) == 3
    assert all(
        stat.S_IMODE(path.stat().st_mode) == 0o600 and b"invoice" not in path.read_bytes() for path in office.sealed()
    )
    undone = office.tasks.undo(ASKER, task.id)
    assert undone.action == "restore_message"
    office.desk._carrying.work()
    office.desk.verification.work()
    office.desk.verification.settle()
    assert office.tasks.get(undone.id).state is TaskState.VERIFIED, office.tasks.get(undone.id).error
    after = office.office.search(wanted_of({"message_id": ID}))["copies"]
    same = ("mailbox", "folder", "sha256", "received_ms", "subject", "status")
    assert sorted(tuple(copy[name] for name in same) for copy in after) == sorted(
        tuple(copy[name] for name in same) for copy in before
    )
    assert office.sealed() == []
    told = [action for action, _ in office.told()]
    assert (told.count("mail.quarantined"), told.count("mail.restored")) == (3, 3)


def test_delete_takes_the_quarantined_too_and_nothing_comes_back(office: Office) -> None:
    (copy,) = office.office.search(wanted_of({"message_id": ID, "mailbox": "ben"}))["copies"]
    office.do("quarantine_message", unique_id=copy["unique_id"])
    assert len(office.sealed()) == 1
    task = office.do("delete_message", message_id=ID)
    assert task.state is TaskState.VERIFIED, task.error
    assert len(task.result["copies"]) == 3
    assert office.found(message_id=ID) == []
    assert office.sealed() == []
    assert office.do("restore_message", message_id=ID).error.code == "not_found"  # type: ignore[union-attr]
    assert len(office.found(message_id="<other@example.com>")) == 1


def test_the_flags_come_back(office: Office) -> None:
    def flags() -> list[tuple[str, ...]]:
        from hinomi.response.mail.mail_store import Extent

        with closing(office.connectors.opened("post")) as store:
            return [
                tuple(sorted(copy.flags))
                for copy in store.find(wanted_of({"message_id": ID, "mailbox": "anna"}), Extent())
            ]

    before = sorted(flags())
    assert any(before)
    office.do("quarantine_message", message_id=ID, mailbox="anna")
    office.do("restore_message", message_id=ID)
    assert sorted(flags()) == before


def test_carried_out_again_after_a_crash_it_ends_the_same(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped between our store and the mailbox: the copy is in both, and the second run takes it."""
    task = office.tasks.ask(ASKER, "quarantine_message", Target(TargetKind.MESSAGE, "m"), {"message_id": ID})
    wanted = wanted_of({"message_id": ID})
    with monkeypatch.context() as patch:
        with closing(office.connectors.opened("post")) as store:
            patch.setattr(type(store), "remove", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            office.office.carry(task)
    assert len(office.found(message_id=ID)) == 3
    result = office.office.carry(task)
    again = office.office.carry(task)
    assert [len(each["copies"]) for each in (result, again)] == [3, 3]
    assert office.office.look(task.target, "look_at_message", task.parameters)["in_mailboxes"] == 0  # type: ignore[index]
    assert len(office.sealed()) == 3
    assert wanted.message_id == ID


def test_by_an_attachment_in_maildirs_of_any_age(tmp_path: Path) -> None:
    made = Office(tmp_path)
    root = tmp_path / "mail"
    deliver(maildir(root, "anna"), letter())
    deliver(maildir(root, "chie"), letter("<another@example.com>"))
    made.connectors.add(ADMINISTRATOR, "post", "maildir", {"root": str(root)}, {})
    assert folders(made.found(attachment_sha256=DIGEST)) == [("anna", "INBOX"), ("chie", "INBOX")]
    assert made.do("quarantine_message", attachment_sha256=DIGEST).state is TaskState.VERIFIED
    made.close()


def test_a_mailbox_that_cannot_be_opened_is_told_and_hides_no_other(dovecot: ImapServer, tmp_path: Path) -> None:
    dovecot.deliver("anna", letter())
    made = Office(tmp_path)
    secret = {"passwords": {"anna": "own-anna", "ben": "wrong"}}
    settings = dovecot.settings(["anna", "ben"]) | {"login": "{mailbox}"}
    made.connectors.add(ADMINISTRATOR, "post", "imap", settings, secret)
    found = made.office.search(wanted_of({"message_id": ID}))
    assert {copy["mailbox"] for copy in found["copies"]} == {"anna"}
    assert any("ben" in trouble for trouble in found["troubles"])
    task = made.do("quarantine_message", message_id=ID)
    assert task.state is TaskState.UNVERIFIED
    made.close()


def test_a_server_with_another_certificate_is_not_spoken_to(dovecot: ImapServer, tmp_path: Path) -> None:
    made = Office(tmp_path)
    made.connectors.add(ADMINISTRATOR, "post", "imap", dovecot.settings(["anna"]) | {"ca": ""}, dovecot.secret)
    found = made.office.search(wanted_of({"message_id": ID}))
    assert found["copies"] == []
    assert "CERTIFICATE_VERIFY_FAILED" in found["troubles"][0]
    made.close()


def test_links_and_other_traps_in_a_maildir_are_left_alone(tmp_path: Path) -> None:
    root, made = tmp_path / "mail", Office(tmp_path)
    secret = tmp_path / "secret"
    secret.write_bytes(letter())
    box = maildir(root, "eve")
    (box / "cur" / "1.link:2,").symlink_to(secret)
    os.mkfifo(box / "cur" / "2.pipe:2,")
    (root / "mallory").symlink_to(box)
    elsewhere = maildir(tmp_path / "elsewhere", "boss")
    deliver(elsewhere, letter())
    (box / ".Trick").symlink_to(elsewhere)
    made.connectors.add(ADMINISTRATOR, "post", "maildir", {"root": str(root)}, {})
    assert made.found(message_id=ID) == []
    assert made.do("delete_message", message_id=ID).state is TaskState.FAILED
    assert secret.exists()
    assert len(list((elsewhere / "cur").iterdir())) == 1
    made.close()


def test_connectors_are_an_administrators_and_keep_their_secrets(tmp_path: Path) -> None:
    made = Office(tmp_path)
    settings = {"host": "mail.example.com", "mailboxes": ["anna"]}
    with pytest.raises(Forbidden):
        made.connectors.add(ASKER, "post", "imap", settings, {"password": "hush"})
    made.connectors.add(ADMINISTRATOR, "post", "imap", settings, {"password": "hush-hush"})
    with pytest.raises(Refused):
        made.connectors.add(ADMINISTRATOR, "post", "imap", settings, {})
    for wrong in ({"host": "x"}, settings | {"security": "none"}, settings | {"strange": 1}):
        with pytest.raises(InputError):
            made.connectors.add(ADMINISTRATOR, "other", "imap", wrong, {})
    assert "hush" not in str(made.connectors.rows())
    made.database.close()
    assert all(b"hush-hush" not in path.read_bytes() for path in tmp_path.glob("operations.db*"))
    made.desk.close()
