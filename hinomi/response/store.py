"""Rows of response tasks: the task, its steps, its approval, what it must not show, and the last number given out.

Every function takes a connection: it runs in the caller's transaction, together with the audit row.
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hinomi.database import metadata
from hinomi.errors import NotFound
from hinomi.schema.task import ResponseTask, Step, Target, TargetKind, TaskError, TaskState

TASKS = sa.Table(
    "response_tasks",
    metadata,
    sa.Column("id", sa.String(8), primary_key=True),
    # what the sensor knows it by: random, so that a number given out twice after a restored back-up is another command
    sa.Column("command_id", sa.String(32), nullable=False, unique=True),
    sa.Column("action", sa.String(64), nullable=False),
    sa.Column("target_kind", sa.String(16), nullable=False),
    sa.Column("target_id", sa.Text, nullable=False),
    sa.Column("target", sa.JSON, nullable=False),
    sa.Column("sensor", sa.String(64), nullable=False),  # who carries it out; "" for the server itself
    sa.Column("parameters", sa.JSON, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    # one living task of the same wish on the same target; NULL when it has ended
    sa.Column("living", sa.String(64), unique=True),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
    sa.Column("changed_ms", sa.BigInteger, nullable=False),
    sa.Column("expires_ms", sa.BigInteger, nullable=False),
    sa.Column("lasts_ms", sa.BigInteger, nullable=False),  # from queued to expired
    sa.Column("created_by", sa.String(64), nullable=False),
    sa.Column("creator_kind", sa.String(8), nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("alert_id", sa.String(64), nullable=False),
    sa.Column("group_id", sa.String(32), nullable=False),
    sa.Column("source", sa.String(32), nullable=False),
    sa.Column("undoes", sa.String(8), nullable=False),  # the task that this one takes back
    sa.Column("handed_ms", sa.BigInteger),  # first given to the channel
    sa.Column("cancel_ms", sa.BigInteger),  # asked to stop
    sa.Column("result", sa.JSON, nullable=False),
    sa.Column("error", sa.JSON),
    sa.Column("folded", sa.Text, nullable=False),  # what a search looks into
    sa.Index("response_tasks_waiting", "sensor", "state", "created_ms"),
    sa.Index("response_tasks_state", "state", "changed_ms"),
    sa.Index("response_tasks_created", "created_ms"),
    sa.Index("response_tasks_alert", "alert_id"),
    sa.Index("response_tasks_group", "group_id"),
)
STEPS = sa.Table(
    "response_steps",
    metadata,
    sa.Column("task_id", sa.String(8), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("evidence", sa.JSON, nullable=False),
)
APPROVALS = sa.Table(
    "response_approvals",
    metadata,
    sa.Column("task_id", sa.String(8), primary_key=True),
    sa.Column("asked_ms", sa.BigInteger, nullable=False),
    sa.Column("lapses_ms", sa.BigInteger, nullable=False),
    sa.Column("decision", sa.String(16), nullable=False),  # "" | approved | rejected | lapsed | cancelled
    sa.Column("decided_by", sa.String(64), nullable=False),
    sa.Column("decided_ms", sa.BigInteger),
    sa.Column("reason", sa.Text, nullable=False),
)
APPROVAL_RULES = sa.Table(
    "response_approval_rules",
    metadata,
    sa.Column("action", sa.String(64), primary_key=True),
    sa.Column("group_name", sa.String(64), primary_key=True),  # "" for every endpoint
    sa.Column("needs", sa.Boolean, nullable=False),
)
SECRETS = sa.Table(
    "response_secrets",
    metadata,
    sa.Column("task_id", sa.String(8), primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("made_ms", sa.BigInteger, nullable=False),
)
SHOWN = sa.Table(
    "response_secrets_shown",
    metadata,
    sa.Column("task_id", sa.String(8), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
)
NUMBERS = sa.Table(
    "response_numbers",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),  # task | block_list | four_eyes_shell
    sa.Column("value", sa.BigInteger, nullable=False),
)
MAX_STEPS = 200  # a sensor that reports without end fills no table


def number(connection: Connection, name: str) -> int:
    found = connection.execute(sa.select(NUMBERS.c.value).where(NUMBERS.c.name == name)).scalar()
    return int(found or 0)


def set_number(connection: Connection, name: str, value: int) -> None:
    changed = connection.execute(sa.update(NUMBERS).where(NUMBERS.c.name == name).values(value=value))
    if not changed.rowcount:
        connection.execute(sa.insert(NUMBERS).values(name=name, value=value))


def next_id(connection: Connection) -> str:
    """Eight digits, one more than the last."""
    value = number(connection, "task") + 1
    set_number(connection, "task", value)
    return f"{value:08}"


def new_command_id() -> str:
    return secrets.token_hex(16)


def living_key(action: str, target: Target, same_as: str) -> str:
    wish = "\0".join((action, str(target.kind), target.id.lower(), same_as))
    return hashlib.sha256(wish.encode(errors="surrogatepass")).hexdigest()


def find(connection: Connection, id_: str) -> sa.Row[Any]:
    """By the task's eight digits or by the 32 hex digits of its command; NotFound."""
    column = TASKS.c.command_id if len(id_) == 32 else TASKS.c.id
    row = connection.execute(sa.select(TASKS).where(column == id_[:32])).first()
    if row is None:
        raise NotFound(f"there is no task {id_[:40]!r}")
    return row


