"""variety: detections of `threshold` different filters within `window`, in any order, each of another activity.

Different suspicious things of one entity say more than many of one. The evidence is every detection of the window.
"""

from collections.abc import Mapping, Sequence

from hinomi.detect.rule_type import RuleType, filter_of
from hinomi.detect.window import Window
from hinomi.schema.content import Rule
from hinomi.schema.detection import Detection


def judge(rule: Rule, window: Window, last: int) -> tuple[Detection, ...]:
    if len(window.kinds) < rule.threshold:
        return ()
    places = window.stretch(last, rule.window_s)
    detections = window.detections[places.start : places.stop]
    return tuple(detections) if varieties(detections, rule.threshold) >= rule.threshold else ()


def varieties(detections: Sequence[Detection], enough: int) -> int:
    """How many filters can each have an activity of its own; counted up to `enough`."""
    activities: dict[str, list[str]] = {}
    for one in reversed(detections):
        activities.setdefault(one.filter_id, []).append(one.uuid)
    taken: dict[str, str] = {}
    count = 0
    for filter_id in activities:
        count += _placed(filter_id, activities, taken, set())
        if count >= enough:
            break
    return count


def _placed(filter_id: str, activities: Mapping[str, list[str]], taken: dict[str, str], tried: set[str]) -> bool:
    """Give the filter an activity, if need be one that another filter can leave for a further one."""
    for uuid in activities[filter_id]:
        if uuid in tried:
            continue
        tried.add(uuid)
        if uuid not in taken or _placed(taken[uuid], activities, taken, tried):
            taken[uuid] = filter_id
            return True
    return False


RULE_TYPE = RuleType("variety", keeps_window=True, judge=judge, reads=filter_of)
