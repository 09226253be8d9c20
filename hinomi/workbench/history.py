"""The history of an alert: what was done to it, by whom and when. Rows are only added."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from hinomi.schema.alert import HistoryEntry
from hinomi.workbench.store import alert_history

MAX_SHOWN = 500  # the newest


@dataclass(frozen=True, slots=True)
class Told:
    """One entry to be added. `action`: a code of docs/reference/workbench.md."""

    alert_id: str
    at_ms: int
    who: str
    action: str
    details: dict[str, Any]


def add_many(connection: Connection, told: Sequence[Told]) -> None:
    rows = [
        {
            "alert_id": one.alert_id,
            "at_ms": one.at_ms,
            "who": one.who[:64],
            "action": one.action,
            "details": orjson.dumps(one.details).decode(),
        }
        for one in told
    ]
    if rows:
        connection.execute(insert(alert_history), rows)


def add(connection: Connection, alert_id: str, at_ms: int, who: str, action: str, details: dict[str, Any]) -> None:
    add_many(connection, [Told(alert_id, at_ms, who, action, details)])


def read(connection: Connection, alert_id: str) -> tuple[HistoryEntry, ...]:
    """Oldest first."""
    mine = alert_history.c.alert_id == alert_id
    newest = select(alert_history).where(mine).order_by(alert_history.c.number.desc()).limit(MAX_SHOWN)
    rows = connection.execute(newest).all()
    return tuple(HistoryEntry(row.at_ms, row.who, row.action, orjson.loads(row.details)) for row in reversed(rows))
