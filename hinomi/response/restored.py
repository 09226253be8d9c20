"""After a back-up was restored: what was asked for before it may have been done since, so nothing of it is done again."""

from collections.abc import Callable

import sqlalchemy as sa

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.response import approvals, store
from hinomi.response.life import Move, may, move
from hinomi.schema.principal import Principal
from hinomi.schema.task import TaskError, TaskState

_EN = "A back-up was restored: this may have been done since. Look at the target, and ask again if it is still wanted."
_JA = "バックアップを復元しました。実行済みの可能性があります。対象を確認し、必要なら再度依頼してください。"


def end_living_tasks(database: Database, audit: Audit, principal: Principal, clock: Callable[[], float]) -> int:
    """Cancel every task that could still be handed out or carried out; how many. Each is in the audit log."""
    now_ms = int(clock() * 1000)
    states = [str(state) for state in TaskState if may(state, TaskState.CANCELLED)]
    with database.begin() as connection:
        rows = connection.execute(sa.select(store.TASKS).where(store.TASKS.c.state.in_(states))).all()
        for row in rows:
            if row.state == TaskState.PENDING_APPROVAL:
                approvals.decide(connection, row.id, "cancelled", principal.name, "", now_ms)
            error = TaskError("restored", _EN, _JA)
            made = Move(TaskState.CANCELLED, principal, error=error, values={"cancel_ms": now_ms})
            move(connection, audit, row, made, now_ms)
    return len(rows)
