"""Both compilers through one table of cases, and through generated rows and conditions (chDB runs the SQL)."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from chdb.session import Session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hinomi.errors import InputError
from hinomi.query.fields import Column, Match
from hinomi.query.predicate import to_predicate
from hinomi.query.search_language import parse_query
from hinomi.query.sql import to_sql
from hinomi.query.tree import And, AnyField, Compare, Node, Not, Operator, Or
from hinomi.schema.activity import FieldType
from tests.query.reference import Reference

FIELDS = {
    "text": Column("`text`"),
    "hash": Column("`hash`", match=Match.FULL),
    "plain": Column("`plain`", bare=False),  # not nullable: empty is missing
    "often": Column("`often`", bare=False, repeats=True),
    "list": Column("`list`", FieldType.TEXTS),
    "technique": Column("`technique`", FieldType.TEXTS, is_technique=True),
    "number": Column("`number`", FieldType.INTEGER, names={"telemetry_process": 1, "process": 1, "file": 2}),
    "time": Column("`time`", FieldType.TIME),
    "yes": Column("`yes`", FieldType.BOOLEAN),
}
TABLE = (
    "text Nullable(String), hash LowCardinality(Nullable(String)), plain String, often LowCardinality(String), list Array(String), "
    "technique Array(String), number Nullable(Int64), time Nullable(Int64), yes Nullable(Bool)"
)

Row = dict[str, Any]


@pytest.fixture(scope="module")
def engine() -> Iterator[Session]:
    """The lake's engine without a lake."""
    session = Session()
    yield session
    session.close()


def run_sql(engine: Session, node: Node, rows: list[Row]) -> list[bool]:
    """What the SQL says of each row, in order."""
    where, parameters = to_sql(node, FIELDS)
    lines = "\n".join(json.dumps({"i": i, **row}) for i, row in enumerate(rows))
    text = lines.replace("\\", "\\\\").replace("'", "\\'")
    sql = f"SELECT {where} FROM format(JSONEachRow, 'i UInt32, {TABLE}', '{text}') ORDER BY i"
    answer = engine.query(sql, "TSV", params={name: written(value) for name, value in parameters.items()})
    return [line == "1" for line in str(answer).split()]


def written(value: Any) -> str:
    """A parameter as the ClickHouse HTTP interface wants it."""
    if isinstance(value, list):
        return "[" + ",".join("'" + member.replace("\\", "\\\\").replace("'", "\\'") + "'" for member in value) + "]"
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


