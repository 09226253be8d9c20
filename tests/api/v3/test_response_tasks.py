from typing import Any

import pytest

from hinomi.api.v3.response_tasks import PublicTasks
from hinomi.schema.principal import COMMAND_LINE, Role
from hinomi.schema.task import ResponseTask, Target, TargetKind, TaskError
from tests.api.house import Running
from tests.make_endpoints import facts

A = "aaaaaaaa-0000-4000-8000-0000000000{:02d}"
PATH = "/v3.0/response/tasks"


@pytest.fixture
def house(worked: Running) -> Running:
    return worked


def asked(house: Running, number: int, action: str, **parameters: Any) -> ResponseTask:
    guid = A.format(number)
    house.house.inventory.seen(guid, at_ms=5, connected=False, facts=facts(f"host-{number}"))
    return house.house.response.tasks.ask(COMMAND_LINE, action, Target(TargetKind.ENDPOINT, guid), parameters)


def taken(house: Running, task: ResponseTask) -> None:
    """The endpoint has it and works on it, as the gateway tells."""
    tasks, command = house.house.response.tasks, house.house.response.tasks.command_id(task.id)
    assert tasks.handed_out(task.id)
    tasks.received(command, task.target.id, 1)
    tasks.executing(command, task.target.id, 2)


def test_a_collected_file_is_told_with_its_password_once(house: Running) -> None:
    task = asked(house, 40, "collect_file", path="/tmp/sample")
    taken(house, task)
    assert house.key().get(f"{PATH}/{task.id}").json()["status"] == "running"
    result = {"path": "/tmp/sample", "sha1": "b" * 40, "sha256": "c" * 64, "size_bytes": 7, "password": "x" * 20}
    desk, command = house.house.response, house.house.response.tasks.command_id(task.id)
    desk.tasks.finished(command, task.target.id, result | {"upload_sha256": "d" * 64})
    desk.verification.work()
    desk.verification.settle()
    found = house.key().get(f"{PATH}/{task.id}").json()
    assert found["status"] == "succeeded"
    assert (found["filePath"], found["fileSha1"], found["fileSize"]) == ("/tmp/sample", "b" * 40, 7)
    assert found["password"] == "x" * 20
    assert found["resourceLocation"].endswith(f"{PATH}/{task.id}/file")
    again = house.key().get(f"{PATH}/{task.id}").json()
    assert "password" not in again  # it was shown; only an administrator sees it a second time
    assert house.key(Role.ADMINISTRATOR).get(f"{PATH}/{task.id}").json()["password"] == "x" * 20


def test_what_failed_says_why_and_what_did_not_says_nothing(house: Running) -> None:
    task = asked(house, 41, "collect_file", path="/tmp/gone")
    taken(house, task)
    error = TaskError("not_found", "There is no such file.", "ファイルがありません。")
    house.house.response.tasks.finished(house.house.response.tasks.command_id(task.id), task.target.id, error)
    found = house.key().get(f"{PATH}/{task.id}").json()
    assert found["status"] == "failed"
    assert found["error"] == {"code": "TaskError", "message": "There is no such file.", "number": 4009999}
    assert "error" not in house.key().get(f"{PATH}/{asked(house, 42, 'isolate_endpoint').id}").json()


def test_lists_are_of_a_window_narrowed_and_paged(house: Running) -> None:
    ids = [asked(house, number, "isolate_endpoint").id for number in (43, 44, 45)]
    key = house.key()
    wanted = {"filter": " or ".join(f"id eq '{id_}'" for id_ in ids)}
    page = PublicTasks.model_validate(key.get(PATH, params=wanted | {"top": "2"}).json())
    assert (page.total_count, [task.id for task in page.items]) == (3, ids[:0:-1])
    assert page.next_link is not None
    assert [task["id"] for task in key.get(page.next_link).json()["items"]] == ids[:1]
    narrowed = {"filter": f"(id eq '{ids[0]}' or id eq '{ids[1]}') and status eq 'queued' and action eq 'isolate'"}
    assert key.get(PATH, params=narrowed).json()["totalCount"] == 2
    assert (
        key.get(PATH, params={"filter": "status eq 'succeeded' and action eq 'restoreIsolate'"}).json()["items"] == []
    )
    assert key.get(PATH, params={"endDateTime": "2020-01-01T00:00:00Z"}).json()["items"] == []


@pytest.mark.parametrize(
    "parameters",
    [
        {"filter": "status eq 'done'"},
        {"filter": "not status eq 'queued'"},
        {"filter": "id eq '1' or status eq 'queued'"},
        {"filter": "target eq 'x'"},
        {"orderBy": "endpointName"},
        {"dateTimeTarget": "deleted"},
    ],
)
def test_what_cannot_be_asked_is_refused(house: Running, parameters: dict[str, str]) -> None:
    assert house.key().get(PATH, params=parameters).status_code == 400


def test_cancelling_answers_for_each(house: Running) -> None:
    task = asked(house, 46, "isolate_endpoint")
    reply = house.key().post(f"{PATH}/cancel", json=[{"id": task.id}, {"id": "99999999"}])
    assert (reply.status_code, [item["status"] for item in reply.json()]) == (207, [204, 400])
    assert house.key().get(f"{PATH}/{task.id}").json()["status"] == "canceled"


def test_tasks_are_for_those_who_may_respond(house: Running) -> None:
    for role in (Role.ANALYST, Role.SIEM):
        assert house.key(role).get(PATH).status_code == 403
    assert house.key().get(f"{PATH}/99999999").status_code == 404
