"""Exceptions hide what their terms say, where they say, and nothing else; hostile terms are refused or run in linear time."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.detect.exceptions import MAX_ENDPOINTS, MAX_VALUE, Exceptions, TermsError, matcher
from hinomi.errors import InputError
from hinomi.schema.detection import Detection
from hinomi.schema.exception import DetectionException, ExceptionOperator, ExceptionTerms
from tests.detect.test_correlator import detection


def terms(operator: str = "equals", value: str = "backup.exe", field: str = "objectCmd", **more: Any) -> ExceptionTerms:
    return ExceptionTerms(field, ExceptionOperator(operator), value, **more)


def exception(name: str, made: ExceptionTerms) -> DetectionException:
    return DetectionException(name, made, "it is ours", "sato", 0)


def hides(made: ExceptionTerms, found: Detection) -> bool:
    return bool(Exceptions([exception("e", made)]).split([found]).hidden)


@pytest.mark.parametrize(
    ("operator", "value", "met", "not_met"),
    [
        ("equals", "Backup.exe /all", "BACKUP.EXE /ALL", "backup.exe /all /x"),
        ("contains", "\\Backup\\", r"c:\backup\a.exe", r"c:\back\up"),
        ("startswith", "C:\\Tools", r"c:\tools\a", r"d:\c:\tools"),
        ("endswith", ".ps1", r"C:\A.PS1", r"C:\a.ps1 -x"),
        ("re", r"^a+b$", "aaab", "AAAB"),
        ("re", r"(?i)^a+b$", "AAAB", "xaab"),
    ],
)
def test_operators(operator: str, value: str, met: str, not_met: str) -> None:
    made = terms(operator, value)
    assert hides(made, detection("f", objectCmd=met))
    assert not hides(made, detection("f", objectCmd=not_met))
    assert not hides(made, detection("f"))


def test_networks_lists_and_numbers() -> None:
    network = terms("cidr", "10.1.0.0/16", field="endpointIp")
    assert hides(network, detection("f", endpointIp=["192.168.1.1", "10.1.2.3"]))
    assert not hides(network, detection("f", endpointIp=["10.2.2.3", "no address"]))
    assert hides(terms("equals", "4625", field="winEventId"), detection("f", winEventId=4625))


def test_only_the_filter_that_is_named() -> None:
    made = terms(filter_id="loud")
    assert hides(made, detection("loud", objectCmd="backup.exe"))
    assert not hides(made, detection("other", objectCmd="backup.exe"))


@pytest.mark.parametrize(
    ("endpoints", "host", "covered"),
    [
        (("PC-*",), "pc-17", True),
        (("PC-?",), "PC-17", False),
        (("SRV-1", "PC-1"), "PC-1", True),
        (("PC",), "PC-1", False),
        (("*",), "", True),
    ],
)
def test_scope(endpoints: tuple[str, ...], host: str, covered: bool) -> None:
    assert hides(terms(endpoints=endpoints), detection("f", host=host, objectCmd="backup.exe")) is covered


def test_order_and_counts() -> None:
    found = [detection("f", at, objectCmd=cmd) for at, cmd in enumerate(["backup.exe", "evil.exe", "backup.exe", "x"])]
    both = Exceptions([exception("a", terms()), exception("b", terms("contains", "backup", filter_id="f"))])
    split = both.split(found)
    assert (split.kept, split.hidden) == ([found[1], found[3]], [found[0], found[2]])
    assert split.hits == {"a": 2, "b": 2}
    assert Exceptions([]).split(found).kept == found


@pytest.mark.parametrize(
    "made",
    [
        terms(field="procesName"),
        terms(field="rawDataStr"),
        terms(value=""),
        terms(value="x" * (MAX_VALUE + 1)),
        terms("re", "(unclosed"),
        terms("re", r"(?=look)ahead"),
        terms("re", r"(a)\1"),
        terms("re", "((a{1000}){1000}){1000}"),
        terms("re", "\ud800"),
        terms("cidr", "10.0.0.0/99"),
        terms("cidr", "intranet"),
        terms(endpoints=("",)),
        terms(endpoints=("x",) * (MAX_ENDPOINTS + 1)),
    ],
)
def test_terms_that_cannot_be_are_refused_in_both_languages(made: ExceptionTerms) -> None:
    with pytest.raises(TermsError) as refusal:
        matcher(made)
    assert refusal.value.details["text"]["en"] == str(refusal.value) != refusal.value.details["text"]["ja"]


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)*b", "(.*.*.*.*.*)*x", "^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_a_pattern_that_would_hang_other_engines_costs_linear_time(pattern: str) -> None:
    meets = matcher(terms("re", pattern))

    def cost(length: int) -> float:
        found = detection("f", objectCmd="a" * length + "!")
        before = time.process_time()
        for _ in range(5):
            assert not meets(found)
        return time.process_time() - before

    cost(1000)
    # ten times as long: a backtracking engine would not come back at all
    assert cost(20_000) < 1000 * max(cost(2_000), 0.0001)


def test_a_glob_of_many_stars_costs_linear_time() -> None:
    meets = matcher(terms(endpoints=("*a" * 100 + "b",)))
    assert not meets(detection("f", host="a" * 5000, objectCmd="backup.exe"))


_VALUES = st.one_of(st.none(), st.text(max_size=20), st.integers(), st.lists(st.text(max_size=5), max_size=3))


@given(st.sampled_from(ExceptionOperator), st.text(max_size=12), _VALUES)
def test_any_terms_are_refused_or_decide(operator: ExceptionOperator, value: str, found: object) -> None:
    try:
        meets = matcher(ExceptionTerms("objectCmd", operator, value))
    except InputError:
        return
    assert meets(detection("f", objectCmd=found)) in (True, False)


@given(st.lists(st.sampled_from(["backup.exe", "evil.exe", "other"]), max_size=20), st.integers(0, 20))
def test_cutting_the_stream_changes_nothing(commands: list[str], cut: int) -> None:
    found = [detection("f", at, objectCmd=command) for at, command in enumerate(commands)]
    made = Exceptions([exception("a", terms()), exception("b", terms("contains", "exe"))])
    first, second, whole = made.split(found[:cut]), made.split(found[cut:]), made.split(found)
    assert first.kept + second.kept == whole.kept
    assert first.hits + second.hits == whole.hits
