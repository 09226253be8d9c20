"""What a rule type is: whether it remembers detections, and when those it remembers are evidence."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hinomi.detect.window import Window
from hinomi.schema.content import Rule
from hinomi.schema.detection import Detection

# (rule, window, place of the newest detection in it) -> the evidence in the order of time; () when the rule is not met
Judge = Callable[[Rule, Window, int], tuple[Detection, ...]]


@dataclass(frozen=True, slots=True)
class RuleType:
    """`name` is the `type:` of models. A type that keeps no window judges one holding the newest detection alone."""

    name: str
    keeps_window: bool
    judge: Judge


def value_of(detection: Detection, field: str) -> str | None:
    """A field's value as a key: lower-case text, members of a list joined; None when the activity has none."""
    value: Any = detection.activity.get(field)
    if isinstance(value, list):
        value = ",".join(str(member) for member in value) or None
    return None if value is None else str(value).lower()
