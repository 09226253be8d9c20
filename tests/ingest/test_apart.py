import os
import signal
from pathlib import Path

import orjson
import pytest

from hinomi.errors import InputError, Unavailable
from hinomi.ingest.apart import FIRST_RECORDS, Packed, Reading, packed
from hinomi.ingest.protocols.file import read_paths
from hinomi.schema.record import RecordBatch
from hinomi.wire.packing import unpack


def recordings(folder: Path, files: int, lines: int) -> list[Path]:
    made = []
    for number in range(files):
        path = folder / f"{number}.json"
        rows = [
            orjson.dumps({"time": "2026-01-15T03:00:00Z", "n": f"{number}-{line}", "x": os.urandom(40).hex()})
            for line in range(lines)
        ]
        path.write_bytes(b"\n".join(rows))
        made.append(path)
    return made


def records(batches: list[Packed]) -> list[bytes]:
    return [record for one in batches for record in unpack(one.payload).records]


def letters(batches: list[Packed]) -> list[tuple[str, str]]:
    return [(letter.file, letter.reason) for one in batches for letter in unpack(one.payload).dead]


def test_read_apart_is_read_as_here(tmp_path: Path) -> None:
    recordings(tmp_path, 3, 4000)
    (tmp_path / "4.evtx").write_bytes(b"ElfFile\0" + bytes(100))
    places: list[tuple[str, int, int]] = []
    with Reading([tmp_path]) as reading:
        found = list(reading.batches(lambda *place: places.append(place)))
    here = list(read_paths([tmp_path]))
    assert records(found) == [record for batch in here for record in batch.records]
    assert letters(found) == [(letter.file, letter.reason) for batch in here for letter in batch.dead]
    assert [one.records for one in found] == [FIRST_RECORDS, 2 * FIRST_RECORDS, 4 * FIRST_RECORDS, 5000, 2625]
    assert places[0] == (str(tmp_path / "0.json"), 0, places[0][2])
    assert places[-1][1] == places[-1][2] == sum(path.stat().st_size for path in tmp_path.iterdir())


def test_names_that_are_no_text_come_through(tmp_path: Path) -> None:
    (path,) = recordings(tmp_path, 1, 1)
    path.rename(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.json"))
    with Reading([tmp_path]) as reading:
        (one,) = reading.batches()
    assert unpack(one.payload).files == [f"{tmp_path}/\\udcff.json"]


def test_a_reader_that_dies_costs_one_file(tmp_path: Path) -> None:
    paths = recordings(tmp_path, 4, 12_000)
    with Reading(paths) as reading:
        batches = reading.batches()
        found = [next(batches)]
        os.kill(reading.pid, signal.SIGKILL)
        found += batches
    (lost,) = letters(found)
    assert lost[1] == "damaged_file"
    others = {record for path in paths if str(path) != lost[0] for record in path.read_bytes().splitlines()}
    assert others <= set(records(found))


def test_a_reader_that_cannot_start_is_said(tmp_path: Path) -> None:
    with Reading(recordings(tmp_path, 1, 1), silent_s=0) as reading, pytest.raises(Unavailable):
        list(reading.batches())


def test_what_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        Reading([tmp_path / "none"])


def test_no_files_are_no_batches(tmp_path: Path) -> None:
    with Reading([tmp_path]) as reading:
        assert not list(reading.batches())


def test_packed_counts_the_records() -> None:
    (one,) = packed([RecordBatch("file", ["a"], [b"{}"], [0], [1], [0])])
    assert one.records == 1
