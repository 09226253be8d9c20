"""Where the list holds, on a real database: from what sensors say, what a look found, and who fetched it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hinomi.errors import NotFound
from hinomi.response.block_list import APPLY
from hinomi.response.survey import Place, State
from tests.make_mail import maildir
from tests.make_post_office import Office
from tests.make_response import ADMINISTRATOR, ASKER, GUID, OTHER, Desk, see
from tests.response.test_block_list import IP, applying, join

THIRD = "11111111-2a35-4a1c-8a6e-0c8f1a2d3e4f"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Desk]:
    found = Desk(tmp_path)
    found.desk.verification._tries_s = (0.0,)
    yield found
    found.close()


def listed(made: Desk, *given: dict[str, Any]) -> None:
    made.desk.block_list.add(ASKER, given or [IP])
    made.clock.now_s += 1
    made.desk.block_list.push()


def take(made: Desk, guid: str, word: str = "blocked", reason: str = "", **more: Any) -> None:
    (task,) = applying(made, guid)
    made.hand_out(task)
    kinds = {each["type"] for each in task.parameters["objects"]}
    told = {"enforced": dict.fromkeys(kinds, word), "reasons": dict.fromkeys(kinds, reason) if reason else {}}
    made.tasks.finished(task.id, guid, {"version": task.parameters["version"], **told, **more})


def look(made: Desk) -> None:
    made.desk.verification.work()
    made.desk.verification.settle()


def endpoints(made: Desk, value: str = "192.0.2.77") -> list[Place]:
    return [place for place in made.desk.enforcement.of(value).places if place.kind == "endpoints"]


def rows(made: Desk, value: str = "192.0.2.77") -> dict[str, tuple[str, str]]:
    told = [(part.state, row) for place in endpoints(made, value) for part in place.parts for row in part.rows]
    return {row.holder.name: (str(state), row.reason.en) for state, row in told}


def test_each_endpoint_is_told_with_its_state_and_its_reason(made: Desk) -> None:
    see(made.inventory, made.clock, THIRD, "web-3", address="192.0.2.12", cannot={APPLY: "no root"})
    join(made, GUID, OTHER)
    listed(made)
    take(made, GUID)
    take(made, OTHER, "unsupported", "nft is not installed (package nftables)")
    assert rows(made) == {
        "web-1": ("enforced", ""),
        "web-2": ("notEnforced", "nft is not installed (package nftables)"),
        "web-3": ("notEnforced", "no root"),
    }
    found = made.desk.enforcement.of("192.0.2.77")
    assert found.state is State.PARTLY
    assert found.places[0].reasons[0][0].ja.startswith(("nft がインストール", "no root"))


def test_what_a_look_disproves_is_not_enforced_whatever_the_sensor_said(made: Desk) -> None:
    line = join(made, GUID)  # it is asked about names, not about addresses
    listed(made, {"type": "domain", "value": "bad.example"})
    take(made, GUID)
    line.held[GUID] = 7  # another list than the one it said it took
    look(made)
    state, reason = rows(made, "bad.example")["web-1"]
    assert (state, "another list" in reason) == ("notEnforced", True)
    told = [row for place in endpoints(made, "bad.example") for part in place.parts for row in part.rows]
    (row,) = [row for row in told if row.holder.guid == GUID]
    assert (row.is_verified, "一致しません" in row.reason.ja) == (False, True)
    listed(made, {"type": "domain", "value": "worse.example"})
    line.held[GUID] = made.desk.block_list.version
    take(made, GUID)
    look(made)
    assert rows(made, "bad.example")["web-1"] == ("enforced", "")


def test_a_sensor_that_refused_the_list_waits_and_says_why(made: Desk) -> None:
    join(made, GUID)
    listed(made)
    (task,) = applying(made)
    made.hand_out(task)
    made.tasks.refused(task.id, GUID, "unsupported")
    assert rows(made)["web-1"][0] == "waiting"
    assert "unsupported" in rows(made)["web-1"][1]
    assert rows(made)["web-2"] == ("waiting", "It has not taken the newest list yet.")


def test_addresses_that_a_sensor_spares_are_not_enforced_there_and_no_others(made: Desk) -> None:
    join(made, GUID)
    listed(made, IP, IP | {"value": "192.0.2.78"})
    take(made, GUID, spared=["192.0.2.77", "192.0.2.99"])
    assert rows(made)["web-1"][0] == "notEnforced"
    assert rows(made, "192.0.2.78")["web-1"][0] == "enforced"
    (told,) = made.desk.block_list.enforcement()
    assert "192.0.2.99" not in told["reasons"]["spared"], "only what was sent"


def test_what_does_not_fit_into_a_command_is_told(made: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hinomi.response.block_list.MAX_SENT_OBJECTS", 1)
    join(made, GUID)
    listed(made, IP | {"risk": "low"}, IP | {"value": "192.0.2.78"})
    take(made, GUID)
    assert "longer than" in rows(made)["web-1"][1]
    assert rows(made, "192.0.2.78")["web-1"][0] == "enforced"


def test_a_revoked_endpoint_counts_no_more(made: Desk) -> None:
    listed(made)
    with made.database.begin() as connection:
        made.inventory.set_revoked(connection, OTHER)
    assert list(rows(made)) == ["web-1"]


def test_a_file_that_somebody_fetches_is_handed_on_until_the_list_changes(made: Desk) -> None:
    listed(made, {"type": "url", "value": "https://bad.example/x"})
    block_list, one = made.desk.block_list, made.desk.enforcement
    block_list.handed_on("proxy")
    assert one.of("https://bad.example/x").state is State.HANDED_ON
    made.clock.now_s += 1
    listed(made, {"type": "url", "value": "https://bad.example/y"})
    assert one.of("https://bad.example/y").state is State.NOT_ENFORCED
    block_list.handed_on("proxy")  # at once, for the list is another
    assert one.of("https://bad.example/y").state is State.HANDED_ON
    before = block_list.fetched()["proxy"]
    made.clock.now_s += 1
    block_list.handed_on("proxy")
    assert block_list.fetched()["proxy"] == before, "once a minute is enough"


def test_an_entry_is_found_by_its_value_alone_in_any_case(made: Desk) -> None:
    listed(made, {"type": "domain", "value": "bad.example"})
    assert made.desk.enforcement.of(" Bad.Example ").one.type == "domain"
    assert made.desk.enforcement.of("bad.example.", "domain").one.value == "bad.example"
    with pytest.raises(NotFound):
        made.desk.enforcement.of("good.example")


def test_a_sender_is_enforced_once_every_mailbox_was_looked_through(tmp_path: Path) -> None:
    made = Office(tmp_path)
    try:
        maildir(tmp_path / "mail", "ann")
        made.connectors.add(ADMINISTRATOR, "post", "maildir", {"root": str(tmp_path / "mail")}, {})
        made.desk.block_list.add(ASKER, [{"type": "senderMailAddress", "value": "mallory@bad.example"}])
        states = []
        for _ in range(2):
            found = made.desk.enforcement.of("mallory@bad.example")
            states.append((found.state, [place.state for place in found.places if place.kind == "mail"]))
            made.clock.now_s += 1
            made.watch.sweep()
        assert states == [(State.WAITING, [State.WAITING]), (State.ENFORCED, [State.ENFORCED])]
    finally:
        made.close()
