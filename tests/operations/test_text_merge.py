import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinomi.errors import TooLarge
from hinomi.operations.text_merge import MAX_LINES, MINE, SPLIT, THEIRS, differing_lines, merge

TEXTS = st.lists(st.sampled_from("abcde"), max_size=12).map(lambda lines: "".join(f"{line}\n" for line in lines))


def test_changes_of_different_places_are_both_taken() -> None:
    merged = merge("a\nb\nc\nd\n", "A\nb\nc\nd\n", "a\nb\nc\nd\ne\n")
    assert (merged.text, merged.conflicts) == ("A\nb\nc\nd\ne\n", ())


def test_different_changes_of_one_place_are_a_conflict() -> None:
    merged = merge("a\nb\nc\n", "a\nmine\nc\n", "a\nshipped\nc\n")
    assert merged.text.splitlines() == ["a", MINE, "mine", SPLIT, "shipped", THEIRS, "c"]
    assert merged.conflicts == (2,)


def test_a_removal_against_a_change_is_a_conflict() -> None:
    assert merge("a\nb\nc\n", "a\nc\n", "a\nB\nc\n").conflicts == (2,)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_the_side_that_changed_wins(base: str, changed: str) -> None:
    assert merge(base, changed, base).text == changed
    assert merge(base, base, changed).text == changed
    assert merge(base, changed, changed).text == changed
    assert merge(base, changed, base).conflicts == ()


@settings(deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_nothing_is_lost(base: str, mine: str, theirs: str) -> None:
    merged = merge(base, mine, theirs)
    lines = merged.text.splitlines()
    assert [line for line in merged.conflicts if lines[line - 1] != MINE] == []
    new = (set(mine.splitlines()) | set(theirs.splitlines())) - set(base.splitlines())
    assert new <= set(lines)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_a_difference_holds_both_texts(old: str, new: str) -> None:
    lines = differing_lines(old, new)
    assert [text for op, text in lines if op != "+"] == old.splitlines()
    assert [text for op, text in lines if op != "-"] == new.splitlines()


def test_texts_without_end_are_refused() -> None:
    with pytest.raises(TooLarge):
        differing_lines("a\n" * MAX_LINES, "b\n")
