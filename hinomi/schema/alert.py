"""An alert: a met model and its evidence, as Workbench shows it. Moments are milliseconds since 1970 UTC."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hinomi.schema.content import Severity, Text
from hinomi.schema.entity import Entity, EntityType


class Status(StrEnum):
    OPEN = "Open"
    IN_PROGRESS = "In Progress"
    CLOSED = "Closed"


class Finding(StrEnum):
    """What the investigation found (public name: investigationResult)."""

    NO_FINDINGS = "No Findings"
    NOTEWORTHY = "Noteworthy"
    TRUE_POSITIVE = "True Positive"
    FALSE_POSITIVE = "False Positive"
    BENIGN_TRUE_POSITIVE = "Benign True Positive"  # a real technique without danger: operation, a test
    OTHER_FINDINGS = "Other Findings"


class InvestigationStatus(StrEnum):
    """The deprecated twin of status and finding in the public API."""

    NEW = "New"
    IN_PROGRESS = "In Progress"
    TRUE_POSITIVE = "True Positive"
    FALSE_POSITIVE = "False Positive"
    BENIGN_TRUE_POSITIVE = "Benign True Positive"
    CLOSED = "Closed"


@dataclass(frozen=True, slots=True)
class ImpactScope:
    """The entities an alert or incident touches, the first seen first. `counts` has every entity type.

    `counts` may be more than `entities` lists: the list is bounded, the counts are too but higher.
    """

    counts: dict[EntityType, int]
    entities: tuple[Entity, ...]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class MatchedEvent:
    uuid: str
    event_ms: int
    type: str  # TELEMETRY_PROCESS ...


@dataclass(frozen=True, slots=True)
class MatchedFilter:
    """A filter of a met rule, as it was when the alert was raised."""

    id: str
    title: Text
    description: Text
    techniques: tuple[str, ...]
    tactics: tuple[str, ...]
    risk: Severity
    technique_class: str
    version: str
    events: tuple[MatchedEvent, ...]  # oldest first


@dataclass(frozen=True, slots=True)
class MatchedRule:
    id: str
    name: Text
    type: str  # single | count | sequence
    filters: tuple[MatchedFilter, ...]


@dataclass(frozen=True, slots=True)
class HighlightField:
    """`type`: an indicator type of the public API (command_line, fullpath, ip ...); `decoded`: what the value hides."""

    field: str
    type: str
    value: str
    decoded: str | None = None


@dataclass(frozen=True, slots=True)
class Highlight:
    """The facts of one matched event that decide if it is normal operation; at most 10 fields."""

    uuid: str
    event_ms: int
    filter_id: str
    title: Text
    risk: Severity
    technique_class: str
    techniques: tuple[str, ...]
    event_type: str
    endpoint_guid: str
    endpoint_name: str
    accounts: tuple[str, ...]  # entity ids of this event
    fields: tuple[HighlightField, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """`id` counts from 1 within its alert and is never used again."""

    id: int
    alert_id: str
    content: str
    creator_name: str
    created_ms: int
    updated_by: str | None
    updated_ms: int | None
    etag: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """`action` is a code of docs/reference/workbench.md; `details` its values, small and plain JSON."""

    at_ms: int
    who: str
    action: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert as a list shows it."""

    id: str
    fingerprint: str
    score: int
    status: Status
    finding: Finding
    investigation_status: InvestigationStatus
    model_id: str
    model: Text
    model_type: str  # preset | custom
    provider: str  # SAE | TI
    severity: Severity
    impact: ImpactScope
    techniques: tuple[str, ...]
    tactics: tuple[str, ...]
    first_event_ms: int
    last_event_ms: int
    created_ms: int
    updated_ms: int
    first_investigated_ms: int | None
    owner: str | None
    incident_id: str | None
    note_count: int
    event_count: int  # matched activities, those beyond the kept ones too
    etag: str


@dataclass(frozen=True, slots=True)
class ScoreParts:
    base: int  # from the model's severity
    scope: int  # from the impact scope

    @property
    def total(self) -> int:
        return self.base + self.scope


@dataclass(frozen=True, slots=True)
class AlertDetail:
    """Everything of one alert but its incident (`Workbench.incident`)."""

    row: AlertRow
    description: Text
    score_parts: ScoreParts
    rules: tuple[MatchedRule, ...]
    highlights: tuple[Highlight, ...]  # oldest first
    notes: tuple[Note, ...]
    history: tuple[HistoryEntry, ...]
    earlier: str | None  # an alert of the same model and entity, closed as operation or false within 7 days before
    suppressed: int = 0  # how often the model was met again and only joined this alert


@dataclass(frozen=True, slots=True)
class AlertChange:
    """What a person wants changed; None leaves a thing as it is. `owner` "" means nobody."""

    status: Status | None = None
    finding: Finding | None = None
    investigation_status: InvestigationStatus | None = None
    owner: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AlertQuery:
    """Which alerts, in which order. Empty tuples and None ask for nothing in particular. Windows include both ends.

    `search` looks into Workbench id, endpoint, user and mail address; every word must be found. `entity` is the whole
    id or name of an entity. `order_by`: a public field name and "asc" or "desc".
    """

    statuses: tuple[Status, ...] = ()
    findings: tuple[Finding, ...] = ()
    created_from_ms: int | None = None
    created_to_ms: int | None = None
    updated_from_ms: int | None = None
    updated_to_ms: int | None = None
    investigated_from_ms: int | None = None
    investigated_to_ms: int | None = None
    models: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()
    entity: str = ""
    incident: str = ""
    technique: str = ""
    search: str = ""
    filter: str = ""  # the filter language of the public API (header TMV1-Filter)
    order_by: tuple[tuple[str, str], ...] = field(default=(("score", "desc"), ("createdDateTime", "desc")))
    top: int = 50
    skip_token: str = ""
