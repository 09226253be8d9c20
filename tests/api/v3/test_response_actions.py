from typing import Any

import pytest

from hinomi.api.multi_status import Item
from hinomi.response.task_list import TaskQuery
from hinomi.schema.principal import Role
from tests.api.house import Running
from tests.make_endpoints import facts

A = "aaaaaaaa-0000-4000-8000-0000000000{:02d}"


@pytest.fixture
def house(worked: Running) -> Running:
    return worked


def endpoint(house: Running, number: int) -> str:
    """An endpoint of this test's own, not connected: tasks stay queued."""
    guid = A.format(number)
    house.house.inventory.seen(guid, at_ms=5, connected=False, facts=facts(f"host-{number}"))
    return guid


def ask(house: Running, path: str, body: Any, role: Role = Role.SENIOR_ANALYST) -> list[Item]:
    reply = house.key(role).post(f"/v3.0/response{path}", json=body)
    assert reply.status_code == 207, reply.text
    return [Item.model_validate(item) for item in reply.json()]


def task_of(house: Running, item: Item) -> dict[str, Any]:
    assert item.headers is not None
    assert [header.name for header in item.headers] == ["Operation-Location"]
    found: dict[str, Any] = house.key().get(item.headers[0].value).json()
    return found


def test_each_wish_has_its_own_answer_in_order(house: Running) -> None:
    guid = endpoint(house, 10)
    good, missing, bad = ask(
        house,
        "/endpoints/isolate",
        [{"agentGuid": guid, "description": "why"}, {"endpointName": "nobody"}, {"description": "no target"}],
    )
    assert (good.status, missing.status, bad.status) == (202, 400, 400)
    assert missing.body == {"error": {"code": "BadRequest", "message": "Target not found."}}
    task = task_of(house, good)
    assert (task["action"], task["status"], task["agentGuid"], task["endpointName"]) == (
        "isolate",
        "queued",
        guid,
        "host-10",
    )
    assert task["description"] == "why"


def test_the_same_wish_twice_names_the_task_that_lives(house: Running) -> None:
    guid = endpoint(house, 11)
    (first,) = ask(house, "/endpoints/isolate", [{"agentGuid": guid}])
    (second,) = ask(house, "/endpoints/isolate", [{"endpointName": "HOST-11"}])
    assert second.status == 400
    assert second.body == {"error": {"code": "TaskError", "message": "Task duplication."}}
    assert second.headers == first.headers


@pytest.mark.parametrize(
    ("path", "more", "expected"),
    [
        ("/endpoints/restore", {}, {"action": "restoreIsolate"}),
        ("/endpoints/collectFile", {"filePath": "/tmp/x"}, {"action": "collectFile", "filePath": "/tmp/x"}),
        ("/endpoints/terminateProcess", {"fileSha1": "a" * 40}, {"action": "terminateProcess", "fileSha1": "a" * 40}),
        (
            "/endpoints/runYaraRules",
            {"yaraRuleFileContent": "rule a { condition: true }", "targetFileLocation": "/tmp"},
            {"action": "runYaraRules"},
        ),
    ],
)
def test_every_action_on_an_endpoint_becomes_a_task(
    house: Running, path: str, more: dict[str, Any], expected: dict[str, Any]
) -> None:
    guid = endpoint(house, 12)
    (item,) = ask(house, path, [{"agentGuid": guid, **more}])
    assert item.status == 202, item
    assert expected.items() <= task_of(house, item).items()


def test_a_scan_takes_an_object_with_endpoints(house: Running) -> None:
    (item,) = ask(house, "/endpoints/startMalwareScan", {"endpoints": [{"agentGuid": endpoint(house, 13)}]})
    assert item.status == 202


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/endpoints/collectFile", [{"agentGuid": A.format(14), "filePath": "relative/path"}]),
        ("/endpoints/terminateProcess", [{"agentGuid": A.format(14)}]),
        ("/suspiciousObjects", [{"ip": "192.0.2.1", "domain": "two.example"}]),
        ("/suspiciousObjects", [{"description": "none"}]),
        ("/emails/quarantine", [{"mailBox": "a@example.jp"}]),
    ],
)
def test_what_is_wrong_with_a_wish_is_said_in_its_item(house: Running, path: str, body: list[dict[str, Any]]) -> None:
    endpoint(house, 14)
    (item,) = ask(house, path, body)
    assert item.status == 400
    assert item.body is not None
    assert item.body["error"]["code"] == "BadRequest"


def test_only_those_who_may_respond_get_anything_done(house: Running) -> None:
    guid = endpoint(house, 15)
    for role in (Role.ANALYST, Role.SIEM, Role.AUDITOR, Role.INGESTER):
        reply = house.key(role).post("/v3.0/response/endpoints/isolate", json=[{"agentGuid": guid}])
        assert (reply.status_code, reply.json()["error"]["code"]) == (403, "AccessDenied")
    asked = house.house.access.audit.search(text="POST /v3.0/response/endpoints/isolate", top=100).items
    denied = {(str(row.role), row.outcome, row.action) for row in asked}
    low = ("analyst", "siem", "auditor", "ingester")
    assert {(role, "failure", "access") for role in low} <= denied  # a stolen key leaves its trace
    assert house.house.response.tasks.page(TaskQuery(endpoint=guid)).total == 0
    assert house.key().post("/v3.0/response/endpoints/isolate", json=[]).status_code == 400
    assert house.client().post("/v3.0/response/endpoints/isolate", json=[{"agentGuid": guid}]).status_code == 401
