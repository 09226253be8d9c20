from collections.abc import Iterator
from typing import Any

import pytest

from hinomi.api.console.exceptions import BillShape, ExceptionList, ExceptionShape
from hinomi.schema.principal import Role
from tests import make
from tests.api.house import ATTACKED, Running, attack, running
from tests.api.test_envelope import told

API = "/console/api/exceptions"
WHO = {"field": "objectFilePath", "operator": "endswith", "value": "\\whoami.exe"}
NAMED = {"field": "endpointHostName", "operator": "re", "value": "^(PC-1[01]|KIOSK-9)$", "filterId": "sam_hive_saved"}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A house of its own: these tests leave alerts that others would count."""
    with running(tmp_path_factory.mktemp("exceptions")) as found:
        yield found


def added(house: Running, sent: dict[str, Any]) -> dict[str, Any]:
    reply = house.person().post(API, json={"reason": "they are ours", **sent})
    assert reply.status_code == 201, reply.text
    ExceptionShape.model_validate(reply.json())
    found: dict[str, Any] = reply.json()
    return found


def test_the_bill_tells_detections_alerts_samples_and_proofs(shared: Running) -> None:
    person = shared.person()
    found = person.post(f"{API}/bill", json={**NAMED, "days": 30}).json()
    BillShape.model_validate(found)
    assert (found["detections"], found["alerts"], found["partial"]) == (2, 2, False)
    assert found["byFilter"][0] | {"filterId": "sam_hive_saved", "count": 2} == found["byFilter"][0]
    assert {sample["value"] for sample in found["samples"]} == {"PC-10", "PC-11"}
    assert found["blindedProofs"] == []
    blinding = person.post(f"{API}/bill", json=WHO).json()
    assert (blinding["detections"], blinding["alerts"]) == (5, 0)
    assert blinding["blindedProofs"] == [{"kind": "filter", "id": "whoami_run", "test": "fires 1"}]
    everything = person.post(f"{API}/bill", json={"field": "processCmd", "operator": "re", "value": "^"}).json()
    assert everything["alerts"] <= ATTACKED


def test_an_exception_that_blinds_a_proof_needs_an_override(own: Running) -> None:
    person = own.person()
    refused = person.post(API, json={**WHO, "reason": "noise"})
    told(refused, 409, "BlindsProofs")
    error = refused.json()["error"]
    assert error["blindedProofs"] == [{"kind": "filter", "id": "whoami_run", "test": "fires 1"}]
    assert error["text"]["ja"] != error["text"]["en"]
    made = added(own, {**WHO, "override": True})
    assert person.delete(f"{API}/{made['id']}").status_code == 204
    told(person.get(f"{API}/{made['id']}"), 404, "NotFound")


def test_it_hides_counts_and_can_be_switched_off(own: Running) -> None:
    person, house = own.person(), own.house
    made = added(own, {**NAMED, "scope": {"endpoints": ["KIOSK-*"]}, "expiresDateTime": "2099-01-01T00:00:00Z"})
    assert (made["scope"], made["expired"]) == ({"endpoints": ["KIOSK-*"]}, False)
    assert made["expiresDateTime"] == "2099-01-01T00:00:00.000Z"
    house.append(make.record_batch(attack(3).replace(b'"PC-3"', b'"KIOSK-9"')))
    assert house.pipeline.drain().alerts == 0
    shown = person.get(f"{API}/{made['id']}").json()
    assert (shown["hits"], shown["lastHitDateTime"] is not None) == (1, True)
    changed = person.patch(f"{API}/{made['id']}", json={"enabled": False, "expiresDateTime": None}).json()
    assert (changed["enabled"], changed["expiresDateTime"], changed["reason"]) == (False, None, "they are ours")
    house.append(make.record_batch(attack(4).replace(b'"PC-4"', b'"KIOSK-9"')))
    assert house.pipeline.drain().alerts == 1
    listed = person.get(API).json()
    ExceptionList.model_validate(listed)
    assert [one["id"] for one in listed["items"]] == [made["id"]]
    actions = [row["action"] for row in person.get("/console/api/audit", params={"search": made["id"]}).json()["items"]]
    assert actions == ["change exception", "add exception"]


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR, Role.SIEM, Role.INGESTER])
def test_who_may_not_write_content_may_not_except(shared: Running, role: Role) -> None:
    client = shared.key(role)
    for reply in (
        client.post(API, json={**NAMED, "reason": "x"}),
        client.post(f"{API}/bill", json=NAMED),
        client.patch(f"{API}/x", json={"enabled": False}),
        client.delete(f"{API}/x"),
    ):
        told(reply, 403, "AccessDenied")
    assert client.get(API).status_code == (403 if role is Role.INGESTER else 200)


def test_nobody_is_let_in_without_a_key_or_a_csrf_token(shared: Running) -> None:
    assert shared.client().get(API).status_code == 401
    person = shared.new_person()
    del person.headers["X-CSRF-Token"]
    told(person.post(API, json={**NAMED, "reason": "x"}), 403, "AccessDenied")


@pytest.mark.parametrize(
    "sent",
    [
        {**NAMED, "field": "nothing"},
        {**NAMED, "operator": "like"},
        {**NAMED, "value": ""},
        {**NAMED, "value": "(" * 900},
        {**NAMED, "value": "x" * 5000},
        {**NAMED, "operator": "cidr", "value": "::/999"},
        {**NAMED, "filterId": "nobody"},
        {**NAMED, "scope": {"endpoints": ["x"] * 101}},
        {**NAMED, "scope": {"endpoints": "x"}},
        {**NAMED, "expiresDateTime": "yesterday"},
        {**NAMED, "expiresDateTime": "2001-01-01"},
        {**NAMED, "expiresDateTime": "999999999999999"},
        {**NAMED, "reason": ""},
        {"reason": "x"},
    ],
)
def test_what_cannot_be_is_refused(shared: Running, sent: dict[str, Any]) -> None:
    told(shared.person().post(API, json={"reason": "because", **sent}), 400, "BadRequest")
    assert shared.person().get(API).json() == {"items": []}
