"""Lists of alerts and incidents: conditions, order and pages that neither repeat nor miss a row while others change.

A skip token carries the sort values of the last row shown and the next page begins after them (keyset paging).
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.engine import Connection

from hinomi.errors import InputError
from hinomi.query.filter_language import parse_filter
from hinomi.schema.alert import AlertQuery, Status
from hinomi.schema.incident import IncidentQuery
from hinomi.workbench.dossier import fold
from hinomi.workbench.filter_sql import to_condition
from hinomi.workbench.identity import normal_id
from hinomi.workbench.store import alert_entities, alerts, incidents

MAX_PAGE = 5000
MAX_WORDS = 20

# Public names of what a list can be ordered by. An expression is never NULL, so that pages have no hole.
ALERT_ORDER: dict[str, ColumnElement[Any]] = {
    "id": alerts.c.id,
    "caseId": func.coalesce(alerts.c.incident_id, ""),
    "incidentId": func.coalesce(alerts.c.incident_id, ""),
    "name": alerts.c.model_en,
    "model": alerts.c.model_en,
    "modelId": alerts.c.model_id,
    "status": alerts.c.status,
    "investigationResult": alerts.c.finding,
    "score": alerts.c.score,
    "severity": alerts.c.severity_rank,
    "createdDateTime": alerts.c.created_ms,
    "updatedDateTime": alerts.c.updated_ms,
    "firstInvestigatedDateTime": func.coalesce(alerts.c.first_investigated_ms, 0),
    "firstEventDateTime": alerts.c.first_event_ms,
    "lastEventDateTime": alerts.c.last_event_ms,
    "owner": func.coalesce(alerts.c.owner, ""),
    "eventCount": alerts.c.event_count,
    "noteCount": alerts.c.note_count,
}
INCIDENT_ORDER: dict[str, ColumnElement[Any]] = {
    "id": incidents.c.id,
    "name": incidents.c.name_en,
    "score": incidents.c.score,
    "severity": incidents.c.severity_rank,
    "status": incidents.c.status,
    "alertCount": incidents.c.alert_count,
    "activeAlertCount": incidents.c.active_alert_count,
    "createdDateTime": incidents.c.created_ms,
    "updatedDateTime": incidents.c.updated_ms,
    "owner": func.coalesce(incidents.c.owner, ""),
}

_TECHNIQUE = re.compile(r"(T[0-9]{4})(?:[.-]([0-9]{3}))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Order:
    """Sort keys, the row's id last, so that no two rows are equal. `descending[i]` belongs to `keys[i]`."""

    keys: tuple[ColumnElement[Any], ...]
    descending: tuple[bool, ...]

    def clauses(self) -> list[ColumnElement[Any]]:
        return [key.desc() if down else key.asc() for key, down in zip(self.keys, self.descending, strict=True)]

    def after(self, values: Sequence[Any]) -> ColumnElement[bool]:
        """True of rows that stand after these values."""
        parts: list[ColumnElement[bool]] = []
        for index, (key, down) in enumerate(zip(self.keys, self.descending, strict=True)):
            equal = [other == value for other, value in zip(self.keys[:index], values, strict=False)]
            parts.append(and_(*equal, key < values[index] if down else key > values[index]))
        return or_(*parts)


def order_of(wanted: Sequence[tuple[str, str]], known: dict[str, ColumnElement[Any]]) -> Order:
    """The order by public names. InputError names one that is unknown."""
    keys: list[ColumnElement[Any]] = []
    descending: list[bool] = []
    for name, direction in wanted[:5]:
        if name not in known or direction.lower() not in ("asc", "desc"):
            raise InputError(f"orderBy: {name[:64]!r} {direction[:8]!r}; one of {', '.join(known)}, and asc or desc")
        keys.append(known[name])
        descending.append(direction.lower() == "desc")
    return Order((*keys, known["id"]), (*descending, descending[0] if descending else True))


