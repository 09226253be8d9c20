"""value_count: the number of distinct values of a field (or of several together) within `window` keeps the condition."""

from hinomi.detect.measure import has_other_than_lower, keeps, text_value
from hinomi.detect.rule_type import RuleType
from hinomi.detect.window import Window
from hinomi.schema.content import Rule
from hinomi.schema.detection import Detection


def judge(rule: Rule, window: Window, last: int) -> tuple[Detection, ...]:
    places = window.stretch(last, rule.window_s)
    values = window.values[places.start : places.stop]
    if values[-1] is None or not keeps(rule.condition, len({*values} - {None})):
        return ()
    return tuple(window.detections[place] for place in places if window.values[place] is not None)


RULE_TYPE = RuleType("value_count", keeps_window=True, judge=judge, reads=text_value, waits=has_other_than_lower)
