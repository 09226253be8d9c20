from typing import Any

import httpx
import pytest

from hinomi.api.v3.alerts import Alert, AlertList
from hinomi.query.moment import format_moment
from tests.api.house import ATTACKED, COMMAND, Running
from tests.api.test_envelope import told

ALERTS = "/v3.0/workbench/alerts"


def page(client: httpx.Client, url: str = ALERTS, filter_: str = "", **parameters: Any) -> dict[str, Any]:
    headers = {"TMV1-Filter": filter_} if filter_ else {}
    reply = client.get(url, params=parameters or None, headers=headers)
    assert reply.status_code == 200, reply.text
    AlertList.model_validate(reply.json())
    return reply.json()


def ids(found: dict[str, Any]) -> list[str]:
    return [alert["id"] for alert in found["items"]]


def test_an_alert_has_everything_a_client_asks_for(shared: Running) -> None:
    alert = page(shared.key())["items"][0]
    assert alert["score"] == 66
    assert alert["severity"] == "high"
    assert alert["workbenchLink"].startswith(f"{shared.url}/workbench/alerts/WB-7-")
    host = next(each for each in alert["impactScope"]["entities"] if each["entityType"] == "host")
    assert host["entityValue"]["guid"] == host["entityId"]
    assert alert["impactScope"]["desktopCount"] == alert["impactScope"]["accountCount"] == 1
    assert alert["matchedRules"][0]["matchedFilters"][0]["mitreTechniqueIds"] == ["T1003.002"]
    assert alert["matchedRules"][0]["matchedFilters"][0]["matchedEvents"][0]["type"] == "TELEMETRY_PROCESS"
    by_type = {each["type"]: each for each in alert["indicators"]}
    assert by_type["command_line"]["value"] == COMMAND
    assert by_type["command_line"]["field"] == "objectCmd"
    assert by_type["host"]["value"] == host["entityValue"]
    assert set(host["relatedIndicatorIds"]) <= {each["id"] for each in alert["indicators"]}
    assert None not in alert.values()


def test_the_list_pages_without_the_header_and_ends_without_a_link(shared: Running) -> None:
    client, seen = shared.key(), []
    found = page(client, filter_="severity eq 'high'", top=5, orderBy="id asc")
    assert (found["totalCount"], found["count"]) == (ATTACKED, 5)
    while True:
        seen += ids(found)
        if "nextLink" not in found:
            break
        assert found["nextLink"].startswith(f"{shared.url}/v3.0/")
        found = page(client, found["nextLink"])
    assert seen == sorted(set(seen))
    assert len(seen) == ATTACKED


def test_a_next_page_refuses_another_filter(shared: Running) -> None:
    client = shared.key()
    link = page(client, filter_="severity eq 'high'", top=5)["nextLink"]
    assert page(client, link, filter_="severity eq 'high'")["count"] == 5
    told(client.get(link, headers={"TMV1-Filter": "severity eq 'low'"}), 400, "BadRequest")
    told(client.get(ALERTS, params={"skipToken": "forged"}), 400, "BadRequest")


FILTERS = [
    ("status eq 'Open' and severity eq 'high'", ATTACKED),
    ("severity eq 'Severity.HIGH'", ATTACKED),
    ("severity eq 'low'", 0),
    ("not (severity eq 'low')", ATTACKED),
    ("impactScopeEntityValue eq 'PC-3'", 1),
    ("impactScopeEntityValue eq 'pc-3' or impactScopeEntityValue eq 'corp\\user4'", 2),
    ("contains(model, 'registry')", ATTACKED),
    ("investigationStatus eq 'New'", ATTACKED),
    ("modelId eq 'nothing'", 0),
]


@pytest.mark.parametrize(("text", "expected"), FILTERS)
def test_the_filter_is_the_documented_one(shared: Running, text: str, expected: int) -> None:
    assert page(shared.key(), filter_=text)["totalCount"] == expected
    reply = shared.key().get(ALERTS, params={"filter": text})
    assert reply.json()["totalCount"] == expected


def test_windows_include_both_ends_and_empty_is_absent(shared: Running) -> None:
    client = shared.key()
    created = page(client)["items"][0]["createdDateTime"]
    assert page(client, startDateTime=created, endDateTime=created)["totalCount"] > 0
    assert page(client, startDateTime="", endDateTime="")["totalCount"] == ATTACKED
    assert page(client, startDateTime="2020-01-01T00:00:00", endDateTime="2020-01-02T00:00:00Z")["totalCount"] == 0
    assert (
        page(client, startDateTime="2020-01-01T00:00:00Z", dateTimeTarget="updatedDateTime")["totalCount"] == ATTACKED
    )
    later = format_moment(shared.api.now_ms() + 3_600_000)
    assert page(client, startDateTime=later)["totalCount"] == 0
    told(client.get(ALERTS, params={"startDateTime": "soon"}), 400, "BadRequest")
    told(client.get(ALERTS, params={"startDateTime": later, "endDateTime": created}), 400, "BadRequest")
    told(client.get(ALERTS, params={"orderBy": "colour desc"}), 400, "BadRequest")
    told(client.get(ALERTS, params={"dateTimeTarget": "birthday"}), 400, "BadRequest")


def test_an_alert_is_changed_under_its_etag(worked: Running) -> None:
    client = worked.key()
    path = f"{ALERTS}/{worked.alert_of('PC-2')}"
    got = client.get(path)
    Alert.model_validate(got.json())
    etag = got.headers["ETag"]
    changed = client.patch(path, json={"status": "In Progress"}, headers={"If-Match": f'"{etag}"'})
    assert (changed.status_code, changed.content) == (204, b"")
    assert client.get(path).headers["ETag"] == changed.headers["ETag"] != etag
    stale = client.patch(path, json={"status": "Closed"}, headers={"If-Match": etag})
    assert told(stale, 412, "ConditionNotMet")["number"] == 3090018
    weak = {"If-Match": f'W/"{changed.headers["ETag"]}"'}
    assert client.patch(path, json={"investigationResult": "Noteworthy"}, headers=weak).status_code == 204
    any_version = {"If-Match": "*"}
    assert client.patch(path, json={"investigationResult": "No Findings"}, headers=any_version).status_code == 204
    assert client.patch(path, json={"investigationResult": "Other Findings"}).status_code == 204
    assert client.get(path).json()["investigationResult"] == "Noteworthy"
    assert worked.house.workbench.row(path.rsplit("/", 1)[1]).finding == "Other Findings"
    assert client.patch(path, json={"investigationStatus": "False Positive"}).status_code == 204
    shown = client.get(path).json()
    assert (shown["status"], shown["investigationResult"]) == ("Closed", "False Positive")
    assert shown["firstInvestigatedDateTime"]
    told(client.patch(path, json={}), 400, "BadRequest")
