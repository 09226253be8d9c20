"""A day that went and comes back is counted once, whatever the lake still knew of it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from hinomi.lake import returned
from hinomi.lake.lake import Lake
from hinomi.lake.observation import ObservedKind
from hinomi.lake.observed import Seen
from hinomi.lake.retention import Removal
from tests.lake import making

BASE_MS = 1_772_323_200_000  # 2026-03-01 00:00 UTC
FIRST, SECOND = date(2026, 3, 1), date(2026, 3, 2)
HOST = {"endpointGuid": "guid-1", "endpointHostName": "PC-1"}


def unseen(_rows: int) -> None:
    """Nobody looks."""


def rows(start: int, count: int, source: str = "a") -> list[dict[str, object]]:
    """A minute apart; all name one address, each a domain of its own."""
    return [
        making.process_start(
            BASE_MS + n * 60_000, n + 1, None, **HOST, dst="192.0.2.1", hostName=f"d{n}.example", recordSource=source
        )
        for n in range(start, start + count)
    ]


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """Two days of arrival that tell of the same day."""
    with Lake.start(tmp_path / "lake") as started:
        making.write_on(started, FIRST, *rows(0, 20), *rows(20, 10, "b"), seq=1)
        making.write_on(started, SECOND, *rows(30, 10), seq=2)
        yield started


def seen(lake: Lake, kind: ObservedKind = ObservedKind.ADDRESS, value: str = "192.0.2.1") -> Seen | None:
    return lake.observed.of(kind, [value]).get(value)


def told(lake: Lake) -> list[str]:
    """Every observed value as it is counted."""
    asked = (
        "SELECT kind, value, day, guid, host, sum(count), min(first), max(last), max(arrived) FROM observed "
        "GROUP BY kind, value, day, guid, host ORDER BY kind, value, day, guid, host"
    )
    return lake._connection.ask(asked, form="TabSeparated").decode().splitlines()


def drop(lake: Lake, day: date, *sources: str) -> None:
    lake.remove(Removal("activities", f"{day:%Y%m%d}", sources, 0, 0, "days"))


@pytest.fixture
def file(lake: Lake, tmp_path: Path) -> Path:
    lake.export_day("activities", FIRST, tmp_path / "first.parquet", unseen)
    return tmp_path / "first.parquet"


def test_a_day_that_went_and_comes_back_counts_once(lake: Lake, file: Path) -> None:
    before = told(lake)
    first = seen(lake)
    assert first is not None
    assert first.count == 40
    drop(lake, FIRST)
    assert lake.count("1", {}) == 10
    assert told(lake) == before  # what was seen stays known: how often, since when, until when
    assert lake.import_day("activities", file, unseen) == (30, 30)
    assert told(lake) == before
    assert lake.import_day("activities", file, unseen) == (0, 30)
    assert told(lake) == before
    drop(lake, FIRST)
    assert lake.import_day("activities", file, unseen) == (30, 30)
    assert told(lake) == before
    assert seen(lake) == first
    assert lake.observed.is_filled()


def test_processes_that_come_back_are_there_once(lake: Lake, file: Path) -> None:
    drop(lake, FIRST)
    lake.import_day("activities", file, unseen)
    chain = lake.process_chain("guid-1", 7)
    assert len(chain.children) == 0
    events = lake.process_events("guid-1", 7)
    assert len(events) <= 1
    lake.optimise()
    assert lake.status().processes == 40


def test_the_rows_of_one_source_come_back_and_count_once(lake: Lake, file: Path) -> None:
    before = told(lake)
    drop(lake, FIRST, "a")
    assert lake.import_day("activities", file, unseen) == (20, 30)
    assert told(lake) == before


def test_where_the_month_went_too_it_is_counted_anew(lake: Lake, file: Path) -> None:
    before = told(lake)
    for table in ("observed", "processes"):
        lake.remove(Removal(table, "202603", (), 0, 0, "days"))
    drop(lake, FIRST)
    lake.import_day("activities", file, unseen)
    assert told(lake) == before  # that of the other day too: it is the same day of the same endpoint
    assert lake.status().processes == 30


def test_another_lake_counts_what_it_lacked(lake: Lake, file: Path, tmp_path: Path) -> None:
    with Lake.start(tmp_path / "other") as other:
        making.write_on(other, FIRST, *rows(90, 2), seq=1)
        for _ in range(2):
            other.import_day("activities", file, unseen)
            found = seen(other)
            assert found is not None
            assert (found.count, found.first_ms, found.last_ms) == (32, BASE_MS, BASE_MS + 91 * 60_000)
            assert len(other.observed.days(ObservedKind.ADDRESS, "192.0.2.1", 0, 2 * BASE_MS)) == 1


def test_in_parts_it_is_the_same(lake: Lake, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = told(lake)
    monkeypatch.setattr(returned, "ROWS_AT_ONCE", 7)
    lake.remove(Removal("observed", "202603", (), 0, 0, "days"))
    drop(lake, FIRST)
    lake.import_day("activities", file, unseen)
    assert told(lake) == before


def test_broken_off_it_is_counted_as_far_as_it_came(
    lake: Lake, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hinomi.lake.day_files.PAGE_ROWS", 10)

    def stop(_rows: int) -> None:
        raise KeyboardInterrupt

    with Lake.start(tmp_path / "other") as other:
        with pytest.raises(KeyboardInterrupt):
            other.import_day("activities", file, stop)
        found = seen(other)
        assert found is not None
        assert found.count == other.count("1", {}) == 10
        other.import_day("activities", file, unseen)
        assert found != seen(other)
        assert other.observed.is_filled()


def test_killed_it_is_counted_by_the_next_filling(lake: Lake, file: Path, tmp_path: Path) -> None:
    before = told(lake)
    lake.remove(Removal("observed", "202603", (), 0, 0, "days"))
    drop(lake, FIRST)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(returned, "settle", lambda *_: None)
        patch.setattr(returned, "close", lambda *_: None)
        lake.import_day("activities", file, unseen)
    assert not lake.observed.is_filled()
    assert lake.observed.fill()
    assert told(lake) == before
    assert lake.observed.is_filled()


def test_an_older_lake_learns_it(tmp_path: Path) -> None:
    with Lake.start(tmp_path / "old") as old:
        old._connection.command("DROP VIEW observed_view")
        old._connection.command("ALTER TABLE activities DROP COLUMN broughtBack")
        from hinomi.lake import observation

        old._connection.command(observation.VIEW.replace("NOT broughtBack", "1"))
        making.write_on(old, FIRST, *rows(0, 5), seq=1)
    with Lake.start(tmp_path / "old") as old:
        making.write_on(old, FIRST, *rows(5, 5), seq=2)
        before = told(old)
        path = tmp_path / "day.parquet"
        assert old.export_day("activities", FIRST, path, unseen) == 10
        drop(old, FIRST)
        assert old.import_day("activities", path, unseen) == (10, 10)
        assert told(old) == before
