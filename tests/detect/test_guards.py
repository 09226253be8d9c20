"""What guards promise: a value that meets the pattern holds one of them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinomi.detect import guards
from hinomi.detect.guards import guards_of, needs_of, required_literals
from hinomi.detect.literals import fold
from hinomi.detect.predicate import ANY_CHARACTER, ANY_TEXT, Operator, Predicate, scalar_test


@pytest.mark.parametrize(
    ("pattern", "flags", "texts"),
    [
        ("abc", "", ("abc",)),
        ("ab+c", "", ("b",)),
        ("foo(bar|baz)qux", "", ("foo",)),
        ("(one|two)x?", "", ("one", "two")),
        ("(one|t.o)x?", "", ("one", "t")),
        ("(one|.)", "", ()),
        (r"C:\\Windows\\\w+\.exe$", "", ("C:\\Windows\\",)),
        ("(?i)abc", "", ("abc",)),
        ("x{2,}long", "", ("long",)),
        ("(long)*y", "", ("y",)),
        ("é?plain", "i", ("plain",)),
        ("éa", "i", ("a",)),  # whatever folds beyond ASCII is left out
        ("[[:alpha:]]abc", "", ()),  # RE2 and Python read this differently
        (r"\pLabc", "", ()),
        (r"\\\pLabc", "", ()),
        (r"\\program", "", ("\\program",)),
    ],
)
def test_required_literals(pattern: str, flags: str, texts: tuple[str, ...]) -> None:
    assert required_literals(pattern, flags) == texts


def test_one_letter_is_no_guard() -> None:
    assert guards_of(Predicate("A", Operator.REGEX, ("a.c", ""))) == ()
    assert guards_of(Predicate("A", Operator.REGEX, ("ab.c", ""))) == ("ab",)
    assert guards_of(Predicate("A", Operator.GLOB, ("x", ANY_CHARACTER, "abc", ANY_TEXT))) == ("abc",)


ATOMS = st.sampled_from(["a", "b", "ab", "K", "s", "[ab]", ".", "(?:a|bk)", "(s|kb)+", "b?", "(?:ab)*", "a{2}", "\\w"])


@settings(max_examples=400, deadline=None)
@given(st.lists(ATOMS, min_size=1, max_size=5), st.sampled_from(["", "i"]), st.text("abksABKS\u017f\u212a", max_size=8))
def test_a_value_that_meets_holds_a_guard(atoms: list[str], flags: str, value: str) -> None:
    predicate = Predicate("A", Operator.REGEX, ("".join(atoms), flags))
    guards = guards_of(predicate)
    if guards and scalar_test(predicate)(value):
        assert any(fold(guard) in fold(value) for guard in guards)


@settings(max_examples=400, deadline=None)
@given(st.lists(ATOMS, min_size=1, max_size=5), st.sampled_from(["", "i"]), st.text("abksABKS\u017f\u212a", max_size=8))
def test_a_value_that_meets_holds_what_is_needed(atoms: list[str], flags: str, value: str) -> None:
    predicate = Predicate("A", Operator.REGEX, ("".join(atoms), flags))
    if scalar_test(predicate)(value):
        assert all(any(fold(text) in fold(value) for text in choice) for choice in needs_of(predicate))


def test_a_guard_is_what_few_values_hold() -> None:
    pattern = r"(cmd|powershell)\S* /c \S+certoc\b"
    assert guards_of(Predicate("A", Operator.REGEX, (pattern, "i"))) == ("certoc",)
    assert ("<", ">") in needs_of(Predicate("A", Operator.REGEX, ("cmd .*[<>]", "i")))


def test_a_catastrophic_pattern_does_not_hang() -> None:
    """Backtracking would need longer than the sun has; the suite's time limit would end it."""
    test = scalar_test(Predicate("A", Operator.REGEX, ("^(a+)+$", "")))
    assert not test("a" * 5_000 + "b")
    globs = scalar_test(Predicate("A", Operator.GLOB, ("a", ANY_TEXT) * 12 + ("b",)))
    assert not globs("a" * 5_000)


def test_a_wrong_pattern_is_not_also_written_to_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exception, match=r"look-around|invalid perl operator|missing"):
        scalar_test(Predicate("A", Operator.REGEX, ("(?=x)", "")))
    assert re.sub(r"WARNING: All log messages.*\n", "", capfd.readouterr().err) == ""


def test_what_was_kept_is_taken_for_true() -> None:
    predicate = Predicate("A", Operator.REGEX, ("kept[^x]*pattern", "i"))
    guards.remember(predicate, (("kept",),))
    assert needs_of(predicate) == (("kept",),)
