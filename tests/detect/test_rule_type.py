"""What a rule type reads of a detection; and the worked example of docs/how-to/add-a-rule-type.md."""

import re
from pathlib import Path
from typing import Any

import pytest

from hinomi.detect import correlator as correlator_module
from hinomi.detect.rule_type import value_of
from tests.detect.test_correlator import detection, model, observe, rule

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "add-a-rule-type.md"


@pytest.mark.parametrize(
    ("value", "key"),
    [("Taro", "taro"), (7, "7"), (None, None), ([], None), (["A", "b"], "a,b"), ("", "")],
)
def test_values_as_keys(value: Any, key: str | None) -> None:
    assert value_of(detection("a", objectUser=value), "objectUser") == key


def test_the_example_works_as_a_rule_type(monkeypatch: pytest.MonkeyPatch) -> None:
    block = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert block is not None
    names: dict[str, Any] = {}
    exec(compile(block[1], "both.py", "exec"), names)
    monkeypatch.setattr(correlator_module, "RULE_TYPES", (*correlator_module.RULE_TYPES, names["RULE_TYPE"]))
    both = model(rule("both", "a", "b", window_s=60))
    b, a = detection("b", 0), detection("a", 30)
    (match,) = observe(both, b, a)
    assert match.detections == (b, a)
    assert observe(both, detection("b", 0), detection("a", 61)) == []
    assert observe(both, detection("a", 0), detection("a", 1)) == []
