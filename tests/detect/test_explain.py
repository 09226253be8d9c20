"""The explanation says what the engine says, and why."""

from typing import Any

import pytest

from hinomi.detect.engine import Engine
from hinomi.detect.explain import Verdict, explain
from tests.detect import making
from tests.detect.test_engine import CASES


@pytest.mark.parametrize(("detection", "row", "met"), CASES)
def test_the_verdict_is_the_engine_s(detection: dict[str, Any], row: dict[str, Any], met: bool) -> None:
    found, batch = making.sigma_filter(detection), making.batch({"A": "other"}, row)
    assert explain(found, batch, 1).met is met


def test_it_shows_what_decided() -> None:
    found = making.sigma_filter(
        {
            "tool": {"Image|endswith": "\\reg.exe"},
            "save": {"CommandLine|contains|all": [" save ", "hklm\\sam"]},
            "backup": {"User": "backup"},
            "condition": "tool and save and not backup",
        }
    )
    batch = making.batch({"Image": "C:\\reg.exe", "CommandLine": "reg save hkcu\\x"})
    source, condition = explain(found, batch, 0).parts
    assert source.met
    assert not condition.met
    by_value = {part.wanted: part for part in flat(condition) if part.kind == "predicate"}
    assert (by_value["\\reg.exe"].met, by_value["\\reg.exe"].found) == (True, "C:\\reg.exe")
    assert (by_value["hklm\\sam"].met, by_value["hklm\\sam"].found) == (False, "reg save hkcu\\x")
    assert (by_value["backup"].met, by_value["backup"].found) == (False, None)
    assert (by_value[" save "].field, by_value[" save "].operator) == ("CommandLine", "contains")


def test_another_log_source_is_the_reason() -> None:
    found = making.sigma_filter({"A": "x"}, logsource={"product": "windows", "service": "security"})
    batch = making.batch({"A": "x"})
    assert Engine([found]).observe(batch) == []
    verdict = explain(found, batch, 0)
    assert not verdict.met
    assert [part.met for part in verdict.parts] == [False, True]


def flat(verdict: Verdict) -> list[Verdict]:
    return [verdict, *(one for part in verdict.parts for one in flat(part))]
