"""The reference page tells the tables as they are."""

from pathlib import Path

from hinomi.lake import detections, tables
from hinomi.lake.lake import Lake
from hinomi.schema.activity import FIELDS

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
    known = {*tables.KEPT_COLUMNS, *FIELDS, *tables.DETECTION_COLUMNS, *tables.PROCESS_COLUMNS}
    assert rows - known == set()


def test_the_filtered_columns_are_named() -> None:
    assert f"Bloom filters: {', '.join(f'`{name}`' for name in tables.SOUGHT)}." in PAGE


def test_names_of_the_tables_say_what_repeats() -> None:
    assert set(FIELDS) >= tables.REPEATING


def test_the_tables_on_disk_have_these_columns(lake: Lake) -> None:
    listed = "SELECT table, groupArray(name) FROM system.columns WHERE database = 'hinomi' GROUP BY table"
    found = dict(line.split("\t") for line in lake._connection.ask(listed, form="TabSeparated").decode().splitlines())
    assert all(f"'{name}'" in found["detections"] for name in detections.COLUMNS)
    assert all(f"'{name}'" in found["activities"] for name in FIELDS)
