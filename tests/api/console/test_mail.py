import os
from pathlib import Path

import pytest

from hinomi.schema.principal import Role
from tests.api.house import Running
from tests.make_mail import ID, deliver, letter, maildir


@pytest.fixture
def connected(shared: Running, tmp_path: Path) -> Path:
    root = tmp_path / "mail"
    deliver(maildir(root, "anna"), letter())
    wish = {"name": "post", "kind": "maildir", "settings": {"root": str(root)}, "secret": {"password": "hush"}}
    administrator = shared.key(Role.ADMINISTRATOR)
    administrator.delete("/console/api/mail-connectors/post")
    made = administrator.post("/console/api/mail-connectors", json=wish)
    assert made.status_code == 201, made.text
    assert "hush" not in made.text
    return root


def test_a_search_tells_mailbox_subject_and_time(shared: Running, connected: Path) -> None:
    found = shared.key().get("/console/api/mail/search", params={"messageId": ID}).json()
    (copy,) = found["items"]
    assert (copy["mailbox"], copy["subject"], copy["received"]) == ("anna", "請求書のご確認", 1_700_000_000_000)
    assert (found["total"], found["partial"], found["troubles"]) == (1, False, [])
    assert copy["attachments"][0]["name"] == "請求書.exe"


def test_what_names_no_message_is_refused(shared: Running, connected: Path) -> None:
    assert shared.key().get("/console/api/mail/search").status_code == 400
    assert shared.key().get("/console/api/mail/search", params={"messageId": "<a b>"}).status_code == 400


def test_roles(shared: Running, connected: Path) -> None:
    wish = {"name": "other", "kind": "maildir", "settings": {"root": "/nowhere"}}
    assert shared.key().post("/console/api/mail-connectors", json=wish).status_code == 403
    assert shared.key(Role.ANALYST).get("/console/api/mail/search", params={"messageId": ID}).status_code == 403
    rows = shared.key().get("/console/api/mail-connectors").json()["items"]
    assert [(row["name"], row["kind"]) for row in rows] == [("post", "maildir")]
    taken = shared.key(Role.ADMINISTRATOR).post("/console/api/mail-connectors", json=wish | {"name": "post"})
    assert taken.status_code == 409


def test_what_connectors_do_about_listed_senders(shared: Running, connected: Path) -> None:
    """The route alone; the rounds are driven here, for the running house may be far from its next one."""
    viewer = shared.key(Role.ANALYST)
    (row,) = viewer.get("/console/api/mail/enforcement").json()["items"]
    assert (row["connector"], row["kind"], row["state"], row["held"]) == ("post", "maildir", "idle", 0)
    item = {"type": "senderMailAddress", "value": "mallory@example.net"}
    assert shared.key().post("/console/api/block-list", json={"items": [item]}).status_code == 207
    try:
        path = deliver(maildir(connected, "anna"), letter("<listed@example.net>"), "1.M9.host:2,")
        os.utime(path)
        shared.house.mail_rounds.close()
        shared.house.sender_watch.is_stopping = lambda: False
        shared.house.sender_watch.sweep()
        (row,) = viewer.get("/console/api/mail/enforcement").json()["items"]
        assert (row["state"], row["held"], row["mailboxes"], row["reasons"]) == ("enforced", 1, 1, {})
        assert row["swept"] is not None
        found = shared.key().get("/console/api/mail/search", params={"messageId": "<listed@example.net>"}).json()
        assert [copy["status"] for copy in found["items"]] == ["quarantined"]
    finally:
        shared.key().request("DELETE", "/console/api/block-list", json={"items": [item]})
