"""Letters of listed senders, in Maildirs and on a real IMAP server: what arrives is taken, what was there before is left."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hinomi.response.mail import sender_watch
from hinomi.response.mail.enforcement import LATE_MS, State
from hinomi.response.mail.mail_store import Extent, Wanted
from hinomi.response.mail.post_office import wanted_of
from hinomi.schema.task import TaskState
from tests.make_database import database_at
from tests.make_mail import ImapServer, imap_server, letter, maildir, no_dovecot
from tests.make_post_office import Office
from tests.make_response import ADMINISTRATOR, ASKER

LISTED = {"type": "senderMailAddress", "value": "Mallory@Example.net"}
Deliver = Callable[..., Path]


@pytest.fixture(scope="module")
def dovecot() -> Iterator[ImapServer]:
    if reason := no_dovecot():
        pytest.skip(reason)
    with imap_server() as server:
        yield server


def empty(server: ImapServer) -> None:
    for box in server.mail.iterdir():
        shutil.rmtree(box)


class Post:
    """An office with one connector and three mailboxes, and a postman who delivers at the clock's moment."""

    def __init__(self, office: Office, root: Path, owner: int) -> None:
        self.office, self._root, self._owner, self._number = office, root, owner, 0

    def deliver(self, mailbox: str, message_id: str, folder: str = "", **head: str) -> str:
        """Into `new`, as a server does; the message id."""
        self._number += 1
        raw = letter(message_id, sample=b"").replace(
            b"mallory@example.net", head.get("sender", "mallory@example.net").encode()
        )
        box = maildir(self._root, mailbox, folder)
        hidden = box / "tmp" / f"{int(self.office.clock.now_s)}.M{self._number}.host"
        hidden.write_bytes(raw)
        os.utime(hidden, (self.office.clock.now_s, self.office.clock.now_s))
        for one in [self._root / mailbox, *(self._root / mailbox).rglob("*")]:
            os.chown(one, self._owner, self._owner if self._owner == 0 else pwd.getpwuid(self._owner).pw_gid)
        hidden.rename(box / "new" / hidden.name)
        return message_id

    def put_on_list(self, **more: Any) -> None:
        self.office.desk.block_list.add(ASKER, [{**LISTED, **more}])

    def take_off(self) -> None:
        self.office.desk.block_list.remove(ASKER, [("senderMailAddress", "mallory@example.net")])

    def sweep(self) -> int:
        self.office.clock.pass_s(5)
        return self.office.watch.sweep()

    def found(self, message_id: str) -> list[tuple[str, str]]:
        """(mailbox, delivered or quarantined) of each copy."""
        return [(mailbox, status) for mailbox, _, status in self.office.found(message_id=message_id)]

    def told(self, action: str) -> int:
        return [each for each, _ in self.office.told()].count(action)


@pytest.fixture(params=["maildir", "imap"])
def post(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Post]:
    office = Office(tmp_path)
    if request.param == "maildir":
        made = Post(office, tmp_path / "mail", os.getuid())
        office.connectors.add(ADMINISTRATOR, "post", "maildir", {"root": str(tmp_path / "mail")}, {})
    else:
        server: ImapServer = request.getfixturevalue("dovecot")
        empty(server)
        made = Post(office, server.mail, pwd.getpwnam("nobody").pw_uid)
        office.connectors.add(ADMINISTRATOR, "post", "imap", server.settings(["anna", "ben", "chie"]), server.secret)
    for mailbox in ("anna", "ben", "chie"):
        made.deliver(mailbox, f"<welcome-{mailbox}@example.com>", sender="postmaster@example.com")
    office.clock.pass_s(5)
    yield made
    office.close()


