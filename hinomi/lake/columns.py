"""Activities as Arrow: columns of many batches in, one table out; an answer in, rows out."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pyarrow as pa
from clickhouse_connect.driver.external import ExternalData

from hinomi.schema.activity import FIELDS, ActivityBatch, FieldType

Chosen = tuple[int, ActivityBatch, list[int] | None]  # spool sequence, batch, rows to keep (None: all)

# What DateTime64(3) holds: 1900-01-01 to 2299-12-31T23:59:59.999
FIRST_MS, LAST_MS = -2_208_988_800_000, 10_413_791_999_999
_INT64 = (-(1 << 63), (1 << 63) - 1)

MOMENT = pa.timestamp("ms", "UTC")
_ARROW = {
    FieldType.TEXT: pa.string(),
    FieldType.INTEGER: pa.int64(),
    FieldType.TIME: pa.int64(),
    FieldType.TEXTS: pa.list_(pa.string()),
    FieldType.BOOLEAN: pa.bool_(),
}
# fields that stand in the table under another name and type
_IDENTITY = {"uuid": "id", "eventTime": "time"}


def to_table(chosen: Iterable[Chosen], ingest_ms: int) -> pa.Table:
    """One table of all rows to keep; a column that no batch has is left out. Empty batches are allowed."""
    tables = [_batch_table(sequence, batch, rows) for sequence, batch, rows in chosen]
    whole = pa.concat_tables([_EMPTY, *tables], promote_options="default")
    ingested = pa.repeat(pa.scalar(ingest_ms, MOMENT), whole.num_rows)
    return whole.append_column("ingestTime", ingested)


_EMPTY = pa.table(
    {"time": pa.array([], MOMENT), "id": pa.array([], pa.string()), "spoolSeq": pa.array([], pa.uint64())}
)


def _batch_table(sequence: int, batch: ActivityBatch, rows: list[int] | None) -> pa.Table:
    length = batch.length if rows is None else len(rows)
    columns: dict[str, pa.Array] = {"spoolSeq": pa.repeat(pa.scalar(sequence, pa.uint64()), length)}
    for name, values in batch.fields.items():
        kind = FIELDS.get(name)
        if kind is None:
            continue
        kept = values if rows is None else [values[index] for index in rows]
        if name == "eventTime":
            columns["time"] = times(kept)
            continue
        column = _array(kept, kind)
        if column.null_count < length:
            columns[_IDENTITY.get(name, name)] = column
    return pa.table(columns)


def times(values: Sequence[int]) -> pa.Array:
    if values and (min(values) < FIRST_MS or max(values) > LAST_MS):
        values = [min(max(value, FIRST_MS), LAST_MS) for value in values]
    return pa.array(values, MOMENT)


def _array(values: list[Any], kind: FieldType) -> pa.Array:
    """Arrow converts well-typed columns fast; only a column with a value of another type is looked at one by one."""
    if kind is FieldType.TEXTS and any(isinstance(value, str) for value in values):  # else read as a list of letters
        values = [[value] if isinstance(value, str) else value for value in values]
    try:
        return pa.array(values, _ARROW[kind])
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        mend = _MEND[kind]
        return pa.array([None if value is None else mend(value) for value in values], _ARROW[kind])


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
    """The table as an Arrow stream. Pieces stay pieces: joining them here would copy everything once more."""
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