def read_page(
    connection: Connection, wanted: Select[Any], order: Order, top: int, skip_token: str
) -> tuple[list[Any], int, str]:
    """Rows of one page (the sort values are appended to each), the count of all pages, and the next token."""
    total = connection.execute(select(func.count()).select_from(wanted.order_by(None).subquery())).scalar_one()
    top = max(1, min(top, MAX_PAGE))
    sort_values = [key.label(f"sort_{index}") for index, key in enumerate(order.keys)]
    page = wanted.add_columns(*sort_values).order_by(*order.clauses()).limit(top + 1)
    if skip_token:
        page = page.where(order.after(_read_token(skip_token, len(order.keys))))
    rows = list(connection.execute(page))
    token = _write_token(list(rows[top - 1])[-len(order.keys) :]) if len(rows) > top else ""
    return rows[:top], total, token


def _write_token(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def _read_token(token: str, length: int) -> list[Any]:
    try:
        data = base64.urlsafe_b64decode(token[:4096] + "=" * (-len(token) % 4))
        values = orjson.loads(data)
    except (ValueError, binascii.Error) as error:
        raise InputError("skipToken: not one that this list gave out") from error
    is_ours = isinstance(values, list) and len(values) == length
    if not is_ours or not all(isinstance(value, str | int) for value in values):
        raise InputError("skipToken: not one that this list gave out")
    return list(values)


def alert_conditions(query: AlertQuery) -> list[ColumnElement[bool]]:
    """What the rows of a list must meet. InputError for a filter that cannot be read."""
    found: list[ColumnElement[bool]] = [*_choices(query), *_windows(query)]
    if query.entity:
        found.append(_entity_condition(query.entity))
    if query.incident:
        found.append(alerts.c.incident_id == normal_id(query.incident))
    if query.technique:
        found.append(_technique_condition(query.technique))
    found += search_words(alerts.c.folded, query.search)
    if query.filter.strip():
        found.append(to_condition(parse_filter(query.filter)))
    return found


def _choices(query: AlertQuery) -> list[ColumnElement[bool]]:
    chosen = (
        (alerts.c.status, query.statuses),
        (alerts.c.finding, query.findings),
        (alerts.c.model_id, query.models),
        (alerts.c.severity, query.severities),
    )
    return [column.in_([str(value) for value in values]) for column, values in chosen if values]


def _windows(query: AlertQuery) -> list[ColumnElement[bool]]:
    windows = (
        (alerts.c.created_ms, query.created_from_ms, query.created_to_ms),
        (alerts.c.updated_ms, query.updated_from_ms, query.updated_to_ms),
        (alerts.c.first_investigated_ms, query.investigated_from_ms, query.investigated_to_ms),
    )
    found: list[ColumnElement[bool]] = []
    for column, from_ms, to_ms in windows:
        found += [column >= from_ms] if from_ms is not None else []
        found += [column <= to_ms] if to_ms is not None else []
    return found


def _entity_condition(entity: str) -> ColumnElement[bool]:
    folded = fold(entity.strip())
    mine = alert_entities.c.alert_id == alerts.c.id
    return exists().where(mine, or_(alert_entities.c.folded_name == folded, alert_entities.c.entity_id == folded))


def _technique_condition(technique: str) -> ColumnElement[bool]:
    """The technique itself or, for one without a number behind the dot, any of its sub-techniques."""
    found = _TECHNIQUE.fullmatch(technique.strip())
    if not found:
        raise InputError(f"technique: {technique[:32]!r} is none; write it like T1003 or T1003.002")
    parent, number = found.group(1).upper(), found.group(2)
    if number:
        return alerts.c.techniques.contains(f'"{parent}.{number}"', autoescape=True)
    return or_(alerts.c.techniques.contains(f'"{parent}"'), alerts.c.techniques.contains(f'"{parent}.'))


def search_words(column: ColumnElement[str], search: str) -> list[ColumnElement[bool]]:
    """Every word stands in the column; a word that is an id may be written with fewer digits."""
    words = [fold(_plain(word)) for word in search.split()[:MAX_WORDS]]
    return [
        or_(*(column.contains(one, autoescape=True) for one in dict.fromkeys((word, normal_id(word).lower()))))
        for word in words
    ]


def _plain(word: str) -> str:
    return word[:256].encode(errors="replace").decode().replace("\0", "")


def incident_conditions(query: IncidentQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [incidents.c.merged_into.is_(None), incidents.c.alert_count > 0]
    if query.statuses:
        found.append(incidents.c.status.in_([str(Status(status)) for status in query.statuses]))
    return [*found, *search_words(incidents.c.folded, query.search)]
