"""One alert in full, and its graph, as the console reads them."""

from typing import Any

from pydantic import Field

from hinomi.api.console.alert_row import AlertRowShape, NoteShape, alert_row, note
from hinomi.api.console.names import Technique, moment, techniques, text
from hinomi.api.shapes import Risk, Severity, Shape, Text
from hinomi.schema.alert import AlertDetail, AlertRow, Highlight, MatchedFilter, MatchedRule, Status
from hinomi.schema.incident import IncidentDetail
from hinomi.schema.profile import Graph


class ScorePartsShape(Shape):
    base: int
    scope: int


class MatchedEventShape(Shape):
    uuid: str
    event_date_time: str


class MatchedFilterShape(Shape):
    id: str
    title: Text
    description: Text
    techniques: list[Technique]
    risk: Risk
    technique_class: str = Field(alias="class")
    matched_events: list[MatchedEventShape]


class MatchedRuleShape(Shape):
    id: str
    name: Text
    type: str
    filters: list[MatchedFilterShape]


class HighlightFieldShape(Shape):
    field: str
    type: str
    value: str
    decoded: str | None = None


class HighlightShape(Shape):
    uuid: str
    event_date_time: str
    filter_id: str
    title: Text
    risk: Risk
    technique_class: str = Field(alias="class")
    techniques: list[Technique]
    event_type: str
    endpoint_name: str
    fields: list[HighlightFieldShape]


class SiblingAlert(Shape):
    id: str
    model: Text
    score: int
    severity: Severity
    status: Status
    created_date_time: str


class IncidentOfAlert(Shape):
    id: str
    name: Text
    score: int
    alerts: list[SiblingAlert]


class HistoryShape(Shape):
    at: str
    who: str
    action: str
    details: dict[str, Any]


class AlertDetailShape(AlertRowShape):
    description: Text
    fingerprint: str
    suppressed_count: int
    score_parts: ScorePartsShape
    rules: list[MatchedRuleShape]
    highlights: list[HighlightShape]
    incident: IncidentOfAlert | None
    notes: list[NoteShape]
    history: list[HistoryShape]
    earlier: str | None


class GraphNodeShape(Shape):
    id: str
    type: str
    label: str
    detail: str | None = None
    uuids: list[str]
    filters: list[str]


class GraphEdgeShape(Shape):
    source: str = Field(alias="from")
    target: str = Field(alias="to")
    label: str
    uuids: list[str]


class GraphShape(Shape):
    nodes: list[GraphNodeShape]
    edges: list[GraphEdgeShape]


def alert_detail(alert: AlertDetail, incident: IncidentDetail | None) -> dict[str, Any]:
    return alert_row(alert.row) | {
        "description": text(alert.description),
        "fingerprint": alert.row.fingerprint,
        "suppressedCount": alert.suppressed,
        "scoreParts": {"base": alert.score_parts.base, "scope": alert.score_parts.scope},
        "rules": [_rule(rule) for rule in alert.rules],
        "highlights": [_highlight(each) for each in alert.highlights],
        "incident": _incident(incident) if incident else None,
        "notes": [note(each) for each in alert.notes],
        "history": [
            {"at": moment(each.at_ms), "who": each.who, "action": each.action, "details": each.details}
            for each in alert.history
        ],
        "earlier": alert.earlier,
    }


def _rule(rule: MatchedRule) -> dict[str, Any]:
    filters = [_filter(each) for each in rule.filters]
    return {"id": rule.id, "name": text(rule.name), "type": rule.type, "filters": filters}


def _filter(each: MatchedFilter) -> dict[str, Any]:
    return {
        "id": each.id,
        "title": text(each.title),
        "description": text(each.description),
        "techniques": techniques(each.techniques),
        "risk": str(each.risk),
        "class": each.technique_class,
        "matchedEvents": [{"uuid": event.uuid, "eventDateTime": moment(event.event_ms)} for event in each.events],
    }


def _highlight(each: Highlight) -> dict[str, Any]:
    return {
        "uuid": each.uuid,
        "eventDateTime": moment(each.event_ms),
        "filterId": each.filter_id,
        "title": text(each.title),
        "risk": str(each.risk),
        "class": each.technique_class,
        "techniques": techniques(each.techniques),
        "eventType": each.event_type,
        "endpointName": each.endpoint_name,
        "fields": [
            {"field": one.field, "type": one.type, "value": one.value}
            | ({} if one.decoded is None else {"decoded": one.decoded})
            for one in each.fields
        ],
    }


def _incident(incident: IncidentDetail) -> dict[str, Any]:
    row = incident.row
    alerts = [_sibling(each) for each in incident.alerts]
    return {"id": row.id, "name": text(row.name), "score": row.score, "alerts": alerts}


def _sibling(row: AlertRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "model": text(row.model),
        "score": row.score,
        "severity": str(row.severity),
        "status": str(row.status),
        "createdDateTime": moment(row.created_ms),
    }


def graph(found: Graph) -> dict[str, Any]:
    return {
        "nodes": [
            {
                "id": node.id,
                "type": str(node.type),
                "label": node.label,
                "detail": node.detail,
                "uuids": list(node.uuids),
                "filters": list(node.filters),
            }
            for node in found.nodes
        ],
        "edges": [
            {"from": edge.source, "to": edge.target, "label": edge.label, "uuids": list(edge.uuids)}
            for edge in found.edges
        ],
    }
