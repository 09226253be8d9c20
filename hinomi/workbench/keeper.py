"""Keeps met models inside the pipeline's transaction: a new fingerprint becomes an alert, more of one joins the alert
that stands. Matches are taken one by one in their order, so that it does not matter how the stream was cut into calls.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Row, bindparam, func, insert, select, update
from sqlalchemy.engine import Connection

from hinomi.detect.content import Content
from hinomi.schema.alert import Finding, Status
from hinomi.schema.content import Model, Rule, Severity, Text
from hinomi.schema.detection import ModelMatch
from hinomi.schema.entity import EntityType
from hinomi.workbench import history
from hinomi.workbench.dossier import Dossier, fold, folded, new_story, value_key
from hinomi.workbench.identity import ALERT, Numbers
from hinomi.workbench.joiner import Joiner
from hinomi.workbench.scope import Key, Scope, Sighting, impact_to_json
from hinomi.workbench.score import RANK, alert_score
from hinomi.workbench.store import alert_entities, alert_values, alerts, evidence

# An alert of the same model and entity that was closed as harmless so short ago is named in the new one.
EARLIER_MS = 7 * 24 * 3600 * 1000
_HARMLESS = (Finding.FALSE_POSITIVE, Finding.BENIGN_TRUE_POSITIVE)
_CHUNK = 500
PIPELINE = "hinomi"  # who did it, in histories


class Keeper:
    """One run of `keep`; made anew for each transaction."""

    def __init__(self, connection: Connection, org: str, content: Content, created_ms: int) -> None:
        self._connection, self._content, self._created_ms = connection, content, created_ms
        self._numbers = Numbers(connection, ALERT, org, created_ms)
        self._joiner = Joiner(connection, org, created_ms)
        self._dossiers: dict[str, Dossier] = {}  # by fingerprint
        self._new: list[str] = []

    def keep(self, matches: Sequence[ModelMatch]) -> list[str]:
        """Ids of the alerts that are new, in order."""
        self._load({match.fingerprint for match in matches})
        for match in matches:
            self._keep_one(match)
        for dossier in self._dossiers.values():
            self._save(dossier)
        self._numbers.save()
        self._joiner.finish()
        return self._new

    # ---- one match ------------------------------------------------------------------------------------------------
    def _keep_one(self, match: ModelMatch) -> None:
        if not match.detections:
            return
        model, rule = self._model(match)
        dossier = self._dossiers.get(match.fingerprint)
        is_new = dossier is None
        if dossier is None:
            dossier = Dossier(self._numbers.take(), model.severity, new_story(model))
            self._dossiers[match.fingerprint] = dossier
        else:
            self._learn(dossier, match)
        before = dict(dossier.scope.seen)
        widened = [dossier.add(rule, self._content.filter.get(one.filter_id), one) for one in match.detections]
        if is_new:
            self._raise(dossier, model, match)
        if is_new or any(widened):
            self._save_scope(dossier, before if not is_new else {})
            self._joiner.join(dossier.id, list(dossier.scope.ordered()), dossier.first_ms, dossier.last_ms)

    def _model(self, match: ModelMatch) -> tuple[Model, Rule]:
        """Model and rule; where the content no longer has them, what the match itself tells."""
        model = self._content.model.get(match.model_id)
        if model is None:
            name = Text(match.model_id, match.model_id)
            worst = max((one.risk for one in match.detections), key=lambda risk: RANK[risk])
            severity = worst if worst is not Severity.INFO else Severity.LOW
            model = Model(match.model_id, name, name, severity, (), (), (), 0, "", "custom")
        rule = next((one for one in model.rules if one.id == match.rule_id), None)
        return model, rule or Rule(match.rule_id, "single", Text(match.rule_id, match.rule_id), (), ())

    def _learn(self, dossier: Dossier, match: ModelMatch) -> None:
        """Which of these activities the alert's evidence has already."""
        asked = [uuid for uuid in {one.uuid for one in match.detections} if uuid not in dossier.known]
        mine = evidence.c.alert_id == dossier.id
        for start in range(0, len(asked), _CHUNK):
            chosen = asked[start : start + _CHUNK]
            wanted = select(evidence.c.uuid, evidence.c.rule_id, evidence.c.detection_id)
            for uuid, rule_id, detection_id in self._connection.execute(
                wanted.where(mine, evidence.c.uuid.in_(chosen))
            ):
                dossier.known.setdefault(uuid, set()).add((rule_id, detection_id))
        for uuid in asked:
            dossier.known.setdefault(uuid, set())

    # ---- rows -----------------------------------------------------------------------------------------------------
    def _load(self, fingerprints: set[str]) -> None:
        wanted = sorted(fingerprints)
        for start in range(0, len(wanted), _CHUNK):
            chosen = select(alerts).where(alerts.c.fingerprint.in_(wanted[start : start + _CHUNK]))
            for row in self._connection.execute(chosen).all():
                self._dossiers[row.fingerprint] = self._open(row)

    def _open(self, row: Row[Any]) -> Dossier:
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
        )

    def _raise(self, dossier: Dossier, model: Model, match: ModelMatch) -> None:
        """The new alert's row, with its history."""
        entity_key = _entity_key(match)
        earlier = self._earlier(entity_key)
        values = self._values(dossier) | {
            "id": dossier.id,
            "fingerprint": match.fingerprint,
            "status": Status.OPEN,
            "finding": Finding.NO_FINDINGS,
            "severity": dossier.severity,
            "severity_rank": RANK[dossier.severity],
            "model_id": model.id,
            "model_en": model.name.en,
            "model_ja": model.name.ja,
            "model_type": "preset" if model.origin == "shipped" else "custom",
            "provider": "SAE",
            "entity_key": entity_key,
            "created_ms": self._created_ms,
            "earlier_id": earlier.id if earlier else None,
        }
        self._connection.execute(insert(alerts).values(**values))
        self._tell(dossier.id, "created", {"model": model.id, "modelVersion": model.version})
        if earlier:
            self._tell(dossier.id, "closed-before", {"alert": earlier.id, "finding": earlier.finding})
        self._new.append(dossier.id)
        dossier.is_touched = dossier.is_grown = False

    def _earlier(self, entity_key: str) -> Row[Any, Any] | None:
        wanted = (
            select(alerts.c.id, alerts.c.finding)
            .where(alerts.c.entity_key == entity_key, alerts.c.status == Status.CLOSED, alerts.c.finding.in_(_HARMLESS))
            .where(alerts.c.closed_ms >= self._created_ms - EARLIER_MS)
            .order_by(alerts.c.closed_ms.desc(), alerts.c.id)
        )
        return self._connection.execute(wanted.limit(1)).first()

    def _values(self, dossier: Dossier) -> dict[str, Any]:
        impact = dossier.scope.impact()
        return {
            "score": alert_score(dossier.severity, impact.total).total,
            "updated_ms": self._created_ms,
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

    def _save_scope(self, dossier: Dossier, before: dict[Key, Sighting]) -> None:
        """Entities and times at once: the next alert of this run may belong to the same incident because of them."""
        seen = dossier.scope.seen
        rows = [_entity_row(dossier.id, key, one) for key, one in seen.items() if before.get(key) != one]
        mine = alert_entities.c.alert_id == dossier.id
        for key in [key for key in before if before[key] != seen.get(key)]:
            gone = alert_entities.delete().where(mine, alert_entities.c.type == key[0])
            self._connection.execute(gone.where(alert_entities.c.entity_id == key[1]))
        if rows:
            self._connection.execute(insert(alert_entities), rows)
        accounts = sum(kind is EntityType.ACCOUNT for kind, _ in seen)
        reach = {"first_event_ms": dossier.first_ms, "last_event_ms": dossier.last_ms, "account_count": accounts}
        self._connection.execute(update(alerts).where(alerts.c.id == dossier.id).values(**reach))

    def _save(self, dossier: Dossier) -> None:
        """What is new of the evidence, and the row that a list shows."""
        if dossier.rows:
            rows = [_evidence_row(dossier.id, key, row) for key, row in dossier.rows.items()]
            self._connection.execute(insert(evidence), rows)
        if dossier.stripped:
            self._strip(dossier)
        if dossier.values:
            self._save_values(dossier)
        if dossier.is_touched:
            self._tell_of_more(dossier)
            values = self._values(dossier)
            if dossier.is_grown:
                values["version"] = alerts.c.version + 1
                self._joiner.touch(dossier.id)
            self._connection.execute(update(alerts).where(alerts.c.id == dossier.id).values(**values))

    def _strip(self, dossier: Dossier) -> None:
        mine = [
            evidence.c.alert_id == dossier.id,
            evidence.c.uuid == bindparam("u"),
            evidence.c.rule_id == bindparam("r"),
        ]
        stripping = update(evidence).where(*mine, evidence.c.detection_id == bindparam("d")).values(body=None)
        self._connection.execute(stripping, [{"u": uuid, "r": rule, "d": one} for uuid, rule, one in dossier.stripped])

    def _save_values(self, dossier: Dossier) -> None:
        mine = alert_values.c.alert_id == dossier.id
        known = set(self._connection.execute(select(alert_values.c.key).where(mine)).scalars())
        wanted = {value_key(value): fold(value)[:8192] for value in dossier.values}
        rows = [
            {"alert_id": dossier.id, "key": key, "folded": text} for key, text in wanted.items() if key not in known
        ]
        if rows:
            self._connection.execute(insert(alert_values), rows)

    def _tell_of_more(self, dossier: Dossier) -> None:
        """Evidence that comes after the closing is told, once for each closing."""
        wanted = select(alerts.c.closed_ms, alerts.c.updated_ms).where(alerts.c.id == dossier.id)
        row = self._connection.execute(wanted).one()
        if row.closed_ms is not None and row.updated_ms <= row.closed_ms:
            self._tell(dossier.id, "evidence-after-closing", {"events": dossier.event_count})

    def _tell(self, alert_id: str, action: str, details: dict[str, Any]) -> None:
        history.add(self._connection, alert_id, self._created_ms, PIPELINE, action, details)


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
