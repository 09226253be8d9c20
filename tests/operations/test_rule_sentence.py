from dataclasses import replace

import pytest

from hinomi.operations.rule_sentence import duration, rule_sentence, suppression_sentence
from hinomi.schema.content import Rule, Text
from tests import make_workbench

COUNT = Rule("r", "count", Text("a", "あ"), ("f", "g"), ("endpointGuid",), 600, 5)


@pytest.mark.parametrize(
    ("seconds", "en", "ja"),
    [(0.4, "0.4 s", "0.4 秒"), (600, "10 min", "10 分"), (3723, "1 h 2 min", "1 時間 2 分"), (86_400, "1 d", "1 日")],
)
def test_durations(seconds: float, en: str, ja: str) -> None:
    assert duration(seconds) == Text(en, ja)


def test_each_type_says_its_numbers() -> None:
    assert rule_sentence(COUNT, 7, 90_000, is_met=True).en == (
        "7 of 5 detections within 10 min, spread over 1 min 30 s."
    )
    assert "検知 3 件 (しきい値 5)" in rule_sentence(COUNT, 3, 90_000, is_met=False).ja
    kinds = replace(COUNT, distinct="objectCmd")
    assert "7 of 5 different values of objectCmd" in rule_sentence(kinds, 7, 0, is_met=True).en
    sequence = replace(COUNT, type="sequence")
    assert rule_sentence(sequence, 1, 0, is_met=False).en == "1 of 2 steps in order within 10 min."
    single = replace(COUNT, type="single")
    assert rule_sentence(single, 1, 0, is_met=True) != rule_sentence(single, 0, 0, is_met=False)


def test_suppression() -> None:
    model = make_workbench.model()
    assert "1 d" in suppression_sentence(model).en
    assert suppression_sentence(replace(model, suppress_s=0)).en == "Every match makes an alert of its own."
