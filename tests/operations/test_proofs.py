"""Proofs hold for content that does what it says, and say why when it does not."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hinomi.detect.content import Content, load_content
from hinomi.operations.proofs import prove_filter, prove_model, verify
from hinomi.schema.content import Filter, Model, Rule, Severity, Text
from tests.detect import making

SAVE = {"CommandLine": "reg save hklm\\sam C:\\t", "Image": "C:\\Windows\\System32\\reg.exe"}
QUERY = {"CommandLine": "reg query hklm\\sam"}
FAILED = {"EventID": 4625, "TargetUserName": "user{n}", "IpAddress": "10.0.0.9"}


def process_filter(**tests: Any) -> Filter:
    found = making.sigma_filter(
        {"CommandLine|contains|all": [" save ", "hklm"]},
        logsource={"product": "windows", "category": "process_creation"},
    )
    return replace(found, id="saved", **tests)


def logon_filter() -> Filter:
    found = making.sigma_filter({"EventID": 4625}, logsource={"product": "windows", "service": "security"}, name="b")
    return replace(found, id="failed", tests_fire=({"EventID": 4625},))


def spray(*cases: tuple[str, list[dict[str, Any]]], distinct: str | None = "eventDataTargetUserName") -> Model:
    rule = Rule("many", "count", Text("", ""), ("failed",), ("endpointGuid",), 60, 5, distinct)
    by_kind: dict[str, list[Any]] = {"fires": [], "silent": []}
    for kind, records in cases:
        by_kind[kind].append({"records": [{"at": 0, "computer": None, "repeat": 1, **one} for one in records]})
    return Model(
        id="spray",
        name=Text("", ""),
        description=Text("", ""),
        severity=Severity.HIGH,
        rules=(rule,),
        products=("windows_security",),
        techniques=(),
        suppress_s=60,
        version="1",
        origin="shipped",
        tests_fire=tuple(by_kind["fires"]),
        tests_silent=tuple(by_kind["silent"]),
    )


def failures(content: Content) -> dict[str, dict[str, str]]:
    return {proof.id: {one.test: one.why.en for one in proof.failures} for proof in verify(content).failed}


def test_content_that_does_what_it_says() -> None:
    report = verify(Content((process_filter(tests_fire=(SAVE,), tests_silent=(QUERY,)), logon_filter())))
    assert report.ok
    assert [(proof.kind, proof.id, proof.tests) for proof in report.proofs] == [
        ("filter", "saved", 2),
        ("filter", "failed", 1),
    ]


def test_a_filter_that_does_not() -> None:
    content = Content((process_filter(tests_fire=(SAVE, QUERY), tests_silent=(QUERY, SAVE)),))
    assert failures(content) == {"saved": {"fires 2": "no detection", "silent 2": "a detection that must not be"}}


def test_a_record_of_another_event_is_named() -> None:
    content = Content((process_filter(tests_fire=({**SAVE, "EventID": 3},)),))
    assert "no activity of windows/process_creation" in failures(content)["saved"]["fires 1"]
    assert "network_connection" in failures(content)["saved"]["fires 1"]


def test_a_service_without_an_event_number_is_a_failure() -> None:
    content = Content((replace(logon_filter(), tests_fire=({"TargetUserName": "x"},)),))
    assert "gives no EventID" in failures(content)["failed"]["fires 1"]


def test_a_model_is_proved_over_time() -> None:
    many = [{**FAILED, "repeat": 5}]
    spread = [{**FAILED, "TargetUserName": f"user{n}", "at": n * 30} for n in range(5)]
    one_user = [{**FAILED, "TargetUserName": "taro", "repeat": 9}]
    other_hosts = [{**FAILED, "computer": "PC-{n}", "repeat": 5}]
    made = spray(("fires", many), ("silent", spread), ("silent", one_user), ("silent", other_hosts))
    assert failures(Content((logon_filter(),), (made,))) == {}


def test_a_model_that_does_not_do_what_it_says() -> None:
    made = spray(("fires", [{**FAILED, "repeat": 4}]), ("silent", [{**FAILED, "repeat": 5}]))
    assert failures(Content((logon_filter(),), (made,))) == {
        "spray": {
            "fires 1": "the model is not met; detections of its filters: failed 4",
            "silent 1": "the model is met and must not be",
        }
    }


@pytest.mark.parametrize(
    ("record", "kind"),
    [({"EventID": 9999}, "needs its Channel or Provider"), ({"TargetUserName": "x"}, "no EventID")],
)
def test_a_model_record_nobody_knows(record: dict[str, Any], kind: str) -> None:
    made = spray(("fires", [record]))
    assert kind in failures(Content((logon_filter(),), (made,)))["spray"]["fires 1"]


def test_the_shipped_content_holds() -> None:
    content, errors = load_content(Path(__file__).parents[2] / "content")
    assert errors == []
    assert {proof.file: proof.failures for proof in verify(content).failed} == {}


def test_one_filter_alone_is_green_red_or_unproven() -> None:
    green = process_filter(tests_fire=(SAVE,), tests_silent=(QUERY,))
    assert prove_filter(green).state == "green"
    assert prove_filter(process_filter()).state == "unproven"
    red = prove_filter(process_filter(tests_fire=(QUERY,)))
    assert (red.state, red.as_json()) == (
        "red",
        {"state": "red", "failures": [{"test": "fires 1", "why": {"en": "no detection", "ja": "検知が出ません"}}]},
    )


def test_a_model_whose_filter_is_gone_is_red() -> None:
    proof = prove_model(spray(("fires", [{**FAILED, "repeat": 5}])), Content())
    assert (proof.state, proof.failures[0].why.en) == ("red", "there is no filter failed")


def test_each_stands_for_as_many_records() -> None:
    each = {"CommandLine": {"each": ["reg save hklm\\sam", "reg query hklm\\sam", "reg save hklm\\system"]}}
    proof = prove_filter(process_filter(tests_fire=(each,)))
    assert (proof.tests, [one.test for one in proof.failures]) == (3, ["fires 1.2"])


@pytest.mark.parametrize(
    "values",
    [
        {"CommandLine": {"each": []}},
        {"CommandLine": {"each": "reg"}},
        {"CommandLine": {"each": ["a", "b"]}, "Image": {"each": ["a"]}},
        {"EventID": "many"},
        {"CommandLine": "\ud800"},
        {"CommandLine": 1 << 80},
    ],
)
def test_values_that_are_no_record_are_a_failure_in_both_languages(values: dict[str, Any]) -> None:
    (failure,) = prove_filter(process_filter(tests_fire=(values,))).failures
    assert failure.why.en
    assert failure.why.ja != failure.why.en


def test_a_case_of_too_many_records_is_a_failure() -> None:
    (failure,) = prove_model(spray(("fires", [{**FAILED, "repeat": 10_000}] * 3)), Content((logon_filter(),))).failures
    assert "more than 20000" in failure.why.en


def test_each_of_a_case_stands_for_as_many_cases() -> None:
    four = {**FAILED, "repeat": 4}
    more = {"each": [{"EventID": 4625, "TargetUserName": name} for name in ("user0", "sato", "ito")], "at": 1}
    proof = prove_model(spray(("fires", [four, more])), Content((logon_filter(),)))
    assert (proof.tests, [one.test for one in proof.failures]) == (3, ["fires 1.1"])


def test_cases_that_stand_for_too_many_are_a_failure() -> None:
    each = {"each": [{"EventID": 4625, "TargetUserName": f"u{n}"} for n in range(40)]}
    proof = prove_model(
        spray(("silent", [{**FAILED, "TargetUserName": "a", "repeat": 9000}, each])), Content((logon_filter(),))
    )
    assert "more than" in proof.failures[-1].why.en
    assert proof.tests < 40
