"""The detections of one rule and one entity, in the order of their events. Bounded: the first to come is the first to go.

Events may come late: a detection is put at its place in time. Equal times stand in the order they came. What goes at
the bound is what *came* first, not what happened first, so that two recordings of one machine, read one after the other,
can still meet in one window.
"""

from bisect import bisect_left
from collections import Counter, deque
from dataclasses import replace
from operator import itemgetter

from hinomi.schema.detection import Detection

MAX_DETECTIONS = 1024  # of one rule and entity; ten times the highest threshold that makes sense for a person
KEPT_TEXT = 4096  # characters of a value kept while a detection waits; the lake holds the whole

Moment = tuple[int, int]  # (event time in ms, number of arrival)


class Window:
    """`moments[i]` is when `detections[i]` happened and came, `values[i]` what a count of distinct values looks at."""

    __slots__ = ("_ids", "_order", "detections", "kinds", "moments", "values")

    def __init__(self) -> None:
        self.moments: list[Moment] = []
        self.detections: list[Detection] = []
        self.values: list[str | None] = []
        self.kinds: Counter[str] = Counter()  # how often each value stands in the whole window
        self._order: deque[Moment] = deque()
        self._ids: set[str] = set()

    def __len__(self) -> int:
        return len(self.moments)

    def insert(self, detection: Detection, arrival: int, value: str | None = None) -> int | None:
        """The place of the detection; None when it stands in the window already."""
        if detection.id in self._ids:
            return None
        moment = (detection.event_time_ms, arrival)
        place = bisect_left(self.moments, moment)
        self.moments.insert(place, moment)
        self.detections.insert(place, detection)
        self.values.insert(place, value)
        if value is not None:
            self.kinds[value] += 1
        self._order.append(moment)
        self._ids.add(detection.id)
        return place

    def forget_first(self) -> None:
        """Drop what came first."""
        place = bisect_left(self.moments, self._order.popleft())
        del self.moments[place]
        self._ids.discard(self.detections.pop(place).id)
        value = self.values.pop(place)
        if value is not None:
            self.kinds[value] -= 1
            if not self.kinds[value]:
                del self.kinds[value]

    def by_arrival(self) -> list[tuple[int, Detection, str | None]]:
        """(number of arrival, detection, value) in the order they came; `insert` in this order makes an equal window."""
        arrivals = (arrival for _, arrival in self.moments)
        return sorted(zip(arrivals, self.detections, self.values, strict=True), key=itemgetter(0))


def trimmed(detection: Detection) -> Detection:
    """The detection as it waits in windows: long texts cut; so before and after a restart."""
    activity = detection.activity
    if not any(isinstance(value, str) and len(value) > KEPT_TEXT for value in activity.values()):
        return detection
    cut = {name: value[:KEPT_TEXT] if isinstance(value, str) else value for name, value in activity.items()}
    return replace(detection, activity=cut)
