"""Rows of Workbench's tables as nouns."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Row

from hinomi.schema.alert import (
    AlertDetail,
    AlertRow,
    Finding,
    Highlight,
    HighlightField,
    HistoryEntry,
    MatchedEvent,
    MatchedFilter,
    MatchedRule,
    Note,
    Status,
)
from hinomi.schema.content import Severity, Text
from hinomi.schema.incident import IncidentLink, IncidentRow
from hinomi.workbench.correlation_graph import GraphEvent
from hinomi.workbench.identity import etag
from hinomi.workbench.messages import message
from hinomi.workbench.scope import impact_from_json
from hinomi.workbench.score import alert_score
from hinomi.workbench.status import investigation_status
from hinomi.workbench.store import alerts

# Without `story` and `folded`: a list must not read the long columns.
ROW_COLUMNS = [column for column in alerts.c if column.name not in ("story", "folded", "entity_key")]


def alert_row(row: Row[Any]) -> AlertRow:
    status, finding = Status(row.status), Finding(row.finding)
    return AlertRow(
        id=row.id,
        fingerprint=row.fingerprint,
        score=row.score,
        status=status,
        finding=finding,
        investigation_status=investigation_status(status, finding),
        model_id=row.model_id,
        model=Text(row.model_en, row.model_ja),
        model_type=row.model_type,
        provider=row.provider,
        severity=Severity(row.severity),
        impact=impact_from_json(orjson.loads(row.impact)),
        techniques=tuple(orjson.loads(row.techniques)),
        tactics=tuple(orjson.loads(row.tactics)),
        first_event_ms=row.first_event_ms,
        last_event_ms=row.last_event_ms,
        created_ms=row.created_ms,
        updated_ms=row.updated_ms,
        first_investigated_ms=row.first_investigated_ms,
        owner=row.owner,
        incident_id=row.incident_id,
        note_count=row.note_count,
        event_count=row.event_count,
        etag=etag(row.id, row.version),
    )


def alert_detail(
    row: Row[Any], kept: Sequence[Row[Any]], notes: tuple[Note, ...], history: tuple[HistoryEntry, ...]
) -> AlertDetail:
    """`kept`: the evidence rows that have a body, oldest first."""
    story = orjson.loads(row.story)
    bodies = [(one, orjson.loads(one.body)) for one in kept]
    listed = alert_row(row)
    return AlertDetail(
        row=listed,
        description=_text(story["description"]),
        score_parts=alert_score(listed.severity, listed.impact.total),
        rules=tuple(_rule(key, rule, bodies) for key, rule in story["rules"].items()),
        highlights=_highlights(story, bodies),
        notes=notes,
        history=history,
        earlier=row.earlier_id,
        suppressed=story.get("suppressed", 0),
    )


_Bodies = Sequence[tuple[Row[Any], dict[str, Any]]]


def _rule(rule_id: str, rule: dict[str, Any], bodies: _Bodies) -> MatchedRule:
    mine = [(row, body) for row, body in bodies if row.rule_id == rule_id]
    filters = (_filter(key, one, mine) for key, one in rule["filters"].items())
    return MatchedRule(rule_id, _text(rule["name"]), rule["type"], tuple(filters))


def _filter(filter_id: str, one: dict[str, Any], bodies: _Bodies) -> MatchedFilter:
    mine = ((row, body) for row, body in bodies if row.filter_id == filter_id)
    return MatchedFilter(
        id=filter_id,
        title=_text(one["title"]),
        description=_text(one["description"]),
        techniques=tuple(one["techniques"]),
        tactics=tuple(one["tactics"]),
        risk=Severity(one["risk"]),
        technique_class=one["class"],
        version=one["version"],
        events=tuple(MatchedEvent(row.uuid, row.event_ms, body["type"]) for row, body in mine),
    )


def _highlights(story: dict[str, Any], bodies: _Bodies) -> tuple[Highlight, ...]:
    """One for each matched event and filter; a detection that two rules share is told once."""
    found: dict[str, Highlight] = {}
    for row, body in bodies:
        one = story["rules"][row.rule_id]["filters"][row.filter_id]
        if row.detection_id not in found:
            found[row.detection_id] = _highlight(row, body, one)
    return tuple(found.values())


def _highlight(row: Row[Any], body: dict[str, Any], one: dict[str, Any]) -> Highlight:
    return Highlight(
        uuid=row.uuid,
        event_ms=row.event_ms,
        filter_id=row.filter_id,
        title=_text(one["title"]),
        risk=Severity(one["risk"]),
        technique_class=one["class"],
        techniques=tuple(one["techniques"]),
        event_type=body["type"],
        endpoint_guid=body["guid"],
        endpoint_name=body["host"],
        accounts=tuple(body["accounts"]),
        fields=tuple(HighlightField(*field) for field in body["fields"]),
    )


def graph_event(row: Row[Any]) -> GraphEvent:
    body = orjson.loads(row.body)
    return GraphEvent(row.uuid, row.filter_id, body["guid"], body["host"], tuple(body["accounts"]), body["facts"])


def note(row: Row[Any]) -> Note:
    return Note(
        id=row.id,
        alert_id=row.alert_id,
        content=row.content,
        creator_name=row.creator_name,
        created_ms=row.created_ms,
        updated_by=row.updated_by,
        updated_ms=row.updated_ms,
        etag=etag(f"{row.alert_id}/{row.id}", row.version),
    )


def incident_row(row: Row[Any]) -> IncidentRow:
    return IncidentRow(
        id=row.id,
        name=Text(row.name_en, row.name_ja),
        score=row.score,
        severity=Severity(row.severity),
        status=Status(row.status),
        alert_count=row.alert_count,
        active_alert_count=row.active_alert_count,
        impact=impact_from_json(orjson.loads(row.impact)),
        created_ms=row.created_ms,
        updated_ms=row.updated_ms,
        update_reason=row.update_reason,
        update_text=message(row.update_reason, orjson.loads(row.update_values)),
        owner=row.owner,
        etag=etag(row.id, row.version),
    )


def incident_link(row: Row[Any]) -> IncidentLink:
    reason = message(row.reason, orjson.loads(row.values))
    return IncidentLink(row.alert_id, reason, row.entity_name, row.by, row.at_ms)


def _text(pair: list[str]) -> Text:
    return Text(pair[0], pair[1])
