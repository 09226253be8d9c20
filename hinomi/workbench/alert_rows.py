"""Rows of alerts while they are made and grow: what stands is read as dossiers, what a run brought is written."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Row, bindparam, delete, func, insert, select, update
from sqlalchemy.engine import Connection

from hinomi.schema.alert import Finding, Status
from hinomi.schema.content import Model, Severity
from hinomi.schema.detection import ModelMatch
from hinomi.schema.entity import EntityType
from hinomi.workbench import history
from hinomi.workbench.dossier import Dossier, fold, folded, value_key
from hinomi.workbench.incident_rows import HARMLESS
from hinomi.workbench.near_rows import chunks
from hinomi.workbench.scope import Key, Scope, Sighting, impact_to_json
from hinomi.workbench.score import RANK, alert_score
from hinomi.workbench.store import alert_entities, alert_values, alerts, evidence

# An alert of the same model and entity that was closed as harmless so short ago is named in the new one.
EARLIER_MS = 7 * 24 * 3600 * 1000
MAX_VALUE = 8192


@dataclass(slots=True)
class NewAlert:
    """An alert that a run makes; `match` is the first that met its model."""

    dossier: Dossier
    model: Model
    match: ModelMatch


class AlertRows:
    def __init__(self, connection: Connection, now_ms: int, by: str) -> None:
        self._connection, self._now_ms, self._by = connection, now_ms, by

    # ---- what stands ----------------------------------------------------------------------------------------------
    def read(self, matches: Sequence[ModelMatch]) -> dict[str, Dossier]:
        """Fingerprint to the dossier of the alert that stands, knowing what of these matches it has already."""
        uuids: dict[str, set[str]] = {}
        names: dict[str, str] = {}  # fingerprints that alerts get here -> those under which they stand in the database
        for match in matches:
            if match.was:
                names[match.fingerprint] = names.get(match.was, match.was)
            for name in (match.fingerprint, names.get(match.fingerprint, match.fingerprint)):
                uuids.setdefault(name, set()).update(one.uuid for one in match.detections)
        found: dict[str, Dossier] = {}
        for chunk in chunks(sorted(uuids)):
            for row in self._connection.execute(select(alerts).where(alerts.c.fingerprint.in_(chunk))).all():
                found[row.fingerprint] = self._open(row, sorted(uuids[row.fingerprint]))
        return found

    def _open(self, row: Row[Any], uuids: Sequence[str]) -> Dossier:
        mine = evidence.c.alert_id == row.id
        counted = self._connection.execute(select(func.count()).select_from(evidence).where(mine)).scalar_one()
        place = select(evidence.c.event_ms, evidence.c.detection_id, evidence.c.rule_id, evidence.c.uuid)
        kept = self._connection.execute(place.where(mine, evidence.c.body.is_not(None))).all()
        seen = self._connection.execute(select(alert_entities).where(alert_entities.c.alert_id == row.id)).all()
        return Dossier(
            id=row.id,
            severity=Severity(row.severity),
            story=orjson.loads(row.story),
            scope=Scope({(EntityType(one.type), one.entity_id): _sighting(one) for one in seen}),
            first_ms=row.first_event_ms,
            last_ms=row.last_event_ms,
            event_count=row.event_count,
            counted=counted,
            kept=sorted((one[0], one[1], one[2], one[3]) for one in kept),
            known=self._known(row.id, uuids),
        )

    def _known(self, alert_id: str, uuids: Sequence[str]) -> dict[str, set[tuple[str, str]]]:
        known: dict[str, set[tuple[str, str]]] = {}
        wanted = select(evidence.c.uuid, evidence.c.rule_id, evidence.c.detection_id)
        for chunk in chunks(uuids):
            mine = wanted.where(evidence.c.alert_id == alert_id, evidence.c.uuid.in_(chunk))
            for uuid, rule_id, detection_id in self._connection.execute(mine):
                known.setdefault(uuid, set()).add((rule_id, detection_id))
        return known

    def write_standing(self, dossiers: Iterable[Dossier]) -> None:
        for dossier in dossiers:
            if dossier.is_touched:
                self._write_standing(dossier)

    def rename(self, fingerprints: Mapping[str, str]) -> None:
        """Give alerts, by id, their new fingerprints."""
        for alert_id, fingerprint in fingerprints.items():
            self._connection.execute(update(alerts).where(alerts.c.id == alert_id).values(fingerprint=fingerprint))

    def _write_standing(self, dossier: Dossier) -> None:
        self._tell_of_more(dossier)
        values = self._values(dossier)
        if dossier.is_grown:
            values["version"] = alerts.c.version + 1
        mine = alerts.c.id == dossier.id
        self._connection.execute(update(alerts).where(mine).values(**values))
        self._connection.execute(delete(alert_entities).where(alert_entities.c.alert_id == dossier.id))
        known = select(alert_values.c.key).where(alert_values.c.alert_id == dossier.id)
        self._write_parts([dossier], set(self._connection.execute(known).scalars()))
        if dossier.stripped:
            self._strip(dossier)

    def _strip(self, dossier: Dossier) -> None:
        mine = (evidence.c.alert_id == dossier.id, evidence.c.uuid == bindparam("u"))
        this = (evidence.c.rule_id == bindparam("r"), evidence.c.detection_id == bindparam("d"))
        rows = [{"u": uuid, "r": rule_id, "d": one} for uuid, rule_id, one in dossier.stripped]
        self._connection.execute(update(evidence).where(*mine, *this).values(body=None), rows)

    def _tell_of_more(self, dossier: Dossier) -> None:
        """Evidence that comes after the closing is told, once for each closing."""
        wanted = select(alerts.c.closed_ms, alerts.c.updated_ms).where(alerts.c.id == dossier.id)
        row = self._connection.execute(wanted).one()
        if row.closed_ms is not None and row.updated_ms <= row.closed_ms:
            told = [self._told(dossier.id, "evidence-after-closing", {"events": dossier.event_count})]
            history.add_many(self._connection, told)

    # ---- what is new ----------------------------------------------------------------------------------------------
    def write_new(self, new: Iterable[NewAlert]) -> None:
        made = list(new)
        if not made:
            return
        earlier = self._earlier({_entity_key(one.match) for one in made})
        rows, told = [], []
        for one in made:
            before = earlier.get(_entity_key(one.match))
            rows.append(self._new_row(one) | {"earlier_id": before.id if before else None})
            values = {"model": one.model.id, "modelVersion": one.model.version}
            told.append(self._told(one.dossier.id, "created", values))
            if before:
                details = {"alert": before.id, "finding": before.finding}
                told.append(self._told(one.dossier.id, "closed-before", details))
        self._connection.execute(insert(alerts), rows)
        self._write_parts([one.dossier for one in made], set())
        history.add_many(self._connection, told)

    def _new_row(self, one: NewAlert) -> dict[str, Any]:
        dossier, model = one.dossier, one.model
        return self._values(dossier) | {
            "id": dossier.id,
            "fingerprint": one.match.fingerprint,
            "status": str(Status.OPEN),
            "finding": str(Finding.NO_FINDINGS),
            "severity": str(dossier.severity),
            "severity_rank": RANK[dossier.severity],
            "model_id": model.id,
            "model_en": model.name.en,
            "model_ja": model.name.ja,
            "model_type": "preset" if model.origin == "shipped" else "custom",
            "provider": "SAE",
            "entity_key": _entity_key(one.match),
            "created_ms": self._now_ms,
        }

    def _earlier(self, entity_keys: set[str]) -> dict[str, Row[Any, Any, Any, Any]]:
        """The newest alert of the same model and entity that was closed as harmless within the week."""
        columns = (alerts.c.entity_key, alerts.c.id, alerts.c.finding, alerts.c.closed_ms)
        recent = (alerts.c.closed_ms >= self._now_ms - EARLIER_MS, alerts.c.finding.in_([str(one) for one in HARMLESS]))
        found: dict[str, Row[Any, Any, Any, Any]] = {}
        for chunk in chunks(sorted(entity_keys)):
            wanted = select(*columns).where(alerts.c.entity_key.in_(chunk), *recent)
            for row in self._connection.execute(wanted.order_by(alerts.c.closed_ms, alerts.c.id.desc())):
                found[row.entity_key] = row
        return found

    # ---- both -----------------------------------------------------------------------------------------------------
    def _values(self, dossier: Dossier) -> dict[str, Any]:
        impact = dossier.scope.impact()
        return {
            "score": alert_score(dossier.severity, impact.total).total,
            "updated_ms": self._now_ms,
            "first_event_ms": dossier.first_ms,
            "last_event_ms": dossier.last_ms,
            "event_count": dossier.event_count,
            "account_count": impact.counts[EntityType.ACCOUNT],
            "impact": orjson.dumps(impact_to_json(impact)).decode(),
            "techniques": orjson.dumps(dossier.techniques()).decode(),
            "tactics": orjson.dumps(dossier.tactics()).decode(),
            "folded": folded(dossier.id, dossier.scope),
            "story": orjson.dumps(dossier.story).decode(),
        }

    def _write_parts(self, dossiers: Sequence[Dossier], known_values: set[str]) -> None:
        """Entities, evidence and values; of the values those not known yet."""
        parts: tuple[tuple[Any, list[dict[str, Any]]], ...] = (
            (alert_entities, [_entity_row(one.id, *item) for one in dossiers for item in one.scope.seen.items()]),
            (evidence, [_evidence_row(one.id, *item) for one in dossiers for item in one.rows.items()]),
            (alert_values, [row for one in dossiers for row in _value_rows(one, known_values)]),
        )
        for table, rows in parts:
            if rows:
                self._connection.execute(insert(table), rows)

    def _told(self, alert_id: str, action: str, details: dict[str, Any]) -> history.Told:
        return history.Told(alert_id, self._now_ms, self._by, action, details)


def _entity_key(match: ModelMatch) -> str:
    told = orjson.dumps([match.model_id, *match.entity_key])
    return hashlib.sha256(told).hexdigest()


def _sighting(row: Row[Any]) -> Sighting:
    return Sighting(row.name, tuple(orjson.loads(row.ips)), row.first_ms)


def _entity_row(alert_id: str, key: Key, one: Sighting) -> dict[str, Any]:
    return {
        "alert_id": alert_id,
        "type": str(key[0]),
        "entity_id": key[1],
        "name": one.name,
        "folded_name": fold(one.name),
        "ips": orjson.dumps(one.ips).decode(),
        "first_ms": one.first_ms,
    }


def _evidence_row(alert_id: str, key: tuple[str, str, str], row: dict[str, Any]) -> dict[str, Any]:
    body = row["body"]
    return {
        "alert_id": alert_id,
        "uuid": key[0],
        "rule_id": key[1],
        "detection_id": key[2],
        "filter_id": row["filter_id"],
        "event_ms": row["event_ms"],
        "body": orjson.dumps(body).decode() if body is not None else None,
    }


def _value_rows(dossier: Dossier, known: set[str]) -> list[dict[str, Any]]:
    wanted = {value_key(value): fold(value)[:MAX_VALUE] for value in dossier.values}
    return [{"alert_id": dossier.id, "key": key, "folded": text} for key, text in wanted.items() if key not in known]