def test_what_arrives_is_held_and_what_was_there_is_left(post: Post) -> None:
    before = post.deliver("anna", "<before@example.net>")
    assert post.sweep() == 0
    assert [row.state for row in post.office.watch.enforcement()] == [State.IDLE]
    post.put_on_list()
    assert [row.state for row in post.office.watch.enforcement()] == [State.WAITING]
    after = post.deliver("anna", "<after@example.net>", sender='"Anna" <MALLORY@example.NET>')
    filed = post.deliver("ben", "<filed@example.net>", "Projects")
    other = post.deliver("ben", "<other@example.net>", sender='"mallory@example.net" <ben@example.com>')
    assert post.sweep() == 2
    assert post.found(before) == [("anna", "delivered")]
    assert post.found(other) == [("ben", "delivered")]
    assert (post.found(after), post.found(filed)) == ([("anna", "quarantined")], [("ben", "quarantined")])
    assert len(post.office.sealed()) == 2
    assert post.told("mail.quarantined") == 2
    (row,) = post.office.watch.enforcement()
    assert (row.state, row.held, row.mailboxes, row.reasons) == (State.ENFORCED, 2, 3, {})
    assert row.swept_ms == post.office.clock.now_ms
    assert row.word(row.swept_ms - 1) == "blocked"
    assert row.word(row.swept_ms + 1) == "waiting"
    assert post.sweep() == 0
    assert len(post.office.sealed()) == 2


@pytest.mark.parametrize(
    ("sender", "is_taken"),
    [
        ("=?utf-8?q?mallory=40example.net?=", True),
        ("a@b.example\r\nFrom: Mallory <mallory@example.net>", True),
        ("a@b.example\r\nSender: MALLORY@Example.Net.", True),
        ('(x) "mallory"@example.net (a@b.example)', True),
        ("a@b.example\r\nX: \x00\xff\xfe\r\nReturn-Path: <mallory@example.net>", True),
        ("a@b.example\r\nthis is no header\r\nSender: mallory@example.net", True),
        ("=?utf-8?q?mallory=40example.net?= <a@b.example>", False),
        ('"mallory@example.net" <a@b.example> (mallory@example.net)', False),
        ("a@b.example\r\nReply-To: mallory@example.net", False),
        ("mallory@example.net.b.example", False),
    ],
)
def test_hostile_heads_by_way_of_the_stores(post: Post, sender: str, is_taken: bool) -> None:
    post.put_on_list()
    given = post.deliver("anna", "<hostile@example.net>", sender=sender)
    assert post.sweep() == is_taken
    assert post.found(given) == [("anna", "quarantined" if is_taken else "delivered")]


def test_one_that_is_too_large_is_told(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender_watch, "MAX_MESSAGE_BYTES", 100)
    post.put_on_list()
    large = post.deliver("anna", "<large@example.net>")
    assert (post.sweep(), post.found(large)) == (0, [("anna", "delivered")])
    assert "too large" in post.office.watch.enforcement()[0].reasons["anna"]
    assert (post.sweep(), post.told("mail.noted")) == (0, 1)


def test_what_a_person_puts_back_stays(post: Post) -> None:
    post.put_on_list()
    put_back = post.deliver("anna", "<back@example.net>")
    assert post.sweep() == 1
    assert post.office.do("restore_message", message_id=put_back).state is TaskState.VERIFIED
    assert (post.sweep(), post.found(put_back)) == (0, [("anna", "delivered")])
    (row,) = post.office.watch.enforcement()
    assert row.held == 0
    again = post.deliver("anna", "<again@example.net>")
    assert (post.sweep(), post.found(again)) == (1, [("anna", "quarantined")])


def test_off_the_list_expired_or_excepted_it_ends(post: Post) -> None:
    post.put_on_list()
    post.take_off()
    free = post.deliver("anna", "<free@example.net>")
    assert (post.sweep(), post.found(free)) == (0, [("anna", "delivered")])
    post.put_on_list(expires_ms=post.office.clock.now_ms + 60_000)
    held = post.deliver("anna", "<held@example.net>")
    assert (post.sweep(), post.found(held)) == (1, [("anna", "quarantined")])
    post.office.clock.pass_s(61)
    late = post.deliver("anna", "<late@example.net>")
    assert (post.sweep(), post.found(late)) == (0, [("anna", "delivered")])
    post.put_on_list()
    post.office.desk.block_list.add_exception(ADMINISTRATOR, "senderMailAddress", "mallory@example.net", "a partner")
    spared = post.deliver("anna", "<spared@example.net>")
    assert (post.sweep(), post.found(spared)) == (0, [("anna", "delivered")])


def test_one_that_is_only_watched_is_told_once_and_left(post: Post) -> None:
    post.put_on_list(action="log")
    seen = post.deliver("chie", "<seen@example.net>")
    assert [post.sweep(), post.sweep()] == [0, 0]
    assert post.found(seen) == [("chie", "delivered")]
    assert post.told("mail.noted") == 1


