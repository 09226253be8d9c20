from collections.abc import Iterator
from pathlib import Path

import pytest

from hinomi.access.access import Access
from hinomi.database import Database
from hinomi.errors import Forbidden, NotFound
from hinomi.inventory.inventory import Inventory
from hinomi.inventory.policies import Policies
from hinomi.operations.endpoints import EndpointKeeper
from hinomi.schema.principal import Principal, PrincipalKind, Role
from tests.make_database import database_at
from tests.make_endpoints import facts

A = "aaaaaaaa-0000-4000-8000-000000000000"
ADMINISTRATOR = Principal.of("hanako", Role.ADMINISTRATOR, PrincipalKind.USER)
ANALYST = Principal.of("taro", Role.SENIOR_ANALYST, PrincipalKind.USER)


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[EndpointKeeper]:
    database = Database(database_at(tmp_path / "test.db"))
    access = Access(database, lambda: 1.0)
    made = EndpointKeeper(database, Inventory(database, lambda: 1.0), Policies(database, lambda: 1.0), access.audit)
    database.create()
    made.inventory.seen(A, at_ms=1, connected=True, facts=facts())
    yield made
    database.close()


def told(keeper: EndpointKeeper) -> list[tuple[str, str]]:
    return [(entry.action, entry.target) for entry in keeper._audit.search().items]


def test_every_change_is_told_and_reaches_the_sensors(keeper: EndpointKeeper) -> None:
    heard: list[str] = []
    ended: list[str] = []
    keeper.on_policy = lambda: heard.append("policy")
    keeper.on_revoked = heard.append

    def end(who: Principal, guid: str) -> None:
        ended.append(f"{who.name} {guid}")

    keeper.revoke_identity = end
    keeper.set_group(ADMINISTRATOR, A, "web")
    keeper.change_policy(ADMINISTRATOR, "web", {"rate_per_s": 50}, 0, "quieter")
    keeper.revoke(ADMINISTRATOR, A)
    keeper.remove(ADMINISTRATOR, A)
    assert heard == ["policy", "policy", A, A]
    assert ended == [f"hanako {A}"] * 2
    assert told(keeper) == [
        ("endpoint.remove", A),
        ("endpoint.revoke", A),
        ("sensor_policy.change", "web"),
        ("endpoint.group", A),
    ]


def test_only_administrators_change_anything(keeper: EndpointKeeper) -> None:
    for attempt in (
        lambda: keeper.set_group(ANALYST, A, "web"),
        lambda: keeper.revoke(ANALYST, A),
        lambda: keeper.remove(ANALYST, A),
        lambda: keeper.change_policy(ANALYST, "", {}, 0, ""),
    ):
        with pytest.raises(Forbidden, match="administer"):
            attempt()
    assert told(keeper) == []


def test_a_change_that_fails_leaves_nothing_behind(keeper: EndpointKeeper) -> None:
    with pytest.raises(NotFound):
        keeper.revoke(ADMINISTRATOR, "nobody")
    assert told(keeper) == []
