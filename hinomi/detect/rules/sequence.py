"""sequence: detections of the filters in the order given, within `window`, each of another activity.

From the newest detection the nearest before and the nearest after it are taken: no other choice is shorter in time.
"""

from bisect import bisect_left
from collections.abc import Iterable

from hinomi.detect.rule_type import RuleType
from hinomi.detect.window import Window
from hinomi.schema.content import Rule
from hinomi.schema.detection import Detection


def judge(rule: Rule, window: Window, place: int) -> tuple[Detection, ...]:
    newest = window.detections[place]
    length_ms = rule.window_s * 1000
    first = bisect_left(window.moments, (newest.event_time_ms - length_ms, 0))
    last = bisect_left(window.moments, (newest.event_time_ms + length_ms + 1, 0))
    for step, filter_id in enumerate(rule.filters):
        if filter_id == newest.filter_id:
            before = _chain(window, range(place - 1, first - 1, -1), rule.filters[:step][::-1], newest)
            after = _chain(window, range(place + 1, last), rule.filters[step + 1 :], newest)
            if before is not None and after is not None:
                evidence = (*before[::-1], newest, *after)
                if evidence[-1].event_time_ms - evidence[0].event_time_ms <= length_ms:
                    return evidence
    return ()


def _chain(window: Window, places: Iterable[int], wanted: tuple[str, ...], start: Detection) -> list[Detection] | None:
    """The nearest detections of the wanted filters, one after the other; None when one is missing."""
    found: list[Detection] = []
    neighbour = start
    for place in places:
        if len(found) == len(wanted):
            break
        one = window.detections[place]
        if one.filter_id == wanted[len(found)] and one.uuid != neighbour.uuid:
            found.append(one)
            neighbour = one
    return found if len(found) == len(wanted) else None


RULE_TYPE = RuleType("sequence", keeps_window=True, judge=judge)
