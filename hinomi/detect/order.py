"""Detections in an order. In: filter ids in the order wanted, detections by time. Out: chains of them, each step in another
activity than the one before.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby

from hinomi.schema.detection import Detection

Steps = list[list[int]]  # for each detection the steps at which it can stand


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
    of_filter = {name: [step for step, names in enumerate(steps) if name in names] for names in steps for name in names}
    seen: list[set[str]] = [set() for _ in steps]  # activities at each step; two of them are as good as all
    reached: Steps = []
    for one in detections:
        uuid = one.uuid
        taken = [step for step in of_filter.get(one.filter_id, ()) if not step or _has_other(seen[step - 1], uuid)]
        reached.append(taken)
        _add(seen, taken, uuid)
    return reached


def _to_the_end(detections: Sequence[Detection], forward: Steps, final: int) -> Steps:
    """Those of the steps from which a chain goes on to the last detection."""
    seen: list[set[str]] = [set() for _ in range(final + 1)]
    chained: Steps = [[final]]
    _add(seen, [final], detections[-1].uuid)
    for place in range(len(detections) - 2, -1, -1):
        uuid = detections[place].uuid
        taken = [step for step in forward[place] if step != final and _has_other(seen[step + 1], uuid)]
        chained.append(taken)
        _add(seen, taken, uuid)
    return chained[::-1]


def _has_other(uuids: set[str], uuid: str) -> bool:
    return len(uuids) > 1 or (bool(uuids) and uuid not in uuids)


def _add(seen: list[set[str]], steps: Iterable[int], uuid: str) -> None:
    for step in steps:
        if len(seen[step]) < 2:
            seen[step].add(uuid)
