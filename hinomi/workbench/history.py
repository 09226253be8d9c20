"""The history of an alert: what was done to it, by whom and when. Rows are only added."""

from typing import Any

import orjson
from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from hinomi.schema.alert import HistoryEntry
from hinomi.workbench.store import alert_history

MAX_SHOWN = 500  # the newest


def add(connection: Connection, alert_id: str, at_ms: int, who: str, action: str, details: dict[str, Any]) -> None:
    told = orjson.dumps(details).decode()
    values = {"alert_id": alert_id, "at_ms": at_ms, "who": who[:64], "action": action, "details": told}
    connection.execute(insert(alert_history).values(**values))


def read(connection: Connection, alert_id: str) -> tuple[HistoryEntry, ...]:
    """Oldest first."""
    mine = alert_history.c.alert_id == alert_id
    newest = select(alert_history).where(mine).order_by(alert_history.c.number.desc()).limit(MAX_SHOWN)
    rows = connection.execute(newest).all()
    return tuple(HistoryEntry(row.at_ms, row.who, row.action, orjson.loads(row.details)) for row in reversed(rows))
