import pytest

from hinomi.database import Database
from hinomi.errors import Conflict, InputError, NotFound
from hinomi.inventory.inventory import Inventory
from hinomi.schema.endpoint import EndpointQuery, EndpointType, Isolation
from hinomi.wire.inventory import Interface
from tests.make_endpoints import facts

A, B, C = (f"{letter * 8}-0000-4000-8000-000000000000" for letter in "abc")


@pytest.fixture
def inventory(database: Database) -> Inventory:
    return Inventory(database, lambda: 1000.0)


def test_what_a_sensor_says_is_what_one_reads(inventory: Inventory) -> None:
    inventory.seen(A, at_ms=5, connected=True, facts=facts("web-1", pattern_version=3))
    found = inventory.get(A)
    assert (found.name, found.type, found.is_connected, found.isolation) == ("web-1", "server", True, Isolation.OFF)
    assert found.ips == ("192.0.2.10", "2001:db8::10")
    assert found.macs == ("02:00:00:00:00:01",)
    assert found.software == (("openssl", "3.0.15"),)
    assert (found.first_seen_ms, found.last_seen_ms, found.pattern_version) == (5, 5, 3)


def test_a_sign_of_life_leaves_the_facts_alone(inventory: Inventory) -> None:
    inventory.seen(A, at_ms=5, connected=True, facts=facts("web-1"))
    inventory.seen(A, at_ms=9, skew_ms=-40, policy_version=7)
    inventory.seen(A, at_ms=10, connected=False)
    found = inventory.get(A)
    assert (found.name, found.first_seen_ms, found.last_seen_ms) == ("web-1", 5, 10)
    assert (found.skew_ms, found.policy_version, found.is_connected) == (-40, 7, False)


def test_one_that_has_said_nothing_yet_is_listed_under_its_guid(inventory: Inventory) -> None:
    inventory.seen(A, at_ms=5, connected=True)
    assert (inventory.get(A).name, inventory.get(A).isolation) == (A, Isolation.UNKNOWN)


def test_find_takes_a_guid_or_a_name_in_any_case(inventory: Inventory) -> None:
    inventory.seen(A, at_ms=5, facts=facts("Web-1"))
    inventory.seen(B, at_ms=5, facts=facts("db-1"))
    assert inventory.find("WEB-1").guid == inventory.find(A.upper()).guid == A
    with pytest.raises(NotFound, match="nobody"):
        inventory.find("nobody")
    inventory.seen(C, at_ms=5, facts=facts("web-1"))
    with pytest.raises(Conflict, match="several"):
        inventory.find("web-1")


def at(*addresses: str) -> tuple[Interface, ...]:
    return (Interface("eth0", addresses=addresses),)


def test_addresses_are_told_by_the_names_of_their_hosts(inventory: Inventory) -> None:
    inventory.seen(A, at_ms=5, facts=facts("web-1", interfaces=at("192.0.2.10", "2001:DB8::10")))
    inventory.seen(B, at_ms=6, facts=facts("web-100", interfaces=at("192.0.2.100")))
    assert inventory.names_at(["192.0.2.10", "2001:db8::10", "198.51.100.1", ""]) == {
        "192.0.2.10": "web-1",
        "2001:db8::10": "web-1",
    }
    inventory.seen(B, at_ms=7, facts=facts("web-100", interfaces=at("192.0.2.10")))
    assert inventory.names_at(["192.0.2.10"]) == {"192.0.2.10": "web-100"}
    assert inventory.names_at(["%", "_"]) == {}
    assert inventory.names_at([]) == {}


def test_lists_are_narrowed_ordered_and_paged(inventory: Inventory) -> None:
    inventory.seen(A, at_ms=1, connected=True, facts=facts("web-1"))
    inventory.seen(B, at_ms=2, connected=False, facts=facts("note-2", type="desktop", isolation="on", users=("jiro",)))
    inventory.seen(C, at_ms=3, connected=True, facts=facts("web-3", os_platform="windows", os_name="Windows 11"))

    def names(**query: object) -> list[str]:
        return [one.name for one in inventory.page(EndpointQuery(**query)).items]  # type: ignore[arg-type]

    assert names() == ["note-2", "web-1", "web-3"]
    assert names(types=(EndpointType.SERVER,)) == ["web-1", "web-3"]
    assert names(platforms=("windows",)) == ["web-3"]
    assert names(is_isolated=True) == names(search="jiro") == names(is_connected=False) == ["note-2"]
    assert names(is_isolated=False) == ["web-1", "web-3"]
    assert names(search="192.0.2.10 web debian") == ["web-1"]
    assert names(search="100%_") == []
    assert names(order="lastSeen", is_descending=True) == ["web-3", "note-2", "web-1"]
    first = inventory.page(EndpointQuery(top=2))
    assert (first.total, first.skip_token) == (3, "2")
    assert names(top=2, skip=2) == ["web-3"]
    with pytest.raises(InputError, match="orderBy"):
        names(order="guid; drop table")


def test_servers_follow_what_sensors_say(inventory: Inventory) -> None:
    assert inventory.servers() == frozenset()
    inventory.seen(A, at_ms=1, facts=facts())
    inventory.seen(B, at_ms=1, facts=facts("note-2", type="desktop"))
    assert inventory.servers() == {A}
    inventory.seen(B, at_ms=2, facts=facts("note-2", type="server"))
    assert inventory.servers() == {A, B}


def test_who_was_connected_is_not_believed_after_a_restart(inventory: Inventory) -> None:
    inventory.seen(A, at_ms=1, connected=True, facts=facts())
    inventory.nobody_is_connected()
    assert not inventory.get(A).is_connected


def test_groups_revocation_and_removal(database: Database, inventory: Inventory) -> None:
    inventory.seen(A, at_ms=1, connected=True, facts=facts())
    with database.begin() as connection:
        inventory.set_group(connection, A, " finance ")
        inventory.set_revoked(connection, A)
    found = inventory.get(A)
    assert (found.group, found.is_revoked, found.is_connected) == ("finance", True, False)
    with pytest.raises(NotFound):
        inventory.find("web-1")  # nothing may be asked of a sensor that was cut off
    assert inventory.find_any(A).guid == A
    with database.begin() as connection:
        inventory.remove(connection, A)
        with pytest.raises(NotFound):
            inventory.remove(connection, A)
        with pytest.raises(InputError, match="64"):
            inventory.set_group(connection, A, "x" * 65)
    with pytest.raises(NotFound):
        inventory.get(A)


def test_what_was_never_run_on_a_system_is_kept_with_the_endpoint(inventory: Inventory) -> None:
    inventory.seen(A, at_ms=5, facts=facts("win-1", untested=("isolate_endpoint",)))
    assert inventory.get(A).untested == ("isolate_endpoint",)
