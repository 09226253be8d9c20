"""Records come back in the order in which they came in, page by page, whatever the table's own order is."""

import itertools
from typing import Any

import pytest

from hinomi.lake import records
from hinomi.lake.lake import Lake
from hinomi.lake.records import RecordPage
from tests.lake import making
from tests.lake.making import HOUR_MS

_sequences = itertools.count(1_000_000, 1000)


def entry(rows: list[dict[str, Any]], positions: list[int]) -> Any:
    made = making.batch(*rows)
    made.positions = positions
    return made


def row(time_ms: int, number: int, **more: Any) -> dict[str, Any]:
    return making.activity(time_ms, rawDataStr=f"record {number}", recordFile="a.json", recordNumber=number, **more)


def numbers(pages: list[RecordPage]) -> list[int]:
    return [number for page in pages for number in page.numbers]


@pytest.fixture
def written(lake: Lake, hour: int) -> int:
    """40 activities in 4 entries: the later an entry the earlier its time, two kinds to each. The first hour."""
    base = next(_sequences)
    chosen = []
    for place in range(4):
        start = hour + (3 - place) * HOUR_MS
        rows = [row(start + number, place * 10 + number, endpointHostName=f"h{9 - number}") for number in range(10)]
        even, odd = rows[::2], rows[1::2]
        chosen += [
            (base + place, entry(odd, [1, 3, 5, 7, 9]), None),
            (base + place, entry(even, [0, 2, 4, 6, 8]), None),
        ]
    lake.write_activities(chosen)
    return hour


@pytest.mark.parametrize("size", [1, 3, 7, 10, 4000])
def test_in_the_order_of_arrival_however_they_are_paged(
    lake: Lake, written: int, window: dict[str, int], monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(records, "PAGE_ROWS", size)
    monkeypatch.setattr(records, "FIRST_ROWS", size)
    monkeypatch.setattr(records, "LEAST_ROWS", 1)
    pages = list(lake.records("1", {}, **window))
    assert numbers(pages) == list(range(40))
    assert max(map(len, pages)) <= size
    assert pages[0].records[0] == b"record 0"
    assert set(pages[0].files) == {"a.json"}


def test_a_window_and_a_condition_choose_but_do_not_reorder(lake: Lake, written: int) -> None:
    pages = list(lake.records("1", {}, from_ms=written + HOUR_MS, to_ms=written + 3 * HOUR_MS))
    assert numbers(pages) == list(range(10, 30))
    chosen = lake.records(
        "endpointHostName = {host:String}", {"host": "h9"}, from_ms=written, to_ms=written + 9 * HOUR_MS
    )
    assert numbers(list(chosen)) == [0, 10, 20, 30]
    assert list(lake.records("0", {}, from_ms=written, to_ms=written + HOUR_MS)) == []


def test_large_records_make_small_pages(
    lake: Lake, hour: int, window: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "PAGE_BYTES", 64_000)
    rows = [row(hour, number) | {"rawDataStr": "x" * 2000} for number in range(200)]
    lake.write_activities([(next(_sequences), entry(rows, list(range(200))), None)])
    monkeypatch.setattr(records, "FIRST_ROWS", 100)
    pages = list(lake.records("1", {}, **window))
    assert numbers(pages) == list(range(200))
    assert [len(page) for page in pages][1:] == [32, 32, 32, 4]


def test_records_too_large_for_a_page_are_read_a_few_at_a_time(lake: Lake, hour: int, window: dict[str, int]) -> None:
    """A page of 200 MB would be more than a reader is allowed: the stream needs the memory to write."""
    base = next(_sequences)
    for place in range(5):
        rows = [row(hour, number) | {"rawDataStr": "y" * 2_000_000} for number in range(place * 20, place * 20 + 20)]
        lake.write_activities([(base, entry(rows, list(range(place * 20, place * 20 + 20))), None)])
    pages = list(lake.records("1", {}, **window))
    assert numbers(pages) == list(range(100))
    assert max(map(len, pages)) < 100
    largest = [row(hour + 1, number) | {"rawDataStr": "z" * (16 << 20)} for number in range(6)]
    lake.write_activities([(next(_sequences), entry(largest[:3], [0, 1, 2]), None)])
    lake.write_activities([(next(_sequences), entry(largest[3:], [0, 1, 2]), None)])
    assert sum(map(len, lake.records("1", {}, from_ms=hour + 1, to_ms=hour + 2))) == 6


def test_a_lake_without_positions_still_gives_every_record_once(
    lake: Lake, hour: int, window: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an older Hinomi wrote them: all at place 0."""
    monkeypatch.setattr(records, "FIRST_ROWS", 6)
    rows = [row(hour + number // 3, number) for number in range(20)]
    lake.write_activities([(next(_sequences), entry(rows, [0] * 20), None)])
    found = numbers(list(lake.records("1", {}, **window)))
    assert sorted(found) == list(range(20))
    assert [number // 3 for number in found] == sorted(number // 3 for number in range(20))


def test_what_the_stream_added_comes_back_beside_the_record(lake: Lake, hour: int, window: dict[str, int]) -> None:
    one = row(hour, 1, parentCmd="explorer.exe", parentHashId=7, logReceivedTime=hour + 5)
    lake.write_activities([(next(_sequences), making.batch(one), None)])
    (page,) = lake.records("1", {}, **window)
    assert (page.uuids, page.received_ms) == ([one["uuid"]], [hour + 5])
    assert (page.of_stream["parentCmd"], page.of_stream["parentHashId"]) == (["explorer.exe"], [7])
    assert page.of_stream["parentPid"] == [None]
