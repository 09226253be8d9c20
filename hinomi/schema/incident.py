"""An incident: alerts that tell one story, each with its reason to belong. Moments: milliseconds since 1970 UTC."""

from dataclasses import dataclass

from hinomi.schema.alert import AlertRow, ImpactScope, Status
from hinomi.schema.content import Severity, Text


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident as a list shows it. `active_alert_count`: those not closed."""

    id: str
    name: Text
    score: int
    severity: Severity
    status: Status
    alert_count: int
    active_alert_count: int
    impact: ImpactScope
    created_ms: int
    updated_ms: int
    update_reason: str  # created | alert-correlated | merged | alert-linked | alert-unlinked | changed
    update_text: Text
    owner: str | None
    etag: str


@dataclass(frozen=True, slots=True)
class IncidentLink:
    """Why one alert belongs to the incident. `entity` is the shared entity's name; None for a link by hand."""

    alert_id: str
    reason: Text
    entity: str | None
    by: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class IncidentDetail:
    row: IncidentRow
    alerts: tuple[AlertRow, ...]  # highest score first, at most 500
    links: tuple[IncidentLink, ...]


@dataclass(frozen=True, slots=True)
class IncidentChange:
    status: Status | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class IncidentQuery:
    statuses: tuple[Status, ...] = ()
    search: str = ""  # incident id, name, endpoint, user
    order_by: tuple[tuple[str, str], ...] = (("score", "desc"), ("createdDateTime", "desc"))
    top: int = 50
    skip_token: str = ""
