"""Many texts at once are singled out as each alone."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hinomi.detect.bulk_index import SEPARATOR, BulkView, plain
from hinomi.detect.field_index import Index
from hinomi.detect.field_view import FieldView
from hinomi.detect.ledger import Ledger
from hinomi.detect.predicate import ANY_TEXT, Operator, Predicate

TEXTS = st.text("abAB\\1 0x\n\u212a\u00e9kK\u017fsS\u03c3\u03c2\u03a3\u0130\ud800", max_size=6)
WITNESSES = st.one_of(
    st.builds(
        lambda operator, text: Predicate("A", operator, text),
        st.sampled_from([Operator.EQUALS, Operator.CONTAINS, Operator.STARTSWITH, Operator.ENDSWITH]),
        TEXTS,
    ),
    st.sampled_from(
        [
            Predicate("A", Operator.NUMBER, 10),
            Predicate("A", Operator.GT, 0),
            Predicate("A", Operator.REGEX, ("ab+1", "i")),
            Predicate("A", Operator.REGEX, ("a.b", "")),
            Predicate("A", Operator.GLOB, ("ab", ANY_TEXT, "1")),
            Predicate("A", Operator.CONTAINS, "Ab", cased=True),
            Predicate("A", Operator.EXISTS, value=True),
            Predicate("A", Operator.BOOLEAN, value=True),
        ]
    ),
)
VALUES = st.one_of(TEXTS, st.sampled_from(["true", " 0xA", "10", "010", "AB1", "abbb1"]))


@settings(max_examples=400, deadline=None)
@given(st.lists(WITNESSES, max_size=6), st.lists(VALUES, max_size=8, unique=True), st.sets(st.integers(0, 5)))
def test_found_is_what_each_alone_finds(wanted: list[Predicate], values: list[str], live: set[int]) -> None:
    index = Index((predicate, [number]) for number, predicate in enumerate(wanted))
    texts = plain(values)
    found = BulkView(index.of_texts, live).hits(texts)
    alone = {place: index.of_others.of_value(text, live) for place, text in enumerate(texts)}
    assert found == {place: numbers for place, numbers in alone.items() if numbers}


@settings(max_examples=60, deadline=None)
@given(st.lists(WITNESSES, max_size=6), st.lists(VALUES, min_size=40, max_size=60, unique=True))
def test_a_view_answers_for_many_values_as_for_each_alone(wanted: list[Predicate], values: list[str]) -> None:
    index = Index((predicate, [number]) for number, predicate in enumerate(wanted))
    sets: list[tuple[int, ...]] = [()]

    def class_of(numbers: tuple[int, ...]) -> int:
        if numbers not in sets:
            sets.append(numbers)
        return sets.index(numbers)

    conditions: list[Any] = [(lambda value: value == "10", 99)]
    at_once, alone = (FieldView([(index, set(range(6)))], conditions, class_of, Ledger()) for _ in range(2))
    expected = {value: number for value in values for number in alone.classes({value}).values()}
    odd = f"ab{SEPARATOR}1"
    for _ in range(2):
        assert at_once.classes(set(values)) == expected
        assert at_once.classes({*values, odd}) == expected | alone.classes({odd})
