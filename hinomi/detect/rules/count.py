"""count: `threshold` detections of any of the filters within `window`; or detections with `threshold` distinct values.

The evidence of a count is the earliest stretch of the window's length that holds the newest detection and is met. The
evidence of distinct values is the newest detection of each of the last `threshold` of them; where a detection came late,
one of each value in the earliest stretch.
"""

from bisect import bisect_left
from collections import Counter

from hinomi.detect.rule_type import RuleType
from hinomi.detect.window import Window
from hinomi.schema.content import Rule
from hinomi.schema.detection import Detection


def judge(rule: Rule, window: Window, place: int) -> tuple[Detection, ...]:
    if len(window) < rule.threshold:
        return ()
    first = bisect_left(window.moments, (window.moments[place][0] - rule.window_s * 1000, 0))
    if rule.distinct is None:
        return _crowd(rule, window, place, first)
    return _kinds(rule, window, place, first)


def _crowd(rule: Rule, window: Window, place: int, first: int) -> tuple[Detection, ...]:
    length_ms = rule.window_s * 1000
    for start in range(max(first, place - rule.threshold + 1), place + 1):
        last = start + rule.threshold - 1
        if last < len(window) and window.moments[last][0] - window.moments[start][0] <= length_ms:
            return tuple(window.detections[start : last + 1])
    return ()


def _kinds(rule: Rule, window: Window, place: int, first: int) -> tuple[Detection, ...]:
    """One detection of each distinct value, among them the newest."""
    if len(window.kinds) < rule.threshold or window.values[place] is None:
        return ()
    return _kinds_before(rule, window, place, first) or _kinds_around(rule, window, place, first)


def _kinds_before(rule: Rule, window: Window, place: int, first: int) -> tuple[Detection, ...]:
    """The usual case, a detection that came in order: what stands before it counts."""
    chosen: dict[str, int] = {}
    for before in range(place, first - 1, -1):
        value = window.values[before]
        if value is not None:
            chosen.setdefault(value, before)
            if len(chosen) >= rule.threshold:
                return tuple(window.detections[one] for one in sorted(chosen.values()))
    return ()


def _kinds_around(rule: Rule, window: Window, place: int, first: int) -> tuple[Detection, ...]:
    """A detection that came late may meet with what stands after it."""
    moments, values = window.moments, window.values
    length_ms = rule.window_s * 1000
    last = bisect_left(moments, (moments[place][0] + length_ms + 1, 0))
    if place == len(window) - 1 or len({*values[first:last]} - {None}) < rule.threshold:
        return ()
    inside: Counter[str | None] = Counter()
    end = first
    for start in range(first, place + 1):
        while end < last and moments[end][0] - moments[start][0] <= length_ms:
            inside[values[end]] += 1
            end += 1
        if len(inside) - (None in inside) >= rule.threshold:
            return _one_of_each(window, range(start, end), place)
        inside[values[start]] -= 1
        if not inside[values[start]]:
            del inside[values[start]]
    return ()


def _one_of_each(window: Window, places: range, newest: int) -> tuple[Detection, ...]:
    chosen = {window.values[place]: place for place in reversed(places) if window.values[place] is not None}
    return tuple(window.detections[place] for place in sorted({*chosen.values(), newest}))


RULE_TYPE = RuleType("count", keeps_window=True, judge=judge)
