from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from hinomi.api.console.time_travel import TravelShape
from hinomi.operations import time_travels
from hinomi.operations.jobs import Job
from hinomi.schema.principal import Role
from tests import make
from tests.api.house import ATTACKED, HIVE_FILTER, Running, attack, running
from tests.api.test_envelope import told

API = "/console/api/time-travel"
DAY = {"from": "2026-01-15", "to": "2026-01-15T23:59:59Z"}
WHO_MODEL = """
name: Somebody Asks Who They Are
severity: low
suppress: 24h
rules:
  - {id: many, name: Five in an hour, type: count, filters: [whoami_run], group_by: [endpointGuid], window: 1h, threshold: 5}
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A house that nobody else changes: what was raised is counted here."""
    with running(tmp_path_factory.mktemp("travel")) as found:
        yield found


def travelled(house: Running, sent: dict[str, Any], person: httpx.Client | None = None) -> dict[str, Any]:
    """The result of a travel, waited for."""
    person = person or house.person()
    reply = person.post(API, json=sent)
    assert reply.status_code == 202, reply.text
    job = reply.json()["job"]
    wait(house, job)
    found: dict[str, Any] = person.get(f"{API}/{job}").json()
    TravelShape.model_validate(found)
    assert found["state"] == "done", found
    return found


def wait(house: Running, id_: str) -> Job:
    job = house.house.time_travels.jobs._jobs[id_]
    assert job.thread is not None
    job.thread.join()
    return job


def codes(found: dict[str, Any]) -> set[tuple[str, ...]]:
    return {tuple(reason["code"] for reason in item["reasons"]) for item in found["items"]}


def test_with_the_content_of_then_all_alerts_are_the_same(shared: Running) -> None:
    found = travelled(shared, {})
    assert found["counts"] == {"onlyThen": 0, "onlyNow": 0, "both": ATTACKED}
    assert (found["read"], found["total"], found["unread"]) == (ATTACKED + 5, ATTACKED + 5, 0)
    assert {item["alert"]["id"] for item in found["items"]} == {shared.alert_of(f"PC-{n}") for n in range(ATTACKED)}
    assert codes(found) == {()}


def test_the_edges_of_a_window_make_no_differences(shared: Running) -> None:
    found = travelled(shared, {"from": "2026-01-15T03:03:00Z", "to": "2026-01-15T03:05:00.000Z"})
    assert found["counts"] == {"onlyThen": 0, "onlyNow": 0, "both": 3}
    assert travelled(shared, {"from": "2025-01-01", "to": "2025-01-02"})["counts"]["both"] == 0


def test_a_text_that_is_tried_shows_what_it_would_raise(shared: Running) -> None:
    found = travelled(shared, DAY | {"texts": [{"kind": "model", "text": WHO_MODEL}]})
    assert found["counts"] == {"onlyThen": 0, "onlyNow": 1, "both": 0}
    (item,) = found["items"]
    assert (item["model"]["en"], item["severity"], item["alert"]) == ("Somebody Asks Who They Are", "low", None)
    assert (item["eventCount"], item["entities"], len(item["evidence"])) == (5, ["PC-1"], 5)
    assert item["evidence"][0]["filterTitle"]["ja"] == "whoami による利用者の確認"
    assert ["objectCmd", "whoami"] in item["evidence"][0]["highlights"]
    assert codes(found) == {("draft",)}


def test_a_filter_that_says_something_else_loses_alerts(shared: Running) -> None:
    narrow = HIVE_FILTER.replace("' save '", "' export '")
    found = travelled(shared, {"texts": [{"kind": "filter", "id": "sam_hive_saved", "text": narrow}]})
    assert found["counts"] == {"onlyThen": ATTACKED, "onlyNow": 0, "both": 0}
    assert codes(found) == {("draft", "filterChanged", "modelChanged")}
    again = travelled(shared, {"versions": [{"id": "sam_hive_saved", "version": 0}]})
    assert again["counts"]["both"] == ATTACKED


def test_a_model_that_was_switched_off_is_told_with_who_did_it(own: Running) -> None:
    person = own.person()
    assert person.patch("/console/api/models/credential_dumping_registry", json={"enabled": False}).status_code == 200
    found = travelled(own, DAY)
    assert found["counts"] == {"onlyThen": ATTACKED, "onlyNow": 0, "both": 0}
    assert codes(found) == {("modelOff",)}
    (reason,) = found["items"][0]["reasons"]
    assert reason["by"].startswith("person")
    named = travelled(own, DAY | {"models": ["credential_dumping_registry"]})
    assert named["counts"]["both"] == ATTACKED
    person.patch("/console/api/models/credential_dumping_registry", json={"enabled": True})


