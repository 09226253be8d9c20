"""A filter made of a query means what the query means: the two are run beside each other."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hinomi.detect.checks import checked, fields_of
from hinomi.detect.custom_file import read_custom
from hinomi.detect.from_query import filter_text
from hinomi.query.fields import ACTIVITY
from hinomi.query.predicate import to_predicate
from hinomi.query.refusal import QueryError
from hinomi.query.search_language import parse_query
from hinomi.schema.content import Filter, Severity


def made(query: str, **more: Any) -> Filter:
    text = filter_text(
        parse_query(query),
        title="A title: of 検知",
        risk=Severity.HIGH,
        techniques=["T1003.002"],
        day=dt.date(2026, 11, 22),
        **more,
    )
    found, errors = read_custom("filter", "custom_made", text)
    assert errors == []
    assert isinstance(found, Filter)
    return found


def meets(query: str, row: dict[str, Any]) -> bool:
    condition = made(query).sigma.condition
    return checked(condition)(tuple(row.get(str(name)) for name in fields_of(condition)))


def test_a_query_becomes_a_filter() -> None:
    found = made("objectCmd: *reg*save* and not processUser: system")
    assert found.title.en == "A title: of 検知"
    assert (found.risk, found.techniques) == (Severity.HIGH, ("T1003.002",))
    assert found.highlights == ("objectCmd", "processUser", "endpointHostName")
    assert found.logsource.product == "windows"


CASES = [
    ("objectCmd: whoami", {"objectCmd": r"C:\WHOAMI.exe /all"}, True),
    ('objectCmd: "whoami /all"', {"objectCmd": "whoami /all /fo"}, False),
    ('objectCmd: "whoami /all"', {"objectCmd": "WHOAMI /ALL"}, True),
    ("objectCmd: *reg*save*", {"objectCmd": "cmd /c reg  save x"}, True),
    (r"objectFilePath: C:\Windows\*\x.exe", {"objectFilePath": r"c:\windows\temp\x.exe"}, True),
    (r'objectFilePath: "C:\\Temp\\"', {"objectFilePath": "C:\\Temp\\"}, True),
    (r'objectCmd: "what*?"', {"objectCmd": "what*?"}, True),
    (r'objectCmd: "what*?"', {"objectCmd": "whatever"}, False),
    ("objectCmd: ¥temp¥", {"objectCmd": "c:\\temp\\a"}, True),
    (r"objectCmd: /save\s+hk/", {"objectCmd": "REG SAVE  HKLM"}, True),
    ("objectCmd: *", {"objectCmd": "x"}, True),
    ("objectCmd: *", {}, False),
    ('objectCmd: ""', {}, True),
    ("dpt: 443", {"dpt": 443}, True),
    ("dpt >= 80 dpt < 443", {"dpt": 443}, False),
    ("dst: 10.0.0.9/8", {"dst": "10.1.2.3"}, True),
    ("eventId: PROCESS", {"eventId": 1}, True),
    ("objectCmd: (a or b) and objectCmd: (b or c)", {"objectCmd": "b"}, True),
    ("objectCmd: (a or b) and objectCmd: (b or c)", {"objectCmd": "a"}, False),
    ("not objectCmd: a", {}, True),
    ("objectCmd: a or (objectName: b and not objectName: c)", {"objectName": "xb"}, True),
    ("objectFileHashMd5: abc", {"objectFileHashMd5": "abcd"}, False),
]


@pytest.mark.parametrize(("query", "row", "wanted"), CASES)
def test_it_means_the_same(query: str, row: dict[str, Any], wanted: bool) -> None:
    assert to_predicate(parse_query(query), ACTIVITY)(row) is wanted
    assert meets(query, row) is wanted


FIELDS = ("objectCmd", "processFilePath", "dpt")
WORDS = st.text(alphabet="ab\\*? ", min_size=1, max_size=5)
LEAVES = st.one_of(
    st.tuples(st.sampled_from(FIELDS[:2]), WORDS).map(lambda pair: f'{pair[0]}: "{_quoted(pair[1])}"'),
    st.tuples(st.sampled_from(FIELDS[:2]), st.text(alphabet="ab\\*?", min_size=1, max_size=5)).map(
        lambda pair: f"{pair[0]}: {pair[1]}"
    ),
    st.integers(0, 3).map(lambda port: f"dpt >= {port}"),
)
QUERIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda one: f"not ({one} )"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: "(" + " or ".join(parts) + " )"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: "(" + " ".join(parts) + " )"),
    ),
    max_leaves=5,
)
VALUES = st.one_of(st.none(), st.text(alphabet="ab\\*? AB", min_size=1, max_size=6))


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(QUERIES, VALUES, VALUES, st.one_of(st.none(), st.integers(0, 3)))
def test_any_query_means_the_same(query: str, command: str | None, path: str | None, port: int | None) -> None:
    row = {"objectCmd": command, "processFilePath": path, "dpt": port}
    assert meets(query, row) is to_predicate(parse_query(query), ACTIVITY)(row)


@pytest.mark.parametrize(
    ("query", "column"),
    [("objectCmdd: a", 1), ("objectCmd: a and mimi*", 18), ("dpt: many", 6), ("objectCmd: (", 13)],
)
def test_what_cannot_be_said_names_its_column(query: str, column: int) -> None:
    with pytest.raises(QueryError) as caught:
        made(query)
    assert caught.value.column == column
    assert caught.value.text.en != caught.value.text.ja


@pytest.mark.parametrize("query", ["*", "((((((((a or b) c) or d) e) or f) g) or h) i)"])
def test_what_is_no_filter_is_refused(query: str) -> None:
    with pytest.raises(QueryError):
        made(query)
