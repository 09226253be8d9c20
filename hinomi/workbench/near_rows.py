"""Reads what is near: alerts of the same entities and time, and what people keep apart."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection

from hinomi.schema.entity import EntityType
from hinomi.workbench.incident import JOINING_TYPES, WINDOW_MS
from hinomi.workbench.neighbourhood import Near, Neighbourhood
from hinomi.workbench.scope import Key
from hinomi.workbench.store import alert_entities, alerts, incident_refusals

CHUNK = 500  # values in one IN list: far below every database's limit


def read_neighbourhood(
    connection: Connection, keys: Collection[Key], first_ms: int, last_ms: int, new_id: Callable[[], str]
) -> Neighbourhood:
    """Every alert that shares one of the entities, with events within the joining window of first_ms to last_ms."""
    near: dict[str, Near] = {}
    for kind in JOINING_TYPES:
        wanted = sorted(key for own, key in keys if own is kind)
        for chunk in chunks(wanted):
            for row in connection.execute(_near(kind, chunk, first_ms, last_ms)):
                known = near.setdefault(row[0], Near(*row[:5]))
                known.keys = (*known.keys, (kind, row[5]))
    groups = {one.incident_id for one in near.values() if one.incident_id}
    return Neighbourhood(near.values(), _refused(connection, sorted(groups)), new_id)


def _near(kind: EntityType, keys: Sequence[str], first_ms: int, last_ms: int) -> Select[Any]:
    columns = (
        alerts.c.id, alerts.c.first_event_ms, alerts.c.last_event_ms, alerts.c.account_count, alerts.c.incident_id,
        alert_entities.c.entity_id,
    )  # fmt: skip
    return (
        select(*columns)
        .join(alerts, alerts.c.id == alert_entities.c.alert_id)
        .where(alert_entities.c.type == str(kind), alert_entities.c.entity_id.in_(keys))
        .where(alerts.c.first_event_ms <= last_ms + WINDOW_MS, alerts.c.last_event_ms >= first_ms - WINDOW_MS)
    )


def _refused(connection: Connection, groups: Sequence[str]) -> set[tuple[str, str]]:
    """Pairs that are not to be joined: alert and incident, and incidents that an alert keeps apart."""
    found: set[tuple[str, str]] = set()
    for chunk in chunks(groups):
        wanted = select(incident_refusals).where(incident_refusals.c.incident_id.in_(chunk))
        found |= {(row.alert_id, row.incident_id) for row in connection.execute(wanted)}
    now_in: dict[str, str | None] = {}
    for chunk in chunks(sorted({alert for alert, _ in found})):
        inside = select(alerts.c.id, alerts.c.incident_id).where(alerts.c.id.in_(chunk))
        now_in |= {row.id: row.incident_id for row in connection.execute(inside)}
    apart = ((now_in.get(alert), refusing) for alert, refusing in found)
    return found | {(group, refusing) for group, refusing in apart if group}


def chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
