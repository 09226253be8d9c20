"""Detections in an order. In: filter ids in the order wanted, detections by time. Out: chains of them, each step in another
activity than the one before.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby

from hinomi.schema.detection import Detection

Steps = list[set[int]]  # for each detection the steps at which it can stand


def chained(steps: Sequence[Collection[str]], detections: Sequence[Detection]) -> tuple[Detection, ...]:
    """Every detection that stands in a chain through all steps to the last detection; () where there is no such chain.

    A step is taken by a detection of any of its filters.
    """
    final = len(steps) - 1
    forward = _from_the_start(steps, detections)
    if final not in forward[-1]:
        return ()
    backward = _to_the_end(detections, forward, final)
    return tuple(one for one, taken in zip(detections, backward, strict=True) if taken)


def longest(filters: Sequence[str], detections: Sequence[Detection]) -> int:
    """How many of the filters a chain that ends at the last detection goes through, some left out."""
    lengths = [0] * len(filters)  # of the longest chain so far that ends with each filter
    found = 0
    for _, same_activity in groupby(detections, key=lambda one: one.uuid):
        names = {one.filter_id for one in same_activity}
        now = [1 + max(lengths[:step], default=0) if name in names else 0 for step, name in enumerate(filters)]
        lengths = [max(pair) for pair in zip(lengths, now, strict=True)]
        found = max(now)
    return found


def _from_the_start(steps: Sequence[Collection[str]], detections: Sequence[Detection]) -> Steps:
    """Steps that a chain from the first one reaches at each detection."""
    seen = _Seen(len(steps))
    reached: Steps = []
    for one in detections:
        taken = {
            step
            for step, filters in enumerate(steps)
            if one.filter_id in filters and (step == 0 or seen.has(step - 1, one.uuid))
        }
        reached.append(taken)
        seen.add(taken, one.uuid)
    return reached


def _to_the_end(detections: Sequence[Detection], forward: Steps, final: int) -> Steps:
    """Those of the steps from which a chain goes on to the last detection."""
    seen = _Seen(final + 1)
    chained: Steps = []
    for place in range(len(detections) - 1, -1, -1):
        uuid = detections[place].uuid
        is_last = place == len(detections) - 1
        steps = {step for step in forward[place] if (is_last if step == final else seen.has(step + 1, uuid))}
        chained.append(steps)
        seen.add(steps, uuid)
    return chained[::-1]


class _Seen:
    """Activities that stand at each step; two of them tell whether there is one other than a given."""

    def __init__(self, steps: int) -> None:
        self._uuids: list[set[str]] = [set() for _ in range(steps)]

    def add(self, steps: Iterable[int], uuid: str) -> None:
        for step in steps:
            if len(self._uuids[step]) < 2:
                self._uuids[step].add(uuid)

    def has(self, step: int, other_than: str) -> bool:
        return bool(self._uuids[step] - {other_than})
