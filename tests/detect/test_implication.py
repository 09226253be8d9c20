"""What follows is never wrong: whatever value meets the one meets the other."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.detect import predicate as predicate_module
from hinomi.detect.condition import ALWAYS, NEVER, And, Node, Not, Or
from hinomi.detect.implication import always_holds, excludes, implies, never_holds, redundant
from hinomi.detect.predicate import Operator, Predicate

_TEXTS = st.one_of(st.text("aAb\\.1", max_size=4), st.sampled_from(["10", "0xA", "0xa", "010", "1"]))
_OPERATORS = st.sampled_from(
    [
        Operator.EQUALS,
        Operator.CONTAINS,
        Operator.STARTSWITH,
        Operator.ENDSWITH,
        Operator.EXISTS,
        Operator.NUMBER,
        Operator.REGEX,
    ]
)


@st.composite
def predicates(draw: st.DrawFn) -> Predicate:
    operator = draw(_OPERATORS)
    value: Any = draw(_TEXTS)
    if operator is Operator.EXISTS:
        value = draw(st.booleans())
    elif operator is Operator.NUMBER:
        value = draw(st.integers(0, 11))
    elif operator is Operator.REGEX:
        value = (draw(st.sampled_from(["a", "A", "^a", "b$", "1"])), draw(st.sampled_from(["", "i"])))
    return Predicate("Image", operator, value, cased=draw(st.booleans()) and operator not in _UNCASED)


_UNCASED = (Operator.EXISTS, Operator.NUMBER, Operator.REGEX)
_VALUES = st.one_of(st.none(), _TEXTS, st.integers(0, 11), st.lists(_TEXTS, max_size=3))


@given(predicates(), predicates(), _VALUES)
def test_what_is_implied_holds(one: Predicate, other: Predicate, value: Any) -> None:
    if implies(one, other) and predicate_module.test_of(one)(value):
        assert predicate_module.test_of(other)(value)


@given(predicates(), predicates(), st.one_of(st.none(), _TEXTS, st.integers(0, 11)))
def test_what_is_excluded_does_not_hold(one: Predicate, other: Predicate, value: Any) -> None:
    if excludes(one, other):
        assert not (predicate_module.test_of(one)(value) and predicate_module.test_of(other)(value))


def contains(text: str, field: str = "CommandLine") -> Predicate:
    return Predicate(field, Operator.CONTAINS, text)


def ends(text: str) -> Predicate:
    return Predicate("Image", Operator.ENDSWITH, text)


def test_redundant_ones_are_told_with_what_makes_them_so() -> None:
    assert list(redundant([contains("run"), contains("runas"), contains("x"), contains("RUN")])) == [(1, 0), (3, 0)]
    assert list(redundant([ends("\\a.exe"), ends("a.exe"), contains("a.exe", "Image")])) == [(0, 1), (1, 2)]
    assert list(redundant([contains("a", "User"), contains("ab", "Image")])) == []


EQUALS_A = Predicate("Image", Operator.EQUALS, "C:\\a.exe")
EQUALS_B = Predicate("Image", Operator.EQUALS, "C:\\b.exe")


@pytest.mark.parametrize(
    ("node", "never"),
    [
        (NEVER, True),
        (And((EQUALS_A, EQUALS_B)), True),
        (And((EQUALS_A, ends("\\a.exe"))), False),
        (And((EQUALS_A, ends("\\b.exe"))), True),
        (And((contains("runas"), Not(contains("run")))), True),
        (And((contains("run"), Not(contains("runas")))), False),
        (And((Or((contains("runas"), contains("rerun"))), Not(Or((contains("run"), EQUALS_A))))), True),
        (And((Or((contains("runas"), contains("x"))), Not(contains("run")))), False),
        (Or((And((EQUALS_A, EQUALS_B)), contains("x"))), False),
        (Or((And((EQUALS_A, EQUALS_B)), NEVER)), True),
        (contains("x"), False),
    ],
)
def test_never(node: Node, never: bool) -> None:
    assert never_holds(node) is never


@pytest.mark.parametrize(
    ("node", "always"),
    [
        (ALWAYS, True),
        (Or((contains("x"), Not(contains("x")))), True),
        (Or((contains("x"), Not(contains("y")))), False),
        (Not(And((EQUALS_A, EQUALS_B))), True),
        (And((ALWAYS, Or((contains("x"), Not(contains("x")))))), True),
        (contains("x"), False),
    ],
)
def test_always(node: Node, always: bool) -> None:
    assert always_holds(node) is always
