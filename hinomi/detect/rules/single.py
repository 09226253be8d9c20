"""single: any detection of any of the filters is enough."""

from hinomi.detect.rule_type import RuleType
from hinomi.detect.window import Window
from hinomi.schema.content import Rule
from hinomi.schema.detection import Detection


def judge(_rule: Rule, window: Window, last: int) -> tuple[Detection, ...]:
    return (window.detections[last],)


RULE_TYPE = RuleType("single", keeps_window=False, judge=judge)
