"""Known, search, page, count, histogram, facet; and nothing of a caller's becomes SQL."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.errors import InputError
from hinomi.lake import activities
from hinomi.lake.lake import Lake
from tests.lake import making

Write = Callable[..., list[dict[str, Any]]]
Window = dict[str, int]

HOSTILE = [
    "x' OR '1'='1", "x'; DROP TABLE activities; --", "\\", "\\'", "`", "{lake_from:Int64}", "%", "_", "\0", "\n", "\t", "'",
    "{p0:String}", "--", "/*", "火の見'", "\\N",
]  # fmt: skip


def test_known_tells_the_entry_of_each_activity(lake: Lake, write: Write, hour: int) -> None:
    first = write(making.activity(hour), making.activity(hour + 5), seq=3)
    second = write(making.activity(hour + 200 * 86_400_000), seq=(1 << 64) - 1)
    absent = making.activity(hour)
    asked = [*first, *second, absent]
    known = lake.known([row["uuid"] for row in asked], [row["eventTime"] for row in asked])
    assert known == {first[0]["uuid"]: 3, first[1]["uuid"]: 3, second[0]["uuid"]: (1 << 64) - 1}


def test_known_of_nothing_is_nothing(lake: Lake) -> None:
    assert lake.known([], []) == {}


def test_known_takes_a_large_batch(lake: Lake, write: Write, hour: int) -> None:
    rows = write(*[making.activity(hour + number) for number in range(20_000)], seq=9)
    known = lake.known([row["uuid"] for row in rows], [row["eventTime"] for row in rows])
    assert known == {row["uuid"]: 9 for row in rows}


def test_search_gives_the_newest_first_and_pages(lake: Lake, write: Write, hour: int, window: Window) -> None:
    # several of the same millisecond, so that the uuid must break the tie
    rows = write(*[making.activity(hour + number // 4, objectPid=number) for number in range(50)])
    seen: list[dict[str, Any]] = []
    before = None
    while page := lake.search("1", {}, **window, columns=["uuid", "eventTime", "objectPid"], limit=7, before=before):
        seen += page
        before = (page[-1]["eventTime"], page[-1]["uuid"])
    assert sorted(row["objectPid"] for row in seen) == list(range(50))
    assert [row["eventTime"] for row in seen] == sorted((row["eventTime"] for row in rows), reverse=True)


def test_search_over_many_hours_keeps_the_order(lake: Lake, write: Write, hour: int, window: Window) -> None:
    times = [hour + number * making.HOUR_MS // 2 for number in range(100)]
    write(*[making.activity(moment, endpointHostName=f"PC-{moment % 7}") for moment in times])
    found = [row["eventTime"] for row in lake.search("1", {}, **window, columns=["eventTime"], limit=1000)]
    assert found == times[::-1]


def test_the_window_includes_its_start_and_not_its_end(lake: Lake, write: Write, hour: int) -> None:
    write(making.activity(hour), making.activity(hour + 10))
    assert lake.count("1", {}, from_ms=hour, to_ms=hour + 10) == 1


def test_a_condition_is_a_where_with_parameters(lake: Lake, write: Write, hour: int, window: Window) -> None:
    write(*[making.activity(hour + number, objectCmd=f"reg save {number}", dpt=number) for number in range(20)])
    where, values = (
        "position(lowerUTF8(`objectCmd`), {p0:String}) > 0 AND `dpt` >= {p1:Int64}",
        {"p0": "save", "p1": 15},
    )
    assert lake.count(where, values, **window) == 5
    assert {row["dpt"] for row in lake.search(where, values, **window)} == {15, 16, 17, 18, 19}


def test_a_search_can_name_uuid_and_event_time(lake: Lake, write: Write, hour: int, window: Window) -> None:
    row = write(making.activity(hour + 77), making.activity(hour))[0]
    assert lake.count("`uuid` = {p0:String}", {"p0": row["uuid"]}, **window) == 1
    assert lake.count("`eventTime` > {p0:Int64}", {"p0": hour}, **window) == 1


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_is_only_a_value(lake: Lake, write: Write, hour: int, window: Window, value: str) -> None:
    write(making.activity(hour, objectCmd=value), making.activity(hour, objectCmd="other"))
    found = lake.search("`objectCmd` = {p0:String}", {"p0": value}, **window, columns=["objectCmd"])
    assert found == [{"objectCmd": value}]


@pytest.mark.parametrize(
    "name", ["objectCmd`", "uuid, rawDataStr", "*", "now()", "id", "spoolSeq", "x; DROP TABLE activities", ""]
)
def test_a_field_outside_the_vocabulary_is_refused(lake: Lake, name: str) -> None:
    with pytest.raises(InputError):
        lake.search("1", {}, columns=[name])
    with pytest.raises(InputError):
        lake.facet("1", {}, name)


@pytest.mark.parametrize("limit", [-1, 10_001])
def test_a_page_has_bounds(lake: Lake, limit: int) -> None:
    with pytest.raises(InputError):
        lake.search("1", {}, limit=limit)


def test_a_hostile_key_of_a_page_is_only_a_value(lake: Lake, write: Write, hour: int, window: Window) -> None:
    write(making.activity(hour))
    assert len(lake.search("1", {}, **window, before=(hour + 1, "' OR 1=1 --"))) == 1
    assert lake.search("1", {}, **window, before=(hour - 1, str(uuid.uuid4()))) == []


def test_a_condition_that_the_lake_does_not_read_is_an_input_error(lake: Lake) -> None:
    with pytest.raises(InputError, match="nonsense"):
        lake.search("nonsense = 1", {})


def test_the_histogram_leaves_empty_buckets_out(lake: Lake, write: Write, hour: int, window: Window) -> None:
    minutes = [0, 0, 1, 5]
    write(*[making.activity(hour + minute * 60_000) for minute in minutes])
    found = lake.histogram("1", {}, bucket_ms=60_000, **window)
    assert found == [(hour, 2), (hour + 60_000, 1), (hour + 300_000, 1)]


def test_a_facet_counts_values_and_members_of_lists(lake: Lake, write: Write, hour: int, window: Window) -> None:
    write(
        making.activity(hour, objectName="a.exe", logonUser=["x", "y"], dpt=80),
        making.activity(hour, objectName="a.exe", logonUser=["y"], dpt=443),
        making.activity(hour, objectName="b.exe", dpt=443),
        making.activity(hour),
    )
    assert lake.facet("1", {}, "objectName", **window) == [("a.exe", 2), ("b.exe", 1)]
    assert lake.facet("1", {}, "logonUser", **window) == [("y", 2), ("x", 1)]
    assert lake.facet("1", {}, "dpt", **window, limit=1) == [(443, 2)]


def test_the_record_itself_is_kept(lake: Lake, write: Write, hour: int) -> None:
    row = write(making.activity(hour, rawDataStr='{"Event":1}'))[0]
    assert lake.raw(row["uuid"], hour) == '{"Event":1}'
    assert lake.raw(str(uuid.uuid4())) is None


def test_a_large_write_is_cut_into_several_inserts(lake: Lake, hour: int, window: Window) -> None:
    rows = [making.activity(hour + number % 1000) for number in range(60_000)]
    assert lake.write_activities([(1, making.batch(*rows), None)]) == 60_000
    assert lake.count("1", {}, **window) == 60_000


def test_a_window_reads_the_granules_of_its_hours_alone(lake: Lake, write: Write, hour: int, window: Window) -> None:
    write(*[making.activity(hour + number % 30 * making.HOUR_MS + number) for number in range(24_000)])
    conditions, bounds = activities.Window(hour + making.HOUR_MS, hour + 2 * making.HOUR_MS).of("activities")
    estimate = (
        f"EXPLAIN ESTIMATE SELECT sum(ignore(objectCmd)) FROM activities WHERE {activities.conjunction(conditions)}"
    )
    *_, rows, _marks = lake._connection.ask(estimate, bounds, form="TabSeparated").decode().split()
    assert lake.count("1", {}, **window) == 24_000
    assert int(rows) <= 2 * 8192


YEARS = [date(1905, 1, 2), date(1969, 12, 31), date(1970, 1, 1), date(2106, 2, 6), date(2106, 2, 8), date(2250, 1, 1)]


@pytest.mark.parametrize("first", [None, *YEARS])
@pytest.mark.parametrize("last", [None, *YEARS])
def test_years_that_the_sort_key_cannot_tell_apart_are_found(
    lake: Lake, write: Write, first: date | None, last: date | None
) -> None:
    mine = f"pc-{uuid.uuid4()}"
    write(*[making.activity(noon(day), endpointHostName=mine, objectCmd=day.isoformat()) for day in YEARS])
    asked = "endpointHostName = {p0:String}", {"p0": mine}
    bounds = {"from_ms": first and noon(first), "to_ms": last and noon(last)}
    rows = lake.search(*asked, **bounds, limit=100)
    inside = [day for day in YEARS if (first is None or day >= first) and (last is None or day < last)]
    assert {row["objectCmd"] for row in rows} == {day.isoformat() for day in inside}
    assert lake.count(*asked, **bounds) == len(inside)


def noon(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp() * 1000)


@given(
    a=st.integers(-(1 << 41), 1 << 43),
    b=st.integers(-(1 << 41), 1 << 43),
    last=st.integers(-(1 << 41), 1 << 43),
    moment=st.integers(-(1 << 41), 1 << 43),
)
def test_until_leaves_of_a_window_what_is_not_later(a: int, b: int, last: int, moment: int) -> None:
    for window in (activities.Window(a, b), activities.Window(a), activities.Window()):
        is_inside = is_in(window, moment) and moment <= last
        assert is_in(window.until(last), moment) == is_inside


def is_in(window: activities.Window, moment: int) -> bool:
    after = window.from_ms is None or moment >= window.from_ms
    return after and (window.to_ms is None or moment < window.to_ms)