# condition, a row that meets it, a row that does not
CASES: list[tuple[str, Row, Row]] = [
    ("text: reg", {"text": "cmd /c REG.exe"}, {"text": "whoami"}),
    ("not text: reg", {}, {"text": "reg"}),
    ('text: "reg save"', {"text": "REG save"}, {"text": "reg save x"}),
    ("text: reg*save", {"text": "reg.exe\nsave"}, {"text": "xreg save"}),
    ("text: r?g", {"text": "rég"}, {"text": "rg"}),
    ("text: *reg*reg*", {"text": "a reg b reg"}, {"text": "reg"}),
    ("text: 100%_*", {"text": "100%_x"}, {"text": "100a1x"}),
    (r"text: c:\win", {"text": r"C:\Windows"}, {"text": "c:/win"}),
    ("text: c:¥win", {"text": r"C:\Windows"}, {"text": "c:/win"}),
    (r"text: c\:\\x\(1\)", {"text": r"c:\x(1)"}, {"text": "c:x1"}),
    (r'text: "say \"hi\""', {"text": 'say "HI"'}, {"text": "say hi"}),
    (r"text: /^re(g|v)\b/", {"text": "REV a\nb"}, {"text": "a reg"}),
    ("text: /a.b/", {"text": "xA\nBx"}, {"text": "ab"}),
    ("text: *", {"text": "x"}, {"text": ""}),
    ("text: *", {"text": "x"}, {}),
    ('text: ""', {}, {"text": "x"}),
    ('plain: ""', {"plain": ""}, {"plain": "x"}),
    ("plain: *", {"plain": "0"}, {"plain": ""}),
    ("hash: ABC", {"hash": "abc"}, {"hash": "abcd"}),
    ("hash: (a or b)", {"hash": "B"}, {"hash": "c"}),
    ("not hash: (a or b)", {}, {"hash": "b"}),
    ("text: (reg or sam or hash) or hash: (a or b)", {"text": "x SAM"}, {"text": "sa"}),
    ("plain: (é or ß)", {"plain": "xÉ"}, {"plain": ""}),
    ("list: ab", {"list": ["x", "cABd"]}, {"list": ["a", "b"]}),
    ("not list: ab", {"list": []}, {"list": ["ab"]}),
    ("list: *", {"list": [""]}, {"list": []}),
    ("list: 10.1.0.0/16", {"list": ["fe80::1", "10.1.2.3"]}, {"list": ["10.2.0.1"]}),
    ("text: 10.1.0.0/16", {"text": "10.1.255.255"}, {"text": "10.2.0.0"}),
    ("text: 10.1.0.0/16", {"text": "10.1.0.0/16"}, {"text": "x10.1.0.1"}),
    ("text: 2001:db8::/32", {"text": "2001:DB8:0::1"}, {"text": "2001:db9::1"}),
    ("text: 0.0.0.0/0", {"text": "::ffff:1.2.3.4"}, {"text": "::1"}),
    ("technique: T1003-002", {"technique": ["T1003.002"]}, {"technique": ["T1003.001"]}),
    ("technique: t1003", {"technique": ["T1003.002"]}, {"technique": ["T1059"]}),
    ("T1003-002", {"technique": ["T1003.002"]}, {"text": "T1003.002"}),
    ("number: 1", {"number": 1}, {"number": 10}),
    ("number: TELEMETRY_PROCESS", {"number": 1}, {"number": 2}),
    ("number: (process or file)", {"number": 2}, {"number": 3}),
    ("number: 9223372036854775807", {"number": 9223372036854775807}, {"number": 9223372036854775806}),
    ("number: 1*", {"number": 17}, {"number": 71}),
    ("number: *", {"number": 0}, {}),
    ("not number: 0", {}, {"number": 0}),
    ("number >= 80 and number <= 443", {"number": 443}, {"number": 444}),
    ("number > -1", {"number": 0}, {"number": -1}),
    ("number < 0", {"number": -1}, {}),
    ("text >= 3", {"text": "10"}, {"text": "2"}),
    ("text >= 3", {"text": "3"}, {"text": "3a"}),
    ("time >= 2026-01-01T00:00:00Z", {"time": 1767225600000}, {"time": 1767225599999}),
    ("time: 2026-01-01", {"time": 1767225600000}, {}),
    ("yes: true", {"yes": True}, {"yes": False}),
    ("yes: false", {"yes": False}, {}),
    ("reg save", {"text": "save", "list": ["reg"]}, {"text": "reg"}),
    ('"reg save"', {"text": "a reg save b"}, {"text": "save reg"}),
    ("*", {}, {"text": "never"}),
    ("text: a or hash: b and number: 1", {"text": "a"}, {"hash": "b"}),
    ("(text: a or hash: b) and number: 1", {"hash": "b", "number": 1}, {"text": "a"}),
    ("text: (a and not (b or c))", {"text": "a"}, {"text": "ab"}),
    ("TEXT: a", {"text": "a"}, {}),
]


@pytest.mark.parametrize(("query", "met", "unmet"), CASES, ids=[case[0] for case in CASES])
def test_both_compilers_agree_with_the_table(engine: Session, query: str, met: Row, unmet: Row) -> None:
    node = parse_query(query)
    predicate = to_predicate(node, FIELDS)
    expected = [True, query == "*"]
    assert [predicate(met), predicate(unmet)] == expected
    assert run_sql(engine, node, [met, unmet]) == expected


WRONG = [
    ("textt: a", "column 1: unknown field 'textt'; nearest: 'text'"),
    ("number: many", "column 9: 'number' wants a number or a name such as FILE, PROCESS, not 'many'"),
    (
        "text: a number: ( 1 or proces)",
        "column 24: 'number' wants a number or a name such as FILE, PROCESS, not 'proces'; nearest: 'PROCESS'",
    ),
    (
        "number: 9223372036854775808",
        "column 9: 'number' wants a number or a name such as FILE, PROCESS, not '9223372036854775808'",
    ),
    ("time >= soon", "column 9: 'soon' is not a time; write it like 2026-01-31T09:00:00Z"),
    ("yes: maybe", "column 6: 'yes' wants true or false, not 'maybe'"),
]


@pytest.mark.parametrize(("query", "message"), WRONG)
def test_a_wrong_value_names_its_column_and_what_would_be_right(query: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        to_sql(parse_query(query), FIELDS)
    assert str(caught.value) == message


def test_a_broken_pattern_is_refused_before_any_engine_sees_it() -> None:
    with pytest.raises(InputError, match=r"column 7: the pattern is no regular expression"):
        to_predicate(parse_query("text: /(a/"), FIELDS)


def test_values_never_enter_the_sql_text() -> None:
    where, parameters = to_sql(parse_query('text: "\'; DROP TABLE x --"'), FIELDS)
    assert where == "ifNull(lowerUTF8(`text`) = {p0:String}, 0)"
    assert parameters == {"p0": "'; drop table x --"}


# Letters with more than one other form, or whose small form is longer; and enough of others for a pattern of sure ones.
_FOLDED = st.lists(
    st.sampled_from(["save", "SAVE", "hklm", *"iİIıkKKsſSσΣς", "ß", "*", "?", "%", "_", "\\", "保存"]),
    max_size=4,
)
_FOLDED_TEXT = _FOLDED.map("".join)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([Operator.LIKE, Operator.CONTAINS, Operator.TERM]),
    _FOLDED_TEXT,
    st.lists(_FOLDED_TEXT, min_size=1, max_size=8),
)
def test_what_is_left_out_before_a_dictionary_is_folded_would_not_have_met_the_test(
    engine: Session, how: Operator, asked: str, texts: list[str]
) -> None:
    """`plain` is asked without it."""
    near = [asked, asked.upper(), asked.replace("*", "x").replace("?", "x").title()]
    rows = [{"plain": text, "often": text} for text in (*texts, *near, *(f"a{text}b" for text in near))]
    often, plain = (run_sql(engine, Compare(name, how, asked), rows) for name in ("often", "plain"))
    assert often == plain


