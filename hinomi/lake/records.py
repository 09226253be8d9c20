"""The records themselves, read back page by page in the order in which they came in.

That order is (spoolSeq, spoolPosition): the entry of the spool, and the place in the entry. The table is sorted by time and
machine instead, so a question finds the entries first, cut into stretches of a page each, and reads every stretch by
the time it spans.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from hinomi.errors import InputError
from hinomi.lake.activities import Window, conjunction
from hinomi.lake.connection import Connection
from hinomi.schema.activity import LISTED

PAGE_ROWS = 4_000
PAGE_BYTES = 8 << 20  # of records; a page after a larger one has fewer rows
FIRST_ROWS = 500
LEAST_ROWS = 4  # of the largest that a reader takes

# Filled in by the pipeline, from records that came before and from the block list of the time: the record alone does not tell it
OF_STREAM = (
    *("parentFilePath", "parentCmd", "parentPid", "parentHashId", "parentUser", "parentUserDomain"),
    *LISTED,
)
# half the machine, and so much memory, stay with what comes in
_GENTLE = {"max_threads": 1, "max_memory_usage": 400 << 20}
_PLACE = "(spoolSeq, spoolPosition, time, id)"
_AT = "fromUnixTimestamp64Milli({{{}:Int64}}, 'UTC')"

Place = tuple[int, int, int, str]  # spoolSeq, spoolPosition, eventTime, uuid of the last record of a page


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Columns of equal length. `records` are the bytes as they came."""

    uuids: list[str]
    records: list[bytes]
    files: list[str]
    numbers: list[int]
    received_ms: list[int]
    of_stream: dict[str, list[Any]]  # keys of OF_STREAM; absent is None, "" or []
    last: Place

    def __len__(self) -> int:
        return len(self.uuids)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Neighbouring entries of the spool and the time that their activities span."""

    first: int
    last: int
    from_ms: int
    to_ms: int  # inclusive


def pages(connection: Connection, where: str, parameters: Mapping[str, Any], window: Window) -> Iterator[RecordPage]:
    """Every record of the window that meets `where`, in the order of arrival. Holds one page at a time."""
    rows = FIRST_ROWS
    for stretch in _stretches(connection, where, parameters, window):
        after: Place | None = None
        is_last = False
        while not is_last:
            page, rows = _fitting(connection, where, parameters, stretch, after, rows)
            if page is None:
                break
            yield page
            is_last, after = len(page) < rows, page.last
            size = max(1, sum(map(len, page.records)) // len(page))
            rows = max(LEAST_ROWS, min(PAGE_ROWS, 2 * rows, PAGE_BYTES // size))


def _fitting(
    connection: Connection,
    where: str,
    parameters: Mapping[str, Any],
    stretch: _Stretch,
    after: Place | None,
    rows: int,
) -> tuple[RecordPage | None, int]:
    """The next page, and how many rows it may have: fewer than asked for when records are too large for so many."""
    while True:
        try:
            return _page(connection, where, parameters, stretch, after, rows), rows
        except InputError:
            if rows <= LEAST_ROWS:
                raise
            rows = max(LEAST_ROWS, rows // 8)


def _stretches(connection: Connection, where: str, parameters: Mapping[str, Any], window: Window) -> list[_Stretch]:
    """In rising order. A stretch is about a page, and at least one entry."""
    conditions, bounds = window.of("activities")
    entries = (
        "SELECT spoolSeq, count() AS n, min(time) AS low, max(time) AS high FROM activities "  # noqa: S608
        f"WHERE {conjunction([*conditions, where])} GROUP BY spoolSeq"
    )
    running = f"SELECT *, intDiv(sum(n) OVER (ORDER BY spoolSeq) - 1, {PAGE_ROWS}) AS page FROM ({entries})"  # noqa: S608
    sql = (
        "SELECT min(spoolSeq) AS first, max(spoolSeq) AS last, toUnixTimestamp64Milli(min(low)) AS from_ms, "  # noqa: S608
        f"toUnixTimestamp64Milli(max(high)) AS to_ms FROM ({running}) GROUP BY page ORDER BY page"
    )
    answer = connection.ask(sql, {**parameters, **bounds}, settings=_GENTLE)
    if not answer:
        return []
    columns = pa.ipc.open_stream(answer).read_all().to_pydict()
    return [
        _Stretch(*row)
        for row in zip(columns["first"], columns["last"], columns["from_ms"], columns["to_ms"], strict=True)
    ]


def _page(
    connection: Connection,
    where: str,
    parameters: Mapping[str, Any],
    stretch: _Stretch,
    after: Place | None,
    rows: int,
) -> RecordPage | None:
    # what `_stretches` found of the window ends with the stretch's first and last moment
    conditions, bounds = Window(stretch.from_ms, stretch.to_ms + 1).of("activities")
    conditions.append("spoolSeq >= {lake_first:UInt64} AND spoolSeq <= {lake_last:UInt64}")
    given: dict[str, Any] = {"lake_first": stretch.first, "lake_last": stretch.last}
    if after is not None:
        conditions.append(
            f"{_PLACE} > ({{lake_seq:UInt64}}, {{lake_position:UInt32}}, {_AT.format('lake_time')}, "
            "toUUIDOrZero({lake_uuid:String}))"
        )
        given |= dict(zip(("lake_seq", "lake_position", "lake_time", "lake_uuid"), after, strict=True))
    sql = (
        "SELECT toString(id) AS uuid, spoolSeq, spoolPosition, toUnixTimestamp64Milli(time) AS ms, rawDataStr, recordFile, "  # noqa: S608
        f"ifNull(recordNumber, 0) AS number, ifNull(logReceivedTime, 0) AS received, {', '.join(OF_STREAM)} "
        f"FROM activities WHERE {conjunction([*conditions, where])} "
        f"ORDER BY spoolSeq, spoolPosition, time, id LIMIT {rows}"
    )
    answer = connection.ask(sql, {**parameters, **bounds, **given}, settings={**_GENTLE, "max_block_size": rows})
    table = pa.ipc.open_stream(answer).read_all() if answer else None
    return _read(table) if table is not None and table.num_rows else None


def _read(table: Any) -> RecordPage:
    def column(name: str, kind: Any = None) -> list[Any]:
        found = table.column(name)
        return list((found if kind is None else found.cast(kind)).to_pylist())

    uuids = column("uuid")
    last = tuple(table.column(name)[-1].as_py() for name in ("spoolSeq", "spoolPosition", "ms"))
    return RecordPage(
        uuids=uuids,
        records=column("rawDataStr", pa.binary()),
        files=column("recordFile", pa.string()),
        numbers=column("number"),
        received_ms=column("received"),
        of_stream={name: column(name) for name in OF_STREAM},
        last=(*last, uuids[-1]),
    )
