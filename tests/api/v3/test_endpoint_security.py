import pytest

from hinomi.api import endpoint_pages
from hinomi.api.v3.endpoint_security import EndpointDetail, ListedEndpoints
from hinomi.schema.principal import Role
from tests.api.house import Running
from tests.make_endpoints import facts

A, B = "aaaaaaaa-0000-4000-8000-000000000002", "bbbbbbbb-0000-4000-8000-000000000002"
PATH = "/v3.0/endpointSecurity/endpoints"


@pytest.fixture
def house(shared: Running) -> Running:
    shared.house.inventory.seen(A, at_ms=5000, connected=True, facts=facts("web-1"))
    shared.house.inventory.seen(B, at_ms=6000, connected=False, facts=facts("note-2", type="desktop", users=("jiro",)))
    return shared


def test_the_list_has_counts_filter_and_order(house: Running) -> None:
    key = house.key(Role.SIEM)
    found = ListedEndpoints.model_validate(key.get(PATH, params={"orderBy": "agentGuid desc"}).json())
    assert (found.total_count, found.count, [one.endpoint_name for one in found.items]) == (2, 2, ["note-2", "web-1"])
    sent = {"TMV1-Filter": "type eq 'server' and edrSensorConnectivity eq 'connected' and isolationStatus eq 'off'"}
    assert [one["endpointName"] for one in key.get(PATH, headers=sent).json()["items"]] == ["web-1"]
    first = key.get(PATH, params={"top": "1"}).json()
    assert [one["endpointName"] for one in key.get(first["nextLink"]).json()["items"]] == ["web-1"]
    assert key.get(PATH, params={"select": "agentGuid"}).json()["items"] == [{"agentGuid": B}, {"agentGuid": A}]
    assert key.get(PATH, params={"orderBy": "isolationStatus"}).status_code == 400


def test_the_detail_nests_what_the_list_spreads(house: Running) -> None:
    detail = EndpointDetail.model_validate(house.key(Role.SIEM).get(f"{PATH}/{A}").json())
    assert (detail.os.kernel_version, detail.type, detail.isolation_status) == ("6.1.0-18-amd64", "server", "off")
    assert detail.interfaces[0].mac_address == "02:00:00:00:00:01"
    missing = house.key(Role.SIEM).get(f"{PATH}/nobody")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "NotFound")


def test_pages_of_a_filter_are_cut_without_holding_everybody(shared: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(9):
        guid, group = f"cccccccc-0000-4000-8000-00000000000{number}", "desktop" if number % 2 else "server"
        shared.house.inventory.seen(guid, at_ms=number, facts=facts(f"many-{number}", type=group))
    asked: list[int] = []
    page = shared.house.inventory.page
    monkeypatch.setattr(shared.house.inventory, "page", lambda query: asked.append(query.top) or page(query))
    monkeypatch.setattr(endpoint_pages, "SLICE", 2)
    key = shared.key(Role.SIEM)
    sent = {"TMV1-Filter": "type eq 'server' and osPlatform eq 'linux'"}
    address, seen, totals = f"{PATH}?top=3&orderBy=edrSensorLastConnectedDateTime", list[str](), set[int]()
    while address:
        found = key.get(address, headers=sent).json()
        seen += [one["endpointName"] for one in found["items"]]
        totals.add(found["totalCount"])
        address = found.get("nextLink", "")
    many = [name for name in seen if name.startswith("many")]
    assert many == ["many-0", "many-2", "many-4", "many-6", "many-8"]
    assert totals == {len(seen)}
    assert set(asked) == {2}
    asked.clear()
    assert len(key.get(f"{PATH}?top=3").json()["items"]) == 3
    assert asked == [3]
    with shared.house.database.begin() as connection:
        for number in range(9):
            shared.house.inventory.remove(connection, f"cccccccc-0000-4000-8000-00000000000{number}")
