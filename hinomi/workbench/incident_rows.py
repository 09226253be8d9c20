"""Rows of incidents: making, merging and linking them, and what each shows, inside somebody's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.engine import Connection

from hinomi.schema.alert import Finding, Status
from hinomi.schema.content import Severity, Text
from hinomi.schema.entity import Entity, EntityType
from hinomi.workbench import history
from hinomi.workbench.dossier import fold
from hinomi.workbench.identity import age_key
from hinomi.workbench.incident import Member, name_incident, worst
from hinomi.workbench.near_rows import chunks
from hinomi.workbench.neighbourhood import Joined, Reason
from hinomi.workbench.scope import Key, Sighting, impact_of, impact_to_json
from hinomi.workbench.score import RANK, incident_score
from hinomi.workbench.store import alert_entities, alerts, incident_links, incident_refusals, incidents

HARMLESS = (Finding.FALSE_POSITIVE, Finding.BENIGN_TRUE_POSITIVE)


class IncidentRows:
    def __init__(self, connection: Connection, now_ms: int) -> None:
        self._connection, self._now_ms = connection, now_ms

    def write(self, joined: Joined, touched: Iterable[str], by: str) -> None:
        """What a run brought about. `touched`: incidents that show something else now, besides those joined."""
        if joined.created:
            self._connection.execute(insert(incidents), [self._empty(identity) for identity in joined.created])
        self.link(joined.links, by)
        for other, target in joined.merged.items():
            self._merge(other, target)
        if joined.correlated:
            # A closed story that goes on is open again.
            closed = incidents.c.id.in_(joined.correlated), incidents.c.status == Status.CLOSED
            self._connection.execute(update(incidents).where(*closed).values(status=Status.OPEN))
        shown = {target for target, _ in joined.links.values()} | set(joined.reasons) | set(touched)
        self._refresh_all(sorted(shown - joined.merged.keys()), joined.reasons)

    def link(self, links: dict[str, tuple[str, Reason]], by: str) -> None:
        """Alerts that are in no incident into theirs."""
        if not links:
            return
        rows = [self._link_row(alert_id, target, reason, by) for alert_id, (target, reason) in links.items()]
        self._connection.execute(insert(incident_links), rows)
        joining = update(alerts).where(alerts.c.id == bindparam("alert")).values(incident_id=bindparam("target"))
        self._connection.execute(joining, [{"alert": alert, "target": target} for alert, (target, _) in links.items()])
        told = [
            history.Told(alert, self._now_ms, by, "linked", {"incident": target})
            for alert, (target, _) in links.items()
        ]
        history.add_many(self._connection, told)

    def _link_row(self, alert_id: str, target: str, reason: Reason, by: str) -> dict[str, Any]:
        return {
            "alert_id": alert_id,
            "incident_id": target,
            "at_ms": self._now_ms,
            "by": by[:64],
            "reason": reason.code,
            "values": orjson.dumps(reason.values).decode(),
            "entity_name": reason.entity_name,
        }

    def _empty(self, identity: str) -> dict[str, Any]:
        return {
            "id": identity,
            "name_en": "",
            "name_ja": "",
            "score": 0,
            "severity": str(Severity.LOW),
            "severity_rank": RANK[Severity.LOW],
            "status": str(Status.OPEN),
            "alert_count": 0,
            "active_alert_count": 0,
            "impact": orjson.dumps(impact_to_json(impact_of([]))).decode(),
            "created_ms": self._now_ms,
            "updated_ms": self._now_ms,
            "update_reason": "created",
            "update_values": "{}",
            "folded": "",
        }

    def _merge(self, other: str, target: str) -> None:
        """Everything of the other incident into the target; its row stays and points there."""
        for table in (alerts, incident_links):
            moved = update(table).where(table.c.incident_id == other).values(incident_id=target)
            self._connection.execute(moved)
        self._move_refusals(other, target)
        gone = {"merged_into": target, "alert_count": 0, "active_alert_count": 0, "updated_ms": self._now_ms}
        self._connection.execute(update(incidents).where(incidents.c.id == other).values(**gone))
        followed = update(incidents).where(incidents.c.merged_into == other).values(merged_into=target)
        self._connection.execute(followed)

    def _move_refusals(self, other: str, target: str) -> None:
        both = select(incident_refusals).where(incident_refusals.c.incident_id.in_((other, target)))
        rows = self._connection.execute(both).all()
        known = {row.alert_id for row in rows if row.incident_id == target}
        wanted = [{"alert_id": row.alert_id, "incident_id": target} for row in rows if row.alert_id not in known]
        if wanted:
            self._connection.execute(insert(incident_refusals), wanted)

    # ---- what an incident shows -----------------------------------------------------------------------------------
    def refresh(self, incident_id: str, reason: Reason | None = None) -> None:
        """Its row from its alerts as they are now; `reason` when this is an update that people should see."""
        self._refresh_all([incident_id], {incident_id: reason} if reason else {})

    def _refresh_all(self, incident_ids: Sequence[str], reasons: Mapping[str, Reason]) -> None:
        for chunk in chunks(incident_ids):
            members, seen = self._members(chunk), self._seen(chunk)
            rows = [self._shown(one, members.get(one, []), seen.get(one, []), reasons.get(one)) for one in chunk]
            for told in (True, False):  # a statement has one set of columns
                if wanted := [row for row in rows if ("update_reason" in row) is told]:
                    mine = incidents.c.id == bindparam("incident")
                    self._connection.execute(
                        update(incidents).where(mine).values(version=incidents.c.version + 1), wanted
                    )

    def _shown(
        self, incident_id: str, members: Sequence[Member], seen: Sequence[tuple[Key, Sighting]], reason: Reason | None
    ) -> dict[str, Any]:
        name = name_incident(members, _hosts(seen))
        severity = worst(members)
        values: dict[str, Any] = {
            "incident": incident_id,
            "name_en": name.en,
            "name_ja": name.ja,
            "score": incident_score([(one.model_id, one.score) for one in members if not one.is_harmless]),
            "severity": str(severity),
            "severity_rank": RANK[severity],
            "alert_count": len(members),
            "active_alert_count": sum(one.is_active for one in members),
            "impact": orjson.dumps(impact_to_json(impact_of(seen))).decode(),
            "folded": fold(" ".join([incident_id, name.en, name.ja, *(one.name for _, one in seen[:200])])),
        }
        if reason:
            told = orjson.dumps(reason.values).decode()
            values |= {"update_reason": reason.code, "update_values": told, "updated_ms": self._now_ms}
        return values

    def _members(self, incident_ids: Sequence[str]) -> dict[str, list[Member]]:
        """The alerts of each incident, oldest first."""
        names = ("incident_id", "id", "model_id", "model_en", "model_ja", "severity", "score", "status", "finding")
        wanted = select(*(alerts.c[name] for name in names)).where(alerts.c.incident_id.in_(incident_ids))
        found: dict[str, list[Member]] = {}
        for row in sorted(self._connection.execute(wanted), key=lambda one: age_key(one.id)):
            found.setdefault(row.incident_id, []).append(
                Member(
                    id=row.id,
                    model_id=row.model_id,
                    model=Text(row.model_en, row.model_ja),
                    severity=Severity(row.severity),
                    score=row.score,
                    is_active=row.status != Status.CLOSED,
                    is_harmless=row.status == Status.CLOSED and row.finding in HARMLESS,
                )
            )
        return found

    def _seen(self, incident_ids: Sequence[str]) -> dict[str, list[tuple[Key, Sighting]]]:
        """The entities of all alerts of each incident, first seen first."""
        entity = (alert_entities.c.type, alert_entities.c.entity_id)
        first = func.min(alert_entities.c.first_ms)
        wanted = (
            select(
                alerts.c.incident_id, *entity, func.min(alert_entities.c.name), func.max(alert_entities.c.ips), first
            )
            .join(alerts, alerts.c.id == alert_entities.c.alert_id)
            .where(alerts.c.incident_id.in_(incident_ids))
            .group_by(alerts.c.incident_id, *entity)
            .order_by(first, alert_entities.c.type.desc(), alert_entities.c.entity_id)
        )
        found: dict[str, list[tuple[Key, Sighting]]] = {}
        for incident_id, kind, key, name, ips, first_ms in self._connection.execute(wanted):
            sighting = Sighting(name, tuple(orjson.loads(ips)), first_ms)
            found.setdefault(incident_id, []).append(((EntityType(kind), key), sighting))
        return found


def _hosts(seen: Sequence[tuple[Key, Sighting]]) -> list[Entity]:
    return [Entity(kind, key, one.name) for (kind, key), one in seen if kind is EntityType.HOST]
