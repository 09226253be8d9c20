from typing import Any

import httpx
import pytest

from hinomi.api.v3.observed import ObservedList
from hinomi.query.moment import format_second
from tests.api.house import ATTACKED, Running
from tests.api.test_envelope import told

OAT = "/v3.0/oat/detections"
ALL = ATTACKED + 5
DAY_MS = 86_400_000


def page(client: httpx.Client, url: str = OAT, filter_: str = "", **parameters: Any) -> dict[str, Any]:
    reply = client.get(url, params=parameters or None, headers={"TMV1-Filter": filter_.encode()} if filter_ else {})
    assert reply.status_code == 200, reply.text
    ObservedList.model_validate(reply.json())
    assert reply.json()["count"] == len(reply.json()["items"])
    return reply.json()


def test_a_detection_carries_its_filter_endpoint_and_activity(shared: Running) -> None:
    item = page(shared.key(), filter_="filterMitreTechniqueId eq 'T1003.002'")["items"][0]
    found = item["filters"][0]
    assert found["id"] == "sam_hive_saved"
    assert found["name"] == "SAM Hive Saved by reg.exe"
    assert found["riskLevel"] == "high"
    assert found["mitreTacticIds"] == ["TA0006"]
    command = next(each for each in found["highlightedObjects"] if each["field"] == "objectCmd")
    assert command["type"] == "command_line"
    assert item["endpoint"]["endpointName"] == item["entityName"]
    assert item["detail"]["endpointGuid"] == item["endpoint"]["agentGuid"] != ""
    assert item["detail"]["eventSourceType"] == 1
    assert item["detail"]["eventId"] == "1"
    assert None not in item["detail"].values()


FILTERS = [
    ("riskLevel eq 'high'", ATTACKED),
    ("riskLevel eq 'RiskLevel.HIGH'", ATTACKED),
    ("not (riskLevel eq 'high')", 5),
    ("filterName eq 'User Looked up by whoami'", 5),
    ("contains(filterName, 'ハイブ')", ATTACKED),
    ("filterName eq 'no such filter'", 0),
    ("filterMitreTacticId eq 'TA0007'", 5),
    ("filterMitreTechniqueId eq 'T1003-002'", ATTACKED),
    ("endpointName eq 'pc-1' and riskLevel eq 'low'", 5),
    ("containerName eq 'x'", 0),
]


@pytest.mark.parametrize(("text", "expected"), FILTERS)
def test_the_filter_is_the_documented_one(shared: Running, text: str, expected: int) -> None:
    assert page(shared.key(), filter_=text)["totalCount"] == expected


def test_pages_follow_each_other_by_link_and_by_token_alone(shared: Running) -> None:
    client, seen = shared.key(), []
    found = page(client, top=5)
    assert found["totalCount"] == ALL
    second = httpx.URL(found["nextLink"]).params["nextBatchToken"]
    by_token = page(client, top=5, nextBatchToken=second)
    assert (
        by_token["items"] == page(client, found["nextLink"])["items"] == page(client, top=5, skipToken=second)["items"]
    )
    while True:
        seen += [item["uuid"] for item in found["items"]]
        if "nextLink" not in found:
            break
        found = page(client, found["nextLink"])
    assert len(seen) == len(set(seen)) == ALL


def test_windows_are_bounded(shared: Running) -> None:
    client, now = shared.key(), shared.api.now_ms()
    assert page(client, detectedStartDateTime=format_second(now - DAY_MS), detectedEndDateTime="")["totalCount"] == ALL
    assert page(client, ingestedStartDateTime=format_second(now - DAY_MS))["totalCount"] == ALL
    past = {"detectedStartDateTime": "2020-01-01T00:00:00Z", "detectedEndDateTime": "2020-06-01T00:00:00Z"}
    assert page(client, **past)["totalCount"] == 0
    future = {"detectedEndDateTime": format_second(now + DAY_MS)}
    assert "future" in told(client.get(OAT, params=future), 400, "BadRequest")["message"]
    wide = {"detectedStartDateTime": format_second(now - 366 * DAY_MS)}
    assert "365 days" in told(client.get(OAT, params=wide), 400, "BadRequest")["message"]
    told(client.get(OAT, headers={"TMV1-Filter": "colour eq 'red'"}), 400, "BadRequest")
    told(client.get(OAT, headers={"TMV1-Filter": "x" * 4001}), 400, "BadRequest")
