"""The reference page tells the tables as they are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hinomi.lake import detections, observation, tables
from hinomi.lake.lake import Lake
from hinomi.query.fields import ACTIVITY
from hinomi.query.search_language import parse_query
from hinomi.query.sql import to_sql
from hinomi.schema.activity import FIELDS, REPEATING, FieldType
from tests.lake import making

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "lake.md").read_text()


def described(kind: str) -> str:
    return kind.partition(" CODEC")[0]


def test_every_column_stands_in_the_reference() -> None:
    expected = [f"| `{name}` | {described(kind)} |" for name, kind in tables.KEPT_COLUMNS.items()]
    expected += [f"| `{name}` | {described(tables.column_type(name))} |" for name in FIELDS]
    expected += [f"| `{name}` | {described(kind)} |" for name, kind in tables.DETECTION_COLUMNS.items()]
    expected += [f"| `{name}` | `{source}` |" for name, source in tables.PROCESS_COLUMNS.items()]
    assert [line for line in expected if line not in PAGE] == []


def test_the_reference_names_no_column_that_is_not_there() -> None:
    rows = {line.split("`")[1] for line in PAGE.splitlines() if line.startswith("| `")}
    known = {
        *tables.KEPT_COLUMNS,
        *tables.BROUGHT_BACK,
        *FIELDS,
        *tables.DETECTION_COLUMNS,
        *tables.PROCESS_COLUMNS,
        *observation.COLUMNS,
    }
    assert rows - known == set()


def test_the_filtered_columns_are_named() -> None:
    assert f"Bloom filters: {', '.join(f'`{name}`' for name in tables.SOUGHT)}." in PAGE


@pytest.mark.parametrize("name", tables.SOUGHT)
def test_a_search_for_one_value_uses_the_filter(lake: Lake, write: Callable[..., Any], hour: int, name: str) -> None:
    value = 12345 if FIELDS[name] is FieldType.INTEGER else "ABC"
    write(making.activity(hour, **{name: value}))
    where, values = to_sql(parse_query(f'{name}: "{value}"'), ACTIVITY)
    told = lake._connection.ask(
        f"EXPLAIN indexes = 1 SELECT id FROM activities WHERE {where}", values, form="TabSeparated"
    )
    assert f"{name}_bloom" in told.decode()
    assert lake.count(where, values, from_ms=hour, to_ms=hour + 1) == 1


def test_names_of_the_tables_say_what_repeats() -> None:
    assert set(FIELDS) >= REPEATING


def test_the_tables_on_disk_have_these_columns(lake: Lake) -> None:
    listed = "SELECT table, groupArray(name) FROM system.columns WHERE database = 'hinomi' GROUP BY table"
    found = dict(line.split("\t") for line in lake._connection.ask(listed, form="TabSeparated").decode().splitlines())
    assert all(f"'{name}'" in found["detections"] for name in detections.COLUMNS)
    assert all(f"'{name}'" in found["activities"] for name in FIELDS)
