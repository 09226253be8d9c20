"""The rules: what is read, what is refused, what goes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.errors import InputError
from hinomi.lake.retention import Keep, Removal, SourceDay, parse_rules, plan, plan_months

TODAY = date(2026, 11, 23)


def day(ago: int, source: str = "a", size: int = 100) -> SourceDay:
    return SourceDay(TODAY - timedelta(days=ago), source, 10, size)


def gone(removals: list[Removal]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.partition, one.sources) for one in removals]


def test_rules_are_read() -> None:
    assert parse_rules("*: 365d 500G, windows_sysmon: 90d,detections:730d, x: 2T") == {
        "*": Keep(365, 500 << 30),
        "windows_sysmon": Keep(90),
        "detections": Keep(730),
        "x": Keep(None, 2 << 40),
    }
    assert parse_rules(" ") == {}


@pytest.mark.parametrize(
    "text",
    ["90d", "*:", "*: 90", "*: 0d", "*: 1d 2d", "*: 1d, *: 2d", "a b: 1d", "detections: 5G", "*: -1d", "'; DROP: 1d"],
)
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_rules(text)


def test_a_day_older_than_its_days_goes_whole() -> None:
    removals = plan(parse_rules("*: 2d"), [day(0), day(2), day(3), day(3, "b")], TODAY)
    assert removals == [Removal("activities", "20261120", (), 20, 200, "days")]


def test_a_source_goes_by_its_own_rule_out_of_a_day_that_stays() -> None:
    removals = plan(parse_rules("*: 10d, b: 1d"), [day(3), day(3, "b"), day(11), day(11, "b")], TODAY)
    assert gone(removals) == [("20261112", ()), ("20261120", ("b",))]


def test_bytes_take_the_oldest_days_first_and_whichever_bound_comes_first_holds() -> None:
    held = [day(0), day(1), day(2), day(3), day(9)]
    assert gone(plan(parse_rules("*: 300M"), [day(ago, size=100 << 20) for ago in range(5)], TODAY)) == [
        ("20261119", ()),
        ("20261120", ()),
    ]
    assert [one.why for one in plan({"*": Keep(5, 300)}, held, TODAY)] == ["bytes, days", "bytes"]


def test_a_source_without_a_rule_stays() -> None:
    assert gone(plan(parse_rules("b: 1d"), [day(9), day(9, "b")], TODAY)) == [("20261114", ("b",))]


def test_today_and_days_that_were_brought_back_stay() -> None:
    held = [day(0, size=1000), day(400), day(401)]
    removals = plan({"*": Keep(1, 1)}, held, TODAY, frozenset({TODAY - timedelta(days=400)}))
    assert gone(removals) == [("20251018", ())]


def test_months_of_side_tables_go_when_their_last_day_is_too_old() -> None:
    months = [(table, month, 5, 6) for table in ("processes", "detections") for month in ("202608", "202609", "202612")]
    assert [(one.table, one.partition) for one in plan_months(parse_rules("*: 60d"), months, TODAY)] == [
        ("processes", "202608")
    ]
    both = plan_months(parse_rules("*: 60d, detections: 84d"), months, TODAY)
    assert [(one.table, one.partition) for one in both] == [("processes", "202608")]
    both = plan_months(parse_rules("*: 60d, detections: 83d"), months, TODAY)
    assert [(one.table, one.partition) for one in both] == [("processes", "202608"), ("detections", "202608")]


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.sampled_from("abc"), st.integers(1, 1000)), unique_by=lambda one: one[:2]
    ),
    st.integers(1, 30),
    st.integers(1, 5000),
)
def test_what_is_left_meets_the_rule_and_nothing_more_went_than_had_to(
    given_days: list[tuple[int, str, int]], days: int, size: int
) -> None:
    held = [day(*one) for one in given_days]
    removals = plan({"*": Keep(days, size)}, held, TODAY)
    went = {one.partition for one in removals}
    assert all(one.sources == () for one in removals)  # all share the rule: whole days only
    left = [one for one in held if f"{one.day:%Y%m%d}" not in went]
    past = [one for one in left if one.day < TODAY]
    assert all(one.day >= TODAY - timedelta(days=days) for one in past)
    assert not past or sum(one.bytes for one in left) <= size
    for one in removals:  # of those that went for their bytes only, each was needed
        if one.why == "bytes":
            later = [part.bytes for part in held if f"{part.day:%Y%m%d}" >= one.partition]
            assert sum(later) > size
