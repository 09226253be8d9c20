"""Files and folders, sound and hostile."""

import codecs
import gzip
import io
import os
import random
import tarfile
import zipfile
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hinomi.errors import InputError
from hinomi.ingest.limits import Limits
from hinomi.ingest.protocols.file import read_paths
from hinomi.schema.record import REASONS, RecordBatch
from tests import make
from tests.make_evtx import evtx

EVTX = evtx([{"Image": "a.exe"}], [{"Image": "b.exe"}])
LINES = make.record(Image="a.exe") + b"\n" + make.record(Image="b.exe") + b"\n"
SMALL = Limits(record_bytes=1000, unpacked_bytes=1 << 20, ratio_from_bytes=1 << 20, members=5, nesting=2)


def read(*paths: Path, limits: Limits | None = None) -> tuple[list[tuple[str, int, bytes]], list[tuple[str, str]]]:
    """(file, number, record) of all records and (file, reason) of all letters; files as in the folder of the first path."""
    records, letters = [], []
    base = f"{paths[0].parent}{os.sep}"
    for batch in read_paths(paths, limits=limits):
        for record, file, number in zip(batch.records, batch.file_of, batch.numbers, strict=True):
            records.append((batch.files[file].removeprefix(base), number, record))
        letters += [(letter.file.removeprefix(base), letter.reason) for letter in batch.dead]
    assert all(reason in REASONS for _, reason in letters)
    return records, letters


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


PACKINGS = {
    "x.evtx": EVTX,
    "named-wrongly.txt": EVTX,
    "x.jsonl": LINES,
    "crlf.log": LINES.replace(b"\n", b"\r\n"),
    "bom.json": codecs.BOM_UTF8 + LINES,
    "utf16.json": LINES.decode().encode("utf-16"),
    "utf16be.json": LINES.decode().encode("utf-16-be"),
    "array.json": b"[" + LINES.strip().replace(b"\n", b",\n  ") + b"]",
    "pretty.json": b"\n".join(
        orjson.dumps(orjson.loads(line), option=orjson.OPT_INDENT_2) for line in LINES.splitlines()
    ),
    "x.evtx.gz": gzip.compress(EVTX),
    "two-members.gz": gzip.compress(LINES[: LINES.index(b"\n") + 1]) + gzip.compress(LINES[LINES.index(b"\n") + 1 :]),
    "padded.gz": gzip.compress(LINES) + b"\n\0\0",
    "x.zip": zipped({"in/a.evtx": EVTX}),
    "zip-in.zip": zipped({"b.zip": zipped({"c.json": LINES})}),
    "x.tar.gz": gzip.compress(tarred({"a.jsonl": LINES})),
    "x.tar": tarred({"a.evtx": EVTX}),
}


@pytest.mark.parametrize("name", PACKINGS)
def test_two_records_come_out_of_every_packing(tmp_path: Path, name: str) -> None:
    records, letters = read(written(tmp_path, name, PACKINGS[name]))
    assert letters == []
    assert [record.count(b'"Image"') for _, _, record in records] == [1, 1]
    assert [orjson.loads(record)["Event"]["EventData"]["Image"] for _, _, record in records] == ["a.exe", "b.exe"]
    assert [number for _, number, _ in records] == [1, 2]


def test_a_folder_is_read_in_the_order_of_its_paths_and_members_carry_both_names(tmp_path: Path) -> None:
    written(tmp_path, "d/b.jsonl", b'{"n":2}\n')
    written(tmp_path, "d/a/z.zip", zipped({"y.json": b'{"n":1}', "x.json": b'{"n":0}'}))
    records, letters = read(tmp_path / "d")
    assert letters == []
    assert [(file, record) for file, _, record in records] == [
        ("d/a/z.zip!x.json", b'{"n":0}'),
        ("d/a/z.zip!y.json", b'{"n":1}'),
        ("d/b.jsonl", b'{"n":2}'),
    ]


def test_rows_of_a_table_become_objects_even_with_line_ends_in_cells(tmp_path: Path) -> None:
    table = 'EventID,Computer,Text\n4688,PC-1,"two\nlines, and ""quotes"""\n4624,PC-2,x\n'
    records, letters = read(written(tmp_path, "rows.csv", table.encode()))
    assert letters == []
    assert [orjson.loads(record) for _, _, record in records] == [
        {"EventID": "4688", "Computer": "PC-1", "Text": 'two\nlines, and "quotes"'},
        {"EventID": "4624", "Computer": "PC-2", "Text": "x"},
    ]


def test_a_damaged_line_costs_only_itself(tmp_path: Path) -> None:
    path = written(tmp_path, "x.jsonl", b'{"a":1}\n\xff\xfe{"b":2}\n\n{"c":3}')
    records, letters = read(path)
    assert [(number, record) for _, number, record in records] == [(1, b'{"a":1}'), (4, b'{"c":3}')]
    assert letters == [("x.jsonl", "invalid_text")]


def test_a_line_over_the_limit_is_skipped_without_being_held(tmp_path: Path) -> None:
    giant = b'{"x":"' + b"y" * 5_000_000 + b'"}'
    path = written(tmp_path, "x.jsonl", b'{"a":1}\n' + giant + b'\n{"c":3}\n{"d":"' + b"z" * 1100 + b'"}\n')
    records, letters = read(path, limits=SMALL)
    assert [(number, record) for _, number, record in records] == [(1, b'{"a":1}'), (3, b'{"c":3}')]
    assert letters == [("x.jsonl", "too_large")] * 2


