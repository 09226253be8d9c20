"""variety: detections of `threshold` different filters within `window`, in any order, each of another activity.

Different suspicious things of one entity say more than many of one. The evidence is the newest detection and, of each other
filter, the one nearest before it; where it came late, the first stretch of the window's length that holds it and is met.
"""

from bisect import bisect_left

from hinomi.detect.rule_type import RuleType
from hinomi.detect.window import Window
from hinomi.schema.content import Rule
from hinomi.schema.detection import Detection


def judge(rule: Rule, window: Window, place: int) -> tuple[Detection, ...]:
    length_ms = rule.window_s * 1000
    for end in range(place, len(window)):
        if window.moments[end][0] - window.moments[place][0] > length_ms:
            break
        first = bisect_left(window.moments, (window.moments[end][0] - length_ms, 0))
        evidence = _kinds(rule.threshold, window, place, range(end, first - 1, -1))
        if evidence:
            return evidence
    return ()


def _kinds(threshold: int, window: Window, place: int, places: range) -> tuple[Detection, ...]:
    """One detection of each filter, no two of one activity, among them the one at `place`; () when they are too few."""
    newest = window.detections[place]
    chosen, activities = {newest.filter_id: place}, {newest.uuid}
    for other in places:
        one = window.detections[other]
        if one.filter_id not in chosen and one.uuid not in activities:
            chosen[one.filter_id] = other
            activities.add(one.uuid)
            if len(chosen) >= threshold:
                return tuple(window.detections[number] for number in sorted(chosen.values()))
    return ()


RULE_TYPE = RuleType("variety", keeps_window=True, judge=judge)
