"""`hinomi mail` against a server of its own, which looks through the mailboxes by itself."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.make_mail import deliver, letter, maildir
from tests.stories.conftest import Server, run, run_json


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("cli") / "data"
    run("init", data=folder)
    server = Server(folder)
    yield folder
    assert server.stop() == 0


@pytest.mark.slow  # 40: a server with the whole content, and the pause between two rounds
def test_a_listed_sender_is_kept_out_and_the_state_is_told(data: Path, tmp_path: Path) -> None:
    root = tmp_path / "mail"
    box = maildir(root, "anna")
    settings = tmp_path / "post.json"
    settings.write_text(f'{{"root": "{root}"}}')
    run("mail", "connect", "post", "maildir", settings, data=data)
    (row,) = run_json("mail", "enforcement", data=data)
    assert (row["connector"], row["state"]) == ("post", "idle")
    run("response", "block", "senderMailAddress", "mallory@example.net", data=data)
    os.utime(deliver(box, letter("<listed@example.net>"), "1.M1.host:2,"))
    for _ in range(300):
        (row,) = run_json("mail", "enforcement", data=data)
        if row["held"] and row["state"] == "enforced":
            break
    assert (row["state"], row["held"]) == ("enforced", 1)
    assert "1 held" in run("mail", "enforcement", data=data).stdout
    assert list((box / "cur").iterdir()) == []
