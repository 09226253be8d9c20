"""stages: one detection of each stage in the order given, within `window`, each of another activity than the one before.

A stage is any of several filters, so that one rule tells a story (something fetched, then run, then kept) however each
part was done. The evidence is every detection that stands in such a chain to the last one.
"""

from hinomi.detect.order import chained
from hinomi.detect.rule_type import RuleType, filter_of
from hinomi.detect.window import Window
from hinomi.schema.content import Rule
from hinomi.schema.detection import Detection


def judge(rule: Rule, window: Window, last: int) -> tuple[Detection, ...]:
    if window.values[last] not in rule.stages[-1] or not all(
        any(name in window.kinds for name in stage) for stage in rule.stages
    ):
        return ()
    places = window.stretch(last, rule.window_s)
    return chained(rule.stages, window.detections[places.start : places.stop])


RULE_TYPE = RuleType("stages", keeps_window=True, judge=judge, reads=filter_of)
