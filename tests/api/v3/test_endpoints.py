import pytest

from hinomi.api.v3.endpoints import KnownEndpoints
from hinomi.schema.principal import Role
from tests.api.house import Running
from tests.make_endpoints import facts

A, B = "aaaaaaaa-0000-4000-8000-000000000002", "bbbbbbbb-0000-4000-8000-000000000002"


@pytest.fixture
def house(shared: Running) -> Running:
    shared.house.inventory.seen(A, at_ms=5000, connected=True, facts=facts("web-1"))
    shared.house.inventory.seen(B, at_ms=6000, connected=False, facts=facts("note-2", type="desktop", users=("jiro",)))
    return shared


def names(house: Running, **headers: str) -> list[str]:
    reply = house.key(Role.SIEM).get("/v3.0/eiqs/endpoints", headers=headers)
    assert reply.status_code == 200, reply.text
    return [one.endpoint_name.value for one in KnownEndpoints.model_validate(reply.json()).items]


def test_all_without_a_filter(house: Running) -> None:
    assert names(house) == ["note-2", "web-1"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("endpointName eq 'WEB-1'", ["web-1"]),
        (f"agentGuid eq '{B}'", ["note-2"]),
        ("loginAccount eq 'jiro'", ["note-2"]),
        ("ip eq '192.0.2.10' and osName eq 'Linux'", ["note-2", "web-1"]),
        ("macAddress eq 'ff:ff:ff:ff:ff:ff'", []),
    ],
)
def test_the_filter_stands_in_the_query_header(house: Running, written: str, expected: list[str]) -> None:
    assert names(house, **{"TMV1-Query": written}) == expected


def test_pages_follow_without_the_header(house: Running) -> None:
    first = house.key(Role.SIEM).get("/v3.0/eiqs/endpoints?top=1", headers={"TMV1-Query": "osName eq 'Linux'"}).json()
    second = house.key(Role.SIEM).get(first["nextLink"]).json()
    assert [one["items"][0]["endpointName"]["value"] for one in (first, second)] == ["note-2", "web-1"]
    assert "nextLink" not in second


def test_what_is_wrong_is_said(house: Running) -> None:
    reply = house.key(Role.SIEM).get("/v3.0/eiqs/endpoints", headers={"TMV1-Query": "ip eq"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "BadRequest")
    assert house.key(Role.INGESTER).get("/v3.0/eiqs/endpoints").status_code == 403
