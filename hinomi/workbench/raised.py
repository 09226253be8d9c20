"""What was raised, for those who compare: alerts by event time or fingerprint, and the detections they rest on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import Row, select

from hinomi.database import Database
from hinomi.schema.content import Severity, Text
from hinomi.workbench.scope import impact_from_json
from hinomi.workbench.store import alerts, evidence

MAX_EVIDENCE = 20  # detections of one alert that are looked at
_CHUNK = 500
_SHOWN = 4  # entities named
_NEAR = 200  # alerts of one model and time that are asked for an activity


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert that was raised. `first_ms` and `last_ms`: of its events."""

    id: str
    fingerprint: str
    status: str
    severity: Severity
    model_id: str
    model: Text
    entities: tuple[str, ...]
    first_ms: int
    last_ms: int
    created_ms: int
    event_count: int


@dataclass(frozen=True, slots=True)
class Held:
    """A detection in the evidence of an alert."""

    detection_id: str
    uuid: str
    rule_id: str
    filter_id: str
    event_ms: int


@dataclass(frozen=True, slots=True)
class Versions:
    """What an alert was raised with: the version of its model, and of each filter."""

    model: str
    filters: dict[str, str]


_COLUMNS = [
    alerts.c[name]
    for name in (
        "id", "fingerprint", "status", "severity", "model_id", "model_en", "model_ja", "impact", "first_event_ms",
        "last_event_ms", "created_ms", "event_count",
    )
]  # fmt: skip


class RaisedAlerts:
    """Reads only. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def between(
        self, from_ms: int | None, to_ms: int | None, models: Sequence[str] | None, limit: int
    ) -> dict[str, Raised]:
        """By fingerprint, those whose first event lies in the window (the end is not in it), newest first."""
        wanted = select(*_COLUMNS).order_by(alerts.c.first_event_ms.desc(), alerts.c.id).limit(limit)
        if from_ms is not None:
            wanted = wanted.where(alerts.c.first_event_ms >= from_ms)
        if to_ms is not None:
            wanted = wanted.where(alerts.c.first_event_ms < to_ms)
        if models is not None:
            wanted = wanted.where(alerts.c.model_id.in_(models))
        with self._database.read() as connection:
            return {row.fingerprint: _raised(row) for row in connection.execute(wanted)}

    def of(self, fingerprints: Iterable[str]) -> dict[str, Raised]:
        """Those of the fingerprints that were raised, whenever that was."""
        with self._database.read() as connection:
            return {
                row.fingerprint: _raised(row)
                for chunk in _chunks(fingerprints)
                for row in connection.execute(select(*_COLUMNS).where(alerts.c.fingerprint.in_(chunk)))
            }

    def by_id(self, ids: Sequence[str]) -> list[Raised]:
        """In no order; unknown ids are left out."""
        with self._database.read() as connection:
            return [_raised(row) for row in connection.execute(select(*_COLUMNS).where(alerts.c.id.in_(ids[:_CHUNK])))]

    def evidence(self, alert_id: str) -> list[Held]:
        """The earliest detections of an alert."""
        asked = select(evidence).where(evidence.c.alert_id == alert_id)
        with self._database.read() as connection:
            rows = connection.execute(asked.order_by(evidence.c.event_ms, evidence.c.detection_id).limit(MAX_EVIDENCE))
            return [Held(row.detection_id, row.uuid, row.rule_id, row.filter_id, row.event_ms) for row in rows]

    def versions(self, alert_id: str) -> Versions:
        """What was in effect when it was raised."""
        with self._database.read() as connection:
            story = connection.execute(select(alerts.c.story).where(alerts.c.id == alert_id)).scalar_one()
        told = orjson.loads(story)
        filters = {
            id_: str(one.get("version", "")) for rule in told["rules"].values() for id_, one in rule["filters"].items()
        }
        return Versions(str(told.get("version", "")), filters)

    def holders(self, model_id: str, uuids: Sequence[str], first_ms: int, last_ms: int) -> list[str]:
        """Ids of the model's alerts that have one of the activities, which lie between the two moments, as evidence."""
        near = (alerts.c.model_id == model_id, alerts.c.first_event_ms <= last_ms, alerts.c.last_event_ms >= first_ms)
        asked = select(alerts.c.id).where(*near).order_by(alerts.c.id).limit(_NEAR)
        holding = select(evidence.c.alert_id).distinct().where(evidence.c.uuid.in_(uuids[:_CHUNK]))
        with self._database.read() as connection:
            ids = connection.execute(asked).scalars().all()
            return sorted(connection.execute(holding.where(evidence.c.alert_id.in_(ids))).scalars())


def _raised(row: Row[Any]) -> Raised:
    impact = impact_from_json(orjson.loads(row.impact))
    return Raised(
        id=row.id,
        fingerprint=row.fingerprint,
        status=row.status,
        severity=Severity(row.severity),
        model_id=row.model_id,
        model=Text(row.model_en, row.model_ja),
        entities=tuple(one.name for one in impact.entities[:_SHOWN]),
        first_ms=row.first_event_ms,
        last_ms=row.last_event_ms,
        created_ms=row.created_ms,
        event_count=row.event_count,
    )


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(values)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
