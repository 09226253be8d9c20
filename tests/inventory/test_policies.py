import pytest

from hinomi.database import Database
from hinomi.errors import Conflict, InputError, NotFound
from hinomi.inventory.inventory import Inventory
from hinomi.inventory.policies import Policies
from hinomi.wire.policy import SensorPolicy, write_policy
from tests.make_endpoints import facts

A = "aaaaaaaa-0000-4000-8000-000000000000"


@pytest.fixture
def policies(database: Database) -> Policies:
    inventory = Inventory(database, lambda: 1.0)
    inventory.seen(A, at_ms=1, facts=facts())
    with database.begin() as connection:
        inventory.set_group(connection, A, "web")
    return Policies(database, lambda: 1.0)


def change(database: Database, policies: Policies, group: str, policy: dict[str, object] | None, base: int) -> int:
    with database.begin() as connection:
        return policies.change(connection, "hanako", group, policy, base, "why")


def test_the_default_holds_until_somebody_says_otherwise(policies: Policies) -> None:
    assert policies.of(A) == policies.of("nobody") == SensorPolicy()
    assert policies.groups() == ["", "web"]


def test_a_group_follows_its_own_and_else_that_of_all_others(database: Database, policies: Policies) -> None:
    assert change(database, policies, "", {"rate_per_s": 100}, 0) == 1
    assert (policies.of(A).rate_per_s, policies.of(A).version) == (100, 1)
    assert change(database, policies, "web", {"rate_per_s": 200}, 0) == 2
    assert (policies.of(A).rate_per_s, policies.of(A).version) == (200, 2)
    assert change(database, policies, "web", None, 2) == 3
    assert (policies.of(A).rate_per_s, policies.of(A).version) == (100, 1)
    assert [one.version for one in policies.versions("web")] == [3, 2]
    assert policies.get("web", 2).policy is not None
    with pytest.raises(NotFound):
        policies.get("web", 1)


def test_what_a_sensor_would_refuse_is_not_kept(database: Database, policies: Policies) -> None:
    for wrong in ({"rate_per_s": 0}, {"places": [{"path": "etc"}]}, {"watch": ["everything"]}):
        with pytest.raises(InputError, match="policy"):
            change(database, policies, "web", wrong, 0)
    assert policies.versions("web") == []


def test_two_who_change_at_once_do_not_overwrite_each_other(database: Database, policies: Policies) -> None:
    change(database, policies, "web", write_policy(SensorPolicy()), 0)
    with pytest.raises(Conflict):
        change(database, policies, "web", {}, 0)
    with pytest.raises(InputError, match="given up"):
        change(database, policies, "", None, 0)
