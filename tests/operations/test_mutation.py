"""A break is noticed when a test comes out otherwise, and only then; the shipped content notices nine of ten."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hinomi.detect.content import Content, load_content
from hinomi.operations.mutant import Kind
from hinomi.operations.mutation import mutate, mutate_filter, mutate_model, score
from hinomi.operations.proofs import prove_filter
from hinomi.schema.content import Filter
from tests.detect import making
from tests.operations.test_proofs import FAILED, QUERY, SAVE, logon_filter, process_filter, spray

PROCESS = {"product": "windows", "category": "process_creation"}


def unnoticed(found: Filter) -> list[tuple[Kind, str]]:
    return [(one.kind, one.shown) for one in mutate_filter(found) if not one.noticed]


def test_what_no_test_notices_is_told() -> None:
    only_fires = process_filter(tests_fire=(SAVE,))
    assert unnoticed(only_fires) == [
        (Kind.VALUE_DROPPED, "CommandLine contains ' save '"),
        (Kind.VALUE_DROPPED, "CommandLine contains 'hklm'"),
        (Kind.ALL_WEAKENED, "CommandLine"),
    ]
    proved = process_filter(tests_fire=(SAVE,), tests_silent=(QUERY, {"CommandLine": "git save x"}))
    assert unnoticed(proved) == []


def test_an_exclusion_needs_a_test_of_its_own() -> None:
    made = making.sigma_filter(
        {"a": {"Image|endswith": ["\\a.exe", "\\b.exe"]}, "b": {"User": "SYSTEM"}, "condition": "a and not b"},
        logsource=PROCESS,
    )
    fires: tuple[dict[str, Any], ...] = ({"Image": {"each": ["C:\\a.exe", "C:\\b.exe"]}},)
    silent: tuple[dict[str, Any], ...] = ({"Image": "C:\\c.exe"},)
    missing = unnoticed(replace(made, tests_fire=fires, tests_silent=silent))
    assert (Kind.EXCLUSION_DROPPED, "not b") in missing
    whole = replace(made, tests_fire=fires, tests_silent=(*silent, {"Image": "C:\\a.exe", "User": "SYSTEM"}))
    assert unnoticed(whole) == []


def test_a_filter_without_tests_notices_nothing() -> None:
    findings = mutate_filter(process_filter())
    assert findings
    assert not any(one.noticed for one in findings)


def test_the_breaks_of_a_model() -> None:
    met = [{**FAILED, "repeat": 3}, {**FAILED, "TargetUserName": "more{n}", "at": 50, "repeat": 2}]
    made = spray(("fires", met))
    content = Content((logon_filter(),), (made,))
    missing = {one.kind for one in mutate_model(made, content) if not one.noticed}
    assert missing == {Kind.THRESHOLD_DOWN, Kind.DISTINCT_DROPPED}
    four, one_user = [{**FAILED, "repeat": 4}], [{**FAILED, "TargetUserName": "taro", "repeat": 9}]
    proved = spray(("fires", met), ("silent", four), ("silent", one_user))
    assert all(one.noticed for one in mutate_model(proved, content))


def test_the_score_counts_by_kind() -> None:
    content = Content((process_filter(tests_fire=(SAVE,)), logon_filter()))
    found = score(mutate(content))
    assert (found.noticed, found.all) == (3, 6)
    assert found.by_kind[Kind.VALUE_DROPPED] == (0, 2)
    assert found.by_kind[Kind.ALL_WEAKENED] == (0, 1)
    assert score([]).share == 1.0


# ---- the shipped content ----
@pytest.mark.slow  # about fifteen seconds
def test_the_shipped_content_notices_nine_breaks_of_ten() -> None:
    content, errors = load_content(Path(__file__).parents[2] / "content")
    assert errors == []
    found = score(mutate(content))
    assert found.all > 15_000
    assert found.share >= 0.9, found.by_kind
    weak = {kind: pair for kind, pair in found.by_kind.items() if pair[0] / pair[1] < 0.7}
    assert weak == {}


def test_a_break_that_is_noticed_makes_the_proof_red() -> None:
    """The bits say the same as the whole trip: break the text itself, and prove it."""
    tests: dict[str, Any] = {"tests_fire": (SAVE,), "tests_silent": (QUERY, {"CommandLine": "git save x"})}
    assert prove_filter(process_filter(**tests)).state == "green"
    weakened = making.sigma_filter({"CommandLine|contains": [" save ", "hklm"]}, logsource=PROCESS)
    assert prove_filter(replace(weakened, **tests)).state == "red"
