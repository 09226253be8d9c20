"""Working on alerts: status, owner, notes, history, bulk; and the figures over the list."""

import threading
from pathlib import Path
from typing import Any

import pytest

from hinomi.errors import Conflict, Forbidden, InputError, NotFound
from hinomi.schema.alert import AlertChange, Finding, InvestigationStatus, Status
from hinomi.schema.content import Severity
from hinomi.schema.principal import Role
from tests import make_workbench as make
from tests.make_access import PASSWORD, person
from tests.make_workbench import ANALYST, House


@pytest.fixture
def alert(house: House) -> str:
    return house.keep(make.match())[0]


def close(house: House, alert_id: str, finding: Finding = Finding.TRUE_POSITIVE, **more: Any) -> None:
    house.workbench.change(ANALYST, alert_id, AlertChange(status=Status.CLOSED, finding=finding, **more))


def test_the_first_change_of_status_is_the_first_look(house: House, alert: str) -> None:
    assert house.workbench.row(alert).first_investigated_ms is None
    house.clock.pass_s(90)
    row = house.workbench.change(ANALYST, alert, AlertChange(status=Status.IN_PROGRESS))
    looked_ms = house.clock.now_ms
    assert (row.status, row.first_investigated_ms, row.updated_ms) == (Status.IN_PROGRESS, looked_ms, looked_ms)
    house.clock.pass_s(90)
    close(house, alert)
    assert house.workbench.row(alert).first_investigated_ms == looked_ms


def test_the_old_field_moves_with_the_new_ones(house: House, alert: str) -> None:
    change = AlertChange(investigation_status=InvestigationStatus.BENIGN_TRUE_POSITIVE)
    row = house.workbench.change(ANALYST, alert, change)
    assert (row.status, row.finding) == (Status.CLOSED, Finding.BENIGN_TRUE_POSITIVE)
    assert row.investigation_status is InvestigationStatus.BENIGN_TRUE_POSITIVE


def test_every_change_is_told_in_the_history_and_the_audit_log(house: House, alert: str) -> None:
    close(house, alert, Finding.FALSE_POSITIVE, reason="a test of ours")
    entry = house.workbench.get(alert).history[-1]
    assert (entry.who, entry.action) == ("mika", "changed")
    assert entry.details == {
        "before": {"status": "Open", "finding": "No Findings"},
        "after": {"status": "Closed", "finding": "False Positive"},
        "reason": "a test of ours",
    }
    [audited] = house.access.audit.search(text="alert.change").items
    assert (audited.who, audited.role, audited.address, audited.target) == ("mika", "analyst", "192.0.2.7", alert)


def test_a_change_that_changes_nothing_leaves_no_trace(house: House, alert: str) -> None:
    before = house.workbench.get(alert)
    house.clock.pass_s(5)
    house.workbench.change(ANALYST, alert, AlertChange(status=Status.OPEN, owner=""))
    assert house.workbench.get(alert) == before
    assert house.access.audit.search().total == 0


def test_a_stale_etag_is_a_conflict_and_changes_nothing(house: House, alert: str) -> None:
    stale = house.workbench.row(alert).etag
    fresh = house.workbench.change(ANALYST, alert, AlertChange(status=Status.IN_PROGRESS), stale)
    assert fresh.etag != stale
    with pytest.raises(Conflict):
        house.workbench.change(ANALYST, alert, AlertChange(status=Status.CLOSED), f'"{stale}"')
    assert house.workbench.row(alert) == fresh
    house.workbench.change(ANALYST, alert, AlertChange(status=Status.CLOSED), f'W/"{fresh.etag}"')


def test_the_owner_is_a_user(house: House, alert: str) -> None:
    house.access.users.create(person(), "Mika", Role.ANALYST, PASSWORD)
    assert house.workbench.change(ANALYST, alert, AlertChange(owner="mika")).owner == "Mika"
    with pytest.raises(InputError, match="no user"):
        house.workbench.change(ANALYST, alert, AlertChange(owner="nobody"))
    assert house.workbench.change(ANALYST, alert, AlertChange(owner="")).owner is None


