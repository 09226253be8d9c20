"""What the policy leaves out, and the rate it allows."""

import pytest

from hinomi.sensor.sieve import Sieve
from hinomi.wire.policy import Exclusion, SensorPolicy

CONNECTION = {
    "exe": "/usr/bin/curl",
    "src": "10.0.0.1",
    "spt": 40000,
    "dst": "10.0.0.9",
    "dpt": 443,
    "domain": "a.example",
}
QUERY = {"exe": "/usr/bin/curl", "name": "Www.Example.COM", "type": "A", "server": "10.0.0.53"}


@pytest.mark.parametrize(
    ("kind", "data", "field", "value"),
    [
        ("connection", CONNECTION, "address", "10.0.0.9"),
        ("connection", CONNECTION, "address", "10.0.0.*"),
        ("connection", CONNECTION, "port", "443"),
        ("connection", CONNECTION, "domain", "*.example"),
        ("dns_query", QUERY, "domain", "*.example.com"),
        ("dns_query", QUERY, "exe", "*/curl"),
        ("login", {"target_user": "backup", "user": "root"}, "user", "backup"),
    ],
)
def test_an_exclusion_leaves_it_out(kind: str, data: dict[str, object], field: str, value: str) -> None:
    assert Sieve(SensorPolicy()).passes(kind, data, 0.0)
    assert not Sieve(SensorPolicy(exclusions=(Exclusion(field, value),))).passes(kind, data, 0.0)


def test_another_kind_is_not_left_out() -> None:
    sieve = Sieve(SensorPolicy(exclusions=(Exclusion("exe", "*/curl", "network"),)))
    assert sieve.passes("dns_query", QUERY, 0.0)


def test_what_is_over_the_rate_is_counted() -> None:
    sieve = Sieve(SensorPolicy(rate_per_s=10))
    passed = sum(sieve.passes("dns_query", QUERY, 0.0) for _ in range(150))
    assert (passed, sieve.take_lost()) == (100, {"dns_query": 50})
    assert sieve.passes("dns_query", QUERY, 1.0)


def test_the_sensor_may_always_tell_of_itself() -> None:
    sieve = Sieve(SensorPolicy(rate_per_s=10, watch=(), exclusions=(Exclusion("exe", "*x*"),)))
    assert all(sieve.passes("sensor_tamper", {"name": "x"}, 0.0) for _ in range(1000))
