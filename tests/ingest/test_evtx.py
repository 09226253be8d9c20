"""EVTX: damage costs what it hits and nothing else."""

import io
import random
from pathlib import Path

import pytest

from hinomi.ingest.evtx import CHUNK_BYTES, HEADER_BYTES, read_evtx
from hinomi.ingest.stream import Stream
from hinomi.ingest.text import Loss, Run
from hinomi.normalise.normaliser import Normaliser
from tests import make
from tests.make_evtx import evtx

DATA = [{"Image": f"C:\\t\\{number}.exe"} for number in range(1, 8)]
FILE = evtx(DATA[:3], DATA[3:5], DATA[5:])


def read(content: bytes) -> tuple[list[int], list[tuple[str, int | None]]]:
    """Numbers of the records, and reason and offset of the losses."""
    numbers: list[int] = []
    losses = []
    for found in read_evtx(Stream(io.BytesIO(content))):
        if isinstance(found, Run):
            numbers += found.numbers
        else:
            assert isinstance(found, Loss)
            losses.append((found.trouble.reason, found.trouble.offset))
    return numbers, losses


def chunk_at(number: int) -> int:
    return HEADER_BYTES + number * CHUNK_BYTES


def test_a_sound_file_is_read_whole() -> None:
    assert read(FILE) == ([1, 2, 3, 4, 5, 6, 7], [])


def test_its_records_are_what_the_normaliser_expects() -> None:
    records = [
        record for found in read_evtx(Stream(io.BytesIO(FILE))) if isinstance(found, Run) for record in found.records
    ]
    (batch,) = Normaliser().normalise(make.record_batch(*records), 1).activities
    assert batch.fields["objectFilePath"] == [data["Image"] for data in DATA]
    assert batch.fields["endpointHostName"] == ["PC-1"] * 7


@pytest.mark.parametrize("chunk", [0, 1, 2])
def test_a_chunk_that_is_none_costs_only_itself(chunk: int) -> None:
    content = bytearray(FILE)
    content[chunk_at(chunk) : chunk_at(chunk) + 8] = b"rubbish!"
    numbers, losses = read(bytes(content))
    assert numbers == [number for number in range(1, 8) if (0 if number < 4 else 1 if number < 6 else 2) != chunk]
    assert losses == [("damaged_chunk", chunk_at(chunk))]


@pytest.mark.parametrize(
    ("place", "damage"),
    [(0, b"ABCD"), (4, b"\xff\xff\xff\x7f"), (4, b"\0\0\0\0"), (40, b"\xee" * 30), (60, b"\xff" * 9)],
    ids=["its mark", "a giant size", "no size", "its content", "a name in it"],
)
def test_a_damaged_record_costs_only_itself(place: int, damage: bytes) -> None:
    second = FILE.find(b"\x2a\x2a\0\0", chunk_at(0) + 520)
    content = bytearray(FILE)
    content[second + place : second + place + len(damage)] = damage
    numbers, losses = read(bytes(content))
    assert set(numbers) >= {1, 3, 4, 5, 6, 7}
    assert losses == [("damaged_record", chunk_at(0))]


def test_room_that_was_never_written_to_is_no_damage() -> None:
    assert read(FILE + bytes(3 * CHUNK_BYTES)) == ([1, 2, 3, 4, 5, 6, 7], [])


@pytest.mark.parametrize("length", [0, 8, 100, 4095])
def test_a_file_cut_off_in_its_header_says_so(length: int) -> None:
    assert read(FILE[:length]) == ([], [("damaged_file", 0)])


def test_a_file_cut_off_in_a_chunk_gives_what_is_there() -> None:
    third_record_of_second_chunk = chunk_at(1) + 512 + 100
    numbers, losses = read(FILE[:third_record_of_second_chunk])
    assert numbers == [1, 2, 3]
    assert losses == [("damaged_chunk", chunk_at(1))]
    all_of_it, losses = read(FILE[: chunk_at(1) + 60_000])
    assert all_of_it == [1, 2, 3, 4, 5]
    assert losses == [("damaged_chunk", chunk_at(1))]


def test_random_damage_never_stops_the_reader() -> None:
    noise = random.Random(7)
    for _ in range(150):
        content = bytearray(FILE)
        for _ in range(noise.choice([1, 10, 1000])):
            content[noise.randrange(HEADER_BYTES, chunk_at(1))] = noise.randrange(256)
        numbers, _ = read(bytes(content))
        assert set(numbers) >= {4, 5, 6, 7}
    for length in (5_000, 70_000, 200_000):
        read(b"ElfFile\0" + noise.randbytes(length))


@pytest.mark.shared_data
def test_every_record_of_a_real_file_is_read(shared_data: Path) -> None:
    from evtx import PyEvtxParser

    path = shared_data / "sigma/regression_data/rules/windows"
    for file in sorted(path.rglob("*.evtx"))[:40]:
        numbers, losses = read(file.read_bytes())
        assert numbers == [record["event_record_id"] for record in PyEvtxParser(str(file)).records_json()]
        assert losses == []
