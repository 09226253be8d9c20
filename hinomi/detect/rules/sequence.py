"""sequence: detections of the filters in the order given, within `window`, each of another activity than the one before.

The evidence is every detection that stands in such a chain to the last one.
"""

from hinomi.detect.order import chained
from hinomi.detect.rule_type import RuleType, filter_of
from hinomi.detect.window import Window
from hinomi.schema.content import Rule
from hinomi.schema.detection import Detection


def judge(rule: Rule, window: Window, last: int) -> tuple[Detection, ...]:
    if window.values[last] != rule.filters[-1] or len(window.kinds) < len(set(rule.filters)):
        return ()
    places = window.stretch(last, rule.window_s)
    return chained([(name,) for name in rule.filters], window.detections[places.start : places.stop])


RULE_TYPE = RuleType("sequence", keeps_window=True, judge=judge, reads=filter_of)
