import pytest

from hinomi.api.console.endpoints import EndpointDetail, EndpointPage, GroupPolicy
from hinomi.schema.principal import Role
from tests.api.house import Running
from tests.make_endpoints import facts

A, B = "aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000001"


@pytest.fixture
def house(worked: Running) -> Running:
    worked.house.inventory.seen(A, at_ms=5, connected=True, facts=facts("web-1"))
    worked.house.inventory.seen(B, at_ms=6, connected=False, facts=facts("note-2", type="desktop"))
    return worked


def test_the_list_is_what_the_inventory_knows(house: Running) -> None:
    reply = house.person(Role.ANALYST).get("/console/api/endpoints", params={"orderBy": "lastSeen desc", "top": "1"})
    page = EndpointPage.model_validate(reply.json())
    assert (page.total_count, page.skip_token, page.items[0].name) == (2, "1", "note-2")
    more = house.person(Role.ANALYST).get(
        "/console/api/endpoints", params={"orderBy": "lastSeen desc", "top": "1", "skipToken": "1"}
    )
    assert [one["name"] for one in more.json()["items"]] == ["web-1"]
    narrowed = house.person(Role.ANALYST).get("/console/api/endpoints", params={"type": "server", "connected": "true"})
    assert [one["name"] for one in narrowed.json()["items"]] == ["web-1"]
    assert house.person(Role.ANALYST).get("/console/api/endpoints", params={"skipToken": "x"}).status_code == 400
    assert house.person(Role.ANALYST).get("/console/api/endpoints", params={"orderBy": "x"}).status_code == 400


def test_the_detail_says_what_it_does_and_follows(house: Running) -> None:
    reply = house.person(Role.ANALYST).get(f"/console/api/endpoints/{A}")
    detail = EndpointDetail.model_validate(reply.json())
    assert detail.software[0].name == "openssl"
    assert detail.interfaces[0].addresses == ["192.0.2.10", "2001:db8::10"]
    assert detail.policy["rate_per_s"] == 5000
    assert house.person(Role.ANALYST).get("/console/api/endpoints/web-1").json()["guid"] == A
    assert house.person(Role.ANALYST).get("/console/api/endpoints/nobody").status_code == 404


def test_administrators_group_revoke_and_remove(house: Running) -> None:
    person = house.person(Role.ADMINISTRATOR)
    assert person.put(f"/console/api/endpoints/{B}/group", json={"group": "sales"}).json()["group"] == "sales"
    assert person.post(f"/console/api/endpoints/{B}/revoke").json()["revoked"] is True
    assert person.delete(f"/console/api/endpoints/{B}").status_code == 204
    assert person.get(f"/console/api/endpoints/{B}").status_code == 404
    for method, path, body in (
        ("PUT", f"/console/api/endpoints/{A}/group", {"group": "x"}),
        ("POST", f"/console/api/endpoints/{A}/revoke", None),
        ("DELETE", f"/console/api/endpoints/{A}", None),
        ("PUT", "/console/api/sensor-policies/_", {"policy": {}, "base": 0}),
    ):
        assert house.person(Role.SENIOR_ANALYST).request(method, path, json=body).status_code == 403


def test_policies_have_versions(house: Running) -> None:
    person = house.person(Role.ADMINISTRATOR)
    path = "/console/api/sensor-policies/_"
    base = max((one["version"] for one in person.get(path).json()["versions"]), default=0)
    made = person.put(path, json={"policy": {"rate_per_s": 77}, "base": base, "comment": "quieter"})
    assert made.json()["version"] > base
    held = GroupPolicy.model_validate(person.get(path).json())
    assert (held.effective["rate_per_s"], held.versions[0].comment) == (77, "quieter")
    assert person.put(path, json={"policy": {}, "base": base}).status_code == 412
    assert person.put(path, json={"policy": {"rate_per_s": 0}, "base": base + 1}).status_code == 400
    assert "" in person.get("/console/api/sensor-policies").json()["items"]
