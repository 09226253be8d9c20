"""Which alerts tell one story. In: an alert and those that share an entity with it in time. Out: what to join.

Two alerts belong together when they share an endpoint or an account and their events are at most WINDOW apart. An account
that too many alerts of that window share (a scanner's, a service's) joins nothing. What a person took out of an incident
is not put back.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from hinomi.schema.content import Severity, Text
from hinomi.schema.entity import Entity, EntityType
from hinomi.workbench.identity import age_key
from hinomi.workbench.messages import message
from hinomi.workbench.score import RANK

WINDOW_HOURS = 24
WINDOW_MS = WINDOW_HOURS * 3600 * 1000
COMMON_ACCOUNT_ALERTS = 20  # an account in more alerts of one window joins none of them
MAX_ACCOUNTS = 20  # an alert of more accounts (password guessing) joins by its endpoints only
JOINING_TYPES = (EntityType.HOST, EntityType.ACCOUNT)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An alert near in time, and the entity it shares. `incident_id` None: it stands alone."""

    alert_id: str
    incident_id: str | None
    type: EntityType
    entity_name: str


@dataclass(frozen=True, slots=True)
class Link:
    """Why `alert_id` belongs: it shares the entity with `other_id`."""

    alert_id: str
    other_id: str
    type: EntityType
    entity_name: str


@dataclass(frozen=True, slots=True)
class Decision:
    """`target` None: make a new incident. `merged` incidents go into the target."""

    target: str | None
    links: tuple[Link, ...]
    merged: tuple[str, ...]


def decide(
    alert_id: str, own: str | None, candidates: Sequence[Candidate], refused: Collection[tuple[str, str]]
) -> Decision | None:
    """What to join; None when there is nothing to do.

    `own`: the incident the alert is in already. `refused`: (alert, incident) pairs that a person took apart, and
    (incident, incident) pairs that such an alert keeps apart.
    """
    able = [one for one in candidates if not _is_refused(alert_id, one, refused)]
    groups = sorted({one.incident_id for one in able if one.incident_id} | ({own} if own else set()), key=age_key)
    # The incident it is in stays the target: its name is known to people, and so is any older one that it joins.
    target = groups[0] if groups else None
    merged = tuple(group for group in groups[1:] if target and not _keep_apart(target, group, refused))
    if own and target != own and own not in merged:
        target, merged = own, ()
    links = _links(alert_id, own, target, able, refused)
    return Decision(target, links, merged) if links or merged else None


def _links(
    alert_id: str, own: str | None, target: str | None, able: Sequence[Candidate], refused: Collection[tuple[str, str]]
) -> tuple[Link, ...]:
    """The alert's own link by the best candidate, and links for those that stood alone."""
    links: list[Link] = []
    ordered = sorted(able, key=lambda one: (one.incident_id != target, _ORDER[one.type], age_key(one.alert_id)))
    if own is None and ordered:
        best = ordered[0]
        links.append(Link(alert_id, best.alert_id, best.type, best.entity_name))
    linked = {alert_id}
    for one in ordered:
        is_alone = one.incident_id is None and one.alert_id not in linked
        if is_alone and (target is None or (one.alert_id, target) not in refused):
            linked.add(one.alert_id)
            links.append(Link(one.alert_id, alert_id, one.type, one.entity_name))
    return tuple(links)


_ORDER = {EntityType.HOST: 0, EntityType.ACCOUNT: 1}


def _is_refused(alert_id: str, one: Candidate, refused: Collection[tuple[str, str]]) -> bool:
    return one.incident_id is not None and (alert_id, one.incident_id) in refused


def _keep_apart(first: str, second: str, refused: Collection[tuple[str, str]]) -> bool:
    return (first, second) in refused or (second, first) in refused


@dataclass(frozen=True, slots=True)
class Member:
    """What an incident needs to know of one of its alerts."""

    id: str
    model_id: str
    model: Text
    severity: Severity
    score: int
    is_active: bool
    is_harmless: bool  # closed as false or benign


def name_incident(members: Sequence[Member], hosts: Sequence[Entity]) -> Text:
    """`Credential Dumping and 2 more on PC-1`: the gravest model, how many others, and where."""
    if not members:
        return Text("Empty incident", "空のインシデント")
    first = min(members, key=lambda one: (-one.score, age_key(one.id)))
    others = len({one.model_id for one in members}) - 1
    model = message("more-models", {"model": first.model, "count": others}) if others else first.model
    if not hosts:
        return message("name-nowhere", {"model": model})
    where: Text | str = hosts[0].name
    if len(hosts) > 1:
        code = "more-hosts" if len(hosts) > 2 else "one-more-host"
        where = message(code, {"host": hosts[0].name, "count": len(hosts) - 1})
    return message("name", {"model": model, "where": where})


def worst(members: Sequence[Member]) -> Severity:
    return max((one.severity for one in members), key=lambda severity: RANK[severity], default=Severity.LOW)
