"""The numbers of each rule type, and the sentence they make, agree with the rule's own judge."""

from dataclasses import replace

import pytest

from hinomi.detect.rules import RULE_TYPES
from hinomi.operations.rule_explanation import explain_raised, explain_rule
from hinomi.operations.rule_numbers import stages_of, wanted_bounds
from hinomi.schema.content import Bound, Rule, Text
from tests.operations.test_rule_explanation import detection

RULE = Rule("r", "event_count", Text("a", "あ"), ("f", "g"), ("endpointGuid",), 60)
FIVE = (Bound("gte", 5),)


@pytest.mark.parametrize(
    ("rule", "sizes", "counted", "met", "told"),
    [
        (replace(RULE, condition=FIVE), [1] * 6, 6, True, "6 detections, wanted ≥ 5, within 1 min"),
        (replace(RULE, condition=FIVE), [1] * 3, 3, False, "3 detections, wanted ≥ 5"),
        (
            replace(RULE, type="value_count", condition=(Bound("gte", 2),), fields=("objectFileSize",)),
            [1, 1, 2],
            2,
            True,
            "2 different values of objectFileSize, wanted ≥ 2",
        ),
        (
            replace(RULE, type="value_sum", condition=(Bound("gt", 5),), fields=("objectFileSize",)),
            [2, 4],
            6,
            True,
            "The sum of objectFileSize is 6, wanted > 5",
        ),
        (
            replace(RULE, type="value_avg", condition=(Bound("gt", 5),), fields=("objectFileSize",)),
            [2, 4],
            3,
            False,
            "The average of objectFileSize is 3",
        ),
        (
            replace(RULE, type="value_median", condition=(Bound("lte", 4),), fields=("objectFileSize",)),
            [4],
            4,
            True,
            "The median of objectFileSize is 4, wanted ≤ 4",
        ),
        (
            replace(
                RULE, type="value_percentile", condition=(Bound("gte", 9),), fields=("objectFileSize",), percentile=90
            ),
            [9],
            9,
            True,
            "The percentile of objectFileSize is 9",
        ),
    ],
)
def test_what_is_measured(rule: Rule, sizes: list[int], counted: float, met: bool, told: str) -> None:
    seen = [detection(second, objectFileSize=str(size)) for second, size in enumerate(sizes)]
    found = explain_rule(rule, seen)
    assert (found["counted"], found["met"]) == (counted, met)
    assert told in found["text"]["en"]
    assert found["text"]["ja"] != found["text"]["en"]


def test_filters_seen_together_or_in_order() -> None:
    rule = replace(RULE, type="temporal", condition=(Bound("gte", 2),))
    told = explain_rule(rule, [detection(1, "g"), detection(5, "f")])
    assert (told["met"], told["counted"]) == (True, 2)
    assert [(step["filter"], step["met"]) for step in told["steps"]] == [("f", True), ("g", True)]
    ordered = replace(rule, type="temporal_ordered")
    assert explain_rule(ordered, [detection(1, "g"), detection(5, "f")])["met"] is False
    assert explain_rule(ordered, [detection(1, "f"), detection(5, "g")])["met"] is True
    expressed = replace(rule, expression=("and", ("f", ("not", ("g",)))), condition=())
    assert stages_of(expressed) == (("f",), ("g",))
    assert explain_rule(expressed, [detection(1, "f")])["met"] is True


def test_bounds_are_written_as_people_write_them() -> None:
    assert wanted_bounds(replace(RULE, condition=(Bound("gte", 5), Bound("lt", 9.5)))) == "≥ 5, < 9.5"
    assert wanted_bounds(replace(RULE, type="count", threshold=3)) == "≥ 3"


def test_a_rule_that_raised_an_alert_was_met_whatever_is_kept() -> None:
    told = explain_raised(replace(RULE, condition=FIVE), [detection(1)])
    assert (told["met"], told["asRaised"]) == (True, True)
    chained = explain_raised(replace(RULE, filters=(), models=("inner",), condition=FIVE), [detection(1)])
    assert "other models" in chained["text"]["en"]


@pytest.mark.parametrize("name", [one.name for one in RULE_TYPES])
def test_every_rule_type_is_told(name: str) -> None:
    rule = replace(
        RULE, type=name, condition=FIVE, fields=("objectFileSize",), stages=(("f",), ("g",)) if name == "stages" else ()
    )
    told = explain_rule(rule, [detection(1, objectFileSize="3")])
    assert told["text"]["en"].endswith(".")
    assert explain_rule(rule, [])["met"] is False
