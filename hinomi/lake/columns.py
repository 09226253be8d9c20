"""Activities as Arrow: columns of many batches in, one table out; an answer in, rows out."""

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
from clickhouse_connect.driver.external import ExternalData

from hinomi.schema.activity import FIELDS, ActivityBatch, FieldType

Chosen = tuple[int, ActivityBatch, list[int] | None]  # spool sequence, batch, rows to keep (None: all)

# What DateTime64(3) holds: 1900-01-01 to 2299-12-31T23:59:59.999
FIRST_MS, LAST_MS = -2_208_988_800_000, 10_413_791_999_999
_INT64 = (-(1 << 63), (1 << 63) - 1)

MOMENT = pa.timestamp("ms", "UTC")
ARROW = {
    FieldType.TEXT: pa.string(),
    FieldType.INTEGER: pa.int64(),
    FieldType.TIME: pa.int64(),
    FieldType.TEXTS: pa.list_(pa.string()),
    FieldType.BOOLEAN: pa.bool_(),
}
_IDENTITY = ("uuid", "eventTime")  # they stand in the table as `id` and `time`


def to_table(chosen: Sequence[Chosen], ingest_ms: int) -> pa.Table:
    """One table of all rows to keep; a column that no batch has is left out. Empty batches are allowed.

    Lists are joined before they become Arrow: an entry has dozens of small batches, and an array costs as much as
    dozens of values.
    """
    lengths = [batch.length if rows is None else len(rows) for _, batch, rows in chosen]
    total = sum(lengths)
    sequences = [
        number for (sequence, _, _), length in zip(chosen, lengths, strict=True) for number in [sequence] * length
    ]
    columns = {
        "time": times(_joined("eventTime", chosen, lengths)),
        "id": pa.array(_joined("uuid", chosen, lengths), pa.string()),
        "spoolSeq": pa.array(sequences, pa.uint64()),
        "spoolPosition": pa.array(_positions(chosen), pa.uint32()),
        "ingestTime": pa.repeat(pa.scalar(ingest_ms, MOMENT), total),
    }
    for name in dict.fromkeys(name for _, batch, _ in chosen for name in batch.fields):
        if name in FIELDS and name not in _IDENTITY:
            column = _array(_joined(name, chosen, lengths), FIELDS[name])
            if column.null_count < total:
                columns[name] = column
    return pa.table(columns)


def _positions(chosen: Sequence[Chosen]) -> list[int]:
    """The place of each record in its entry, so that the order of arrival can be had again."""
    whole: list[int] = []
    for _, batch, rows in chosen:
        places = batch.positions or range(batch.length)
        whole += places if rows is None else [places[index] for index in rows]
    return whole


def _joined(name: str, chosen: Sequence[Chosen], lengths: Sequence[int]) -> list[Any]:
    """One column of all batches, None where a batch does not have it."""
    whole: list[Any] = []
    for (_, batch, rows), length in zip(chosen, lengths, strict=True):
        column = batch.fields.get(name)
        if column is None:
            whole += [None] * length
        else:
            whole += column if rows is None else [column[index] for index in rows]
    return whole


def times(values: Sequence[int]) -> pa.Array:
    if values and (min(values) < FIRST_MS or max(values) > LAST_MS):
        values = [min(max(value, FIRST_MS), LAST_MS) for value in values]
    return pa.array(values, MOMENT)


def _array(values: list[Any], kind: FieldType) -> pa.Array:
    """Arrow converts well-typed columns fast; only a column with a value of another type is looked at one by one."""
    if kind is FieldType.TEXTS and any(isinstance(value, str) for value in values):  # else read as a list of letters
        values = [[value] if isinstance(value, str) else value for value in values]
    try:
        return pa.array(values, ARROW[kind])
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        mend = _MEND[kind]
        return pa.array([None if value is None else mend(value) for value in values], ARROW[kind])


def _mend_text(value: Any) -> str:
    # lone surrogates have no UTF-8
    return str(value).encode("utf-8", "replace").decode()


def _mend_integer(value: Any) -> int | None:
    try:
        number = int(value)
    except (TypeError, ValueError):
        return None
    return number if _INT64[0] <= number <= _INT64[1] else None


def _mend_texts(value: Any) -> list[str]:
    members = value if isinstance(value, list | tuple) else [value]
    return [_mend_text(member) for member in members if member is not None]


_MEND: dict[FieldType, Callable[[Any], Any]] = {
    FieldType.TEXT: _mend_text,
    FieldType.INTEGER: _mend_integer,
    FieldType.TIME: _mend_integer,
    FieldType.TEXTS: _mend_texts,
    FieldType.BOOLEAN: bool,
}


def to_stream(table: pa.Table) -> memoryview:
    """The table as an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return memoryview(sink.getvalue())


def to_rows(answer: bytes) -> list[dict[str, Any]]:
    """Rows of an Arrow stream without what is absent (NULL, empty text, empty list)."""
    table = pa.ipc.open_stream(answer).read_all() if answer else None
    if table is None:
        return []
    rows: list[dict[str, Any]] = [{} for _ in range(table.num_rows)]
    for name, column in zip(table.column_names, table.columns, strict=True):
        for row, value in zip(rows, column.to_pylist(), strict=True):
            if value is not None and value != "" and value != []:
                row[name] = value
    return rows


def wanted(structure: str, **columns: pa.Array) -> ExternalData:
    """A table called `wanted`, sent along with a question; `structure` as in CREATE TABLE."""
    return ExternalData(
        file_name="wanted", data=bytes(to_stream(pa.table(columns))), fmt="ArrowStream", structure=structure
    )
