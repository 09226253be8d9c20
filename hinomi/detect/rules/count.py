"""count: `threshold` detections of any of the filters within `window`; or detections with `threshold` distinct values.

The short way to write `event_count` and `value_count` with `condition: {gte: threshold}`.
"""

from hinomi.detect.rule_type import RuleType, value_of
from hinomi.detect.window import Value, Window
from hinomi.schema.content import Rule
from hinomi.schema.detection import Detection


def reads(rule: Rule, detection: Detection) -> Value:
    return value_of(detection, rule.distinct) if rule.distinct else None


def judge(rule: Rule, window: Window, last: int) -> tuple[Detection, ...]:
    if len(window) < rule.threshold or (rule.distinct and len(window.kinds) < rule.threshold):
        return ()
    places = window.stretch(last, rule.window_s)
    if len(places) < rule.threshold:
        return ()
    if rule.distinct is None:
        return tuple(window.detections[places.start : places.stop])
    return _distinct(rule, window, places)


def _distinct(rule: Rule, window: Window, places: range) -> tuple[Detection, ...]:
    values = window.values[places.start : places.stop]
    if values[-1] is None or len({*values} - {None}) < rule.threshold:
        return ()
    pairs = zip(values, window.detections[places.start : places.stop], strict=True)
    return tuple(one for value, one in pairs if value is not None)


RULE_TYPE = RuleType("count", keeps_window=True, judge=judge, reads=reads)