def test_a_dictionary_is_asked_for_sure_letters_first() -> None:
    where, parameters = to_sql(parse_query(r"often: *REG\\k*sa_ve?Mimi*"), FIELDS)
    assert where == "ifNull(`often` ILIKE {p1:String} AND lowerUTF8(`often`) LIKE {p0:String}, 0)"
    assert parameters == {"p0": "%reg\\\\k%sa\\_ve_mimi%", "p1": "%reg\\\\%sa\\_ve%m%m%"}
    assert "ILIKE" not in to_sql(parse_query("often: kikik or often: 保存 or often: ab"), FIELDS)[0]


# Rows and conditions over few letters, so that they meet often; among them what breaks escaping, folding and patterns.
_LETTERS = st.text(alphabet="aAbÉéß%_\\*?'\"{}.0/-: \n火", max_size=5)
_ADDRESSES = st.sampled_from(
    ["10.0.0.1", "10.0.0.1 ", "010.0.0.1", "fe80::1%eth0", "::ffff:10.0.0.1", "2001:db8::1", "10.0.0", ""]
)
_TEXTS = _LETTERS | _ADDRESSES | st.sampled_from(["5", "-5", "+5", " 5", "٥", "12345678901234567890"])
_NUMBERS = st.integers(-3, 12) | st.sampled_from([2**62, -(2**62)])
_ROWS = st.fixed_dictionaries(
    {"plain": _TEXTS, "list": st.lists(_TEXTS, max_size=3), "technique": st.just([])},
    optional={"text": _TEXTS, "hash": _TEXTS, "number": _NUMBERS, "time": _NUMBERS, "yes": st.booleans()},
)
_TEXT_FIELDS = st.sampled_from(["text", "hash", "plain", "list"])
_RANGES = st.sampled_from([Operator.GREATER, Operator.AT_LEAST, Operator.LESS, Operator.AT_MOST])
_WORDS = st.sampled_from([Operator.TERM, Operator.EQUALS, Operator.CONTAINS, Operator.STARTS, Operator.LIKE])
_PATTERNS = st.sampled_from(["a.", "^a|b$", "[^a]", r"\\", "é", r"\d", "(?-i)A", "a{2}", r"\bb", "火"])
_NETWORKS = st.sampled_from(["10.0.0.0/8", "0.0.0.0/0", "::/0", "2001:db8::/32", "10.0.0.1/32"])
_LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.builds(Compare, _TEXT_FIELDS, _WORDS, _TEXTS | _NETWORKS),
    st.builds(Compare, _TEXT_FIELDS, st.just(Operator.REGEX), _PATTERNS),
    st.builds(Compare, _TEXT_FIELDS, st.just(Operator.SUBSET), st.lists(_TEXTS, max_size=2).map(tuple)),
    st.builds(Compare, st.sampled_from(["text", "plain", "number", "time"]), _RANGES, st.integers(-3, 12).map(str)),
    st.builds(Compare, st.sampled_from(["number", "time"]), st.just(Operator.TERM), st.integers(-3, 12).map(str)),
    st.builds(Compare, st.just("number"), st.just(Operator.LIKE), st.sampled_from(["1*", "*", "?", "-*"])),
    st.builds(Compare, st.just("yes"), st.just(Operator.EQUALS), st.sampled_from(["true", "FALSE"])),
    st.builds(Compare, st.sampled_from(sorted(FIELDS)), st.just(Operator.EXISTS)),
    st.builds(AnyField, st.sampled_from([Operator.TERM, Operator.LIKE]), _TEXTS.filter(bool)),
)
_NODES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda children: And(tuple(children))),
        st.lists(inner, min_size=1, max_size=3).map(lambda children: Or(tuple(children))),
        inner.map(Not),
    ),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_NODES, st.lists(_ROWS, min_size=1, max_size=8))
