import pytest

from hinomi.errors import InputError
from hinomi.query.tree import MAX_DEPTH, And, Compare, Node, Not, Operator, check_size, fields_of, negate

LEAF = Compare("a", Operator.EQUALS, "x")


def test_two_nots_undo_each_other() -> None:
    assert negate(negate(LEAF)) == LEAF


def test_equal_trees_mean_the_same_wherever_they_stood() -> None:
    assert Compare("a", Operator.EQUALS, "x", at=9) == LEAF


def test_fields_of_names_every_field() -> None:
    assert fields_of(And((LEAF, Not(Compare("b", Operator.EXISTS))))) == {"a", "b"}


def test_a_tree_too_deep_or_too_wide_is_refused() -> None:
    deep: Node = LEAF
    for _ in range(MAX_DEPTH):
        deep = And((deep,))
    with pytest.raises(InputError, match="nested too deeply"):
        check_size(deep)
    with pytest.raises(InputError, match="too many comparisons"):
        check_size(And((LEAF,) * 2001))
