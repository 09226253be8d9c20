"""stages: one detection of each stage in the order given, within `window`, each of another activity.

A stage is any of several filters, so that one rule tells a story (something fetched, then run, then kept) however each
part was done. As in a sequence the nearest before and after the newest detection are taken.
"""

from bisect import bisect_left
from collections.abc import Iterable

from hinomi.detect.rule_type import RuleType
from hinomi.detect.window import Window
from hinomi.schema.content import Rule
from hinomi.schema.detection import Detection

Stages = tuple[tuple[str, ...], ...]


def judge(rule: Rule, window: Window, place: int) -> tuple[Detection, ...]:
    newest = window.detections[place]
    length_ms = rule.window_s * 1000
    first = bisect_left(window.moments, (newest.event_time_ms - length_ms, 0))
    last = bisect_left(window.moments, (newest.event_time_ms + length_ms + 1, 0))
    for step, stage in enumerate(rule.stages):
        if newest.filter_id not in stage:
            continue
        before = _chain(window, range(place - 1, first - 1, -1), rule.stages[:step][::-1], newest)
        after = _chain(window, range(place + 1, last), rule.stages[step + 1 :], newest)
        if before is not None and after is not None:
            evidence = (*before[::-1], newest, *after)
            if evidence[-1].event_time_ms - evidence[0].event_time_ms <= length_ms:
                return evidence
    return ()


def _chain(window: Window, places: Iterable[int], wanted: Stages, start: Detection) -> list[Detection] | None:
    """The nearest detections of the wanted stages, one after the other; None when one is missing."""
    found: list[Detection] = []
    used = {start.uuid}
    for place in places:
        if len(found) == len(wanted):
            break
        one = window.detections[place]
        if one.filter_id in wanted[len(found)] and one.uuid not in used:
            found.append(one)
            used.add(one.uuid)
    return found if len(found) == len(wanted) else None


RULE_TYPE = RuleType("stages", keeps_window=True, judge=judge)
