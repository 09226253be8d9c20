import pytest

from hinomi.errors import InputError
from hinomi.wire.policy import KINDS, Exclusion, SensorPolicy, WatchedPlace, check_policy, read_policy, write_policy


def test_a_policy_comes_back_as_it_was_written() -> None:
    policy = SensorPolicy(version=4, watch=("process",), exclusions=(Exclusion("cmd", "*backup*", "process"),))
    assert read_policy(write_policy(policy)) == policy


def test_the_default_policy_holds_and_watches_everything() -> None:
    check_policy(SensorPolicy())
    assert all(SensorPolicy().watches(kind) for kind in KINDS)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"rate_per_s": 0}, "rate_per_s"),
        ({"spool_mb": 1 << 40}, "spool_mb"),
        ({"watch": ["everything"]}, "policy.watch"),
        ({"places": [{"path": "etc"}]}, "absolute"),
        ({"places": [{"path": "/etc/../root"}]}, "absolute"),
        ({"places": [{"path": "/etc", "events": ["read"]}]}, "events"),
        ({"exclusions": [{"field": "exe", "value": "*"}]}, "everything"),
        ({"exclusions": [{"field": "mood", "value": "x"}]}, "exclusions.field"),
        ({"exclusions": [{"field": "exe"}]}, "value: missing"),
        ({"version": "4"}, "policy.version"),
        ([], "not a JSON object"),
    ],
)
def test_what_is_wrong_is_named(given: object, named: str) -> None:
    with pytest.raises(InputError, match=named):
        read_policy(given)


def test_a_place_with_a_nul_is_refused() -> None:
    with pytest.raises(InputError):
        check_policy(SensorPolicy(places=(WatchedPlace("/etc\0/x"),)))
