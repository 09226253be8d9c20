"""docs/reference/query.md says what the code does: every example runs, every data set and limit is there."""

import re
from pathlib import Path

import pytest

from hinomi.api.detections import SEARCH
from hinomi.query import binding, search_language, tree
from hinomi.query.datasets import PRODUCTS, DataSet, condition_of
from hinomi.query.fields import ACTIVITY
from hinomi.query.predicate import to_predicate
from hinomi.query.search_language import parse_query
from hinomi.query.sql import to_sql

PAGE = (Path(__file__).parents[2] / "docs/reference/query.md").read_text()
SECTIONS = {part.splitlines()[0]: part for part in PAGE.split("\n## ")}
_PLACEHOLDERS = "a and (b or not c)"  # words of the page, which are bare words to the language


def examples() -> list[str]:
    rows = [line.split("|")[1] for line in SECTIONS["Search"].splitlines() if line.startswith("| `")]
    return [code for row in rows for code in re.findall(r"`([^`]+)`", row)]


def test_there_are_examples_of_every_way_to_write() -> None:
    assert _PLACEHOLDERS in examples()
    assert len(examples()) > 15


@pytest.mark.parametrize("query", examples())
def test_every_example_compiles_both_ways(query: str) -> None:
    for fields in (ACTIVITY, SEARCH):
        where, _ = to_sql(parse_query(query), fields)
        assert where
        to_predicate(parse_query(query), fields)


def test_every_data_set_stands_there_with_its_products() -> None:
    lines = {row.split("`")[1]: row for row in SECTIONS["Data sets"].splitlines() if row.startswith("| `")}
    assert set(lines) == set(DataSet)
    for dataset, codes in PRODUCTS.items():
        assert set(re.findall(r"`([a-z]+)`", lines[dataset])) - {str(dataset)} == set(codes)
        assert all(f"'{code}'" in condition_of(dataset) for code in codes)


def test_the_limits_are_those_of_the_code() -> None:
    for number, unit in (
        (search_language.MAX_LENGTH, "characters"),
        (tree.MAX_TERMS, "comparisons"),
        (tree.MAX_DEPTH, "levels of brackets"),
        (binding.MAX_VALUE, "characters of one value"),
    ):
        assert f"{number:,} {unit}" in PAGE


def test_every_field_that_the_page_names_is_one() -> None:
    named = re.findall(r"`([a-z]\w+): ", SECTIONS["Search"])
    assert {name for name in named if name not in {**ACTIVITY, **SEARCH}} <= {"column"}