def test_the_console_asks_for_a_reason_and_the_public_api_does_not(house: House, alert: str) -> None:
    dismissed = AlertChange(status=Status.CLOSED, finding=Finding.FALSE_POSITIVE)
    with pytest.raises(InputError, match="reason"):
        house.workbench.change(ANALYST, alert, dismissed, is_reason_required=True)
    assert house.workbench.row(alert).status is Status.OPEN
    assert house.workbench.change(ANALYST, alert, dismissed).status is Status.CLOSED


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SIEM, Role.INGESTER])
def test_who_may_not_investigate_changes_nothing(house: House, alert: str, role: Role) -> None:
    by = person("x", role)
    for act in (
        lambda: house.workbench.change(by, alert, AlertChange(status=Status.CLOSED)),
        lambda: house.workbench.change_many(by, [alert], AlertChange(status=Status.CLOSED)),
        lambda: house.workbench.add_note(by, alert, "x"),
        lambda: house.workbench.change_note(by, alert, 1, "x"),
        lambda: house.workbench.remove_notes(by, alert, [1]),
        lambda: house.workbench.incidents.link(by, "IC-1", alert),
        lambda: house.workbench.incidents.unlink(by, "IC-1", alert),
    ):
        with pytest.raises(Forbidden):
            act()


@pytest.mark.parametrize("alert_id", ["WB-1-20990101-00000", "", "x", "\x7f", "a" * 10_000, "' OR 1=1"])
def test_an_unknown_alert_is_not_found(house: House, alert: str, alert_id: str) -> None:
    for act in (house.workbench.get, house.workbench.row, house.workbench.notes, house.workbench.graph):
        with pytest.raises(NotFound):
            act(alert_id)


@pytest.mark.parametrize("alert_id", ["\ud800", "a\0b"])
def test_an_id_that_is_no_text_is_an_input_error(house: House, alert_id: str) -> None:
    with pytest.raises(InputError):
        house.workbench.get(alert_id)


def test_an_alert_is_found_by_its_short_number(house: House, alert: str) -> None:
    assert house.workbench.get("wb-1-20260528-0000").row.id == alert


def test_many_at_once_each_for_itself(house: House, alert: str) -> None:
    [other] = house.keep(make.match(make.detection(2), story="other"))
    results = house.workbench.change_many(ANALYST, [alert, "WB-gone", other], AlertChange(status=Status.CLOSED))
    assert [(alert_id, type(error)) for alert_id, error in results] == [
        (alert, type(None)), ("WB-gone", NotFound), (other, type(None)),
    ]  # fmt: skip
    assert house.workbench.row(other).status is Status.CLOSED
    with pytest.raises(InputError):
        house.workbench.change_many(ANALYST, [alert] * 501, AlertChange())


def test_several_details_in_one_reading(house: House, alert: str) -> None:
    [other] = house.keep(make.match(make.detection(2), story="other"))
    assert [one.row.id for one in house.workbench.details([other, "gone", alert])] == [other, alert]


# ---- notes ----------------------------------------------------------------------------------------------------------
def test_a_note_is_added_changed_and_removed(house: House, alert: str) -> None:
    note = house.workbench.add_note(ANALYST, alert, "Looks like 運用")
    assert (note.id, note.creator_name, note.created_ms, note.updated_by) == (1, "mika", house.clock.now_ms, None)
    assert house.workbench.row(alert).note_count == 1
    house.clock.pass_s(1)
    changed = house.workbench.change_note(person("ken", Role.ANALYST), alert, 1, "It is", note.etag)
    assert (changed.content, changed.updated_by, changed.updated_ms) == ("It is", "ken", house.clock.now_ms)
    assert house.workbench.notes(alert) == (changed,)
    house.workbench.remove_notes(ANALYST, alert, [1])
    assert house.workbench.notes(alert) == ()
    assert house.workbench.row(alert).note_count == 0
    actions = [entry.action for entry in house.workbench.get(alert).history]
    assert actions == ["created", "note-added", "note-changed", "note-removed"]


def test_the_number_of_a_removed_note_is_not_used_again(house: House, alert: str) -> None:
    house.workbench.add_note(ANALYST, alert, "one")
    house.workbench.remove_notes(ANALYST, alert, [1])
    assert house.workbench.add_note(ANALYST, alert, "two").id == 2
    [other] = house.keep(make.match(make.detection(2), story="other"))
    assert house.workbench.add_note(ANALYST, other, "of another alert").id == 1


def test_a_stale_note_is_a_conflict(house: House, alert: str) -> None:
    stale = house.workbench.add_note(ANALYST, alert, "one").etag
    house.workbench.change_note(ANALYST, alert, 1, "two", stale)
    with pytest.raises(Conflict):
        house.workbench.change_note(ANALYST, alert, 1, "three", stale)
    assert house.workbench.note(alert, 1).content == "two"


