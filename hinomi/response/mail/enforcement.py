"""What each mail connector does about listed senders: enforced, last looked when, letters held, why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hinomi.response.mail.store import CONNECTORS, TAKEN, WATCHED

BLOCK_LIST = "block-list"  # stands for a task where the block list took a letter
LATE_MS = 15 * 60_000  # a connector that was not looked through for so long is behind
MAX_REASONS = 50


class State(StrEnum):
    IDLE = "idle"  # no sender is listed
    ENFORCED = "enforced"
    WAITING = "waiting"  # not every mailbox was looked into yet, or not for a long time
    FAILED = "failed"  # a mailbox cannot be looked into


@dataclass(frozen=True, slots=True)
class Enforcement:
    """`swept_ms`: what had arrived by then was looked at, in all mailboxes. `held`: letters in quarantine because of the list.

    `reasons`: mailbox ("" for the connector itself) -> why it could not be looked into.
    """

    connector: str
    kind: str
    state: State
    swept_ms: int | None
    held: int
    mailboxes: int
    reasons: Mapping[str, str]

    def word(self, created_ms: int) -> str:
        """Of an address that came onto the list then: blocked, waiting or failed."""
        if self.state is State.FAILED:
            return "failed"
        is_seen = self.swept_ms is not None and self.swept_ms >= created_ms
        return "blocked" if is_seen and self.state is State.ENFORCED else "waiting"


def mail_enforcement(connection: Connection, is_listed: bool, now_ms: int) -> list[Enforcement]:
    """Of every connector, by name. `is_listed`: does any sender stand on the list."""
    mailboxes: dict[tuple[str, int], list[sa.Row[Any]]] = {}
    for row in connection.execute(sa.select(WATCHED).order_by(WATCHED.c.mailbox)):
        mailboxes.setdefault((row.connector, row.made_ms), []).append(row)
    where = sa.and_(TAKEN.c.task_id == BLOCK_LIST, TAKEN.c.state.in_(("held", "quarantined")))
    counted = sa.select(TAKEN.c.connector, sa.func.count()).where(where).group_by(TAKEN.c.connector)
    held = {name: int(count) for name, count in connection.execute(counted)}
    found = []
    for row in connection.execute(sa.select(CONNECTORS).order_by(CONNECTORS.c.name)):
        rows = mailboxes.get((row.name, row.created_ms), [])
        named = row.settings.get("mailboxes")
        count = len(named) if isinstance(named, list) else sum(1 for one in rows if one.mailbox)
        state, swept_ms = _state(rows, count, is_listed, now_ms)
        reasons = {one.mailbox: one.trouble for one in rows if one.trouble}
        reasons = dict(list(reasons.items())[:MAX_REASONS])
        found.append(Enforcement(row.name, row.kind, state, swept_ms, held.get(row.name, 0), count, reasons))
    return found


def _state(rows: Sequence[sa.Row[Any]], count: int, is_listed: bool, now_ms: int) -> tuple[State, int | None]:
    swept = [row.swept_ms for row in rows if row.mailbox]
    swept_ms = None if None in swept or len(swept) < count else min(swept, default=None)
    if not is_listed:
        return State.IDLE, swept_ms
    if any(row.trouble for row in rows):
        return State.FAILED, swept_ms
    is_late = swept_ms is None or now_ms - swept_ms > LATE_MS
    return State.WAITING if is_late else State.ENFORCED, swept_ms
