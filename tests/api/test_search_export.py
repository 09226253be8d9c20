"""Exports: a spreadsheet runs nothing of them, and they are made as they are read."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from hinomi.api.search_export import MEDIA, Pages, written

COLUMNS = ["objectCmd", "objectPid", "techniques", "endpointIp"]


def sheet(*rows: dict[str, Any]) -> list[list[str]]:
    text = b"".join(written("csv", iter([list(rows)]), COLUMNS)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[1:]


@pytest.mark.parametrize(
    "value", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://203.0.113.1")']
)
def test_a_spreadsheet_finds_no_formula(value: str) -> None:
    ((cell, _, _, members),) = sheet({"objectCmd": value, "endpointIp": [value, "192.0.2.1"]})
    assert cell == f"'{value}"
    assert members == f"'{value}; 192.0.2.1"


def test_numbers_and_what_is_absent_stay_as_they_are() -> None:
    assert sheet({"objectCmd": 'a "b", c\nd', "objectPid": -7}) == [['a "b", c\nd', "-7", "", ""]]


@pytest.mark.parametrize("form", MEDIA)
def test_a_file_is_made_as_it_is_read_and_ends_with_its_reader(form: str) -> None:
    asked, ended = [], []

    def pages() -> Pages:
        try:
            for number in range(1000):
                asked.append(number)
                yield [{"objectCmd": f"run {number}", "objectPid": number}] * 10
        finally:
            ended.append(True)

    source = pages()
    parts: Iterator[bytes] = written(form, source, COLUMNS)
    for _ in range(3):
        next(parts)
    assert len(asked) <= 3
    parts.close()  # type: ignore[attr-defined]
    source.close()  # type: ignore[attr-defined]
    assert ended
    assert len(asked) <= 3


def test_every_form_holds_every_row() -> None:
    rows = [[{"objectCmd": f"run {page}", "objectPid": page, "endpointIp": ["192.0.2.1"]}] * 3 for page in range(4)]
    assert len(list(csv.reader(io.StringIO(b"".join(written("csv", iter(rows), COLUMNS)).decode("utf-8-sig"))))) == 13
    lines = b"".join(written("ndjson", iter(rows), COLUMNS)).splitlines()
    assert [orjson.loads(line)["objectPid"] for line in lines] == [page for page in range(4) for _ in range(3)]
    table = pq.read_table(io.BytesIO(b"".join(written("parquet", iter(rows), COLUMNS))))
    assert table.column_names == COLUMNS
    assert table["objectPid"].to_pylist() == [page for page in range(4) for _ in range(3)]
    assert table["endpointIp"].to_pylist() == [["192.0.2.1"]] * 12
