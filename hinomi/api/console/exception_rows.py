"""Exceptions and their bills as the console and the command line show them."""

from typing import Any

from hinomi.api.console.names import moment, text
from hinomi.api.detections import title_of
from hinomi.detect.content import Content
from hinomi.operations.exception_bill import Bill
from hinomi.operations.exceptions import ExceptionBook
from hinomi.schema.exception import DetectionException


def exception_row(content: Content, book: ExceptionBook, one: DetectionException) -> dict[str, Any]:
    terms = one.terms
    return {
        "id": one.id,
        "field": terms.field,
        "operator": str(terms.operator),
        "value": terms.value,
        "filterId": terms.filter_id,
        "filterTitle": text(title_of(content, terms.filter_id)) if terms.filter_id else None,
        "scope": {"endpoints": list(terms.endpoints)} if terms.endpoints else None,
        "reason": one.reason,
        "createdBy": one.created_by,
        "createdDateTime": moment(one.created_ms),
        "expiresDateTime": moment(one.expires_ms),
        "expired": book.is_expired(one),
        "enabled": one.enabled,
        "hits": one.hits,
        "lastHitDateTime": moment(one.last_hit_ms),
    }


def bill_row(content: Content, made: Bill, field: str) -> dict[str, Any]:
    return {
        "days": made.days,
        "detections": made.detections,
        "alerts": made.alerts,
        "partial": made.is_partial,
        "byFilter": [
            {"filterId": id_, "title": text(title_of(content, id_)), "count": count}
            for id_, count in made.by_filter.most_common()
        ],
        "samples": [_sample(row, field) for row in made.samples],
        "blindedProofs": [{"kind": one.kind, "id": one.id, "test": one.test} for one in made.blinded],
    }


def _sample(row: dict[str, Any], field: str) -> dict[str, Any]:
    value = row["activity"].get(field)
    return {
        "uuid": row["uuid"],
        "eventDateTime": moment(row["eventTime"]),
        "endpointName": row.get("endpointHostName", ""),
        "filterId": row["filterId"],
        "value": ", ".join(map(str, value)) if isinstance(value, list) else str(value),
    }
