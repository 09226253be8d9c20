"""Puts alerts into incidents, inside the transaction of what happened to them. The decision itself is `incident.decide`.

Rows of the incidents touched are written once, by `finish`.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update
from sqlalchemy.engine import Connection

from hinomi.schema.alert import Finding, Status
from hinomi.schema.content import Severity, Text
from hinomi.schema.entity import Entity, EntityType
from hinomi.workbench import history
from hinomi.workbench.dossier import fold
from hinomi.workbench.identity import INCIDENT, Numbers, age_key
from hinomi.workbench.incident import (
    COMMON_ACCOUNT_ALERTS,
    MAX_ACCOUNTS,
    WINDOW_HOURS,
    WINDOW_MS,
    Candidate,
    Decision,
    Link,
    Member,
    decide,
    name_incident,
    worst,
)
from hinomi.workbench.scope import Key, Sighting, impact_of, impact_to_json
from hinomi.workbench.score import RANK, incident_score
from hinomi.workbench.store import alert_entities, alerts, incident_links, incident_refusals, incidents

_MAX_ALONE = 200
_HARMLESS = (Finding.FALSE_POSITIVE, Finding.BENIGN_TRUE_POSITIVE)
_BY = "hinomi"


class Joiner:
    def __init__(self, connection: Connection, org: str, now_ms: int) -> None:
        self._connection, self._now_ms = connection, now_ms
        self._org = org
        self._numbers: Numbers | None = None
        self._reasons: dict[str, tuple[str, dict[str, Any]]] = {}  # incident -> why it was updated last
        self._touched: dict[str, None] = {}

    # ---- joining --------------------------------------------------------------------------------------------------
    def join(self, alert_id: str, seen: Sequence[tuple[Key, Sighting]], first_ms: int, last_ms: int) -> None:
        """Find what belongs with this alert, and put it together."""
        near = [alerts.c.first_event_ms <= last_ms + WINDOW_MS, alerts.c.last_event_ms >= first_ms - WINDOW_MS]
        shared = self._shared(seen, near)
        if shared is None:
            return
        candidates = self._candidates(alert_id, shared, near)
        if not candidates:
            return
        own = self._connection.execute(select(alerts.c.incident_id).where(alerts.c.id == alert_id)).scalar()
        if own and all(one.incident_id == own for one in candidates):
            return
        decision = decide(alert_id, own, candidates, self._refused(own, candidates))
        if decision:
            self._carry_out(alert_id, decision)

    def _shared(
        self, seen: Sequence[tuple[Key, Sighting]], near: list[ColumnElement[bool]]
    ) -> ColumnElement[bool] | None:
        """The condition that an entity row is one that joins."""
        hosts = [key for (kind, key), _ in seen if kind is EntityType.HOST]
        accounts = [key for (kind, key), _ in seen if kind is EntityType.ACCOUNT]
        accounts = self._without_common(accounts, near) if 0 < len(accounts) <= MAX_ACCOUNTS else []
        entity, parts = alert_entities.c, []
        if hosts:
            parts.append(and_(entity.type == str(EntityType.HOST), entity.entity_id.in_(hosts)))
        if accounts:
            is_one = and_(entity.type == str(EntityType.ACCOUNT), entity.entity_id.in_(accounts))
            parts.append(and_(is_one, alerts.c.account_count <= MAX_ACCOUNTS))
        return or_(*parts) if parts else None

    def _without_common(self, accounts: list[str], near: list[ColumnElement[bool]]) -> list[str]:
        counted = (
            select(alert_entities.c.entity_id, func.count())
            .join(alerts, alerts.c.id == alert_entities.c.alert_id)
            .where(alert_entities.c.type == str(EntityType.ACCOUNT), alert_entities.c.entity_id.in_(accounts), *near)
            .group_by(alert_entities.c.entity_id)
        )
        counts = {row[0]: row[1] for row in self._connection.execute(counted)}
        return [key for key in accounts if counts.get(key, 0) <= COMMON_ACCOUNT_ALERTS]

    def _candidates(
        self, alert_id: str, shared: ColumnElement[bool], near: list[ColumnElement[bool]]
    ) -> list[Candidate]:
        """One for each incident and shared entity, and every alert that stands alone."""
        entity = (alert_entities.c.type, alert_entities.c.entity_id)
        joined = alert_entities.join(alerts, alerts.c.id == alert_entities.c.alert_id)
        fields = (func.min(alerts.c.id), alerts.c.incident_id, alert_entities.c.type, func.min(alert_entities.c.name))
        others = select(*fields).select_from(joined).where(shared, *near, alerts.c.id != alert_id)
        in_incidents = others.where(alerts.c.incident_id.is_not(None)).group_by(alerts.c.incident_id, *entity)
        alone = others.where(alerts.c.incident_id.is_(None)).group_by(alerts.c.id, alerts.c.incident_id, *entity)
        rows = [
            *self._connection.execute(in_incidents),
            *self._connection.execute(alone.order_by(alerts.c.id).limit(_MAX_ALONE)),
        ]
        return [Candidate(other, incident, EntityType(kind), name) for other, incident, kind, name in rows]

    def _refused(self, own: str | None, candidates: Sequence[Candidate]) -> set[tuple[str, str]]:
        """Pairs that are not to be joined: alert and incident, and incidents that an alert keeps apart."""
        groups = {one.incident_id for one in candidates if one.incident_id} | ({own} if own else set())
        if not groups:
            return set()
        wanted = select(incident_refusals).where(incident_refusals.c.incident_id.in_(groups))
        found = {(row.alert_id, row.incident_id) for row in self._connection.execute(wanted)}
        if not found:
            return found
        inside = select(alerts.c.id, alerts.c.incident_id).where(alerts.c.id.in_({alert for alert, _ in found}))
        now_in = {row.id: row.incident_id for row in self._connection.execute(inside)}
        return found | {(now_in[alert], refusing) for alert, refusing in found if now_in.get(alert)}

    def _carry_out(self, alert_id: str, decision: Decision) -> None:
        target = decision.target or self._create()
        self.merge(target, decision.merged)
        for link in decision.links:
            reason = "same-host" if link.type is EntityType.HOST else "same-account"
            values = {"entity": link.entity_name, "alert": link.other_id, "hours": WINDOW_HOURS}
            self._link(link, target, reason, values)
        if decision.target is None:
            self.touch_incident(target, "created", {})
        elif decision.merged:
            self.touch_incident(target, "merged", {"incidents": ", ".join(decision.merged)})
        else:
            self.touch_incident(target, "alert-correlated", {"alert": alert_id})
            # A closed story that goes on is open again.
            reopened = update(incidents).where(incidents.c.id == target, incidents.c.status == Status.CLOSED)
            self._connection.execute(reopened.values(status=Status.OPEN))

    def _link(self, link: Link, target: str, reason: str, values: dict[str, Any]) -> None:
        self.put(link.alert_id, target, reason, values, link.entity_name, _BY)

    # ---- rows -----------------------------------------------------------------------------------------------------
    def put(
        self, alert_id: str, target: str, reason: str, values: dict[str, Any], entity_name: str | None, by: str
    ) -> None:
        """The alert, which is in no incident, into one."""
        self._connection.execute(
            insert(incident_links).values(
                alert_id=alert_id,
                incident_id=target,
                at_ms=self._now_ms,
                by=by,
                reason=reason,
                values=orjson.dumps(values).decode(),
                entity_name=entity_name,
            )
        )
        self._connection.execute(update(alerts).where(alerts.c.id == alert_id).values(incident_id=target))
        history.add(self._connection, alert_id, self._now_ms, by, "linked", {"incident": target})

    def merge(self, target: str, merged: Iterable[str]) -> None:
        """Everything of the merged incidents into the target; their rows stay and point to it."""
        for other in merged:
            for table in (alerts, incident_links):
                moved = update(table).where(table.c.incident_id == other).values(incident_id=target)
                self._connection.execute(moved)
            self._move_refusals(other, target)
            gone = {"merged_into": target, "alert_count": 0, "active_alert_count": 0, "updated_ms": self._now_ms}
            self._connection.execute(update(incidents).where(incidents.c.id == other).values(**gone))
            followed = update(incidents).where(incidents.c.merged_into == other).values(merged_into=target)
            self._connection.execute(followed)
            self._touched.pop(other, None)
            self._touched[target] = None

    def _move_refusals(self, other: str, target: str) -> None:
        both = select(incident_refusals).where(incident_refusals.c.incident_id.in_((other, target)))
        rows = self._connection.execute(both).all()
        known = {row.alert_id for row in rows if row.incident_id == target}
        wanted = [{"alert_id": row.alert_id, "incident_id": target} for row in rows if row.alert_id not in known]
        if wanted:
            self._connection.execute(insert(incident_refusals), wanted)

    def _create(self) -> str:
        if self._numbers is None:
            self._numbers = Numbers(self._connection, INCIDENT, self._org, self._now_ms)
        identity = self._numbers.take()
        self._numbers.save()
        empty = impact_of([])
        self._connection.execute(
            insert(incidents).values(
                id=identity,
                name_en="",
                name_ja="",
                score=0,
                severity=Severity.LOW,
                severity_rank=RANK[Severity.LOW],
                status=Status.OPEN,
                alert_count=0,
                active_alert_count=0,
                impact=orjson.dumps(impact_to_json(empty)).decode(),
                created_ms=self._now_ms,
                updated_ms=self._now_ms,
                update_reason="created",
                update_values="{}",
                folded="",
            )
        )
        return identity

    # ---- what an incident shows -----------------------------------------------------------------------------------
    def touch(self, alert_id: str) -> None:
        """The alert's incident, if it has one, is to be written anew."""
        incident = self._connection.execute(select(alerts.c.incident_id).where(alerts.c.id == alert_id)).scalar()
        if incident:
            self._touched[incident] = None

    def touch_incident(self, incident_id: str, reason: str = "", values: dict[str, Any] | None = None) -> None:
        self._touched[incident_id] = None
        if reason:
            self._reasons[incident_id] = (reason, values or {})

    def finish(self) -> None:
        for incident_id in self._touched:
            self._write(incident_id)
        self._touched.clear()

    def _write(self, incident_id: str) -> None:
        members = self._members(incident_id)
        seen = self._seen(incident_id)
        impact = impact_of(seen)
        name = name_incident(members, _hosts(seen))
        values: dict[str, Any] = {
            "name_en": name.en,
            "name_ja": name.ja,
            "score": incident_score([(one.model_id, one.score) for one in members if not one.is_harmless]),
            "severity": worst(members),
            "severity_rank": RANK[worst(members)],
            "alert_count": len(members),
            "active_alert_count": sum(one.is_active for one in members),
            "impact": orjson.dumps(impact_to_json(impact)).decode(),
            "folded": fold(" ".join([incident_id, name.en, name.ja, *(one.name for _, one in seen[:200])])),
            "version": incidents.c.version + 1,
        }
        if incident_id in self._reasons:
            reason, told = self._reasons.pop(incident_id)
            values |= {
                "update_reason": reason,
                "update_values": orjson.dumps(told).decode(),
                "updated_ms": self._now_ms,
            }
        self._connection.execute(update(incidents).where(incidents.c.id == incident_id).values(**values))

    def _members(self, incident_id: str) -> list[Member]:
        names = ("id", "model_id", "model_en", "model_ja", "severity", "score", "status", "finding")
        wanted = select(*(alerts.c[name] for name in names)).where(alerts.c.incident_id == incident_id)
        rows = self._connection.execute(wanted).all()
        return sorted(
            (
                Member(
                    row.id,
                    row.model_id,
                    Text(row.model_en, row.model_ja),
                    Severity(row.severity),
                    row.score,
                    row.status != Status.CLOSED,
                    row.status == Status.CLOSED and row.finding in _HARMLESS,
                )
                for row in rows
            ),
            key=lambda one: age_key(one.id),
        )

    def _seen(self, incident_id: str) -> list[tuple[Key, Sighting]]:
        """The entities of all its alerts, first seen first."""
        entity = (alert_entities.c.type, alert_entities.c.entity_id)
        first = func.min(alert_entities.c.first_ms)
        wanted = (
            select(*entity, func.min(alert_entities.c.name), func.max(alert_entities.c.ips), first)
            .join(alerts, alerts.c.id == alert_entities.c.alert_id)
            .where(alerts.c.incident_id == incident_id)
            .group_by(*entity)
            .order_by(first, alert_entities.c.type.desc(), alert_entities.c.entity_id)
        )
        return [
            ((EntityType(kind), key), Sighting(name, tuple(orjson.loads(ips)), first_ms))
            for kind, key, name, ips, first_ms in self._connection.execute(wanted)
        ]


def _hosts(seen: Sequence[tuple[Key, Sighting]]) -> list[Entity]:
    return [Entity(kind, key, one.name) for (kind, key), one in seen if kind is EntityType.HOST]