def test_listed_anew_between_two_rounds_no_letter_slips_by(post: Post) -> None:
    post.put_on_list()
    post.sweep()
    between = post.deliver("anna", "<between@example.net>")
    post.office.clock.pass_s(3)
    post.put_on_list(description="once more")
    assert (post.sweep(), post.found(between)) == (1, [("anna", "quarantined")])


def test_what_the_owner_wrote_is_not_looked_at(post: Post) -> None:
    post.put_on_list()
    for folder in ("Sent", "Drafts", "Trash"):
        post.deliver("anna", f"<{folder}@example.net>", folder)
    assert post.sweep() == 0


def test_many_come_in_pieces_and_a_round_goes_on_where_the_last_one_stopped(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_watch, "MOST_HEADS", 2)
    monkeypatch.setattr(sender_watch, "MAX_PIECES", 2)
    post.put_on_list()
    ids = [post.deliver("anna", f"<{number}@example.net>") for number in range(9)]
    held = post.sweep()
    assert 0 < held < 9
    assert [row.state for row in post.office.watch.enforcement()] == [State.WAITING]
    for _ in range(6):
        held += post.sweep()
    assert held == len(post.office.sealed()) == 9
    assert {status for each in ids for _, status in post.found(each)} == {"quarantined"}
    assert [row.state for row in post.office.watch.enforcement()] == [State.ENFORCED]


