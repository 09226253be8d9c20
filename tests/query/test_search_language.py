import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinomi.errors import InputError
from hinomi.query.fields import ACTIVITY
from hinomi.query.predicate import to_predicate
from hinomi.query.refusal import QueryError
from hinomi.query.search_language import parse_query

START = {
    "uuid": "u-1",
    "eventId": 1,
    "eventSubId": 2,
    "objectCmd": 'cmd.exe /c echo "reg.exe save hklm\\sam C:\\t\\s.hiv"',
    "objectFileHashSha1": "da39a3ee",
    "endpointIp": ["192.168.0.7"],
    "dpt": 443,
}

WRONG = [
    ("", "column 1: the query is empty; write * for everything"),
    ("objectCmd:", "column 11: expected a value after 'objectCmd', found the end; write for example objectCmd: *"),
    ("(a: b", "column 6: expected a closing bracket ) here"),
    ("a: b)", "column 5: this closing bracket opens nowhere"),
    ("a: b or", "column 8: expected a field and a value, or a word, found the end"),
    ("and", "column 1: expected a field and a value, or a word, found 'and'"),
    ("dpt >= ", "column 8: expected a number or a time after 'dpt', found the end"),
    ("a: (x or )", "column 10: expected a value, found ')'"),
    ('""', "column 1: nothing stands between the quotes"),
    ("dpt => 80", "column 5: unknown operator '=>'; nearest: '>='; to look for the sign itself, put it in quotes"),
    ("dpt = 80", "column 5: unknown operator '='; nearest: ':'; to look for the sign itself, put it in quotes"),
    ("a && b", "column 3: unknown operator '&&'; nearest: 'and'; to look for the sign itself, put it in quotes"),
    (
        "dpt != 80",
        "column 5: unknown operator '!='; write for example not dpt: 80; to look for the sign itself, put it in quotes",
    ),
    (
        "dpt <> 80",
        "column 5: unknown operator '<>'; write for example not dpt: 80; to look for the sign itself, put it in quotes",
    ),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_a_wrong_query_names_its_column_and_what_would_be_right(text: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(text)
    assert str(caught.value) == caught.value.text.en == message
    assert caught.value.text.ja.startswith(f"{caught.value.column} 文字目: ")


def test_an_open_quotation_mark_is_refused() -> None:
    with pytest.raises(InputError, match=r"column 7: this quotation mark is not closed"):
        parse_query('x:"a"b"')


# Header TMV1-Query: quotes do not mean exact, the field says how it is matched.
PUBLIC = [
    ('objectCmd:"reg.exe save"', True),
    ('objectCmd:"reg.exe*hklm"', False),
    ('objectCmd:"*reg.exe*hklm*"', True),
    ('objectFileHashSha1:"DA39A3EE"', True),
    ('objectFileHashSha1:"da39"', False),
    ('eventId:"1" and uuid:*', True),
    ('uuid:"*"', True),
    ("endpointIp: 192.168.0.0/24", True),
    ("endpointIp:192.168", True),
    (r"objectCmd:hklm\\sam", True),
    (r'objectCmd:"hklm\\sam"', True),
    ("eventSubId:TELEMETRY_PROCESS_CREATE AND NOT (dpt:80)", True),
]


@pytest.mark.parametrize(("text", "met"), PUBLIC)
def test_the_public_query_matches_by_field(text: str, met: bool) -> None:
    assert to_predicate(parse_query(text, quotes_exact=False), ACTIVITY)(START) is met


def test_quotes_mean_the_whole_value_in_search() -> None:
    assert not to_predicate(parse_query('objectCmd: "reg.exe save"'), ACTIVITY)(START)
    assert to_predicate(parse_query("objectCmd: (reg.exe and save)"), ACTIVITY)(START)


def test_bare_words_are_few() -> None:
    with pytest.raises(InputError, match="too many words without a field"):
        parse_query("word " * 21)


HOSTILE = [
    "(" * 20000,
    "not " * 4999 + "a",
    "(a or " * 3000,
    '"' * 19999,
    "\\" * 19999,
    "a:/" + "\\/" * 9000,
    '"' + '\\"' * 9000,
    " " * 19999,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_nesting_is_read_or_refused(text: str) -> None:
    try:
        parse_query(text)
    except InputError:
        return


_PIECES = st.sampled_from(
    [
        "objectCmd",
        ":",
        "dpt",
        ">=",
        " 80",
        '"',
        "x",
        " and ",
        " or ",
        "not ",
        "(",
        ")",
        "/",
        "*",
        "?",
        "\\",
        "¥",
        "\0",
        "10.0.0.0/8",
        "[",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=14).map("".join) | st.text(max_size=30))
def test_any_text_is_a_query_or_an_input_error(text: str) -> None:
    try:
        assert to_predicate(parse_query(text), ACTIVITY)(START) in (True, False)
    except InputError:
        return
