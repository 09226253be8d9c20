"""The tables of Workbench. Moments are milliseconds since 1970 UTC; JSON stands in text columns.

What a list shows or sorts by is a column of its own or in `impact`/`techniques`, so that a page is one query.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from hinomi.database import metadata

alerts = Table(
    "alerts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("fingerprint", String(128), nullable=False, unique=True),
    Column("status", String(16), nullable=False),
    Column("finding", String(32), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("severity_rank", Integer, nullable=False),  # 4 critical ... 0 info, to sort by
    Column("score", Integer, nullable=False),
    Column("model_id", String(128), nullable=False),
    Column("model_en", Text, nullable=False),
    Column("model_ja", Text, nullable=False),
    Column("model_type", String(16), nullable=False),
    Column("provider", String(8), nullable=False),
    Column("entity_key", String(64), nullable=False),  # hash of model and grouping entity
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
    Column("first_event_ms", BigInteger, nullable=False),
    Column("last_event_ms", BigInteger, nullable=False),
    Column("first_investigated_ms", BigInteger),
    Column("closed_ms", BigInteger),
    Column("owner", String(64)),
    Column("incident_id", String(64)),
    Column("earlier_id", String(64)),
    Column("note_count", Integer, nullable=False, default=0),
    Column("last_note", Integer, nullable=False, default=0),
    Column("event_count", Integer, nullable=False),
    Column("account_count", Integer, nullable=False),
    Column("version", Integer, nullable=False, default=1),
    Column("impact", Text, nullable=False),
    Column("techniques", Text, nullable=False),
    Column("tactics", Text, nullable=False),
    Column("folded", Text, nullable=False),  # what the text search looks into
    Column("story", Text, nullable=False),  # last: long, and only the alert's own page reads it
    Index("alerts_by_score", "score", "created_ms", "id"),
    Index("alerts_by_created", "created_ms", "id"),
    Index("alerts_by_updated", "updated_ms", "id"),
    Index("alerts_by_incident", "incident_id"),
    Index("alerts_by_status", "status", "severity"),
    Index("alerts_by_entity_key", "entity_key", "closed_ms"),
    Index("alerts_by_model", "model_id"),
)


def _alert_id(**more: bool) -> "Column[str]":
    return Column("alert_id", ForeignKey("alerts.id", ondelete="CASCADE"), nullable=False, **more)  # type: ignore[arg-type]


alert_entities = Table(
    "alert_entities",
    metadata,
    _alert_id(primary_key=True),
    Column("type", String(16), primary_key=True),
    Column("entity_id", String(600), primary_key=True),
    Column("name", String(600), nullable=False),
    Column("folded_name", String(600), nullable=False),
    Column("ips", Text, nullable=False),
    Column("first_ms", BigInteger, nullable=False),
    Index("alert_entities_by_entity", "type", "entity_id", "alert_id"),
    Index("alert_entities_by_name", "folded_name", "alert_id"),
)

# Every detection of the evidence, so that none is counted twice; `body` only for the kept ones (keeper.py).
evidence = Table(
    "alert_evidence",
    metadata,
    _alert_id(primary_key=True),
    Column("uuid", String(64), primary_key=True),
    Column("rule_id", String(128), primary_key=True),
    Column("detection_id", String(64), primary_key=True),
    Column("filter_id", String(128), nullable=False),
    Column("event_ms", BigInteger, nullable=False),
    Column("body", Text),
)

# Values of highlights, to find alerts by them.
alert_values = Table(
    "alert_values",
    metadata,
    _alert_id(primary_key=True),
    Column("key", String(32), primary_key=True),  # hash of the folded value: values are too long for an index
    Column("folded", Text, nullable=False),
    Index("alert_values_by_key", "key", "alert_id"),
)

alert_history = Table(
    "alert_history",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    _alert_id(index=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("who", String(64), nullable=False),
    Column("action", String(32), nullable=False),
    Column("details", Text, nullable=False),
)

alert_notes = Table(
    "alert_notes",
    metadata,
    _alert_id(primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),
    Column("creator_name", String(64), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_by", String(64)),
    Column("updated_ms", BigInteger),
    Column("version", Integer, nullable=False, default=1),
)

# The last number given out per kind and day: ids are taken inside the transaction that uses them.
counters = Table(
    "workbench_counters",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Integer, nullable=False),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name_en", Text, nullable=False),
    Column("name_ja", Text, nullable=False),
    Column("score", Integer, nullable=False),
    Column("severity", String(16), nullable=False),
    Column("severity_rank", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("owner", String(64)),
    Column("alert_count", Integer, nullable=False),
    Column("active_alert_count", Integer, nullable=False),
    Column("impact", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
    Column("update_reason", String(32), nullable=False),
    Column("update_values", Text, nullable=False),
    Column("version", Integer, nullable=False, default=1),
    Column("merged_into", String(64)),  # kept, so that an old id still finds its story
    Column("folded", Text, nullable=False),
    Index("incidents_by_score", "score", "created_ms", "id"),
    Index("incidents_by_created", "created_ms", "id"),
)

incident_links = Table(
    "incident_links",
    metadata,
    _alert_id(primary_key=True),  # alone: an alert belongs to one incident only
    Column("incident_id", ForeignKey("incidents.id"), nullable=False, index=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("reason", String(32), nullable=False),  # a code of messages.py
    Column("values", Text, nullable=False),
    Column("entity_name", String(600)),
)

# Alerts a person took out of an incident: no thinking of ours puts them back.
incident_refusals = Table(
    "incident_refusals",
    metadata,
    _alert_id(primary_key=True),
    Column("incident_id", ForeignKey("incidents.id"), primary_key=True),
)
