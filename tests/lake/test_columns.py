"""What goes into the lake comes out of it."""

import uuid
from operator import itemgetter
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hinomi.lake.columns import FIRST_MS, LAST_MS, to_rows, to_table
from hinomi.lake.lake import Lake
from hinomi.schema.activity import FIELDS, FieldType
from tests.lake import making

TEXT = st.text(min_size=1, max_size=40).filter(lambda text: not any("\ud800" <= sign <= "\udfff" for sign in text))
VALUES: dict[FieldType, st.SearchStrategy[Any]] = {
    FieldType.TEXT: TEXT
    | st.sampled_from(["\0", "'; DROP TABLE activities", "{p0:String}", "\\N", "火の見", "\r\n--"]),
    FieldType.INTEGER: st.integers(-(1 << 63), (1 << 63) - 1),
    FieldType.TIME: st.integers(-(1 << 40), 1 << 42),
    FieldType.TEXTS: st.lists(TEXT, min_size=1, max_size=3),
    FieldType.BOOLEAN: st.booleans(),
}
OTHERS = sorted(set(FIELDS) - {"uuid", "eventTime"})


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    names = draw(st.lists(st.sampled_from(OTHERS), max_size=12, unique=True))
    made = []
    for _ in range(draw(st.integers(1, 4))):
        row = making.activity(draw(st.integers(0, 4_000_000_000_000)))
        row |= {name: draw(st.none() | VALUES[FIELDS[name]]) for name in names}
        made.append(row)
    return made


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows())
def test_rows_read_equal_rows_written(lake: Lake, made: list[dict[str, Any]]) -> None:
    lake.write_activities([(7, making.batch(*made), None)])
    found = lake.search("has({p0:Array(String)}, uuid)", {"p0": [row["uuid"] for row in made]})
    present = [{name: value for name, value in row.items() if value is not None} for row in made]
    assert sorted(found, key=itemgetter("uuid")) == sorted(present, key=itemgetter("uuid"))


def test_every_field_has_a_column(lake: Lake, hour: int) -> None:
    example: dict[FieldType, Any] = {
        FieldType.TEXT: "x", FieldType.INTEGER: 0, FieldType.TIME: 0, FieldType.TEXTS: ["x", "y"], FieldType.BOOLEAN: False,
    }  # fmt: skip
    row = making.activity(hour) | {name: example[FIELDS[name]] for name in OTHERS}
    lake.write_activities([(7, making.batch(row), None)])
    assert lake.activity(row["uuid"]) == row


def test_batches_of_differing_columns_make_one_table() -> None:
    first, second = making.activity(1, objectCmd="a"), making.activity(2, dst="b", dpt=443)
    table = to_table([(1, making.batch(first), None), (2, making.batch(second), None)], 5)
    assert table.column("objectCmd").to_pylist() == ["a", None]
    assert table.column("dpt").to_pylist() == [None, 443]
    assert table.column("spoolSeq").to_pylist() == [1, 2]


def test_only_the_chosen_rows_are_kept() -> None:
    made = [making.activity(number, objectPid=number) for number in range(5)]
    table = to_table([(1, making.batch(*made), [4, 1])], 5)
    assert table.column("objectPid").to_pylist() == [4, 1]


def test_nothing_chosen_is_an_empty_table() -> None:
    assert to_table([], 5).num_rows == 0


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("objectCmd", 42, "42"),
        ("objectCmd", "lone \ud800 surrogate", "lone ? surrogate"),
        ("dpt", "443", 443),
        ("dpt", "https", None),
        ("dpt", 1 << 70, None),
        ("endpointIp", "10.0.0.1", ["10.0.0.1"]),
        ("endpointIp", ["10.0.0.1", None, 7], ["10.0.0.1", "7"]),
    ],
)
def test_a_value_of_another_type_costs_at_most_itself(name: str, value: Any, kept: Any) -> None:
    made = making.batch(making.activity(1, **{name: value}), making.activity(2))
    table = to_table([(1, made, None)], 5)
    found = table.column(name).to_pylist() if name in table.column_names else [None, None]
    assert found == [kept, None]


def test_a_time_out_of_range_is_moved_to_its_edge(lake: Lake) -> None:
    early, late = making.activity(-(1 << 60)), making.activity(1 << 60)
    lake.write_activities([(1, making.batch(early, late), None)])
    kept = [lake.activity(row["uuid"]) for row in (early, late)]
    assert [row and row["eventTime"] for row in kept] == [FIRST_MS, LAST_MS]


def test_an_empty_answer_has_no_rows() -> None:
    assert to_rows(b"") == []
    assert to_rows(_stream(pa.table({"a": pa.array([], pa.int64())}))) == []


def test_absent_values_are_left_out_of_a_row() -> None:
    table = pa.table(
        {"a": [0, None], "b": ["", "x"], "c": pa.array([[], ["y"]], pa.list_(pa.string())), "d": [False, True]}
    )
    assert to_rows(_stream(table)) == [{"a": 0, "d": False}, {"b": "x", "c": ["y"], "d": True}]


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def test_a_uuid_of_no_such_form_is_found_nowhere(lake: Lake) -> None:
    assert lake.activity("no uuid' OR 1=1 --") is None
    assert lake.activity(str(uuid.uuid4())) is None
