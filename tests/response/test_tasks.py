"""Tasks from the wish to the end, on a real database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hinomi.errors import Forbidden, InputError, NotFound, Refused
from hinomi.response.approvals import ApprovalPolicy, ApprovalRule
from hinomi.response.task_list import TaskQuery
from hinomi.schema.principal import Principal, PrincipalKind, Role
from hinomi.schema.task import Target, TargetKind, TaskError, TaskState
from tests.make_access import person
from tests.make_database import kept_in
from tests.make_response import ADMINISTRATOR, ASKER, GUID, OTHER, SECOND, Desk, endpoint, ids

DAY_MS = 86_400_000


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Desk]:
    found = Desk(tmp_path)
    yield found
    found.close()


def test_a_task_has_eight_digits_a_target_by_guid_and_an_audit_row(made: Desk) -> None:
    task = made.tasks.ask(ASKER, "isolate_endpoint", Target(TargetKind.ENDPOINT, "WEB-1"), {}, description="why")
    assert task.id == "00000001"
    assert (task.target.id, task.target.name, task.target.address, task.target.os) == (
        GUID,
        "web-1",
        "192.0.2.10",
        "Debian",
    )
    assert task.state is TaskState.QUEUED
    assert task.expires_ms - task.created_ms == DAY_MS
    assert made.told() == [("task.ask", "success")]
    assert made.tasks.get(task.id).steps[0].who == ASKER.name


def test_the_same_wish_is_refused_with_the_living_task_until_that_has_ended(made: Desk) -> None:
    first = made.ask("isolate_endpoint")
    with pytest.raises(Refused) as refusal:
        made.ask("isolate_endpoint", by=SECOND, parameters={"dead_man_s": 600})
    assert (refusal.value.code, refusal.value.details["task"]) == ("TaskDuplication", first.id)
    assert made.ask("isolate_endpoint", guid=OTHER).id != first.id
    made.tasks.cancel(ASKER, first.id)
    assert made.ask("isolate_endpoint").state is TaskState.QUEUED


def test_who_may_not_respond_may_not_ask_and_is_written_down(made: Desk) -> None:
    with pytest.raises(Forbidden):
        made.ask(by=person("yui", Role.ANALYST))
    assert made.told() == [("task.ask", "failure")]


def test_internal_actions_are_not_for_people(made: Desk) -> None:
    with pytest.raises(Forbidden):
        made.ask("apply_block_list", by=ADMINISTRATOR, parameters={"version": 1, "objects": []})


@pytest.mark.parametrize(
    ("action", "target", "error"),
    [
        ("no_such_action", endpoint(), InputError),
        ("isolate_endpoint", Target(TargetKind.ENDPOINT, "nowhere"), NotFound),
        ("isolate_endpoint", Target(TargetKind.OBJECT, "192.0.2.1"), InputError),
        ("disable_account", Target(TargetKind.ACCOUNT, "ldap:hq\\anna"), NotFound),
        ("disable_account", Target(TargetKind.ACCOUNT, "anna"), NotFound),
    ],
)
def test_wishes_that_cannot_be_are_refused(made: Desk, action: str, target: Target, error: type[Exception]) -> None:
    with pytest.raises(error):
        made.tasks.ask(ASKER, action, target, {})
    assert made.tasks.page(TaskQuery()).total == 0


def test_an_endpoint_that_cannot_do_it_says_so_before_there_is_a_task(made: Desk) -> None:
    from tests.make_response import see

    see(made.inventory, made.clock, cannot={"isolate_endpoint": "nft is missing"})
    with pytest.raises(Refused) as refusal:
        made.ask("isolate_endpoint")
    assert refusal.value.code == "Unsupported"
    assert "nft is missing" in str(refusal.value)


def test_an_account_of_a_host_goes_to_its_sensor(made: Desk) -> None:
    task = made.tasks.ask(ASKER, "disable_account", Target(TargetKind.ACCOUNT, "web-1\\anna"), {})
    assert (task.target.id, task.target.name) == (f"{GUID}\\anna", "web-1\\anna")
    assert task.parameters == {"user": "anna"}
    assert ids_of(made) == [task.id]


def ids_of(made: Desk, guid: str = GUID) -> list[str]:
    return [task.id for task in made.tasks.waiting(guid)]


def test_a_task_waits_for_its_sensor_and_goes_the_way_to_executed(made: Desk) -> None:
    task = made.ask()
    assert ids_of(made) == [task.id]
    assert ids_of(made, OTHER) == []
    made.hand_out(task)
    assert ids_of(made) == [task.id]  # no receipt yet: it is sent again
    made.tasks.received(task.id, GUID)
    assert ids_of(made) == []
    made.tasks.executing(task.id, GUID)
    made.tasks.progressed(task.id, GUID, "half way", 0.5)
    assert made.tasks.progress(task.id) == ("half way", 0.5)
    made.tasks.finished(made.tasks.command_id(task.id), GUID, {"files": 3})
    found = made.tasks.get(task.id)
    assert (found.state, found.result) == (TaskState.EXECUTED, {"files": 3})
    assert [step.state for step in found.steps] == [
        TaskState.QUEUED, TaskState.DELIVERED, TaskState.EXECUTING, TaskState.EXECUTED,
    ]  # fmt: skip


def test_a_result_may_come_without_its_receipt_and_twice(made: Desk) -> None:
    task = made.hand_out(made.ask())
    made.tasks.finished(task.id, GUID, {"files": 3})
    made.tasks.finished(task.id, GUID, {"files": 4})
    made.tasks.received(task.id, GUID)
    found = made.tasks.get(task.id)
    assert (found.state, found.result, len(found.steps)) == (TaskState.EXECUTED, {"files": 3}, 2)


@pytest.mark.parametrize("sensor", [OTHER, "", "x" * 500])
def test_a_result_of_another_sensor_is_refused_and_written_down(made: Desk, sensor: str) -> None:
    task = made.hand_out(made.ask())
    for _ in range(2):
        with pytest.raises(Forbidden):
            made.tasks.finished(task.id, sensor, {"files": 3})
    with pytest.raises(Forbidden):
        made.tasks.received(task.id, sensor)
    assert made.tasks.get(task.id).state is TaskState.QUEUED
    assert made.told()[2:] == [("task.forged", "failure")] * 3


def test_a_result_of_a_task_that_was_never_handed_out_is_refused(made: Desk) -> None:
    task = made.ask()
    with pytest.raises(Forbidden):
        made.tasks.finished(task.id, GUID, {})
    with pytest.raises(Forbidden):
        made.tasks.finished("99999999", GUID, {})
    assert made.tasks.get(task.id).state is TaskState.QUEUED


def test_a_flood_of_forged_results_does_not_fill_the_audit_log(made: Desk) -> None:
    for number in range(130):
        with pytest.raises(Forbidden):
            made.tasks.finished(f"{number:032x}", OTHER, {})
    assert len(made.told()) == 100


def test_a_result_too_large_or_no_json_is_a_failure(made: Desk) -> None:
    large, odd = made.hand_out(made.ask()), made.hand_out(made.ask(guid=OTHER))
    made.tasks.finished(large.id, GUID, {"tail": "x" * (600 << 10)})
    made.tasks.finished(odd.id, OTHER, {"what": object()})
    assert made.tasks.get(large.id).error == TaskError(
        "too_large",
        "The result has 614411 bytes, more than 524288.",
        "結果が上限 524288 バイトを超えています (614411 バイト)。",
    )
    assert made.tasks.get(odd.id).error.code == "malformed"  # type: ignore[union-attr]


def test_passwords_are_taken_out_of_results_and_shown_once(made: Desk) -> None:
    task = made.hand_out(made.ask("collect_file", parameters={"path": "/tmp/x"}))
    made.tasks.finished(task.id, GUID, {"path": "/tmp/x", "password": "tabo-kire", "more": [{"password": "second"}]})
    assert made.tasks.get(task.id).result == {"path": "/tmp/x", "more": [{}]}
    kept = kept_in(made.database)
    assert "/tmp/x" in kept
    assert "tabo-kire" not in kept
    with pytest.raises(Forbidden):
        made.tasks.reveal_password(person("yui", Role.ANALYST), task.id)
    assert made.tasks.reveal_password(ASKER, task.id) == "tabo-kire"
    with pytest.raises(Forbidden):
        made.tasks.reveal_password(SECOND, task.id)
    assert made.tasks.reveal_password(ADMINISTRATOR, task.id) == "tabo-kire"
    assert [who for who, _ in made.tasks.secrets.shown(task.id)] == [ASKER.name, ADMINISTRATOR.name]
    assert made.told()[-3:] == [
        ("task.password", "success"),
        ("task.password", "failure"),
        ("task.password", "success"),
    ]


def test_a_queued_task_expires_and_a_late_result_is_remembered_not_believed(made: Desk) -> None:
    task = made.hand_out(made.ask(expires_s=60))
    made.clock.pass_s(61)
    assert ids_of(made) == []
    assert not made.tasks.handed_out(task.id)
    assert made.tasks.sweep() == 1
    made.tasks.finished(task.id, GUID, {"files": 3})
    made.tasks.finished(task.id, GUID, {"files": 3})
    found = made.tasks.get(task.id)
    assert (found.state, found.result) == (TaskState.EXPIRED, {"files": 3})
    assert [step.note for step in found.steps].count("late") == 1


def test_executing_runs_out_of_time_but_not_while_the_sensor_or_this_server_was_away(
    made: Desk, tmp_path: Path
) -> None:
    connected = {GUID}
    made.tasks._connected = lambda: connected
    task = made.hand_out(made.ask())
    made.tasks.executing(task.id, GUID)
    timeout_s = made.tasks.wishes.action(task.action).timeout_s
    connected.clear()
    made.clock.pass_s(timeout_s + 1)
    assert made.tasks.sweep() == 0
    connected.add(GUID)
    made.tasks._started_ms = made.clock.now_ms
    assert made.tasks.sweep() == 0
    made.clock.pass_s(timeout_s + 1)
    assert made.tasks.sweep() == 1
    assert made.tasks.get(task.id).error.code == "timeout"  # type: ignore[union-attr]


def test_cancelling_is_at_once_here_and_a_request_there(made: Desk) -> None:
    asked: list[tuple[str, str]] = []
    made.tasks.on_cancel.append(lambda guid, command: asked.append((guid, command)))
    here, there = made.ask(), made.hand_out(made.ask("scan", parameters={"kind": "quick"}))
    assert made.tasks.cancel(SECOND, here.id).state is TaskState.CANCELLED
    made.tasks.received(there.id, GUID)
    assert made.tasks.cancel(SECOND, there.id).state is TaskState.DELIVERED
    made.tasks.cancel(SECOND, there.id)
    command = made.tasks.command_id(there.id)
    assert asked == [(GUID, command)]
    assert made.tasks.stopping(GUID) == [command]
    made.tasks.finished(there.id, GUID, TaskError("cancelled", "stopped"))
    assert made.tasks.get(there.id).state is TaskState.CANCELLED
    with pytest.raises(Refused):
        made.tasks.cancel(SECOND, there.id)


def test_a_task_that_was_handed_out_and_cancelled_is_never_sent_again(made: Desk) -> None:
    task = made.hand_out(made.ask())
    assert made.tasks.cancel(ASKER, task.id).state is TaskState.QUEUED
    assert ids_of(made) == []
    assert not made.tasks.handed_out(task.id)
    made.clock.pass_s(86_401)
    made.tasks.sweep()
    assert made.tasks.get(task.id).state is TaskState.EXPIRED


def test_undo_asks_for_what_takes_it_back(made: Desk) -> None:
    task = made.hand_out(made.ask("isolate_endpoint", alert_id="WB-1-20260101-00001"))
    with pytest.raises(Refused):
        made.tasks.undo(ASKER, task.id)
    made.tasks.finished(task.id, GUID, {"rules_sha256": "0" * 64})
    undo = made.tasks.undo(SECOND, task.id)
    assert (undo.action, undo.target.id, undo.alert_id) == ("restore_endpoint", GUID, task.alert_id)


def test_approval_needs_another_person_and_counts_the_expiry_from_then(made: Desk) -> None:
    policy = ApprovalPolicy((ApprovalRule("isolate_endpoint"),))
    with pytest.raises(Forbidden):
        made.desk.approvals.set_policy(SECOND, policy)
    made.desk.approvals.set_policy(ADMINISTRATOR, policy)
    task = made.ask("isolate_endpoint", expires_s=600)
    assert task.state is TaskState.PENDING_APPROVAL
    assert ids_of(made) == []
    key = Principal.of("kenji2", Role.SENIOR_ANALYST, PrincipalKind.KEY)
    for who in (ASKER, key, person("yui", Role.ANALYST)):
        assert not made.tasks.can_approve(who, task)
        with pytest.raises(Forbidden):
            made.tasks.approve(who, task.id)
    made.clock.pass_s(3600)
    found = made.tasks.approve(SECOND, task.id)
    assert (found.state, found.expires_ms - made.clock.now_ms) == (TaskState.QUEUED, 600_000)
    with pytest.raises(Refused):
        made.tasks.approve(SECOND, task.id)


def test_approvals_are_rejected_with_a_reason_or_lapse(made: Desk) -> None:
    made.desk.approvals.set_policy(ADMINISTRATOR, ApprovalPolicy((ApprovalRule("isolate_endpoint"),)))
    first, second = made.ask("isolate_endpoint"), made.ask("isolate_endpoint", guid=OTHER)
    with pytest.raises(InputError):
        made.tasks.reject(SECOND, first.id, " ")
    assert made.tasks.reject(SECOND, first.id, "wrong host").state is TaskState.REJECTED
    made.clock.pass_s(86_401)
    made.tasks.sweep()
    found = made.tasks.get(second.id)
    assert (found.state, found.error.code) == (TaskState.EXPIRED, "not_approved")  # type: ignore[union-attr]


def test_many_targets_are_one_group_with_the_state_of_the_worst(made: Desk) -> None:
    found = made.tasks.ask_many(ASKER, "isolate_endpoint", [endpoint(), endpoint(OTHER), endpoint("nowhere")], {})
    first, second, third = found
    assert isinstance(third, NotFound)
    assert not isinstance(first, Exception)
    assert not isinstance(second, Exception)
    assert first.group == second.group != ""
    made.hand_out(first)
    made.tasks.finished(first.id, GUID, TaskError("unsupported", "no nft"))
    assert made.tasks.group_state(first.group) is TaskState.FAILED


def test_pages_neither_repeat_nor_miss(made: Desk) -> None:
    for _ in range(7):
        task = made.ask()
        made.tasks.cancel(ASKER, task.id)
        made.clock.pass_s(1 if task.id in ("00000002", "00000005") else 0)
    for order in ("created", "state", "id"):
        seen: list[str] = []
        token = ""
        while True:
            page = made.tasks.page(TaskQuery(order=order, top=2, skip_token=token))
            seen += ids(page)
            token = page.skip_token
            if not token:
                break
        assert sorted(seen) == [f"{number:08}" for number in range(1, 8)]
    with pytest.raises(InputError):
        made.tasks.page(TaskQuery(skip_token="WyJ4IiwgMV0="))
    assert made.tasks.page(TaskQuery(search="WEB-1 ayumi")).total == 7
    assert made.tasks.page(TaskQuery(search="100%")).total == 0
