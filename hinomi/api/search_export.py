"""What a search finds as a file: CSV, NDJSON or Parquet, made page by page while it is sent."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from hinomi.api.asked import DETECTION_FIELDS, Asked, Rooms
from hinomi.lake.breakdown import Question
from hinomi.lake.columns import ARROW
from hinomi.query.fields import ACTIVITY
from hinomi.schema.activity import FIELDS, FieldType

PAGE_ROWS = 5000

Pages = Iterator[list[dict[str, Any]]]

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")  # a spreadsheet would run what begins so (OWASP, CSV injection)
# of detections, beside the fields of activities
_KINDS = {"detectedTime": FieldType.TIME, "techniqueId": FieldType.TEXTS, "tacticId": FieldType.TEXTS}

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}


def header(asked: Asked, chosen: list[str] | None) -> list[str]:
    """Columns of the file: those chosen, in that order, else all but the record."""
    if chosen is not None:
        return chosen
    names = [name for name in ACTIVITY if name != "rawDataStr"]
    return list(dict.fromkeys([*DETECTION_FIELDS, *names])) if asked.is_of_detections else names


def pages(
    rooms: Rooms,
    asked: Asked,
    question: Question,
    columns: list[str] | None,
    limit: int,
    turn: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Pages:
    """Each page waits for a turn of its own: a long export does not stand in anybody's way, and ends with its reader."""
    left, before = limit, None
    while left > 0:
        with turn():
            page = asked.rows(rooms, question, columns, min(left, PAGE_ROWS), before)
        if not page:
            return
        yield page
        left, before = left - len(page), asked.keyset(page[-1])


def written(form: str, pages: Pages, columns: Sequence[str]) -> Iterator[bytes]:
    """The bytes of the file, in parts of a page. `form`: a key of MEDIA."""
    writers: dict[str, Callable[[Pages, Sequence[str]], Iterator[bytes]]] = {
        "csv": _csv,
        "ndjson": _ndjson,
        "parquet": _parquet,
    }
    return writers[form](pages, columns)


def _csv(pages: Pages, columns: Sequence[str]) -> Iterator[bytes]:
    yield "\ufeff".encode() + _lines([columns])  # the mark: spreadsheets read UTF-8 by it
    for page in pages:
        yield _lines([safe_cell(row.get(name)) for name in columns] for row in page)


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    sheet = io.StringIO()
    csv.writer(sheet, lineterminator="\r\n").writerows(rows)
    return sheet.getvalue().encode("utf-8", "replace")


def safe_cell(value: Any) -> str:
    """The value as one cell's text. What a spreadsheet would take for a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = "; ".join(str(member) for member in value) if isinstance(value, list | tuple) else str(value)
    return f"'{text}" if text.startswith(_RISKY) else text


def _ndjson(pages: Pages, columns: Sequence[str]) -> Iterator[bytes]:
    for page in pages:
        lines = [orjson.dumps({name: row[name] for name in columns if name in row}) for row in page]
        yield b"\n".join(lines) + b"\n"


def _parquet(pages: Pages, columns: Sequence[str]) -> Iterator[bytes]:
    """One row group for each page; what is written is sent on at once."""
    kinds = FIELDS | _KINDS
    schema = pa.schema([(name, ARROW[kinds.get(name, FieldType.TEXT)]) for name in columns])
    sink = _Passing()
    with pq.ParquetWriter(sink, schema, compression="zstd") as writer:
        for page in pages:
            arrays = [pa.array([row.get(name) for row in page], kind.type) for name, kind in _pairs(schema)]
            writer.write_table(pa.table(arrays, schema=schema))
            yield sink.taken()
    yield sink.taken()


def _pairs(schema: pa.Schema) -> list[tuple[str, Any]]:
    return list(zip(schema.names, schema, strict=True))


class _Passing(io.RawIOBase):
    """A file that only grows, and whose bytes are taken away as they come."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        self._size += len(part)
        return len(part)

    def tell(self) -> int:
        return self._size

    def taken(self) -> bytes:
        whole = b"".join(self._parts)
        self._parts.clear()
        return whole
