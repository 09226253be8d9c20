"""The alerts as they would be beside those that were raised: which are the same, and which stand alone.

The same is what has the same fingerprint (model, entity, first match), or what shares evidence and has no other partner:
a changed rule, or an alert that stood when the window began, lets the same story begin at another event.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from hinomi.detect.exceptions import Exceptions
from hinomi.lake.lake import Lake
from hinomi.operations.replay import Progress
from hinomi.operations.time_travel import DAY_MS, MAX_ALERTS, Route, Seen, Would, look
from hinomi.workbench.raised import Raised, RaisedAlerts

MAX_COMPARED = 500  # alerts without a partner, on each side, whose evidence is looked at


class Group(StrEnum):
    ONLY_THEN = "onlyThen"  # raised then, and would not be now
    ONLY_NOW = "onlyNow"  # would be raised now, and was not
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Pair:
    """One alert in the comparison: as it was raised, as it would be, or both."""

    group: Group
    raised: Raised | None
    would: Would | None

    @property
    def first_ms(self) -> int:
        return self.raised.first_ms if self.raised else self.would.first_ms if self.would else 0


@dataclass(slots=True)
class Travel:
    """`pairs`: newest first. `is_partial`: there were more alerts than can be held."""

    route: Route
    seen: Seen
    pairs: list[Pair] = field(default_factory=list)
    is_partial: bool = False

    def count(self, group: Group) -> int:
        return sum(pair.group is group for pair in self.pairs)


def travel(
    lake: Lake,
    raised: RaisedAlerts,
    route: Route,
    exceptions: Exceptions,
    *,
    on_progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Travel:
    """The whole trip. A cancelled one has what was found so far and is not compared."""
    seen = look(lake, route, exceptions, on_progress=on_progress, cancelled=cancelled)
    found = Travel(route, seen)
    if not seen.is_cancelled:
        _compare(found, raised)
    return found


def _compare(found: Travel, raised: RaisedAlerts) -> None:
    """What begins in the window counts, on either side; its partner may begin outside."""
    route, would = found.route, found.seen.would
    then = raised.between(route.from_ms, route.to_ms, route.scope, MAX_ALERTS)
    now = {key: one for key, one in would.items() if route.holds(one.first_ms)}
    every = then | raised.of(key for key in now if key not in then)
    pairs = {key: Pair(Group.BOTH, one, would[key]) for key, one in every.items() if key in would}
    alone = [one for key, one in then.items() if key not in pairs]
    new = [one for key, one in now.items() if key not in pairs]
    similar = _similar(alone, new, [one for key, one in would.items() if key not in pairs], set(every), raised)
    taken = {pair.raised.id for pair in similar if pair.raised}, {id(pair.would) for pair in similar}
    found.pairs = [*pairs.values(), *similar]
    found.pairs += [Pair(Group.ONLY_THEN, one, None) for one in alone if one.id not in taken[0]]
    found.pairs += [Pair(Group.ONLY_NOW, None, one) for one in new if id(one) not in taken[1]]
    found.pairs.sort(key=lambda pair: -pair.first_ms)
    found.is_partial = bool(found.seen.lost) or len(then) >= MAX_ALERTS


def _similar(
    alone: list[Raised], new: list[Would], free: Iterable[Would], known: set[str], raised: RaisedAlerts
) -> list[Pair]:
    """Partners by evidence, each for one only. `free`: alerts that would be and have no partner, also outside the window."""
    by_model: dict[str, list[Would]] = {}
    for one in free:
        by_model.setdefault(one.model_id, []).append(one)
    pairs: list[Pair] = []
    taken: set[int] = set()
    for there in alone[:MAX_COMPARED]:
        uuids = {one.uuid for one in raised.evidence(there.id)}
        partner = next(
            (one for one in by_model.get(there.model_id, ()) if id(one) not in taken and one.events & uuids), None
        )
        if partner is not None:
            taken.add(id(partner))
            pairs.append(Pair(Group.BOTH, there, partner))
    for one in [one for one in new if id(one) not in taken][:MAX_COMPARED]:
        outside = [there for there in _holding(one, raised) if there.fingerprint not in known]
        if outside:
            known.add(outside[0].fingerprint)
            pairs.append(Pair(Group.BOTH, outside[0], one))
    return pairs


def _holding(one: Would, raised: RaisedAlerts) -> list[Raised]:
    """Alerts of the model that have some of the evidence."""
    uuids = [each.uuid for each in one.evidence]
    return raised.by_id(raised.holders(one.model_id, uuids, one.first_ms - DAY_MS, one.last_ms + DAY_MS))
