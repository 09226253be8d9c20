"""One move in the life of a task: only where schema.task.NEXT allows it, with its step and its audit row, or not at all."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hinomi.access.audit import Audit
from hinomi.errors import Refused
from hinomi.response import store
from hinomi.schema.principal import Principal, PrincipalKind, Role
from hinomi.schema.task import ENDED, NEXT, Step, TaskError, TaskState

SERVER = Principal.of("server", Role.ADMINISTRATOR, PrincipalKind.SYSTEM, "local")  # what the server does by itself


@dataclass(frozen=True, slots=True)
class Move:
    """Where to, by whom, with what. `by` is for the audit log, `who` for the step ("" takes the name of `by`)."""

    to: TaskState
    by: Principal
    who: str = ""
    note: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    error: TaskError | None = None
    result: Mapping[str, Any] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)  # other columns that change with it


def may(state: TaskState, to: TaskState) -> bool:
    return to in NEXT[state]


def move(connection: Connection, audit: Audit, row: sa.Row[Any], made: Move, now_ms: int) -> None:
    """Refused (WrongState) when a task in this state cannot go there."""
    state = TaskState(row.state)
    if not may(state, made.to):
        raise wrong_state(row.id, state)
    values: dict[str, Any] = {"state": str(made.to), "changed_ms": now_ms, **made.values}
    if made.to in ENDED:
        values["living"] = None
    if made.error is not None:
        values["error"] = asdict(made.error)
    if made.result is not None:
        values["result"] = dict(made.result)
    store.change(connection, row.id, **values)
    step = Step(made.to, now_ms, made.who or made.by.name, made.note, dict(made.evidence))
    store.add_step(connection, row.id, step)
    details = {"action": row.action, "target": row.target["name"] or row.target_id, "from": str(state)}
    details |= {"note": made.note[:500]} if made.note else {}
    details |= {"error": made.error.code} if made.error else {}
    audit.add(connection, made.by, f"task.{made.to}", row.id, details, _outcome(made.to))


def remark(
    connection: Connection, row: sa.Row[Any], who: str, note: str, evidence: Mapping[str, Any], now_ms: int
) -> None:
    """Something to know about a task that does not move it; nothing more once the task has very many steps."""
    if store.count_steps(connection, row.id) < store.MAX_STEPS:
        store.add_step(connection, row.id, Step(TaskState(row.state), now_ms, who, note, dict(evidence)))


def wrong_state(id_: str, state: TaskState) -> Refused:
    en = f"task {id_} is {state}: this cannot be done to it any more"
    return Refused(en, "WrongState", text={"en": en, "ja": f"タスク {id_} は {state} のため、この操作はできません"})


def _outcome(state: TaskState) -> str:
    return "failure" if state in (TaskState.FAILED, TaskState.REJECTED) else "success"
