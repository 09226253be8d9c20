"""The characters that are shown as the reason are the ones that met the predicate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.detect.predicate import ANY_CHARACTER, ANY_TEXT, Operator, Predicate, scalar_test
from hinomi.detect.span import spans_of, spans_of_field


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "spans"),
    [
        (Operator.EQUALS, "REG.exe", "reg.EXE", ((0, 7),)),
        (Operator.CONTAINS, "hklm\\sam", "reg save HKLM\\SAM x", ((9, 17),)),
        (Operator.STARTSWITH, "C:\\", "c:\\x", ((0, 3),)),
        (Operator.ENDSWITH, "\\cmd.exe", "C:\\Cmd.exe", ((2, 10),)),
        (Operator.GLOB, ("a", ANY_TEXT, "c", ANY_CHARACTER, "e"), "aXXcde", ((0, 1), (3, 4), (5, 6))),
        (Operator.REGEX, ("s.ve", "i"), "日本 SAVE", ((3, 7),)),
        (Operator.NUMBER, 4625, 4625, ((0, 4),)),
        (Operator.CIDR, "10.0.0.0/8", "10.1.2.3", ((0, 8),)),
        (Operator.CONTAINS, "x", "İİx", ((2, 3),)),  # İ in lower case is two characters
        (Operator.EQUALS, "", "", ()),
    ],
)
def test_the_span_is_what_met(operator: Operator, wanted: object, value: object, spans: tuple[object, ...]) -> None:
    predicate = Predicate("A", operator, wanted)
    assert scalar_test(predicate)(value)
    assert spans_of(predicate, value) == spans


def test_a_cased_predicate_minds_case() -> None:
    assert spans_of(Predicate("A", Operator.CONTAINS, "b", cased=True), "Bb") == ((1, 2),)


def test_two_fields() -> None:
    assert spans_of_field("endswith", "C:\\a.exe", "A.EXE") == ((3, 8),)
    assert spans_of_field("contains", "C:\\a.exe", "") == ()


@given(st.text(max_size=20), st.text(min_size=1, max_size=4), st.text(max_size=20))
def test_what_is_marked_reads_as_what_was_wanted(before: str, wanted: str, after: str) -> None:
    predicate, value = Predicate("A", Operator.CONTAINS, wanted), before + wanted + after
    if not scalar_test(predicate)(value):  # a final sigma has another lower case than one amid a word
        return
    for start, end in spans_of(predicate, value):
        assert 0 <= start < end <= len(value)
        assert value[start:end].lower().replace("ς", "σ") == wanted.lower().replace("ς", "σ")


@given(st.text(alphabet="ab*?", max_size=12), st.text(alphabet="abİ", max_size=12))
def test_a_pattern_marks_its_literals_in_order(pattern: str, value: str) -> None:
    parts = tuple({"*": ANY_TEXT, "?": ANY_CHARACTER}.get(letter, letter) for letter in pattern)
    predicate = Predicate("A", Operator.GLOB, parts)
    if scalar_test(predicate)(value):
        spans = spans_of(predicate, value)
        assert [value[start:end] for start, end in spans] == [part for part in parts if isinstance(part, str)]
        assert list(spans) == sorted(spans)
