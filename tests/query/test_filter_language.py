import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinomi.errors import InputError
from hinomi.query.filter_language import parse_filter
from hinomi.query.predicate import to_predicate

ALERT = {
    "status": "Open",
    "severity": "high",
    "model": "O'Brien's model",
    "score": 66,
    "createdDateTime": "2026-01-15T03:00:00Z",
    "impactScopeEntityValue": ["PC-1", "corp\\alice"],
    "provider": "SAE",
    "progress": "In Progress",
    "kind": "cloudIdentity",
}

MET = [
    "status eq 'Open'",
    "status eq 'open' AND severity eq 'high'",
    "status eq 'Closed' or severity eq 'high' and score eq 66",
    "not (status eq 'Closed')",
    "not status eq 'Closed' and not not severity eq 'high'",
    "contains(model, 'brien''s')",
    "startswith(model,'O''B')",
    "impactScopeEntityValue eq 'pc-1'",
    "impactScopeEntityValue eq 'corp\\alice'",
    "hassubset(impactScopeEntityValue, ['PC-1', 'CORP\\Alice'])",
    "severity in ('low', 'high')",
    "score gt 65 and score le 66",
    "createdDateTime ge 2026-01-15T03:00:00Z and createdDateTime lt '2026-01-15T12:00:01+09:00'",
    "severity eq 'Severity.HIGH'",
    "progress eq 'InvestigationStatus.IN_PROGRESS'",
    "kind eq 'EntityType.CLOUD_IDENTITY'",
    "provider eq 'Provider.SAE'",
    "(((status eq 'Open')))",
]
UNMET = [
    "status eq 'Ope'",
    "not (status eq 'Open')",
    "(status eq 'Open' or severity eq 'high') and score eq 65",
    "hassubset(impactScopeEntityValue, ['PC-1', 'PC-2'])",
    "createdDateTime gt 2026-01-15T03:00:00Z",
    "severity eq 'Severity.LOW'",
    "missing eq 'x'",
    "missing gt 1",
]
WRONG = [
    ("", "column 1: the filter is empty; write for example status eq 'Open'"),
    ("status eq", "column 10: found the end; expected a 'quoted' value, a value"),
    ("status is 'Open'", "column 8: found \"is 'Open'\"; expected eq, gt, ge, lt or le, in"),
    ("status eqq 'Open'", "column 8: found \"eqq 'Open'\"; expected eq, gt, ge, lt or le, in; nearest: 'eq'"),
    ("score gt 5 adn score lt 9", "column 12: found 'adn score lt 9'; expected ), ,, ], and, or; nearest: 'and'"),
    ("(status eq 'Open'", "column 18: found the end; expected )"),
    ("contains(model 'x')", "column 16: found \"'x')\"; expected ,"),
]


@pytest.mark.parametrize("text", MET)
def test_a_filter_that_the_alert_meets(text: str) -> None:
    assert to_predicate(parse_filter(text))(ALERT)


@pytest.mark.parametrize("text", UNMET)
def test_a_filter_that_the_alert_does_not_meet(text: str) -> None:
    assert not to_predicate(parse_filter(text))(ALERT)


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_a_wrong_filter_names_its_column_and_what_would_be_right(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_filter(text)
    assert str(caught.value) == message


def test_a_filter_over_its_length_is_refused() -> None:
    assert parse_filter("a eq 'b'", max_length=8)
    with pytest.raises(InputError, match="at most 8"):
        parse_filter("a eq 'bc'", max_length=8)


HOSTILE = [
    "(" * 5000,
    "not " * 1200 + "a eq 'x'",
    "(a eq 'x' or " * 300 + "b eq 1" + ")" * 300,
    "'" * 4999,
    "a in (" + "'x'," * 900,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_nesting_is_read_or_refused(text: str) -> None:
    try:
        to_predicate(parse_filter(text))
    except InputError:
        return


_PIECES = st.sampled_from(
    [
        "a",
        " eq ",
        "'b'",
        " and ",
        " or ",
        "not ",
        "(",
        ")",
        "contains(",
        ",",
        "hassubset(",
        "[",
        "]",
        "'",
        "¥",
        "5",
        " gt ",
        " in ",
        "\0",
        "\n",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=14).map("".join) | st.text(max_size=30))
def test_any_text_is_a_filter_or_an_input_error(text: str) -> None:
    try:
        assert to_predicate(parse_filter(text))({"a": "b"}) in (True, False)
    except InputError:
        return
