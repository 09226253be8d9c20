"""event_count: the number of detections within `window` keeps the condition."""

from hinomi.detect.measure import has_other_than_lower, keeps
from hinomi.detect.rule_type import RuleType
from hinomi.detect.window import Window
from hinomi.schema.content import Rule
from hinomi.schema.detection import Detection


def judge(rule: Rule, window: Window, last: int) -> tuple[Detection, ...]:
    places = window.stretch(last, rule.window_s)
    return tuple(window.detections[places.start : places.stop]) if keeps(rule.condition, len(places)) else ()


RULE_TYPE = RuleType("event_count", keeps_window=True, judge=judge, waits=has_other_than_lower)
