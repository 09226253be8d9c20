"""The room's face: alerts and incidents kept, shown and worked on.

workbench.keep(connection, matches, content, now_s)   in the pipeline's transaction
workbench.page(AlertQuery(...)), .get(id)              for people and programs
workbench.change(principal, id, AlertChange(...))      checked, told in the history and the audit log
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.engine import Connection

from hinomi.access.access import Access
from hinomi.access.permission import require
from hinomi.database import Database
from hinomi.detect.content import Content
from hinomi.errors import Conflict, HinomiError, InputError, NotFound
from hinomi.schema.alert import AlertChange, AlertDetail, AlertQuery, AlertRow, Finding, Note, Status
from hinomi.schema.content import Severity, Text
from hinomi.schema.detection import ModelMatch
from hinomi.schema.entity import EntityType
from hinomi.schema.page import Page
from hinomi.schema.principal import Permission, Principal
from hinomi.schema.profile import Graph
from hinomi.workbench import history, notes, reading
from hinomi.workbench.correlation_graph import build_graph
from hinomi.workbench.identity import is_current, normal_id
from hinomi.workbench.incident_rows import IncidentRows
from hinomi.workbench.incidents import Incidents
from hinomi.workbench.keeper import Keeper
from hinomi.workbench.listing import ALERT_ORDER, alert_conditions, order_of, read_page
from hinomi.workbench.lookup import look_up
from hinomi.workbench.notes import whole_text
from hinomi.workbench.precision import Precision, read_precision
from hinomi.workbench.status import State, changed
from hinomi.workbench.store import alert_entities, alerts, evidence

MAX_BULK = 500
MAX_REASON = 1000
DAY_MS = 24 * 3600 * 1000
FIRST_LOOK_DAYS = 30  # the mean time to first look is that of the last 30 days


@dataclass(frozen=True, slots=True)
class Summary:
    """`open`: alerts not closed. `unchecked_today`: made today and still without a first look."""

    open: dict[Severity, int]
    unchecked_today: int
    mean_first_look_s: float | None
    oldest_open_high: tuple[str, int] | None  # (id, created_ms)


class Workbench:
    """`org` stands in every id. `clock` gives seconds since 1970 UTC. Incidents hang from `incidents`."""

    def __init__(self, database: Database, org: str, clock: Callable[[], float], access: Access) -> None:
        self._database, self._org, self._clock, self._access = database, org, clock, access
        self.incidents = Incidents(database, clock, access)

    # ---- from the pipeline ----------------------------------------------------------------------------------------
    def keep(
        self, connection: Connection, matches: Sequence[ModelMatch], content: Content, created_at_s: float
    ) -> Sequence[str]:
        """Ids of the alerts that are new, in order. Evidence of an alert that stands joins it and makes none."""
        if not matches:
            return []
        return Keeper(connection, self._org, content, int(created_at_s * 1000)).keep(matches)

    # ---- reading --------------------------------------------------------------------------------------------------
    def page(self, query: AlertQuery) -> Page[AlertRow]:
        """One page. InputError for an order, token or filter that cannot be read."""
        wanted = select(*reading.ROW_COLUMNS).where(*alert_conditions(query))
        order = order_of(query.order_by, ALERT_ORDER)
        with self._database.read() as connection:
            rows, total, token = read_page(connection, wanted, order, query.top, query.skip_token)
        return Page(tuple(reading.alert_row(row) for row in rows), total, token)

    def row(self, alert_id: str) -> AlertRow:
        with self._database.read() as connection:
            return reading.alert_row(_find(connection, alert_id))

    def get(self, alert_id: str) -> AlertDetail:
        """The whole alert. The id's counter may be written with fewer digits. NotFound."""
        with self._database.read() as connection:
            return self._detail(connection, _find(connection, alert_id))

    def details(self, alert_ids: Sequence[str]) -> Sequence[AlertDetail]:
        """Several whole alerts in one reading, in this order; unknown ids are left out."""
        with self._database.read() as connection:
            rows = connection.execute(select(alerts).where(alerts.c.id.in_(alert_ids)))
            found = {row.id: row for row in rows}
            return [self._detail(connection, found[one]) for one in alert_ids if one in found]

    @staticmethod
    def _detail(connection: Connection, row: Row[Any]) -> AlertDetail:
        told = (notes.read_all(connection, row.id), history.read(connection, row.id))
        return reading.alert_detail(row, _kept(connection, row.id), *told)

    def graph(self, alert_id: str) -> Graph:
        """The correlation graph of the alert's kept evidence."""
        with self._database.read() as connection:
            kept = _kept(connection, _find(connection, alert_id).id)
        return build_graph(reading.graph_event(row) for row in kept)

    def summary(self, day_start_ms: int | None = None) -> Summary:
        """The figures over the list. `day_start_ms`: when the reader's day began; without it, the day of UTC."""
        now_ms = self._now_ms()
        today = day_start_ms if day_start_ms is not None else now_ms - now_ms % DAY_MS
        is_open = alerts.c.status != Status.CLOSED
        counted = select(alerts.c.severity, func.count()).where(is_open).group_by(alerts.c.severity)
        unchecked = (alerts.c.created_ms >= today, alerts.c.first_investigated_ms.is_(None))
        look_ms = func.avg(alerts.c.first_investigated_ms - alerts.c.created_ms)
        recent = alerts.c.created_ms >= now_ms - FIRST_LOOK_DAYS * DAY_MS
        high = select(alerts.c.id, alerts.c.created_ms).where(is_open, alerts.c.severity == Severity.HIGH)
        with self._database.read() as connection:
            counts = {row[0]: row[1] for row in connection.execute(counted)}
            today_count = connection.execute(select(func.count()).select_from(alerts).where(*unchecked)).scalar_one()
            mean_ms = connection.execute(select(look_ms).where(recent)).scalar()
            oldest = connection.execute(high.order_by(alerts.c.created_ms, alerts.c.id).limit(1)).first()
        return Summary(
            open={one: counts.get(one, 0) for one in Severity if one is not Severity.INFO},
            unchecked_today=today_count,
            mean_first_look_s=float(mean_ms) / 1000 if mean_ms is not None else None,
            oldest_open_high=(oldest.id, oldest.created_ms) if oldest else None,
        )

    def counts_by_model(self, since_ms: int = 0) -> dict[str, int]:
        """How many alerts each model has raised since then."""
        counted = select(alerts.c.model_id, func.count()).where(alerts.c.created_ms >= since_ms)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(counted.group_by(alerts.c.model_id))}

    def counts_by_model_between(self, from_ms: int | None, to_ms: int | None) -> dict[str, int]:
        """How many alerts each model has whose first event lies in the window; the end is not in it."""
        counted = select(alerts.c.model_id, func.count())
        if from_ms is not None:
            counted = counted.where(alerts.c.first_event_ms >= from_ms)
        if to_ms is not None:
            counted = counted.where(alerts.c.first_event_ms < to_ms)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(counted.group_by(alerts.c.model_id))}

    def open_alerts_of(self, endpoints: Sequence[str]) -> dict[str, int]:
        """How many alerts that are not closed touch each of these endpoints (GUIDs); those without any are left out."""
        with self._database.read() as connection:
            counted = select(alert_entities.c.entity_id, func.count()).join(
                alerts, alerts.c.id == alert_entities.c.alert_id
            )
            wanted = counted.where(
                alert_entities.c.type == str(EntityType.HOST),
                alert_entities.c.entity_id.in_(endpoints),
                alerts.c.status != str(Status.CLOSED),
            )
            return {row[0]: row[1] for row in connection.execute(wanted.group_by(alert_entities.c.entity_id))}

    def precision_by_model(self) -> dict[str, Precision]:
        """How right each model was, over its closed alerts."""
        with self._database.read() as connection:
            return read_precision(connection)

    def lookup(self, text: str, top: int = 5) -> Sequence[tuple[str, str, Text | str]]:
        """(kind, id, label) of what the text may mean: alerts, incidents, endpoints, accounts; at most `top` of each."""
        with self._database.read() as connection:
            return look_up(connection, text, top)

    # ---- changing -------------------------------------------------------------------------------------------------
    def change(
        self,
        principal: Principal,
        alert_id: str,
        change: AlertChange,
        if_match: str | None = None,
        *,
        is_reason_required: bool = False,
    ) -> AlertRow:
        """The changed alert. Conflict when it is no longer the one `if_match` names; InputError; NotFound; Forbidden."""
        require(principal, Permission.INVESTIGATE)
        with self._database.begin() as connection:
            row = _find(connection, alert_id)
            if not is_current(if_match, reading.alert_row(row).etag):
                raise Conflict("The alert was changed since you looked. Load it again.")
            self._change(connection, principal, row, change, is_reason_required=is_reason_required)
            return reading.alert_row(_find(connection, row.id))

    def change_many(
        self, principal: Principal, alert_ids: Sequence[str], change: AlertChange, *, is_reason_required: bool = False
    ) -> Sequence[tuple[str, HinomiError | None]]:
        """The same change for each; one that cannot be changed does not hinder the others."""
        require(principal, Permission.INVESTIGATE)
        if len(alert_ids) > MAX_BULK:
            raise InputError(f"at most {MAX_BULK} alerts at once")
        results = []
        for alert_id in alert_ids:
            failure: HinomiError | None = None
            try:
                self.change(principal, alert_id, change, is_reason_required=is_reason_required)
            except (NotFound, InputError) as error:
                failure = error
            results.append((alert_id, failure))
        return results

    def _change(
        self,
        connection: Connection,
        principal: Principal,
        row: Row[Any],
        change: AlertChange,
        *,
        is_reason_required: bool,
    ) -> None:
        before = State(Status(row.status), Finding(row.finding))
        after = changed(before, change, is_reason_required=is_reason_required)
        values = self._state_values(row, before, after)
        if change.owner is not None:
            owner = self._access.checked_owner(connection, change.owner)
            values |= {"owner": owner} if owner != row.owner else {}
        if not values:
            return
        values |= {"updated_ms": self._now_ms(), "version": row.version + 1}
        connection.execute(update(alerts).where(alerts.c.id == row.id).values(**values))
        self._tell(connection, principal, row, values, _checked_reason(change.reason))
        if row.incident_id:
            IncidentRows(connection, self._now_ms()).refresh(row.incident_id)

    def _state_values(self, row: Row[Any], before: State, after: State) -> dict[str, Any]:
        now_ms = self._now_ms()
        values: dict[str, Any] = {}
        if after.status is not before.status:
            values["status"] = str(after.status)
            values["closed_ms"] = now_ms if after.status is Status.CLOSED else None
            if row.first_investigated_ms is None:
                values["first_investigated_ms"] = now_ms
        if after.finding is not before.finding:
            values["finding"] = str(after.finding)
        return values

    def _tell(
        self, connection: Connection, principal: Principal, row: Row[Any], values: dict[str, Any], reason: str
    ) -> None:
        """History of the alert and audit log, in the transaction of the change."""
        told: dict[str, Any] = {name: values[name] for name in ("status", "finding", "owner") if name in values}
        before = {name: getattr(row, name) for name in told}
        details = {"before": before, "after": told} | ({"reason": reason} if reason else {})
        history.add(connection, row.id, self._now_ms(), principal.name, "changed", details)
        self._access.audit.add(connection, principal, "alert.change", row.id, details)

    # ---- notes ----------------------------------------------------------------------------------------------------
    def notes(self, alert_id: str) -> tuple[Note, ...]:
        with self._database.read() as connection:
            return notes.read_all(connection, _find(connection, alert_id).id)

    def note(self, alert_id: str, note_id: int) -> Note:
        with self._database.read() as connection:
            return notes.read(connection, _find(connection, alert_id).id, note_id)

    def add_note(self, principal: Principal, alert_id: str, content: str) -> Note:
        require(principal, Permission.INVESTIGATE)
        with self._database.begin() as connection:
            row = _find(connection, alert_id)
            made = notes.add(connection, row.id, content, principal.name, self._now_ms())
            self._tell_of_note(connection, principal, "added", row.id, [made.id])
            return made

    def change_note(
        self, principal: Principal, alert_id: str, note_id: int, content: str, if_match: str | None = None
    ) -> Note:
        require(principal, Permission.INVESTIGATE)
        with self._database.begin() as connection:
            row = _find(connection, alert_id)
            made = notes.change(connection, row.id, note_id, content, principal.name, self._now_ms(), if_match)
            self._tell_of_note(connection, principal, "changed", row.id, [note_id])
            return made

    def remove_notes(self, principal: Principal, alert_id: str, note_ids: Sequence[int]) -> None:
        """All of them or, when one is not there, NotFound and none."""
        require(principal, Permission.INVESTIGATE)
        with self._database.begin() as connection:
            row = _find(connection, alert_id)
            notes.remove(connection, row.id, note_ids)
            self._tell_of_note(connection, principal, "removed", row.id, list(note_ids)[:100])

    def _tell_of_note(
        self, connection: Connection, principal: Principal, what: str, alert_id: str, note_ids: Sequence[int]
    ) -> None:
        details = {"notes": list(note_ids)}
        history.add(connection, alert_id, self._now_ms(), principal.name, f"note-{what}", details)
        self._access.audit.add(connection, principal, f"note.{what}", alert_id, details)

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)


def _find(connection: Connection, alert_id: str) -> Row[Any]:
    row = connection.execute(select(alerts).where(alerts.c.id == normal_id(whole_text(alert_id[:64])))).first()
    if row is None:
        raise NotFound(f"there is no alert {alert_id[:64]!r}")
    return row


def _kept(connection: Connection, alert_id: str) -> Sequence[Row[Any]]:
    mine = (evidence.c.alert_id == alert_id, evidence.c.body.is_not(None))
    ordered = (evidence.c.event_ms, evidence.c.detection_id, evidence.c.rule_id)
    return connection.execute(select(evidence).where(*mine).order_by(*ordered)).all()


def _checked_reason(reason: str | None) -> str:
    if reason and len(reason) > MAX_REASON:
        raise InputError(f"a reason has at most {MAX_REASON} characters")
    return whole_text((reason or "").strip())
