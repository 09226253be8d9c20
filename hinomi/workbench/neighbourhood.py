"""Alerts near each other while a run of the pipeline goes on: who shares an entity with whom, and what joins because of
it. It does no I/O: what is near is read before, and `joined` tells afterwards what has to be written.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hinomi.schema.entity import EntityType
from hinomi.workbench.identity import age_key
from hinomi.workbench.incident import (
    COMMON_ACCOUNT_ALERTS,
    JOINING_TYPES,
    MAX_ACCOUNTS,
    WINDOW_HOURS,
    WINDOW_MS,
    Candidate,
    Decision,
    Link,
    decide,
)
from hinomi.workbench.scope import Key, Scope


@dataclass(slots=True)
class Near:
    """An alert as far as joining needs it."""

    id: str
    first_ms: int
    last_ms: int
    account_count: int
    incident_id: str | None = None
    keys: tuple[Key, ...] = ()  # of those asked for
    age: tuple[int, str] = (0, "")

    def __post_init__(self) -> None:
        self.age = age_key(self.id)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was joined: a code of messages.py and its values."""

    code: str
    values: dict[str, Any]
    entity_name: str | None = None


@dataclass(slots=True)
class Joined:
    """What a run brought about. `links`: alert to incident and reason, in order; incidents are those at the end."""

    created: list[str] = field(default_factory=list)
    links: dict[str, tuple[str, Reason]] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)  # incident to the one it went into
    correlated: set[str] = field(default_factory=set)
    reasons: dict[str, Reason] = field(default_factory=dict)  # incident to why it was updated last


class Neighbourhood:
    """`refused`: (alert, incident) pairs a person took apart, and (incident, incident) pairs such an alert keeps apart.
    `new_id` gives the id of a new incident."""

    def __init__(self, near: Iterable[Near], refused: set[tuple[str, str]], new_id: Callable[[], str]) -> None:
        self._alerts: dict[str, Near] = {}
        self._by_key: dict[Key, dict[str, Near]] = {}
        self._refused, self._new_id = refused, new_id
        self.joined = Joined()
        for one in near:
            self._put(one)

    def incident_of(self, alert_id: str) -> str | None:
        found = self._alerts.get(alert_id)
        return found.incident_id if found else None

    def join(self, alert_id: str, scope: Scope, first_ms: int, last_ms: int) -> None:
        """The alert is new or has grown: put together what belongs with it now."""
        keys = tuple(key for key in scope.seen if key[0] in JOINING_TYPES)
        accounts = sum(key[0] is EntityType.ACCOUNT for key in keys)
        before = self._alerts.get(alert_id)
        mine = Near(alert_id, first_ms, last_ms, accounts, before.incident_id if before else None, keys)
        self._put(mine)
        candidates = list(self._candidates(mine, scope))
        if mine.incident_id and all(one.incident_id == mine.incident_id for one in candidates):
            return
        decision = decide(alert_id, mine.incident_id, candidates, self._refused)
        if decision:
            self._carry_out(alert_id, decision)

    def _put(self, one: Near) -> None:
        before = self._alerts.get(one.id)
        if before is not None:
            for key in before.keys:
                self._by_key[key].pop(one.id, None)
        self._alerts[one.id] = one
        for key in one.keys:
            self._by_key.setdefault(key, {})[one.id] = one

    def _candidates(self, mine: Near, scope: Scope) -> Iterator[Candidate]:
        """The oldest alert of each incident and shared entity, and every alert that stands alone."""
        first_ms, last_ms = mine.first_ms - WINDOW_MS, mine.last_ms + WINDOW_MS
        for key in mine.keys:
            # One endpoint may have thousands of alerts: no calls in here.
            near = [one for one in self._by_key[key].values() if one.first_ms <= last_ms and one.last_ms >= first_ms]
            if key[0] is EntityType.ACCOUNT:
                if mine.account_count > MAX_ACCOUNTS or len(near) > COMMON_ACCOUNT_ALERTS:
                    continue
                near = [one for one in near if one.account_count <= MAX_ACCOUNTS]
            oldest: dict[str, Near] = {}
            for one in near:
                group = one.incident_id or one.id
                if one is not mine and (group not in oldest or one.age < oldest[group].age):
                    oldest[group] = one
            for one in oldest.values():
                yield Candidate(one.id, one.incident_id, key[0], scope.seen[key].name)

    def _carry_out(self, alert_id: str, decision: Decision) -> None:
        target = decision.target
        if target is None:
            target = self._new_id()
            self.joined.created.append(target)
            self.joined.reasons[target] = Reason("created", {})
        for other in decision.merged:
            self._merge(other, target)
        for link in decision.links:
            self._link(link, target)
        if decision.merged:
            self.joined.reasons[target] = Reason("merged", {"incidents": ", ".join(decision.merged)})
        elif decision.target:
            self.joined.correlated.add(target)
            self.joined.reasons[target] = Reason("alert-correlated", {"alert": alert_id})

    def _link(self, link: Link, target: str) -> None:
        code = "same-host" if link.type is EntityType.HOST else "same-account"
        values = {"entity": link.entity_name, "alert": link.other_id, "hours": WINDOW_HOURS}
        self.joined.links[link.alert_id] = (target, Reason(code, values, link.entity_name))
        self._alerts[link.alert_id].incident_id = target
        # An alert that was taken out of one incident keeps that one and its new one apart.
        self._refused |= {(target, second) for first, second in self._refused if first == link.alert_id}

    def _merge(self, other: str, target: str) -> None:
        for one in self._alerts.values():
            if one.incident_id == other:
                one.incident_id = target
        joined = self.joined
        joined.links = {key: (target if one == other else one, why) for key, (one, why) in joined.links.items()}
        joined.merged = {key: target if one == other else one for key, one in joined.merged.items()} | {other: target}
        joined.reasons.pop(other, None)
        self._refused |= {(first, target) for first, second in self._refused if second == other}
        self._refused |= {(target, second) for first, second in self._refused if first == other}
