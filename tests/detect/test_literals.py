"""Many texts at once find what each alone would find."""

from hypothesis import given
from hypothesis import strategies as st

from hinomi.detect.literals import Literals, fold
from hinomi.detect.predicate import Operator, Predicate, scalar_test

LETTERS = "abAB\\\u00e4\u00c4\u03c3\u03a3\u0130"
TEXTS = st.text(LETTERS, min_size=1, max_size=4)
OPERATORS = st.sampled_from([Operator.CONTAINS, Operator.STARTSWITH, Operator.ENDSWITH])


@given(st.lists(st.tuples(OPERATORS, TEXTS), max_size=8), st.text(LETTERS, max_size=10))
def test_found_is_what_each_alone_finds(wanted: list[tuple[Operator, str]], value: str) -> None:
    literals = Literals((operator, text, number) for number, (operator, text) in enumerate(wanted))
    found = set(literals.found_in(fold(value)))
    folded = [
        number
        for number, (operator, text) in enumerate(wanted)
        if scalar_test(Predicate("A", operator, fold(text), cased=True))(fold(value))
    ]
    assert found == set(folded)


@given(st.text("\u03a3\u03c3\u03c2\u017fsSkK\u212a\u0130i", max_size=6), st.text("\u03a3a\u03c2sK", max_size=4))
def test_folding_keeps_parts_parts(text: str, more: str) -> None:
    for whole in (text + more, more + text, text.upper(), text.lower()):
        if text in whole or text.upper() == whole or text.lower() == whole:
            assert fold(text) in fold(whole)


def test_nothing_wanted_finds_nothing() -> None:
    assert Literals([]).found_in("abc") == []