def test_what_an_exception_hides_now_is_told(own: Running) -> None:
    terms = {"field": "endpointHostName", "operator": "equals", "value": "PC-3", "reason": "ours"}
    made = own.person().post("/console/api/exceptions", json=terms).json()
    found = travelled(own, DAY)
    assert found["counts"] == {"onlyThen": 1, "onlyNow": 0, "both": ATTACKED - 1}
    (gone,) = [item for item in found["items"] if item["group"] == "onlyThen"]
    assert (gone["entities"][0], gone["reasons"][0]["code"]) == ("PC-3", "exception")
    assert gone["reasons"][0]["exceptionId"] == made["id"]
    assert found["hidden"] == 1
    without = travelled(own, DAY | {"exceptions": False})
    assert (without["counts"]["both"], without["hidden"]) == (ATTACKED, 0)
    own.person().delete(f"/console/api/exceptions/{made['id']}")


def test_what_an_exception_hid_then_is_found_without_it(own: Running) -> None:
    terms = {"field": "endpointHostName", "operator": "equals", "value": "KIOSK-77", "reason": "ours"}
    made = own.person().post("/console/api/exceptions", json=terms).json()
    own.house.append(make.record_batch(attack(3).replace(b'"PC-3"', b'"KIOSK-77"')))
    assert own.house.pipeline.drain().alerts == 0
    assert travelled(own, DAY)["counts"]["onlyNow"] == 0
    found = travelled(own, DAY | {"exceptions": False})
    (new,) = [item for item in found["items"] if item["group"] == "onlyNow"]
    assert (new["entities"], new["reasons"][0]["exceptionId"]) == (["KIOSK-77"], made["id"])
    own.person().delete(f"/console/api/exceptions/{made['id']}")


def test_it_is_cancelled_one_at_a_time_and_nobody_elses(own: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_travels, "give_way", lambda _is_busy, cancel: cancel.wait(60))
    person, other = own.person(), own.person(Role.ANALYST)
    job = person.post(API, json={}).json()["job"]
    told(person.post(API, json={}), 429, "TooManyRequests")
    assert person.get(f"{API}/{job}").json()["state"] == "running"
    told(other.get(f"{API}/{job}"), 404, "NotFound")
    told(other.delete(f"{API}/{job}"), 404, "NotFound")
    assert person.delete(f"{API}/{job}").status_code == 204
    wait(own, job)
    over = person.get(f"{API}/{job}").json()
    TravelShape.model_validate(over)
    assert (over["state"], "items" in over) == ("cancelled", False)
    assert person.delete(f"{API}/{job}").status_code == 204
    told(person.get(f"{API}/{job}"), 404, "NotFound")
    audited = person.get("/console/api/audit", params={"search": job}).json()["items"]
    assert [row["action"] for row in audited] == ["time-travel.drop", "time-travel.drop", "time-travel.start"]


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"from": "2026-01-16", "to": "2026-01-15"}, 400, "BadRequest"),
        ({"from": "soon"}, 400, "BadRequest"),
        ({"models": []}, 400, "BadRequest"),
        ({"models": ["nobody"]}, 404, "NotFound"),
        ({"texts": [{"kind": "model", "text": "name: ["}]}, 400, "BadRequest"),
        ({"texts": [{"kind": "filter", "text": HIVE_FILTER}]}, 400, "BadRequest"),  # no model waits for it
        ({"versions": [{"id": "sam_hive_saved", "version": 7}]}, 404, "NotFound"),
        ({"texts": [{"kind": "model", "text": "x" * 300_000}]}, 400, "BadRequest"),
    ],
)
def test_what_cannot_be_asked_is_told(shared: Running, sent: dict[str, Any], status: int, code: str) -> None:
    told(shared.person().post(API, json=sent), status, code)


def test_it_needs_the_permission_to_investigate(shared: Running) -> None:
    told(shared.person(Role.AUDITOR).post(API, json={}), 403, "AccessDenied")
    assert travelled(shared, DAY, shared.person(Role.ANALYST))["counts"]["both"] == ATTACKED