def test_sql_equals_predicate_on_generated_rows(engine: Session, node: Node, rows: list[Row]) -> None:
    predicate = to_predicate(node, FIELDS)
    assert run_sql(engine, node, rows) == [predicate(row) for row in rows]


REFERENCE = Reference(
    kinds={
        "text": "text", "hash": "whole", "plain": "text", "list": "text", "technique": "technique",
        "number": "number", "time": "time", "yes": "boolean",
    },
    bare={"text", "hash", "list", "technique"},
    names=FIELDS["number"].names,
)  # fmt: skip


@pytest.mark.parametrize(("query", "met", "unmet"), [case for case in CASES if "2026-" not in case[0]], ids=str)
def test_the_reference_agrees_with_the_table(query: str, met: Row, unmet: Row) -> None:
    assert [REFERENCE.meets(query, met), REFERENCE.meets(query, unmet)] == [True, query == "*"]


def _as_word(text: str) -> str:
    """Typed without quotes; what would end the word or make it a field is escaped."""
    return re.sub(r'([\\"():])', r"\\\1", text)


def _as_quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


# Queries as a person types them. No word here is a keyword, for it has none of their letters; none begins with a slash,
# for that could be a regular expression.
_TYPED = st.text(alphabet="aAbÉéß%_\\*?'\"{}.0-:¥火()", min_size=1, max_size=5).map(_as_word) | st.sampled_from(
    ["10.0.0.0/8", "::/0", "2001:db8::/32", "T1003-002", "t1003"]
)
_SHORT = st.sampled_from(["a", "aa", "é", "¥a", "\\a", "a?", "a*"])
_VALUES = (
    _TYPED
    | _SHORT
    | _SHORT.map(_as_quoted)
    | _TEXTS.map(_as_quoted)
    | st.sampled_from(["/a./", "/^a|b/", "/[^a]/", "/é/", "/[0-9]/", "/a{2} ?/", "/火/"])
)
_FILLED = _TYPED | _TEXTS.filter(bool).map(_as_quoted)
_BETWEEN = st.sampled_from([" ", " and ", " or ", " OR ", " AND not ", "\n"])


def _joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """With what may stand between and around terms, brackets or none: the precedence is the language's own."""
    return st.one_of(
        st.tuples(inner, _BETWEEN, inner).map("".join),
        inner.map(lambda one: f"({one})"),
        inner.map(lambda one: f"not {one}"),
        inner.map(lambda one: f"NOT ( {one} )"),
    )


_TERMS = st.one_of(
    st.tuples(_TEXT_FIELDS | st.just("technique"), st.sampled_from([":", ": "]), _VALUES).map("".join),
    st.tuples(st.sampled_from(["Text", "hash", "LIST"]), st.recursive(_VALUES, _joined, max_leaves=3)).map(
        lambda pair: f"{pair[0]}: ({pair[1]})"
    ),
    st.tuples(
        st.sampled_from(["text", "number", "time"]),
        st.sampled_from([">", ">= ", " <", "<="]),
        st.integers(-3, 12).map(str),
    ).map("".join),
    st.sampled_from(
        ["number: 1", "number: process", "number: (file or 3)", "number: 1*", "time: 5", "yes: TRUE", "yes: *"]
    ),
    st.tuples(_TEXT_FIELDS, st.just(": "), _SHORT | _SHORT.map(_as_quoted)).map("".join),
    st.tuples(_TEXT_FIELDS, st.just(": "), _NETWORKS).map("".join),
    st.sampled_from(["text: *", 'text: ""', "list: **", "number: *", "*"]),
    _FILLED,
)
_QUERIES = st.recursive(_TERMS, _joined, max_leaves=5)
# Every query also meets these, so that what it nearly says is there: one value in each field, alone.
_NEAR = ["a", "A", "aa", "É", "\\a", "a\\A", "10.0.0.1", "::ffff:10.9.9.9", "2001:db8::1", "5", "T1003.002"]
_MISSING: Row = {"plain": "", "list": [], "technique": []}
NEAR_ROWS: list[Row] = [
    _MISSING,
    *({**_MISSING, name: value} for name in ("text", "hash", "plain") for value in _NEAR),
    *({**_MISSING, name: [value]} for name in ("list", "technique") for value in _NEAR),
    *({**_MISSING, name: number} for name in ("number", "time") for number in (-1, 0, 1, 5, 12)),
    *({**_MISSING, "yes": value} for value in (True, False)),
]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_QUERIES, st.lists(_ROWS, max_size=4))
def test_sql_and_predicate_mean_what_the_reference_means(engine: Session, query: str, rows: list[Row]) -> None:
    node, rows = parse_query(query), [*NEAR_ROWS, *rows]
    predicate = to_predicate(node, FIELDS)
    expected = [REFERENCE.meets(query, row) for row in rows]
    assert [predicate(row) for row in rows] == expected
    assert run_sql(engine, node, rows) == expected
