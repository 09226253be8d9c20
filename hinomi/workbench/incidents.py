"""Incidents: reading them, and what people do to them by hand. Joining by itself is `joiner.py`."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.engine import Connection

from hinomi.access.access import Access
from hinomi.access.permission import require
from hinomi.database import Database
from hinomi.errors import Conflict, InputError, NotFound
from hinomi.schema.incident import IncidentChange, IncidentDetail, IncidentQuery, IncidentRow
from hinomi.schema.page import Page
from hinomi.schema.principal import Permission, Principal
from hinomi.workbench import history, reading
from hinomi.workbench.identity import is_current, normal_id
from hinomi.workbench.incident_rows import IncidentRows
from hinomi.workbench.listing import INCIDENT_ORDER, incident_conditions, order_of, read_page
from hinomi.workbench.neighbourhood import Reason
from hinomi.workbench.notes import whole_text
from hinomi.workbench.store import alerts, incident_links, incident_refusals, incidents

MAX_ALERTS = 500  # shown in one incident; its own list pages through all
MAX_REASON = 1000


class Incidents:
    def __init__(self, database: Database, clock: Callable[[], float], access: Access) -> None:
        self._database, self._clock, self._access = database, clock, access

    def page(self, query: IncidentQuery) -> Page[IncidentRow]:
        wanted = select(incidents).where(*incident_conditions(query))
        order = order_of(query.order_by, INCIDENT_ORDER)
        with self._database.read() as connection:
            rows, total, token = read_page(connection, wanted, order, query.top, query.skip_token)
        return Page(tuple(reading.incident_row(row) for row in rows), total, token)

    def get(self, incident_id: str) -> IncidentDetail:
        """The incident; of one that was merged, the one it is part of now. NotFound."""
        with self._database.read() as connection:
            return _detail(connection, _find(connection, incident_id))

    def change(
        self, principal: Principal, incident_id: str, change: IncidentChange, sent: str | None = None
    ) -> IncidentDetail:
        """Status or owner. `sent`: an If-Match header; Conflict when the incident has changed since."""
        require(principal, Permission.INVESTIGATE)
        wanted: dict[str, Any] = {"status": change.status and str(change.status), "owner": change.owner}
        with self._database.begin() as connection:
            row = _find(connection, incident_id)
            _check_current(row, sent)
            if change.owner is not None:
                wanted["owner"] = self._access.checked_owner(connection, change.owner) or ""
            values = {
                name: value for name, value in wanted.items() if value is not None and value != getattr(row, name)
            }
            if values:
                self._change(connection, principal, row, values)
            return _detail(connection, _find(connection, row.id))

    def _change(self, connection: Connection, principal: Principal, row: Row[Any], values: dict[str, Any]) -> None:
        stored = {name: value or None for name, value in values.items()}
        connection.execute(update(incidents).where(incidents.c.id == row.id).values(**stored))
        self._finish(connection, row.id, "changed", {"who": principal.name})
        self._access.audit.add(connection, principal, "incident.change", row.id, values)

    def link(self, principal: Principal, incident_id: str, alert_id: str, reason: str = "") -> IncidentDetail:
        """An alert into the incident by hand; out of the one it is in, for it belongs to one only."""
        require(principal, Permission.INVESTIGATE)
        reason = _checked_reason(reason)
        with self._database.begin() as connection:
            row, alert = _find(connection, incident_id), _alert(connection, alert_id)
            if alert.incident_id == row.id:
                raise InputError(f"{alert.id} belongs to {row.id} already")
            if alert.incident_id:
                self._take_out(connection, principal, alert)
            refused = (incident_refusals.c.alert_id == alert.id, incident_refusals.c.incident_id == row.id)
            connection.execute(delete(incident_refusals).where(*refused))
            why = Reason("by-hand", {"who": principal.name, "reason": reason})
            IncidentRows(connection, self._now_ms()).link({alert.id: (row.id, why)}, principal.name)
            self._finish(connection, row.id, "alert-linked", {"alert": alert.id, "who": principal.name})
            self._access.audit.add(
                connection, principal, "incident.link", row.id, {"alert": alert.id, "reason": reason}
            )
            return _detail(connection, _find(connection, row.id))

    def unlink(self, principal: Principal, incident_id: str, alert_id: str, reason: str = "") -> IncidentDetail:
        """An alert out of the incident; it is not joined to it again by itself."""
        require(principal, Permission.INVESTIGATE)
        reason = _checked_reason(reason)
        with self._database.begin() as connection:
            row, alert = _find(connection, incident_id), _alert(connection, alert_id)
            if alert.incident_id != row.id:
                raise InputError(f"{alert.id} does not belong to {row.id}")
            self._take_out(connection, principal, alert)
            told = {"alert": alert.id, "reason": reason}
            self._access.audit.add(connection, principal, "incident.unlink", row.id, told)
            return _detail(connection, _find(connection, row.id))

    def _take_out(self, connection: Connection, principal: Principal, alert: Row[Any]) -> None:
        """Out of its incident, with a refusal: no correlation puts it back."""
        left = alert.incident_id
        connection.execute(delete(incident_links).where(incident_links.c.alert_id == alert.id))
        connection.execute(update(alerts).where(alerts.c.id == alert.id).values(incident_id=None))
        known = (incident_refusals.c.alert_id == alert.id, incident_refusals.c.incident_id == left)
        if not connection.execute(select(incident_refusals).where(*known)).first():
            connection.execute(insert(incident_refusals).values(alert_id=alert.id, incident_id=left))
        history.add(connection, alert.id, self._now_ms(), principal.name, "unlinked", {"incident": left})
        self._finish(connection, left, "alert-unlinked", {"alert": alert.id, "who": principal.name})

    def _finish(self, connection: Connection, incident_id: str, reason: str, values: dict[str, Any]) -> None:
        IncidentRows(connection, self._now_ms()).refresh(incident_id, Reason(reason, values))

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)


def _find(connection: Connection, incident_id: str) -> Row[Any]:
    wanted = normal_id(whole_text(incident_id[:64]))
    row = connection.execute(select(incidents).where(incidents.c.id == wanted)).first()
    if row is not None and row.merged_into:
        row = connection.execute(select(incidents).where(incidents.c.id == row.merged_into)).first()
    if row is None:
        raise NotFound(f"there is no incident {incident_id[:64]!r}")
    return row


def _alert(connection: Connection, alert_id: str) -> Row[Any]:
    wanted = normal_id(whole_text(alert_id[:64]))
    row = connection.execute(select(alerts.c.id, alerts.c.incident_id).where(alerts.c.id == wanted)).first()
    if row is None:
        raise NotFound(f"there is no alert {alert_id[:64]!r}")
    return row  # type: ignore[return-value]


def _detail(connection: Connection, row: Row[Any]) -> IncidentDetail:
    mine = alerts.c.incident_id == row.id
    best = (
        select(*reading.ROW_COLUMNS)
        .where(mine)
        .order_by(alerts.c.score.desc(), alerts.c.created_ms.desc(), alerts.c.id)
    )
    links = select(incident_links).where(incident_links.c.incident_id == row.id)
    ordered = links.order_by(incident_links.c.at_ms, incident_links.c.alert_id).limit(MAX_ALERTS)
    return IncidentDetail(
        row=reading.incident_row(row),
        alerts=tuple(reading.alert_row(one) for one in connection.execute(best.limit(MAX_ALERTS))),
        links=tuple(reading.incident_link(one) for one in connection.execute(ordered)),
    )


def _check_current(row: Row[Any], sent: str | None) -> None:
    if not is_current(sent, reading.incident_row(row).etag):
        raise Conflict("The incident was changed since you looked. Load it again.")


def _checked_reason(reason: str) -> str:
    if len(reason) > MAX_REASON:
        raise InputError(f"a reason has at most {MAX_REASON} characters")
    return whole_text(reason.strip())
