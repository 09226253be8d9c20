"""Days and months on a real lake: measured, taken away, brought into one part."""

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from hinomi.lake.lake import Lake
from hinomi.lake.retention import Removal, SourceDay
from tests.lake import making

DAY, NEXT = date(2026, 3, 1), date(2026, 3, 2)
BASE_MS = 1_772_000_000_000


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """Two days, two sources; the first day in several parts."""
    with Lake.start(tmp_path) as started:
        for part in range(3):
            making.write_on(started, DAY, *rows("a", part), seq=part)
        making.write_on(started, DAY, *rows("it's b", 3))
        making.write_on(started, NEXT, *rows("a", 4))
        yield started


def rows(source: str, part: int) -> list[dict[str, object]]:
    return [
        making.process_start(BASE_MS + part * 1000 + n, part * 1000 + n, None, recordSource=source) for n in range(50)
    ]


def counts(lake: Lake) -> dict[tuple[date, str], int]:
    return {(one.day, one.source): one.rows for one in lake.held()[0]}


def test_what_each_source_has_of_each_day(lake: Lake) -> None:
    days, months = lake.held()
    assert counts(lake) == {(DAY, "a"): 150, (DAY, "it's b"): 50, (NEXT, "a"): 50}
    assert all(isinstance(one, SourceDay) and one.bytes > 0 for one in days)
    shares = {(one.day, one.source): one.bytes for one in days}
    assert abs(shares[DAY, "a"] - 3 * shares[DAY, "it's b"]) <= 3
    assert sum(one.bytes for one in days) <= lake.status().bytes_on_disk
    assert [(table, month, n) for table, month, n, _ in months] == [("processes", "202603", 250)]


def test_a_whole_day_goes_and_a_source_out_of_a_day(lake: Lake) -> None:
    lake.remove(Removal("activities", "20260301", ("it's b",), 50, 1, "days"))
    assert counts(lake) == {(DAY, "a"): 150, (NEXT, "a"): 50}
    lake.remove(Removal("activities", "20260302", (), 50, 1, "days"))
    assert counts(lake) == {(DAY, "a"): 150}
    lake.remove(Removal("processes", "202603", (), 250, 1, "days"))
    assert lake.status().processes == 0
    lake.write_activities([(9, making.batch(*rows("a", 9)), None)])
    assert lake.count("1", {}) == 200
    assert lake.verify() == []


def test_past_days_are_brought_into_one_part_each(lake: Lake) -> None:
    seen: list[tuple[int, int]] = []
    lake.write_activities([(9, making.batch(*rows("a", 9)), None)])
    before = lake.status().activities
    merged = lake.merge(date(2026, 3, 10), lambda done, total: seen.append((done, total)))
    assert merged == 1  # the side table's month is not over yet
    assert seen == [(0, 1)]
    assert lake.status().activities == before
    assert lake.merge(date(2026, 4, 10)) == 1
    assert lake.merge(date(2026, 4, 10)) == 0


def test_a_cancelled_merge_begins_nothing(lake: Lake) -> None:
    cancel = threading.Event()
    cancel.set()
    assert lake.merge(date(2026, 4, 10), cancel=cancel) == 0


def test_a_guest_asks_and_writes_beside_the_owners_process(lake: Lake) -> None:
    with Lake.join(lake._connection.folder) as guest:  # type: ignore[attr-defined]
        assert guest.count("1", {}) == 250
        guest.write_activities([(7, making.batch(*rows("guest", 7)), None)])
        guest.remove(Removal("activities", "20260301", (), 200, 1, "days"))
    assert lake.count("1", {}) == 100
    assert lake.count("recordSource = 'guest'", {}) == 50
