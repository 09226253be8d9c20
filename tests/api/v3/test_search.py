from typing import Any

import httpx
import pytest

from hinomi.api.v3.search import Found
from tests.api.house import ATTACKED, COMMAND, Running
from tests.api.test_envelope import told

ACTIVITIES = "/v3.0/search/endpointActivities"
DETECTIONS = "/v3.0/search/detections"
WINDOW = {"startDateTime": "2026-01-15T00:00:00Z", "endDateTime": "2026-01-16T00:00:00Z"}
ALL = ATTACKED + 5


def search(client: httpx.Client, query: str, path: str = ACTIVITIES, **parameters: Any) -> dict[str, Any]:
    reply = client.get(path, params={**WINDOW, **parameters}, headers={"TMV1-Query": query.encode()})
    assert reply.status_code == 200, reply.text
    Found.model_validate(reply.json())
    return reply.json()


QUERIES = [
    ("*", ALL),
    ("uuid:*", ALL),
    ('objectCmd:"hklm"', ATTACKED),
    ("objectCmd: *save*hklm*", ATTACKED),
    ("endpointHostName:PC-3", 1),
    ('endpointHostName:"PC-3" or objectCmd:whoami', 6),
    ("eventId:1 AND NOT objectCmd:whoami", ATTACKED),
    ("eventId:TELEMETRY_PROCESS", ALL),
    ("objectPid:4003", 1),
    ("objectPid:400", 0),
    ("objectPid >= 4003 and objectPid < 4005", 2),
    ("objectFileHashSha1:da39a3ee5e6b4b0d3255bfef95601890afd80709", ATTACKED),
    ("endpointHostName:火", 0),
    ("tags:XSAE.F2924 or objectPid:4003", 1),
    ("not policyTreePath:*", ALL),
]


@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_the_query_is_the_documented_one(shared: Running, query: str, expected: int) -> None:
    found = search(shared.key(), query)
    assert len(found["items"]) == expected
    assert found["progressRate"] == 100
    assert "nextLink" not in found
    assert search(shared.key(), query, mode="countOnly") == {"totalCount": expected}


def test_items_are_newest_first_and_of_the_types_that_clients_insist_on(shared: Running) -> None:
    items = search(shared.key(), "*")["items"]
    times = [item["eventTime"] for item in items]
    assert times == sorted(times, reverse=True)
    item = items[-1]
    assert item["objectCmd"] == COMMAND
    assert item["eventId"] == "1"
    assert item["eventTimeDT"] == "2026-01-15T03:00:00+00:00"
    assert isinstance(item["endpointGuid"], str)
    assert None not in item.values()


def test_pages_follow_each_other_without_the_header(shared: Running) -> None:
    client, seen = shared.key(), []
    found = search(client, "*", top=6)
    while True:
        seen += [item["uuid"] for item in found["items"]]
        if "nextLink" not in found:
            break
        found = client.get(found["nextLink"]).json()
    assert len(seen) == len(set(seen)) == ALL


def test_fields_are_selected_and_foreign_ones_simply_absent(shared: Running) -> None:
    client = shared.key()
    chosen = search(client, "*", select="objectCmd, msgUuid", top=1)["items"][0]
    assert set(chosen) == {"objectCmd", "endpointGuid", "eventSourceType"}
    assert len(search(client, "*", select="empty", top=1)["items"][0]) > 20


def test_windows_default_to_a_day_and_include_both_ends(shared: Running) -> None:
    client = shared.key()
    assert client.get(ACTIVITIES, headers={"TMV1-Query": "*"}).json()["items"] == []
    edge = {"startDateTime": "2026-01-15T03:00:00Z", "endDateTime": "2026-01-15T03:00:00Z"}
    assert len(client.get(ACTIVITIES, params=edge, headers={"TMV1-Query": "*"}).json()["items"]) == 1


@pytest.mark.parametrize("query", ["", 'x:"a"b"', "colour:red", "(", "eventId:many", "objectCmd:/(/"])
def test_a_wrong_query_is_told_and_does_not_crash(shared: Running, query: str) -> None:
    headers = {"TMV1-Query": query} if query else {}
    told(shared.key().get(ACTIVITIES, headers=headers), 400, "BadRequest")
    told(shared.key().get(ACTIVITIES, params={"mode": "fast"}, headers={"TMV1-Query": "*"}), 400, "BadRequest")


DETECTION_QUERIES = [
    ("*", ALL),
    ("filterRiskLevel:high", ATTACKED),
    ('techniqueId:"T1003.002"', ATTACKED),
    ("tags:T1003", ATTACKED),
    ("ruleName:whoami", 5),
    ("endpointHostName:PC-1 and objectCmd:whoami", 5),
    ("objectPid:4003", 1),
    ("processName:*", 17),
    ("SAM", ATTACKED),
    ("malName:* or ruleName:SAM", ATTACKED),
]


@pytest.mark.parametrize(("query", "expected"), DETECTION_QUERIES)
def test_detections_are_searched_by_their_own_fields_and_the_activitys(
    shared: Running, query: str, expected: int
) -> None:
    assert search(shared.key(), query, DETECTIONS, mode="countOnly") == {"totalCount": expected}


def test_a_detection_is_shown_in_the_names_of_detection_data(shared: Running) -> None:
    item = search(shared.key(), "filterRiskLevel:high", DETECTIONS, top=1)["items"][0]
    assert item["severity"] == 8
    assert item["techniqueId"] == ["T1003.002"]
    assert item["tags"] == ["MITRE.T1003.002"]
    assert item["objectCmd"] == [COMMAND]
    assert item["ruleName"] == "SAM Hive Saved by reg.exe"
    assert set(search(shared.key(), "*", DETECTIONS, select="uuid,ruleName", top=1)["items"][0]) == {"uuid", "ruleName"}


@pytest.mark.parametrize("source", ["networkActivities", "emailActivities", "cloudActivities", "identityActivities"])
def test_other_data_sets_have_their_own_activities_only(shared: Running, source: str) -> None:
    path = f"/v3.0/search/{source}"
    assert search(shared.key(), "*", path) == {"items": [], "progressRate": 100}
    assert search(shared.key(), "endpointHostName:PC-3", path, mode="countOnly") == {"totalCount": 0}
    told(shared.key().get(path), 400, "BadRequest")


def test_mail_is_asked_by_the_names_of_mail(shared: Running) -> None:
    query = "mailMsgSubject:invoice and not mailbox:*"
    assert search(shared.key(), query, "/v3.0/search/emailActivities", mode="countOnly") == {"totalCount": 0}