def test_a_giant_value_in_an_array_is_skipped(tmp_path: Path) -> None:
    path = written(tmp_path, "x.json", b'[{"a":1},\n{"x":"' + b"y" * 5_000_000 + b'"},\n{"c":3}]')
    records, letters = read(path, limits=SMALL)
    assert [record for _, _, record in records] == [b'{"a":1}', b'{"c":3}']
    assert letters == [("x.json", "too_large")]


HOSTILE = {
    "random.evtx": (random.Random(1).randbytes(50_000), "damaged_file"),
    "random.bin": (random.Random(2).randbytes(50_000), "unsupported_file"),
    "cut.evtx": (EVTX[:2000], "damaged_file"),
    "cut.gz": (gzip.compress(random.Random(3).randbytes(9000))[:500], "damaged_file"),
    "noise.gz": (b"\x1f\x8b\x08" + random.Random(4).randbytes(5000), "damaged_file"),
    "noise.zip": (b"PK\x03\x04" + random.Random(5).randbytes(5000), "damaged_file"),
    "outside.zip": (zipped({"../../etc/passwd": LINES}), "archive_path"),
    "absolute.zip": (zipped({"/etc/passwd": LINES}), "archive_path"),
    "drive.zip": (zipped({"C:\\x.json": LINES}), "archive_path"),
    "outside.tar": (tarred({"a/../../b": LINES}), "archive_path"),
    "bomb.gz": (gzip.compress(b"\n" * 30_000_000), "archive_limit"),
    "bomb.zip": (zipped({"a.json": b"\n" * 30_000_000}), "archive_limit"),
    "bomb.tar.gz": (gzip.compress(tarred({"a.json": b"\n" * 30_000_000})), "archive_limit"),
    "deep.zip": (zipped({"1": zipped({"2": zipped({"3": zipped({"4": LINES})})})}), "archive_limit"),
    "prose.txt": (b"Jan 1 00:00:01 host sshd: hello\nJan 1 00:00:02 host sshd: hello\n", "unsupported_file"),
    "open.json": (b'[\n {"a": ', "invalid_json"),
    "nothing.json": (b"[1, 2, 3]", "unsupported_file"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_one_letter_that_says_why(tmp_path: Path, name: str) -> None:
    content, reason = HOSTILE[name]
    records, letters = read(written(tmp_path, name, content), limits=SMALL)
    assert records == []
    assert [told for _, told in letters] == [reason]


def test_an_encrypted_member_is_a_letter_and_the_others_are_read(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.json": LINES, "b.json": LINES}))
    for at in (content.find(b"PK\x03\x04") + 6, content.find(b"PK\x01\x02") + 8):  # flags of the first member
        content[at] |= 1
    records, letters = read(written(tmp_path, "x.zip", bytes(content)))
    assert len(records) == 2
    assert letters == [("x.zip!a.json", "archive_encrypted")]


def test_too_many_members_are_not_all_read(tmp_path: Path) -> None:
    path = written(tmp_path, "x.zip", zipped({f"{number}.json": b"{}" for number in range(9)}))
    records, letters = read(path, limits=SMALL)
    assert len(records) == SMALL.members
    assert letters == [("x.zip", "archive_limit")]


def test_a_link_in_a_tar_is_not_followed(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        link = tarfile.TarInfo("innocent.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert read(written(tmp_path, "x.tar", out.getvalue())) == ([], [("x.tar!innocent.json", "unsupported_file")])


def test_a_path_that_is_not_there_is_the_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        list(read_paths([tmp_path / "nowhere"]))


def test_what_is_no_regular_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert read(tmp_path / "pipe") == ([], [("pipe", "unsupported_file")])


def test_an_empty_file_is_no_damage(tmp_path: Path) -> None:
    assert read(written(tmp_path, "empty.json", b""), written(tmp_path, "blank.json", b"\n \n")) == ([], [])


def test_small_files_share_a_batch_and_large_ones_take_many(tmp_path: Path) -> None:
    for number in range(5):
        written(tmp_path, f"{number}.jsonl", b'{"a":1}\n{"b":2}\n{"a":1}\n')
    batches = list(read_paths([tmp_path], batch_records=4))
    assert [len(batch.records) for batch in batches] == [4, 4, 4, 3]
    assert all(len(batch.files) <= 3 for batch in batches)
    occurrences = [count for batch in batches for count in batch.occurrences]
    assert occurrences == [0, 0, 1] * 5  # counted in each file for itself
    by_size = list(read_paths([tmp_path], batch_bytes=20))
    assert all(sum(map(len, batch.records)) <= 20 for batch in by_size)
    assert sum(len(batch.records) for batch in by_size) == 15


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    for number in range(3):
        written(tmp_path, f"{number}.jsonl", LINES * 40)
    told: list[tuple[str, int, int]] = []
    list(read_paths([tmp_path], batch_records=10, on_file=lambda *what: told.append(what)))
    total = 3 * 40 * len(LINES)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert {whole for _, _, whole in told} == {total}
    assert told[-1] == (str(tmp_path / "2.jsonl"), total, total)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_packings_of_any_kind_end_in_records_and_letters(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(PACKINGS[data.draw(st.sampled_from(sorted(PACKINGS)))])
    for _ in range(data.draw(st.integers(0, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = written(tmp_path, "fuzzed", bytes(content[: data.draw(st.integers(0, len(content)))]))
    for batch in read_paths([path], limits=SMALL):
        assert_consistent(batch)


def assert_consistent(batch: RecordBatch) -> None:
    counts = {len(column) for column in (batch.records, batch.file_of, batch.numbers, batch.occurrences)}
    assert len(counts) == 1
    assert all(0 <= file < len(batch.files) for file in batch.file_of)
    for record in batch.records:
        record.decode()
