"""An alert as a row of a list, and what hangs from it, as the console reads it."""

from typing import Any

from hinomi.api.console.names import Technique, moment, techniques, text
from hinomi.api.shapes import Severity, Shape, Text
from hinomi.schema.alert import AlertRow, Finding, ImpactScope, Note, Status
from hinomi.schema.entity import EntityType


class EntityShape(Shape):
    type: EntityType
    id: str
    name: str
    ips: list[str]


class ImpactScopeShape(Shape):
    counts: dict[EntityType, int]
    entities: list[EntityShape]


class AlertRowShape(Shape):
    id: str
    score: int
    status: Status
    investigation_result: Finding
    model_id: str
    model: Text
    severity: Severity
    impact_scope: ImpactScopeShape
    techniques: list[Technique]
    first_event_date_time: str
    last_event_date_time: str
    created_date_time: str
    updated_date_time: str
    first_investigated_date_time: str | None
    owner: str | None
    incident_id: str | None
    note_count: int
    event_count: int
    etag: str


class NoteShape(Shape):
    id: int
    content: str
    creator_name: str
    created_date_time: str
    last_updated_by: str | None
    last_updated_date_time: str | None


def alert_row(row: AlertRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "score": row.score,
        "status": str(row.status),
        "investigationResult": str(row.finding),
        "modelId": row.model_id,
        "model": text(row.model),
        "severity": str(row.severity),
        "impactScope": impact_scope(row.impact),
        "techniques": techniques(row.techniques),
        "firstEventDateTime": moment(row.first_event_ms),
        "lastEventDateTime": moment(row.last_event_ms),
        "createdDateTime": moment(row.created_ms),
        "updatedDateTime": moment(row.updated_ms),
        "firstInvestigatedDateTime": moment(row.first_investigated_ms),
        "owner": row.owner,
        "incidentId": row.incident_id,
        "noteCount": row.note_count,
        "eventCount": row.event_count,
        "etag": row.etag,
    }


def impact_scope(scope: ImpactScope) -> dict[str, Any]:
    return {
        "counts": {str(kind): scope.counts.get(kind, 0) for kind in EntityType},
        "entities": [
            {"type": str(each.type), "id": each.id, "name": each.name, "ips": list(each.ips)} for each in scope.entities
        ],
    }


def note(each: Note) -> dict[str, Any]:
    return {
        "id": each.id,
        "content": each.content,
        "creatorName": each.creator_name,
        "createdDateTime": moment(each.created_ms),
        "lastUpdatedBy": each.updated_by,
        "lastUpdatedDateTime": moment(each.updated_ms),
    }
