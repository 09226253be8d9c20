"""An alert in the shape of the public Workbench API. Shape and rules: docs/reference/routes.md (ALERT).

Clients refuse a whole page for one field of the wrong type and index into lists without looking: `indicators` and
`matchedRules` are never empty, no field is null, every value keeps to the public enums.
"""

from collections.abc import Collection, Sequence
from typing import Any

from hinomi.query.moment import format_second
from hinomi.schema.alert import AlertDetail, AlertRow, Finding, Highlight, MatchedFilter, MatchedRule
from hinomi.schema.entity import Entity, EntityType

SCHEMA_VERSION = "1.12"
PROVENANCE = ["Alert"]
_MILLISECONDS = 1000


def public_alert(alert: AlertDetail, base: str, servers: Collection[str] = ()) -> dict[str, Any]:
    """`base`: scheme and host of our console. `servers`: endpoint GUIDs that the inventory knows to be servers."""
    row = alert.row
    indicators = _indicators(alert)
    shown: dict[str, Any] = {
        "schemaVersion": SCHEMA_VERSION,
        "id": row.id,
        "status": str(row.status),
        "investigationStatus": str(row.investigation_status),
        "investigationResult": _finding(row.finding),
        "workbenchLink": f"{base}/workbench/alerts/{row.id}",
        "alertProvider": row.provider,
        "modelId": row.model_id,
        "model": row.model.en,
        "modelType": row.model_type,
        "score": row.score,
        "severity": str(row.severity),
        "createdDateTime": format_second(row.created_ms),
        "updatedDateTime": format_second(row.updated_ms),
        "ownerIds": [row.owner] if row.owner else [],
        "impactScope": _impact_scope(row, alert.highlights, indicators, servers),
        "description": alert.description.en,
        "matchedRules": [_rule(rule) for rule in alert.rules],
        "indicators": indicators,
    }
    if row.first_investigated_ms is not None:
        shown["firstInvestigatedDateTime"] = format_second(row.first_investigated_ms)
    if row.incident_id:
        shown["incidentId"] = row.incident_id
    return shown


def _finding(finding: Finding) -> str:
    # the clients' enum ends before "Other Findings", and one unknown value costs them the page
    return str(Finding.NOTEWORTHY if finding is Finding.OTHER_FINDINGS else finding)


def _rule(rule: MatchedRule) -> dict[str, Any]:
    return {"id": rule.id, "name": rule.name.en, "matchedFilters": [_filter(each) for each in rule.filters]}


def _filter(each: MatchedFilter) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.title.en,
        "matchedDateTime": _fine(each.events[0].event_ms) if each.events else _fine(0),
        "mitreTechniqueIds": list(each.techniques),
        "matchedEvents": [
            {"uuid": event.uuid, "matchedDateTime": _fine(event.event_ms), "type": event.type} for event in each.events
        ],
    }


def _fine(moment_ms: int) -> str:
    """To the millisecond: matched times may have a fraction."""
    return f"{format_second(moment_ms)[:-1]}.{moment_ms % _MILLISECONDS:03d}Z"


def _indicators(alert: AlertDetail) -> list[dict[str, Any]]:
    """Entities first, then each distinct value of the highlights, numbered from 1."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    everywhere = list(dict.fromkeys(each.filter_id for each in alert.highlights))
    for entity in alert.row.impact.entities:
        kind = "host" if entity.type is EntityType.HOST else "user_account"
        field = "endpointHostName" if kind == "host" else "logonUser"
        _add(found, kind, field, _entity_value(entity), entity.id, [entity.id], everywhere)
    hosts = {entity.id: entity for entity in alert.row.impact.entities if entity.type is EntityType.HOST}
    for highlight in alert.highlights:
        _add_highlight(found, highlight, hosts)
    if not found:
        _add(found, "text", "model", alert.row.model.en, alert.row.model.en, [], everywhere)
    return list(found.values())


def _add_highlight(found: dict[tuple[str, str, str], dict[str, Any]], one: Highlight, hosts: dict[str, Entity]) -> None:
    related = [each for each in (one.endpoint_guid, *one.accounts) if each]
    for field in one.fields:
        if field.type != "host":
            _add(found, field.type, field.field, field.value, field.value, related, [one.filter_id])
            continue
        host = hosts.get(one.endpoint_guid)
        known = host if host and host.name.lower() == field.value.lower() else None
        value = _entity_value(known) if known else {"name": field.value, "ips": [], "guid": ""}
        _add(found, "host", field.field, value, known.id if known else field.value, related, [one.filter_id])


def _add(
    found: dict[tuple[str, str, str], dict[str, Any]],
    kind: str,
    field: str,
    value: Any,
    key: str,
    related: Sequence[str],
    filters: Sequence[str],
) -> None:
    one = found.setdefault(
        (kind, field, key),
        {
            "id": len(found) + 1,
            "type": kind,
            "field": field,
            "value": value,
            "relatedEntities": [],
            "filterIds": [],
            "provenance": PROVENANCE,
        },
    )
    one["relatedEntities"] += [each for each in related if each not in one["relatedEntities"]]
    one["filterIds"] += [each for each in filters if each not in one["filterIds"]]


def _entity_value(entity: Entity) -> Any:
    if entity.type is EntityType.HOST:
        return {"guid": entity.id, "name": entity.name, "ips": list(entity.ips)}
    return entity.name


def _impact_scope(
    row: AlertRow, highlights: Sequence[Highlight], indicators: Sequence[dict[str, Any]], servers: Collection[str]
) -> dict[str, Any]:
    counts = row.impact.counts
    server_count = sum(each.type is EntityType.HOST and each.id in servers for each in row.impact.entities)
    return {
        "desktopCount": counts.get(EntityType.HOST, 0) - server_count,
        "serverCount": server_count,
        "accountCount": counts.get(EntityType.ACCOUNT, 0),
        "emailAddressCount": counts.get(EntityType.EMAIL_ADDRESS, 0),
        "containerCount": counts.get(EntityType.CONTAINER, 0),
        "cloudIdentityCount": counts.get(EntityType.CLOUD_IDENTITY, 0),
        "entities": [_entity(entity, highlights, indicators) for entity in row.impact.entities],
    }


def _entity(entity: Entity, highlights: Sequence[Highlight], indicators: Sequence[dict[str, Any]]) -> dict[str, Any]:
    together = [{each.endpoint_guid, *each.accounts} for each in highlights]
    related = {other for group in together if entity.id in group for other in group} - {entity.id, ""}
    return {
        "entityType": str(entity.type),
        "entityValue": _entity_value(entity),
        "entityId": entity.id,
        "relatedEntities": sorted(related),
        "relatedIndicatorIds": [each["id"] for each in indicators if entity.id in each["relatedEntities"]],
        "provenance": PROVENANCE,
    }
