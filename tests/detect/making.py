"""Makers of this room: filters from a few lines of Sigma, batches from rows."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson
import yaml

from hinomi.detect.document import parse_documents
from hinomi.detect.placeholders import Placeholders
from hinomi.detect.sigma_rule import read_sigma
from hinomi.schema.activity import FIELDS, ActivityBatch, ActivityKind
from hinomi.schema.content import Filter

SYSMON_1 = ActivityKind(
    product="windows",
    categories=frozenset({"process_creation"}),
    services=frozenset({"sysmon"}),
    channel="Microsoft-Windows-Sysmon/Operational",
    event_id=1,
)


def sigma_filter(
    detection: dict[str, Any],
    *,
    logsource: dict[str, str] | None = None,
    name: str = "a",
    placeholders: Placeholders | None = None,
) -> Filter:
    """A filter of the rule whose detection part is given; a lone selection gets its condition."""
    if "condition" not in detection:
        detection = {"one": detection, "condition": "one"}
    rule = {
        "title": name,
        "id": str(uuid5(NAMESPACE_URL, name)),
        "logsource": logsource or {"product": "windows"},
        "detection": detection,
        "level": "high",
    }
    documents, errors = parse_documents(yaml.safe_dump(rule, allow_unicode=True), f"{name}.yml")
    assert not errors, errors
    found, errors = read_sigma(documents[0], placeholders or {})
    assert found is not None, [str(error) for error in errors]
    return found


def batch(*rows: dict[str, Any], kind: ActivityKind = SYSMON_1, raw: list[str] | None = None) -> ActivityBatch:
    """Rows of native and vocabulary names as an activity batch, with what every activity has."""
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: [row.get(name) for row in rows] for name in names}
    fields: dict[str, list[Any]] = {
        "uuid": [str(uuid5(NAMESPACE_URL, f"{index} {row}")) for index, row in enumerate(rows)],
        "eventTime": [1_768_446_000_000 + 1000 * index for index in range(len(rows))],
        "endpointGuid": ["guid-1"] * len(rows),
        "endpointHostName": ["PC-1"] * len(rows),
        "rawDataStr": raw or [orjson.dumps(row).decode() for row in rows],
    }
    fields |= {name: column for name, column in columns.items() if name in FIELDS}
    native = {name: column for name, column in columns.items() if name not in FIELDS}
    return ActivityBatch(kind, len(rows), fields, native, list(range(len(rows))))
