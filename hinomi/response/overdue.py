"""What time does to response tasks: those that nobody decided on, took up or finished in time, and how each of them ends."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hinomi.response import approvals, store
from hinomi.response.life import SERVER, Move
from hinomi.schema.task import TaskError, TaskState

MOST = 1000  # in one transaction
_S = TaskState


def rows(connection: Connection, now_ms: int) -> Sequence[sa.Row[Any]]:
    """Tasks whose time may be over, at most `MOST`: `end_of` says whether it is."""
    columns = store.TASKS.c
    waits = columns.state.in_([str(_S.PENDING_APPROVAL), str(_S.QUEUED), str(_S.DELIVERED)])
    runs = columns.state == str(_S.EXECUTING)
    lapsed = columns.id.in_(approvals.lapsed(connection, now_ms))
    wanted = sa.select(store.TASKS).where(sa.or_(lapsed, runs, sa.and_(waits, columns.expires_ms <= now_ms)))
    return connection.execute(wanted.limit(MOST)).all()


def end_of(connection: Connection, row: sa.Row[Any], deadline_ms: int, now_ms: int) -> Move | None:
    """The last step of a task of `rows`; None when it has time left. `deadline_ms`: of its result, while it is executing."""
    if row.state == _S.EXECUTING:
        error = TaskError("timeout", "No result came in time.", "期限までに結果が届きませんでした。")
        return Move(_S.FAILED, SERVER, error=error) if now_ms >= deadline_ms else None
    if row.state == _S.PENDING_APPROVAL:
        approvals.decide(connection, row.id, "lapsed", SERVER.name, "", now_ms)
        error = TaskError("not_approved", "Nobody decided on it in time.", "期限までに承認されませんでした。")
        return Move(_S.EXPIRED, SERVER, error=error)
    if row.expires_ms > now_ms:
        return None
    return Move(_S.EXPIRED, SERVER, error=_not_begun(row.state))


def _not_begun(state: str) -> TaskError:
    if state == _S.DELIVERED:
        return TaskError(
            "expired",
            "The endpoint took it and did not begin in time.",
            "エンドポイントは受け取りましたが、期限までに開始しませんでした。",
        )
    return TaskError("offline", "The endpoint was not there in time.", "期限までにエンドポイントが接続しませんでした。")
