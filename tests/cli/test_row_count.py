"""Rows of a growing file, however its bytes are cut."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from hinomi.cli.row_count import RowCount

CELLS = st.text(alphabet='a",\r\n火', max_size=6)


@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=6), sizes=st.lists(st.integers(1, 9), min_size=1))
def test_csv_however_it_is_cut(rows: list[tuple[str, str]], sizes: list[int]) -> None:
    sheet = io.StringIO()
    csv.writer(sheet, lineterminator="\r\n").writerows([("one", "two"), *rows])
    left, count, told = sheet.getvalue().encode(), RowCount("csv"), 0
    for size in (sizes * len(left))[: len(left)]:
        told = count.after(left[:size])
        left = left[size:]
    assert told == len(rows)


def test_ndjson() -> None:
    count = RowCount("ndjson")
    assert [count.after(part) for part in (b'{"a":', b'1}\n{"a":"\\n"}\n', b"")] == [0, 2, 2]
