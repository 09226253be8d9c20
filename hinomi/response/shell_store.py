"""The tables of remote shells: sessions, and how they are to be. Moments are milliseconds since 1970 UTC."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hinomi.database import metadata
from hinomi.errors import InputError, NotFound

SESSIONS = sa.Table(
    "shell_sessions",
    metadata,
    sa.Column("session", sa.String(32), primary_key=True),
    sa.Column("task_id", sa.String(16), nullable=False, unique=True),
    sa.Column("endpoint", sa.String(36), nullable=False, index=True),
    sa.Column("endpoint_name", sa.String(255), nullable=False),
    sa.Column("asked_by", sa.String(64), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("user", sa.String(64), nullable=False),
    sa.Column("idle_s", sa.Integer, nullable=False),
    sa.Column("max_s", sa.Integer, nullable=False),
    sa.Column("watch", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(8), nullable=False, index=True),  # waiting | open | ended
    sa.Column("asked_ms", sa.BigInteger, nullable=False, index=True),
    sa.Column("started_ms", sa.BigInteger),
    sa.Column("ended_ms", sa.BigInteger),
    sa.Column("end_reason", sa.String(32), nullable=False, default=""),
    sa.Column("ended_by", sa.String(64), nullable=False, default=""),
    sa.Column("input_bytes", sa.BigInteger, nullable=False, default=0),
    sa.Column("output_bytes", sa.BigInteger, nullable=False, default=0),
    sa.Column("sha256", sa.String(64), nullable=False, default=""),  # of the recording
)

WATCHERS = sa.Table(
    "shell_watchers",
    metadata,
    sa.Column("session", sa.String(32), primary_key=True),
    sa.Column("who", sa.String(64), primary_key=True),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
)

POLICY = sa.Table(
    "shell_policy",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("user", sa.String(64), nullable=False),
    sa.Column("shell", sa.String(255), nullable=False),
    sa.Column("idle_s", sa.Integer, nullable=False),
    sa.Column("max_s", sa.Integer, nullable=False),
    sa.Column("watch", sa.Boolean, nullable=False),
)

MOST_S = 8 * 3600


@dataclass(frozen=True, slots=True)
class ShellPolicy:
    """`user` "": whom the sensor runs as; `shell` "": that user's own. `watch`: keys count only while a second person looks on."""

    user: str = ""
    shell: str = ""
    idle_s: int = 600
    max_s: int = 3600
    watch: bool = False

    def checked(self) -> "ShellPolicy":
        if not (30 <= self.idle_s <= self.max_s <= MOST_S):
            raise InputError(f"idleS: 30 seconds or more; maxS: not less, and at most {MOST_S}")
        if self.shell and (not self.shell.startswith("/") or len(self.shell) > 255):
            raise InputError("shell: an absolute path, or nothing for the user's own")
        if len(self.user) > 64 or "\0" in self.user + self.shell:
            raise InputError("user: the name of an account, or nothing")
        return self


def read_policy(connection: Connection) -> ShellPolicy:
    row = connection.execute(sa.select(POLICY)).first()
    return ShellPolicy(row.user, row.shell, row.idle_s, row.max_s, row.watch) if row else ShellPolicy()


def write_policy(connection: Connection, policy: ShellPolicy) -> None:
    values = {name: getattr(policy, name) for name in ("user", "shell", "idle_s", "max_s", "watch")}
    connection.execute(sa.delete(POLICY))
    connection.execute(sa.insert(POLICY).values(id=1, **values))


def find(connection: Connection, task_id: str) -> sa.Row[Any]:
    """The session of a task; NotFound."""
    row = connection.execute(sa.select(SESSIONS).where(SESSIONS.c.task_id == task_id)).first()
    if row is None:
        raise NotFound(f"there is no remote shell of task {task_id[:32]}")
    return row


def change(connection: Connection, session: str, **values: Any) -> None:
    connection.execute(sa.update(SESSIONS).where(SESSIONS.c.session == session).values(**values))


def watchers_of(connection: Connection, sessions: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    wanted = sa.select(WATCHERS).where(WATCHERS.c.session.in_(sessions)).order_by(WATCHERS.c.at_ms)
    for row in connection.execute(wanted):
        found.setdefault(row.session, []).append(row.who)
    return found
