"""The block list on a real database: what is on it, how it comes to endpoints, and what they say of it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from hinomi.errors import Forbidden, NotFound, Unavailable
from hinomi.response import block_list as room
from hinomi.schema.principal import Role
from hinomi.schema.task import ResponseTask, Target, TargetKind, TaskState
from tests.make_access import person
from tests.make_response import ASKER, GUID, OTHER, Desk

CURATOR = person("mari", Role.SENIOR_ANALYST)
IP = {"type": "ip", "value": "192.0.2.77"}


class Line:
    """A courier to sensors that say what they hold."""

    def __init__(self, *guids: str) -> None:
        self.there, self.held, self.cancelled = set(guids), dict.fromkeys(guids, 0), list[tuple[str, str]]()

    def connected(self) -> set[str]:
        return self.there

    def deliver(self, guid: str) -> None: ...

    def cancel(self, guid: str, command_id: str) -> None:
        self.cancelled.append((guid, command_id))

    def ask(self, guid: str, action: str, parameters: Mapping[str, Any], timeout_s: float) -> Mapping[str, Any]:
        if guid not in self.there or action != "look_at_block_list":
            raise Unavailable("nobody there")
        return {"version": self.held[guid], "intact": True}


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Desk]:
    found = Desk(tmp_path)
    found.desk.verification._tries_s = (0.0,)
    yield found
    found.close()


def join(made: Desk, *guids: str) -> Line:
    line = Line(*guids)
    made.desk.use(line)
    return line


def block(made: Desk, value: str = "192.0.2.77", action: str = "block_object", **more: Any) -> ResponseTask:
    target, given = Target(TargetKind.OBJECT, value), {"type": "ip", "value": value}
    return made.tasks.ask(ASKER, action, target, given, **more)


def applying(made: Desk, guid: str = GUID) -> list[ResponseTask]:
    return [task for task in made.tasks.waiting(guid) if task.action == room.APPLY]


def take(made: Desk, guid: str = GUID) -> None:
    """The sensor takes what waits for it."""
    (task,) = applying(made, guid)
    made.hand_out(task)
    made.clock.now_s += 1
    told = {"version": task.parameters["version"], "enforced": {"ip": "blocked"}, "reasons": {}}
    made.tasks.finished(task.id, guid, told)


def test_a_change_makes_a_version_that_every_connected_sensor_is_sent_once(made: Desk) -> None:
    join(made, GUID)
    made.desk.block_list.add(ASKER, [IP])
    assert (made.desk.block_list.push(), made.desk.block_list.push()) == (1, 0)
    (task,) = applying(made)
    assert task.parameters == {"version": 1, "objects": [IP]}
    assert applying(made, OTHER) == []
    take(made)
    assert made.inventory.get(GUID).block_version == 1
    assert made.desk.block_list.push() == 0
    made.desk.block_list.remove(ASKER, [("ip", "192.0.2.77")])
    assert made.desk.block_list.push() == 1
    assert applying(made)[0].parameters == {"version": 2, "objects": []}


def test_a_sensor_that_fails_is_asked_again_later_not_at_once(made: Desk) -> None:
    join(made, GUID)
    made.desk.block_list.add(ASKER, [IP])
    made.desk.block_list.push()
    made.hand_out(applying(made)[0])
    made.tasks.refused(applying(made)[0].id, GUID, "unsupported")
    assert made.desk.block_list.push() == 0
    made.clock.now_s += room.RETRY_MS / 1000
    assert made.desk.block_list.push() == 1


def test_only_what_sensors_block_is_sent_and_an_exception_wins(made: Desk) -> None:
    add = made.desk.block_list.add
    add(ASKER, [IP, {"type": "ip", "value": "192.0.2.78"}, {"type": "ip", "value": "192.0.2.79", "action": "log"}])
    add(ASKER, [{"type": "url", "value": "https://bad.example/x"}])
    made.desk.block_list.add_exception(CURATOR, "ip", "192.0.2.78", "ours")
    parameters, left_out = made.desk.block_list.sent()
    assert (parameters["objects"], left_out) == ([IP], 0)
    made.desk.block_list.remove_exception(CURATOR, "ip", "192.0.2.78")
    assert len(made.desk.block_list.sent()[0]["objects"]) == 2
    assert made.desk.block_list.version == 4


def test_what_has_expired_leaves_and_that_is_a_version_of_its_own(made: Desk) -> None:
    made.desk.block_list.add(ASKER, [IP | {"expires_ms": made.clock.now_ms + 1000}])
    assert (made.desk.block_list.expire(), made.desk.block_list.version) == (0, 1)
    made.clock.now_s += 1
    assert made.desk.block_list.effective()[1] == []
    assert (made.desk.block_list.expire(), made.desk.block_list.version) == (1, 2)
    assert made.told()[-1] == ("block_list.expire", "success")


def test_a_full_list_lets_go_of_what_is_nearest_to_its_expiry(made: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MAX_OF_TYPE", 2)
    now = made.clock.now_ms
    for number, expires in ((1, None), (2, now + 9000), (3, now + 99000)):
        made.desk.block_list.add(ASKER, [{"type": "ip", "value": f"192.0.2.{number}", "expires_ms": expires}])
    assert {one.value for one in made.desk.block_list.all()} == {"192.0.2.1", "192.0.2.3"}


def test_more_than_fits_into_a_command_is_left_out_the_least_risk_first(
    made: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MAX_SENT_OBJECTS", 1)
    made.desk.block_list.add(ASKER, [IP | {"risk": "low"}, {"type": "ip", "value": "192.0.2.78", "risk": "high"}])
    parameters, left_out = made.desk.block_list.sent()
    assert ([each["value"] for each in parameters["objects"]], left_out) == (["192.0.2.78"], 1)


def test_who_may_not_respond_changes_nothing(made: Desk) -> None:
    analyst = person("yui", Role.ANALYST)
    with pytest.raises(Forbidden):
        made.desk.block_list.add(analyst, [IP])
    with pytest.raises(Forbidden):
        made.desk.block_list.add_exception(analyst, "ip", "192.0.2.77", "")
    with pytest.raises(NotFound):
        made.desk.block_list.remove(ASKER, [("ip", "192.0.2.77")])
    assert made.desk.block_list.version == 0


# ---- as tasks -------------------------------------------------------------------------------------------------------
def test_a_task_is_carried_out_by_the_server_and_verified_where_a_sensor_holds_it(made: Desk) -> None:
    line = join(made, GUID)
    task = block(made)
    made.desk.carry()
    found = made.tasks.get(task.id)
    assert (found.state, found.result["version"], found.result["listed"]) == (TaskState.EXECUTED, 1, True)
    line.held[GUID] = 1
    made.desk.verification.work()
    made.desk.verification.settle()
    assert made.tasks.get(task.id).state is TaskState.VERIFIED
    undone = made.tasks.undo(ASKER, task.id)
    made.desk.carry()
    assert (undone.action, made.desk.block_list.all()) == ("unblock_object", [])


@pytest.mark.parametrize("guids", [(), (GUID,)])
def test_what_no_sensor_holds_is_not_said_to_be_verified(made: Desk, guids: tuple[str, ...]) -> None:
    join(made, *guids)
    task = block(made)
    made.desk.carry()
    made.desk.verification.work()
    made.desk.verification.settle()
    assert made.tasks.get(task.id).state is TaskState.UNVERIFIED


def test_taking_off_what_is_not_on_it_fails_and_says_so(made: Desk) -> None:
    task = block(made, action="unblock_object")
    made.desk.carry()
    found = made.tasks.get(task.id)
    assert found.state is TaskState.FAILED
    assert found.error is not None
    assert "none of these" in found.error.message


def test_a_task_that_a_crash_interrupted_is_carried_out_again(made: Desk) -> None:
    task = block(made)
    assert made.tasks.begin_carrying(task.id)
    made.desk.carry()
    assert made.desk.block_list.all() == []  # another thread has it, as far as is known
    made.desk._carrying.resume()
    assert made.tasks.get(task.id).state is TaskState.EXECUTED
    assert len(made.desk.block_list.all()) == 1


def test_what_endpoints_say_is_bounded_and_of_the_time_the_list_was_made(made: Desk) -> None:
    join(made, GUID)
    made.desk.block_list.add(ASKER, [IP])
    made.desk.block_list.push()
    (task,) = applying(made)
    made.hand_out(task)
    made.clock.now_s += 5
    made.tasks.finished(task.id, GUID, {"version": 1, "enforced": {"ip": "x" * 9999}, "reasons": ["no", "map"]})
    (row,) = made.desk.block_list.enforcement()
    assert (row["sensor"], row["version"], row["at_ms"]) == (GUID, 1, task.created_ms)
    assert (len(row["enforced"]["ip"]), row["reasons"]) == (300, {})


@pytest.mark.parametrize("version", [None, "1", True, -1, 1 << 70])
def test_a_forged_version_harms_nothing(made: Desk, version: object) -> None:
    join(made, GUID)
    made.desk.block_list.add(ASKER, [IP])
    made.desk.block_list.push()
    (task,) = applying(made)
    made.hand_out(task)
    made.tasks.finished(task.id, GUID, {"version": version})
    assert made.tasks.get(task.id).state in (TaskState.EXECUTED, TaskState.FAILED)
    assert made.inventory.get(GUID).block_version == 0
