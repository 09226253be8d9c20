"""The detections of one rule and one entity, in the order of their events. Bounded: the first to come is the first to go.

Events may come late: a detection is put at its place in time. What stands where is told by the data alone, never by the
order of arrival: by time, then by the number the writer gave the record, then by ids. What goes at the bound is what *came*
first, not what happened first, so that two recordings of one machine, read one after the other, can still meet in one window.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias

from hinomi.schema.detection import Detection

MAX_DETECTIONS = 1024  # of one rule and entity; ten times the highest threshold that makes sense for a person
KEPT_TEXT = 4096  # characters of a value kept while a detection waits; the lake holds the whole

Moment: TypeAlias = tuple[int, int, str, str]  # (event time in ms, number of the record, activity uuid, detection id)
Value: TypeAlias = str | float | None  # what a rule type reads of a detection


def moment_of(detection: Detection) -> Moment:
    activity = detection.activity
    number = activity.get("winEventRecordId") or activity.get("recordNumber") or 0
    return detection.event_time_ms, number if isinstance(number, int) else 0, detection.uuid, detection.id


class Window:
    """`moments[i]` is when `detections[i]` happened, `values[i]` what the rule type reads of it.

    `told`: ids of the detections at which the rule was met already.
    """

    __slots__ = ("_order", "detections", "kinds", "moments", "told", "values")

    def __init__(self) -> None:
        self.moments: list[Moment] = []
        self.detections: list[Detection] = []
        self.values: list[Value] = []
        self.kinds: Counter[Value] = Counter()  # how often each value stands in the whole window
        self.told: set[str] = set()
        self._order: dict[str, Moment] = {}

    def __len__(self) -> int:
        return len(self.moments)

    def insert(self, detection: Detection, value: Value = None) -> int | None:
        """The place of the detection; None when it stands in the window already."""
        if detection.id in self._order:
            return None
        moment = moment_of(detection)
        place = bisect_left(self.moments, moment)
        self.moments.insert(place, moment)
        self.detections.insert(place, detection)
        self.values.insert(place, value)
        if value is not None:
            self.kinds[value] += 1
        self._order[detection.id] = moment
        return place

    def place_of(self, detection_id: str) -> int | None:
        """Where the detection stands, if it still does."""
        moment = self._order.get(detection_id)
        return None if moment is None else bisect_left(self.moments, moment)

    def place_at(self, moment_ms: int) -> int:
        """The last place at or before this time; -1 where there is none."""
        return bisect_right(self.moments, (moment_ms + 1,)) - 1

    def reach(self, place: int, length_s: int) -> range:
        """The places from `place` on that look back on it over a window of this length."""
        end = bisect_right(self.moments, (self.moments[place][0] + length_s * 1000 + 1,))
        return range(place, end)

    def stretch(self, last: int, length_s: int) -> range:
        """The places of the window of this length that ends at `last`."""
        return range(bisect_left(self.moments, (self.moments[last][0] - length_s * 1000,)), last + 1)

    def forget_first(self) -> None:
        """Drop what came first."""
        first = next(iter(self._order))
        place = bisect_left(self.moments, self._order.pop(first))
        del self.moments[place], self.detections[place]
        self.told.discard(first)
        value = self.values.pop(place)
        if value is not None:
            self.kinds[value] -= 1
            if not self.kinds[value]:
                del self.kinds[value]

    def by_arrival(self) -> Iterator[tuple[Detection, Value]]:
        """(detection, value) in the order they came; `insert` in this order makes an equal window."""
        for moment in self._order.values():
            place = bisect_left(self.moments, moment)
            yield self.detections[place], self.values[place]


def trimmed(detection: Detection) -> Detection:
    """The detection as it waits in windows: long texts cut; so before and after a restart."""
    activity = detection.activity
    for value in activity.values():  # a plain loop: this is asked of every detection
        if type(value) is str and len(value) > KEPT_TEXT:
            break
    else:
        return detection
    cut = {name: value[:KEPT_TEXT] if isinstance(value, str) else value for name, value in activity.items()}
    return replace(detection, activity=cut)