def test_a_letter_that_stays_is_not_said_to_be_held(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post.put_on_list()
    stuck = post.deliver("anna", "<stuck@example.net>")
    with closing(post.office.connectors.opened("post")) as store, monkeypatch.context() as patch:
        patch.setattr(type(store), "remove", lambda *_: True)
        assert post.sweep() == 0
        assert post.told("mail.quarantined") == 0
        (row,) = post.office.watch.enforcement()
        assert (row.state, row.word(0)) == (State.FAILED, "failed")
        assert "still there" in row.reasons["anna"]
    post.sweep()
    assert post.found(stuck) == [("anna", "quarantined")]
    assert len(post.office.sealed()) == 1
    assert [row.state for row in post.office.watch.enforcement()] == [State.ENFORCED]


def test_one_that_moves_under_our_hands_is_met_where_it_went(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post.put_on_list()
    moved = post.deliver("anna", "<moved@example.net>")
    with closing(post.office.connectors.opened("post")) as store:
        kind, remove = type(store), type(store).remove

    def elsewhere(store: Any, place: Any) -> bool:
        (copy,) = store.find(Wanted(place=place), Extent())
        raw = store.fetch(place)
        remove(store, place)
        (post._root / "anna" / "cur" / "1780000000.M999.host:2,S").write_bytes(raw)
        os.chown(post._root / "anna" / "cur" / "1780000000.M999.host:2,S", post._owner, post._owner)
        os.utime(post._root / "anna" / "cur" / "1780000000.M999.host:2,S", (copy.received_ms / 1000,) * 2)
        return False

    with monkeypatch.context() as patch:
        patch.setattr(kind, "remove", elsewhere)
        assert post.sweep() == 0
    assert post.sweep() == 1
    assert post.found(moved) == [("anna", "quarantined")]
    assert len(post.office.sealed()) == 1


def test_a_connector_that_was_made_anew_begins_anew(post: Post) -> None:
    post.put_on_list()
    kept = post.deliver("anna", "<kept@example.net>")
    rows = post.office.connectors.rows()
    settings = rows[0]["settings"]
    with post.office.database.read():
        pass
    post.office.connectors.remove(ADMINISTRATOR, "post")
    assert post.sweep() == 0
    secret = ImapServer.secret if rows[0]["kind"] == "imap" else {}
    post.office.connectors.add(ADMINISTRATOR, "post", rows[0]["kind"], settings, secret)
    assert (post.sweep(), post.found(kept)) == (0, [("anna", "delivered")])  # it came before the connector did


def test_a_mailbox_that_cannot_be_reached_says_so_and_hides_no_other(dovecot: ImapServer, tmp_path: Path) -> None:
    office = Office(tmp_path)
    empty(dovecot)
    post = Post(office, dovecot.mail, pwd.getpwnam("nobody").pw_uid)
    secret = {"passwords": {"anna": "own-anna", "ben": "wrong"}}
    settings = dovecot.settings(["anna", "ben"]) | {"login": "{mailbox}"}
    office.connectors.add(ADMINISTRATOR, "post", "imap", settings, secret)
    office.connectors.add(ADMINISTRATOR, "strange", "imap", dovecot.settings(["anna"]) | {"ca": ""}, dovecot.secret)
    post.put_on_list()
    held = post.deliver("anna", "<reach@example.net>")
    assert post.sweep() == 1
    rows = {row.connector: row for row in office.watch.enforcement()}
    assert rows["post"].state is State.FAILED
    assert rows["post"].reasons == {"ben": "ben: the server refuses the login"}
    assert "CERTIFICATE_VERIFY_FAILED" in rows["strange"].reasons["anna"]
    assert (rows["post"].swept_ms, rows["post"].held) == (None, 1)
    assert ("anna", "quarantined") in post.found(held)
    office.close()


def test_folders_with_new_numbers_are_looked_through_again(dovecot: ImapServer, tmp_path: Path) -> None:
    office = Office(tmp_path)
    empty(dovecot)
    post = Post(office, dovecot.mail, pwd.getpwnam("nobody").pw_uid)
    office.connectors.add(ADMINISTRATOR, "post", "imap", dovecot.settings(["anna"]), dovecot.secret)
    post.put_on_list()
    first = post.deliver("anna", "<first@example.net>")
    post.deliver("anna", "<mine@example.com>", sender="ben@example.com")
    assert post.sweep() == 1
    numbers = dovecot.mail / "anna" / "dovecot-uidlist"
    numbers.write_text(re.sub(r" V\d+ N\d+ ", " V99 N2 ", numbers.read_text().splitlines()[0]) + "\n")
    for name in dovecot.mail.glob("anna/dovecot.index*"):
        name.unlink()
    second = post.deliver("anna", "<second@example.net>")
    assert post.sweep() == 1, office.watch.enforcement()
    assert (post.found(first), post.found(second)) == ([("anna", "quarantined")], [("anna", "quarantined")])
    office.close()


def test_a_maildir_that_went_away_or_has_strange_names_says_so(tmp_path: Path) -> None:
    office = Office(tmp_path)
    post = Post(office, tmp_path / "mail", os.getuid())
    office.connectors.add(ADMINISTRATOR, "post", "maildir", {"root": str(tmp_path / "mail")}, {})
    post.put_on_list()
    assert post.sweep() == 0
    (row,) = office.watch.enforcement()
    assert (row.state, list(row.reasons)) == (State.FAILED, [""])
    post.deliver("anna", "<strange@example.net>", os.fsdecode(b"\xff\xfe"))
    held = post.deliver("ben", "<plain@example.net>")
    assert post.sweep() == 1
    (row,) = office.watch.enforcement()
    assert (row.state, list(row.reasons)) == (State.FAILED, ["anna"])
    assert post.found(held) == [("ben", "quarantined")]
    office.close()


def test_a_changed_flag_or_a_clock_set_back_hides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office(tmp_path)
    post = Post(office, tmp_path / "mail", os.getuid())
    office.connectors.add(ADMINISTRATOR, "post", "maildir", {"root": str(tmp_path / "mail")}, {})
    post.deliver("anna", "<welcome@example.com>", sender="postmaster@example.com")
    post.put_on_list()
    with monkeypatch.context() as patch:
        patch.setattr("hinomi.response.mail.maildir.time.time_ns", lambda: 1 << 62)
        post.sweep()
    path = post.deliver("anna", "<flagged@example.net>")
    (new,) = [one for one in (tmp_path / "mail/anna/new").iterdir() if ".M2." in one.name]
    new.rename(tmp_path / "mail/anna/cur" / f"{new.name}:2,FS")
    assert (post.sweep(), post.found(path)) == (1, [("anna", "quarantined")])
    office.close()


def test_a_connector_that_was_not_looked_through_for_long_is_behind(tmp_path: Path) -> None:
    office = Office(tmp_path)
    post = Post(office, tmp_path / "mail", os.getuid())
    office.connectors.add(ADMINISTRATOR, "post", "maildir", {"root": str(tmp_path / "mail")}, {})
    post.deliver("anna", "<welcome@example.com>", sender="postmaster@example.com")
    post.put_on_list()
    post.sweep()
    assert [row.state for row in office.watch.enforcement()] == [State.ENFORCED]
    office.clock.pass_s(LATE_MS / 1000 + 1)
    assert [row.state for row in office.watch.enforcement()] == [State.WAITING]
    office.close()


def test_a_disk_that_takes_nothing_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office(tmp_path)
    post = Post(office, tmp_path / "mail", os.getuid())
    office.connectors.add(ADMINISTRATOR, "post", "maildir", {"root": str(tmp_path / "mail")}, {})
    post.put_on_list()
    kept = post.deliver("anna", "<kept@example.net>")
    with monkeypatch.context() as patch:
        patch.setattr(
            "hinomi.response.mail.quarantine.os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space"))
        )
        assert post.sweep() == 0
    assert post.found(kept) == [("anna", "delivered")]
    assert "No space" in office.watch.enforcement()[0].reasons["anna"]
    assert (post.sweep(), post.found(kept)) == (1, [("anna", "quarantined")])
    office.close()


