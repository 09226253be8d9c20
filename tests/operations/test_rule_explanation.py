"""A rule's numbers are those of its own judge."""

from dataclasses import replace
from typing import Any

from hinomi.operations.rule_explanation import explain_rule
from hinomi.schema.content import Rule, Severity, Text
from hinomi.schema.detection import Detection

RULE = Rule("r", "count", Text("Many", "多数"), ("f",), ("endpointGuid",), 60, 3)


def detection(second: int, filter_id: str = "f", **activity: Any) -> Detection:
    return Detection(
        id=f"{filter_id}-{second}",
        filter_id=filter_id,
        filter_version="1",
        risk=Severity.LOW,
        techniques=(),
        tactics=(),
        uuid=f"uuid-{second}",
        event_time_ms=second * 1000,
        endpoint_guid="g",
        endpoint_name="PC-1",
        highlights=(),
        activity={"endpointGuid": "G", **activity},
    )


def test_a_count_says_how_many_of_how_many_and_for_whom() -> None:
    told = explain_rule(RULE, [detection(second) for second in (40, 0, 10, 20, 500)])
    assert (told["met"], told["counted"], told["wanted"], told["spanMs"]) == (True, 4, 3, 20_000)
    assert told["groupBy"] == [{"field": "endpointGuid", "values": ["g"], "names": ["PC-1"]}]
    assert [one["uuid"] for one in told["events"]] == ["uuid-0", "uuid-10", "uuid-20"]
    assert told["text"]["en"].startswith("4 of 3 detections within 1 min")


def test_too_few_in_time_is_not_met() -> None:
    told = explain_rule(RULE, [detection(second) for second in (0, 50, 100, 150)])
    assert (told["met"], told["counted"]) == (False, 2)
    assert len(told["events"]) == 4


def test_distinct_values_are_told() -> None:
    rule = replace(RULE, distinct="objectCmd")
    seen = [detection(second, objectCmd=f"Cmd {second % 2}") for second in range(10)]
    assert (explain_rule(rule, seen)["met"], explain_rule(rule, seen)["counted"]) == (False, 2)
    told = explain_rule(rule, [*seen, detection(11, objectCmd="third")])
    assert (told["met"], told["counted"]) == (True, 3)
    assert {one["value"] for one in told["events"]} == {"cmd 0", "cmd 1", "third"}


def test_a_sequence_shows_its_steps_in_order() -> None:
    rule = replace(RULE, type="sequence", filters=("a", "b"))
    told = explain_rule(rule, [detection(5, "b"), detection(9, "a"), detection(12, "b")])
    assert told["met"]
    assert [(step["filter"], step["uuid"]) for step in told["steps"]] == [("a", "uuid-9"), ("b", "uuid-12")]
    wrong = explain_rule(rule, [detection(5, "b"), detection(9, "a")])
    assert (wrong["met"], [step["met"] for step in wrong["steps"]]) == (False, [True, False])


def test_other_filters_do_not_count() -> None:
    told = explain_rule(replace(RULE, type="single"), [detection(1, "other")])
    assert (told["met"], told["counted"], told["events"]) == (False, 0, [])
