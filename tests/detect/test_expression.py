"""Expressions over names: how they are read, and when they hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.detect.expression import NoExpression, has_not, has_or, holds, names_of, parse, positive_names, renamed

CASES = [
    ("a", {"a"}, True),
    ("a and b", {"a"}, False),
    ("a or b and c", {"a"}, True),
    ("(a or b) and c", {"a"}, False),
    ("not a", set(), True),
    ("not a and b", {"b"}, True),
    ("not (a and b)", {"a", "b"}, False),
    ("not not a", {"a"}, True),
    ("A AND b OR Not c", {"c"}, False),
    ("rule-1 and 8c1b2d0e-9d3f", {"rule-1", "8c1b2d0e-9d3f"}, True),
]


@pytest.mark.parametrize(("text", "seen", "met"), CASES)
def test_meaning(text: str, seen: set[str], met: bool) -> None:
    assert holds(parse(text), seen) is met


def test_names_and_shape() -> None:
    tree = parse("a and (b or not (c and a))")
    assert names_of(tree) == ("a", "b", "c")
    assert positive_names(tree) == ("a", "b")
    assert (has_not(tree), has_or(tree)) == (True, True)
    assert (has_not(parse("a and b")), has_or(parse("a and b"))) == (False, False)
    assert renamed(tree, str.upper) == parse("A and (B or not (C and A))")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a name is missing before the end"),
        ("a and", "a name is missing before the end"),
        ("and a", "a name is missing before 'and'"),
        ("a b", "'b' is too much"),
        ("(a", "a bracket is not closed"),
        ("a)", "')' is too much"),
        ("a & b", "'&' has no place"),
        ("(" * 60 + "a" + ")" * 60, "more than 50 levels"),
    ],
)
def test_what_is_wrong_is_said_in_both_languages(text: str, message: str) -> None:
    with pytest.raises(NoExpression) as caught:
        parse(text)
    assert message in str(caught.value)
    assert caught.value.ja != str(caught.value)


@given(st.text("ab ()andornot", max_size=40))
def test_no_text_stops_the_parser(text: str) -> None:
    try:
        tree = parse(text)
    except NoExpression:
        return
    assert isinstance(holds(tree, {"a"}), bool)