# ---- killed at every step ---------------------------------------------------------------------------------------------
_CHILD = """
import os, signal, sys
from pathlib import Path
from hinomi.response.mail.imap import ImapStore
from hinomi.response.mail.maildir import MaildirStore
from hinomi.response.mail.quarantine import Quarantine
from hinomi.response.mail.sender_watch import SenderWatch
from tests import make_response
from tests.make_access import Clock
from tests.make_post_office import Office

make_response.database_at = lambda path: sys.argv[4]  # the one of the test, wherever it runs
left = int(sys.argv[2])

def step():
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

def deadly(kind, name):
    plain = getattr(kind, name)
    def work(*given, **more):
        step()
        done = plain(*given, **more)
        step()
        return done
    setattr(kind, name, work)

for kind, name in ((Quarantine, "_write"), (Quarantine, "keep"), (Quarantine, "mark"), (ImapStore, "remove"),
                   (MaildirStore, "remove"), (SenderWatch, "_set_mark"), (SenderWatch, "_tell")):
    deadly(kind, name)
office = Office(Path(sys.argv[1]), Clock(float(sys.argv[3])))
office.watch.sweep()
"""


_STEPS = (
    1,
    2,
    3,
    4,
    5,
    1,
    2,
    3,
    6,
    4,
    7,
    8,
    9,
    5,
    6,
    0,
)  # each finds what the killed one before it left; 0: to the end


@pytest.mark.slow  # 30: sixteen processes, one after the other
def test_killed_at_every_step_nothing_is_lost_or_doubled(post: Post, tmp_path: Path) -> None:
    post.put_on_list()
    ids = [post.deliver("anna", f"<{number}@example.net>") for number in range(2)]
    ids.append(post.deliver("ben", "<2@example.net>"))
    post.office.clock.pass_s(5)
    now_s = post.office.clock.now_s
    killed = 0
    for step in _STEPS:
        words = [
            sys.executable,
            "-c",
            _CHILD,
            str(tmp_path),
            str(step),
            str(now_s),
            database_at(tmp_path / "operations.db"),
        ]
        done = subprocess.run(words, capture_output=True, check=False, timeout=120)
        assert done.returncode in ((0, -signal.SIGKILL) if step else (0,)), (step, done.stderr.decode()[-2000:])
        killed += done.returncode == -signal.SIGKILL
        for each in ids:
            where = {status for _, status in post.found(each)}
            kept = post.office.office.quarantine.rows(wanted_of({"message_id": each}))
            assert "delivered" in where or [post.office.office.quarantine.is_whole(row) for row in kept] == [True], step
    assert killed > 10
    assert [post.found(each) for each in ids] == [[(name, "quarantined")] for name in ("anna", "anna", "ben")]
    rows = [row for each in ids for row in post.office.office.quarantine.rows(wanted_of({"message_id": each}))]
    assert sorted(row.state for row in rows) == ["quarantined"] * 3
    assert len({row.sha256 for row in rows}) == 3
    assert post.told("mail.quarantined") == 3
    assert post.sweep() == 0
