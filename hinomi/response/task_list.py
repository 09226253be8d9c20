"""Lists of tasks: conditions, order and pages that neither repeat nor miss a row while others change."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hinomi.errors import InputError
from hinomi.response.store import TASKS, steps_of, task_of
from hinomi.schema.page import Page
from hinomi.schema.task import ResponseTask, TaskState

MAX_PAGE = 1000
MAX_WORDS = 10
ORDERS: dict[str, sa.ColumnElement[Any]] = {
    "created": TASKS.c.created_ms,
    "changed": TASKS.c.changed_ms,
    "expires": TASKS.c.expires_ms,
    "action": TASKS.c.action,
    "state": TASKS.c.state,
    "id": TASKS.c.id,
    "createdBy": TASKS.c.created_by,
    "target": TASKS.c.target_id,
}

# The worst first: the state of a group is that of its worst member.
WORST = (
    TaskState.FAILED, TaskState.REJECTED, TaskState.EXPIRED, TaskState.UNVERIFIED, TaskState.CANCELLED,
    TaskState.PENDING_APPROVAL, TaskState.QUEUED, TaskState.DELIVERED, TaskState.EXECUTING, TaskState.EXECUTED,
    TaskState.VERIFIED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TaskQuery:
    """Which tasks, in which order. Empty and None mean: all. Windows include both ends; ms since 1970 UTC."""

    ids: tuple[str, ...] = ()
    states: tuple[TaskState, ...] = ()
    actions: tuple[str, ...] = ()
    search: str = ""  # each word stands in id, action, target, asker or description
    alert_id: str = ""
    endpoint: str = ""  # GUID
    group: str = ""
    created_by: str = ""
    from_ms: int | None = None
    to_ms: int | None = None
    by_change: bool = False  # the window is of the last change, not of the creation
    order: str = "created"
    is_descending: bool = True
    top: int = 50
    skip_token: str = ""


def page(connection: Connection, query: TaskQuery) -> Page[ResponseTask]:
    """InputError for an order or a token that is not known."""
    if query.order not in ORDERS:
        raise InputError(f"orderBy: {query.order[:64]!r} is not one of {', '.join(ORDERS)}")
    key = ORDERS[query.order]
    wanted = sa.select(TASKS, key.label("sort_key")).where(*_conditions(query))
    total = connection.execute(sa.select(sa.func.count()).select_from(wanted.subquery())).scalar_one()
    if query.skip_token:
        wanted = wanted.where(_after(key, query))
    down = query.is_descending
    wanted = wanted.order_by(key.desc() if down else key.asc(), TASKS.c.id.desc() if down else TASKS.c.id.asc())
    top = max(1, min(query.top, MAX_PAGE))
    rows = connection.execute(wanted.limit(top + 1)).all()
    steps = steps_of(connection, [row.id for row in rows[:top]])
    items = tuple(task_of(row, steps.get(row.id, ())) for row in rows[:top])
    return Page(items, total, _token(rows[top - 1]) if len(rows) > top else "")


def group_state(states: set[TaskState]) -> TaskState | None:
    return next((state for state in WORST if state in states), None)


def _conditions(query: TaskQuery) -> list[sa.ColumnElement[bool]]:
    found = [TASKS.c.folded.contains(word[:256], autoescape=True) for word in query.search.lower().split()[:MAX_WORDS]]
    if query.ids:
        found.append(TASKS.c.id.in_(query.ids[:MAX_PAGE]))
    if query.states:
        found.append(TASKS.c.state.in_([str(state) for state in query.states]))
    if query.actions:
        found.append(TASKS.c.action.in_(query.actions))
    equal = (
        (TASKS.c.alert_id, query.alert_id),
        (TASKS.c.sensor, query.endpoint),
        (TASKS.c.group_id, query.group),
        (TASKS.c.created_by, query.created_by),
    )
    found += [column == value for column, value in equal if value]
    moment = TASKS.c.changed_ms if query.by_change else TASKS.c.created_ms
    if query.from_ms is not None:
        found.append(moment >= query.from_ms)
    if query.to_ms is not None:
        found.append(moment <= query.to_ms)
    return found


def _token(row: sa.Row[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([row.sort_key, row.id])).decode()


def _after(key: sa.ColumnElement[Any], query: TaskQuery) -> sa.ColumnElement[bool]:
    try:
        value, id_ = orjson.loads(base64.urlsafe_b64decode(query.skip_token[:8192]))
    except (ValueError, binascii.Error, TypeError):
        raise InputError("skipToken: not one that this list gave out") from None
    if type(id_) is not str or type(value) is not (int if isinstance(key.type, sa.BigInteger) else str):
        raise InputError("skipToken: not one that this list gave out")
    if query.is_descending:
        return sa.or_(key < value, sa.and_(key == value, TASKS.c.id < id_))
    return sa.or_(key > value, sa.and_(key == value, TASKS.c.id > id_))