def test_notes_are_removed_all_or_none(house: House, alert: str) -> None:
    house.workbench.add_note(ANALYST, alert, "one")
    with pytest.raises(NotFound):
        house.workbench.remove_notes(ANALYST, alert, [1, 9])
    assert len(house.workbench.notes(alert)) == 1


@pytest.mark.parametrize("content", ["", " \n", "x" * 500_001, "\ud800", "a\0b"])
def test_a_note_that_is_no_text_is_refused(house: House, alert: str, content: str) -> None:
    with pytest.raises(InputError):
        house.workbench.add_note(ANALYST, alert, content)


def test_a_note_of_half_a_million_characters_is_kept(house: House, alert: str) -> None:
    house.workbench.add_note(ANALYST, alert, "火" * 500_000)
    assert house.workbench.note(alert, 1).content == "火" * 500_000


@pytest.mark.parametrize("note_id", [0, -1, 2, 10**30])
def test_an_unknown_note_is_not_found(house: House, alert: str, note_id: int) -> None:
    house.workbench.add_note(ANALYST, alert, "one")
    with pytest.raises(NotFound):
        house.workbench.note(alert, note_id)


# ---- figures --------------------------------------------------------------------------------------------------------
def test_the_figures_over_the_list(tmp_path: Path) -> None:
    house = House(tmp_path, make.content(make.model(), make.model("odd_script", Severity.LOW)))
    empty = house.workbench.summary()
    assert (set(empty.open.values()), empty.unchecked_today, empty.mean_first_look_s, empty.oldest_open_high) == (
        {0},
        0,
        None,
        None,
    )
    [first] = house.keep(make.match(story="1"))
    first_ms = house.clock.now_ms
    house.clock.pass_s(60)
    [second] = house.keep(make.match(make.detection(2), story="2"))
    [low] = house.keep(make.match(make.detection(3), model_id="odd_script"))
    found = house.workbench.summary()
    assert (found.open[Severity.HIGH], found.open[Severity.LOW], found.unchecked_today) == (2, 1, 3)
    assert found.oldest_open_high == (first, first_ms)
    house.clock.pass_s(60)
    close(house, first)
    house.workbench.change(ANALYST, low, AlertChange(status=Status.IN_PROGRESS))
    found = house.workbench.summary()
    assert (found.open[Severity.HIGH], found.open[Severity.LOW], found.unchecked_today) == (1, 1, 1)
    assert found.mean_first_look_s == pytest.approx((120 + 60) / 2)
    assert found.oldest_open_high is not None
    assert found.oldest_open_high[0] == second
    house.clock.pass_s(86400)
    assert house.workbench.summary().unchecked_today == 0
    assert house.workbench.summary(day_start_ms=first_ms).unchecked_today == 1
    assert house.workbench.counts_by_model() == {"hive_dumping": 2, "odd_script": 1}
    assert house.workbench.counts_by_model(house.clock.now_ms) == {}


def test_the_jump_box_finds_what_the_letters_may_mean(house: House, alert: str) -> None:
    house.keep(make.match(make.detection(2), story="other"))
    found = house.workbench.lookup("pc-1")
    assert {(kind, label) for kind, _, label in found if kind in ("endpoint", "account")} == {("endpoint", "PC-1")}
    assert len([one for one in found if one[0] == "alert"]) == 2
    assert len([one for one in found if one[0] == "incident"]) == 1
    assert ("account", "corp\\taro", "corp\\taro") in house.workbench.lookup("CORP¥TARO")
    assert house.workbench.lookup("0000", top=1)[0][0] == "alert"
    assert house.workbench.lookup("nothing like it") == []


def test_the_graph_of_an_alert(house: House, alert: str) -> None:
    labels = {node.label for node in house.workbench.graph(alert).nodes}
    assert {
        "PC-1",
        "corp\\taro",
        "Explorer.EXE",
        "cmd.exe",
        "reg.exe",
        "reg.exe save hklm\\sam C:\\t\\s.hive",
    } <= labels


def test_of_two_people_who_saw_the_same_one_changes_it(house: House, alert: str) -> None:
    seen = house.workbench.row(alert).etag
    answers: list[type[Exception] | None] = []

    def take(status: Status) -> None:
        try:
            house.workbench.change(ANALYST, alert, AlertChange(status=status), seen)
        except Conflict:
            answers.append(Conflict)
        else:
            answers.append(None)

    threads = [threading.Thread(target=take, args=(status,)) for status in (Status.IN_PROGRESS, Status.CLOSED) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (answers.count(None), answers.count(Conflict)) == (1, 7)
