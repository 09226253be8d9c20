"""A day goes out as Parquet that any tool reads and comes back as it was, once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hinomi.errors import InputError
from hinomi.lake import day_files
from hinomi.lake.lake import Lake
from hinomi.schema.activity import FIELDS
from tests.lake import making

DAY, NEXT = date(2026, 3, 1), date(2026, 3, 2)
BASE_MS = 1_772_000_000_000


def unseen(_rows: int) -> None:
    """Nobody looks."""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lake, Lake]]:
    """One lake with two days and a detection, one that is empty."""
    folder = tmp_path_factory.mktemp("lakes")
    with Lake.start(folder / "full") as full, Lake.start(folder / "empty") as empty:
        first = [
            making.process_start(
                BASE_MS + n % 7 * making.HOUR_MS + n % 3,  # many at the same moment
                n,
                None,
                endpointHostName=f"PC-{n % 4}",
                objectCmd=f"コマンド {n}",
                endpointIp=["10.0.0.1", f"10.0.0.{n % 250}"],
                dpt=0 if n % 2 else None,
                rawDataStr=f'{{"n": {n}}}',
            )
            for n in range(250)
        ]
        making.write_on(full, DAY, *first, seq=3)
        making.write_on(full, NEXT, making.activity(BASE_MS, objectCmd="other day"), seq=4)
        full.write_detections([making.detection(first[7])])
        yield full, empty


def everything(lake: Lake) -> bytes:
    """All of a day's activities, every column but the one that says that they came back."""
    asked = f"SELECT * EXCEPT broughtBack FROM activities WHERE toDate(ingestTime) = '{DAY}' ORDER BY id"
    return lake._connection.ask(asked, form="TabSeparatedWithNames")


def test_days_are_counted(both: tuple[Lake, Lake]) -> None:
    today = datetime.now(UTC).date()
    assert both[0].days() == {"activities": {DAY: 250, NEXT: 1}, "detections": {today: 1}}
    assert both[1].days() == {"activities": {}, "detections": {}}


def test_a_day_goes_out_page_by_page_and_any_tool_reads_it(
    both: tuple[Lake, Lake], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day_files, "PAGE_ROWS", 32)  # within an hour, within a machine, within a moment
    seen: list[int] = []
    path = tmp_path / "day.parquet"
    assert both[0].export_day("activities", DAY, path, seen.append) == 250
    assert seen == [*range(32, 250, 32), 250]
    table = pq.read_table(path)
    assert table.num_rows == 250
    assert len(set(table.column("uuid").to_pylist())) == 250
    assert {"time", "uuid", "spoolSeq", "spoolPosition", "ingestTime"} < set(table.column_names)
    assert set(FIELDS) - {"eventTime"} <= set(table.column_names)
    assert table.schema.field("time").type == pa.timestamp("ms", "UTC")
    row = next(row for row in table.to_pylist() if row["objectProcessHashId"] == 8)
    assert (row["objectCmd"], row["endpointIp"], row["dpt"], row["spoolSeq"]) == (
        "コマンド 8", ["10.0.0.1", "10.0.0.8"], None, 3,
    )  # fmt: skip
    assert row["ingestTime"] == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_it_comes_back_as_it_was_and_only_once(both: tuple[Lake, Lake], tmp_path: Path) -> None:
    full, empty = both
    path, found = tmp_path / "day.parquet", tmp_path / "detections.parquet"
    full.export_day("activities", DAY, path, unseen)
    full.export_day("detections", datetime.now(UTC).date(), found, unseen)
    assert empty.import_day("activities", path, unseen) == (250, 250)
    assert empty.import_day("activities", path, unseen) == (0, 250)
    assert everything(empty) == everything(full)
    assert empty.status().processes == 250
    assert empty.import_day("detections", found, unseen) == (1, 1)
    assert empty.import_day("detections", found, unseen) == (0, 1)
    assert empty.detections("1", {}) == full.detections("1", {})


def test_a_day_that_has_nothing_makes_no_file(both: tuple[Lake, Lake], tmp_path: Path) -> None:
    assert both[0].export_day("activities", date(2020, 1, 1), tmp_path / "none.parquet", unseen) == 0
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_such_file_is_refused(both: tuple[Lake, Lake], tmp_path: Path) -> None:
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(InputError, match="no Parquet file"):
        both[1].import_day("activities", broken, unseen)
    strange = tmp_path / "strange.parquet"
    pq.write_table(pa.table({"uuid": ["x"], "ofTheFuture": [1]}), strange)
    with pytest.raises(InputError, match="ofTheFuture"):
        both[1].import_day("activities", strange, unseen)
    with pytest.raises(InputError, match="no table"):
        both[1].import_day("processes", strange, unseen)