def steps_of(connection: Connection, ids: Iterable[str]) -> Mapping[str, tuple[Step, ...]]:
    """In order, by task."""
    wanted = sa.select(STEPS).where(STEPS.c.task_id.in_(list(ids))).order_by(STEPS.c.task_id, STEPS.c.number)
    found: dict[str, list[Step]] = {}
    for row in connection.execute(wanted):
        step = Step(TaskState(row.state), row.at_ms, row.who, row.note, row.evidence)
        found.setdefault(row.task_id, []).append(step)
    return {id_: tuple(steps) for id_, steps in found.items()}


def add_step(connection: Connection, task_id: str, step: Step) -> None:
    """The next step. After MAX_STEPS only the ends of a task are kept, not what happens along the way."""
    last = connection.execute(sa.select(sa.func.max(STEPS.c.number)).where(STEPS.c.task_id == task_id)).scalar() or 0
    connection.execute(sa.insert(STEPS).values(task_id=task_id, number=last + 1, **asdict(step)))


def count_steps(connection: Connection, task_id: str) -> int:
    wanted = sa.select(sa.func.count()).select_from(STEPS).where(STEPS.c.task_id == task_id)
    return int(connection.execute(wanted).scalar_one())


def insert(connection: Connection, task: ResponseTask, **more: Any) -> None:
    """`more`: command_id, sensor, living, lasts_ms, creator_kind, undoes."""
    target = task.target
    words = (task.id, task.action, target.id, target.name, target.address, task.created_by, task.description)
    connection.execute(
        sa.insert(TASKS).values(
            id=task.id,
            action=task.action,
            target_kind=str(target.kind),
            target_id=target.id,
            target=asdict(target),
            parameters=task.parameters,
            state=str(task.state),
            created_ms=task.created_ms,
            changed_ms=task.changed_ms,
            expires_ms=task.expires_ms,
            created_by=task.created_by,
            description=task.description,
            alert_id=task.alert_id,
            group_id=task.group,
            source=task.source,
            result={},
            folded=" ".join(words).lower(),
            **more,
        )
    )


def change(connection: Connection, id_: str, **values: Any) -> None:
    connection.execute(sa.update(TASKS).where(TASKS.c.id == id_).values(**values))


def task_of(row: sa.Row[Any], steps: tuple[Step, ...] = ()) -> ResponseTask:
    target = row.target
    return ResponseTask(
        id=row.id,
        action=row.action,
        target=Target(
            TargetKind(row.target_kind), row.target_id, target["name"], target.get("address", ""), target.get("os", "")
        ),
        parameters=row.parameters,
        state=TaskState(row.state),
        created_ms=row.created_ms,
        changed_ms=row.changed_ms,
        expires_ms=row.expires_ms,
        created_by=row.created_by,
        description=row.description,
        alert_id=row.alert_id,
        group=row.group_id,
        source=row.source,
        result=row.result,
        error=TaskError(**row.error) if row.error else None,
        steps=steps,
    )
