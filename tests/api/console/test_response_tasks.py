from typing import Any

import httpx
import pytest

from hinomi.api.console.response_tasks import AskedList, TaskDetail, TaskPage
from hinomi.schema.principal import Role
from tests.api.house import Running
from tests.make_endpoints import facts

PATH = "/console/api/response/tasks"
GUID = "dddddddd-0000-4000-8000-0000000000{:02d}"


@pytest.fixture
def house(worked: Running) -> Running:
    for number in range(1, 9):
        worked.house.inventory.seen(GUID.format(number), at_ms=5, connected=False, facts=facts(f"task-{number}"))
    return worked


def wish(number: int, action: str = "isolate_endpoint", **more: Any) -> dict[str, Any]:
    return {"action": action, "targets": [{"kind": "endpoint", "id": GUID.format(number)}], "parameters": {}, **more}


def asked(person: httpx.Client, sent: dict[str, Any]) -> list[dict[str, Any]]:
    reply = person.post(PATH, json=sent)
    assert reply.status_code == 207, reply.text
    AskedList.model_validate(reply.json())
    return list(reply.json()["items"])


def test_a_task_is_asked_for_listed_looked_at_and_cancelled(house: Running) -> None:
    person = house.person(Role.SENIOR_ANALYST)
    (made,) = asked(person, wish(1, description="contain it", alertId="WB-1-20261122-00001", source="workbench"))
    id_ = made["task"]["id"]
    assert (made["task"]["state"], made["task"]["target"]["name"]) == ("queued", "task-1")
    page = TaskPage.model_validate(person.get(PATH, params={"alertId": "WB-1-20261122-00001"}).json())
    assert [one.id for one in page.items] == [id_]
    detail = TaskDetail.model_validate(person.get(f"{PATH}/{id_}").json())
    assert (detail.description, detail.can_cancel, [step.state for step in detail.steps]) == (
        "contain it",
        True,
        ["queued"],
    )
    assert person.post(f"{PATH}/{id_}/cancel").json()["state"] == "cancelled"
    assert person.get(PATH, params={"endpoint": GUID.format(1), "state": "queued"}).json()["totalCount"] == 0


def test_a_second_wish_is_refused_with_the_first_and_stops_no_other(house: Running) -> None:
    person = house.person(Role.SENIOR_ANALYST)
    (first,) = asked(person, wish(2))
    both = wish(2) | {"targets": [{"kind": "endpoint", "id": GUID.format(number)} for number in (2, 3)]}
    refused, done = asked(person, both)
    assert (refused["error"]["code"], refused["error"]["task"]) == ("TaskDuplication", first["task"]["id"])
    assert done["task"]["state"] == "queued"


def test_two_targets_are_of_one_group(house: Running) -> None:
    sent = wish(4) | {"targets": [{"kind": "endpoint", "id": GUID.format(number)} for number in (4, 5)]}
    rows = asked(house.person(Role.SENIOR_ANALYST), sent)
    groups = {row["task"]["group"] for row in rows}
    assert len(groups) == 1
    assert None not in groups


def test_who_asked_does_not_approve(house: Running) -> None:
    policy = "/console/api/response/approval-policy"
    rules = [{"action": "collect_file", "group": "", "needs": True}]
    assert house.person(Role.ADMINISTRATOR).put(policy, json={"rules": rules}).status_code == 200
    try:
        asker, other = house.new_person(Role.SENIOR_ANALYST), house.new_person(Role.SENIOR_ANALYST)
        (made,) = asked(asker, wish(6, "collect_file", parameters={"path": "/tmp/x"}))
        id_ = made["task"]["id"]
        assert (made["task"]["state"], made["task"]["canApprove"]) == ("pending_approval", False)
        assert asker.post(f"{PATH}/{id_}/approve").status_code == 403
        assert other.get(f"{PATH}/{id_}").json()["canApprove"] is True
        assert other.post(f"{PATH}/{id_}/approve").json()["state"] == "queued"
        (second,) = asked(asker, wish(7, "collect_file", parameters={"path": "/tmp/x"}))
        answer = other.post(f"{PATH}/{second['task']['id']}/reject", json={"reason": "not now"}).json()
        assert (answer["state"], answer["error"]["message"]["en"][-7:]) == ("rejected", "not now")
    finally:
        house.person(Role.ADMINISTRATOR).put(policy, json={"rules": []})


def test_roles_and_bad_wishes_are_refused(house: Running) -> None:
    assert house.person(Role.ANALYST).post(PATH, json=wish(8)).status_code == 403
    person = house.person(Role.SENIOR_ANALYST)
    for bad in (wish(8, "nothing"), wish(8, "collect_file"), wish(8, expiresInS=1)):
        (row,) = asked(person, bad)
        assert row["error"]["code"] == "BadRequest"
    assert person.get(f"{PATH}/99999999").status_code == 404
    assert person.get(PATH, params={"state": "asleep"}).status_code == 400
    assert person.post(f"{PATH}/99999999/password").status_code == 404
