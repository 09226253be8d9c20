"""Remote shells: who opened which, what runs now, and the recordings of all.

shells.open(principal, endpoint, reason) -> task; the gateway: shells.came(guid, piece), shells.lost(guid)
shells.attach(principal, task_id, viewer) -> LiveShell: type, resize, end
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hinomi.access.audit import Audit
from hinomi.access.permission import require
from hinomi.database import Database
from hinomi.errors import HinomiError, InputError, NotFound, Unavailable
from hinomi.response.life import SERVER
from hinomi.response.live_shell import LiveShell, Terms, Viewer
from hinomi.response.shell_store import (
    SESSIONS,
    WATCHERS,
    ShellPolicy,
    change,
    find,
    read_policy,
    watchers_of,
    write_policy,
)
from hinomi.response.tasks import Tasks
from hinomi.schema.page import Page
from hinomi.schema.principal import Permission, Principal, PrincipalKind, Role
from hinomi.schema.task import ResponseTask, Target, TargetKind, TaskState
from hinomi.wire.message import Shell

ACTION = "remote_shell"
EXPIRES_S = 900  # somebody waits before the screen: no shell opens by surprise tomorrow
MAX_REASON = 1000
_ENDS = {
    TaskState.CANCELLED: "cancelled",
    TaskState.REJECTED: "rejected",
    TaskState.EXPIRED: "expired",
    TaskState.FAILED: "failed",
}

SendTo = Callable[[str, Shell], None]  # (endpoint guid, piece): Unavailable when it is not there; does not wait


def _nobody(guid: str, _piece: Shell) -> None:
    raise Unavailable(f"sensor {guid[:64]} is not connected")


class Shells:
    """`folder`: where the recordings lie (0700). Thread-safe; `came` writes to a file and, at the ends, to the database."""

    def __init__(
        self, database: Database, audit: Audit, tasks: Tasks, folder: Path, clock: Callable[[], float]
    ) -> None:
        self._database, self._audit, self._tasks = database, audit, tasks
        self._folder, self._clock = folder, clock
        self._send: SendTo = _nobody
        self._lock = threading.Lock()
        self._live: dict[str, LiveShell] = {}
        self._resume()

    def use(self, send: SendTo) -> None:
        """The gateway is there."""
        self._send = send

    # ---- people -----------------------------------------------------------------------------------------------------
    def open(self, principal: Principal, endpoint: str, reason: str) -> ResponseTask:
        """The task that opens it. `endpoint`: GUID or name. As Tasks.ask; InputError without a reason."""
        if not reason.strip() or len(reason) > MAX_REASON:
            raise InputError(f"reason: why this shell is needed, at most {MAX_REASON} characters")
        session = secrets.token_hex(16)
        policy = self.policy()
        parameters: dict[str, Any] = {"session": session, "idle_s": policy.idle_s, "max_s": policy.max_s}
        parameters |= {"user": policy.user, "shell": policy.shell}
        target = Target(TargetKind.ENDPOINT, endpoint)
        # before the task: a sensor that is on line may say `open` before `ask` returns
        live = self._announce(session, principal, policy)
        try:
            task = self._tasks.ask(
                principal, ACTION, target, parameters, description=reason, expires_s=EXPIRES_S, source="shell"
            )
        except BaseException:
            with self._lock:
                self._live.pop(session, None)
            raise
        self._bind(live, task, policy, reason)
        return task

    def attach(self, principal: Principal, task_id: str, viewer: Viewer) -> LiveShell:
        """Look at it, and type when it is one's own. Forbidden without SHELL; NotFound when it is over."""
        require(principal, Permission.SHELL)
        live = self._of_task(task_id)
        viewer.is_driver = viewer.is_driver and principal.name == live.terms.asked_by
        if not viewer.is_driver:
            self._watched(principal, live)
        live.attach(viewer)
        return live

    def end(self, principal: Principal, task_id: str) -> None:
        """Everything of it ends on the endpoint. One that is over already is no error; NotFound when there never was one."""
        require(principal, Permission.SHELL)
        with self._database.read() as connection:
            row = find(connection, task_id)
        with self._lock:
            live = self._live.get(row.session)
        if live is None:
            return
        live.end("ended", principal.name)
        try:
            self._tasks.cancel(principal, task_id)
        except HinomiError:
            return  # over already, or on its way to be

    def recording(self, principal: Principal, task_id: str) -> Path:
        """The file, also while it grows; who looks is audited. NotFound when nothing was recorded."""
        with self._database.begin() as connection:
            row = find(connection, task_id)
            path = self._file(row.session)
            if not path.is_file():
                raise NotFound(f"nothing was recorded of task {task_id}")
            self._audit.add(connection, principal, "shell.recording", task_id, {"endpoint": row.endpoint_name})
        return path

    def page(self, *, endpoint: str = "", state: str = "", top: int = 50, skip: int = 0) -> Page[dict[str, Any]]:
        """Sessions, newest first."""
        columns = SESSIONS.c
        conditions = [columns.endpoint == endpoint] if endpoint else []
        conditions += [columns.state == state] if state else []
        wanted = sa.select(SESSIONS).where(*conditions).order_by(columns.asked_ms.desc(), columns.session)
        with self._database.read() as connection:
            total = connection.execute(sa.select(sa.func.count()).select_from(SESSIONS).where(*conditions)).scalar_one()
            rows = connection.execute(wanted.limit(top).offset(skip)).mappings().all()
            watchers = watchers_of(connection, [row["session"] for row in rows])
        items = tuple({**row, "watchers": watchers.get(row["session"], [])} for row in rows)
        return Page(items, total, str(skip + top) if skip + len(items) < total else "")

    def policy(self) -> ShellPolicy:
        with self._database.read() as connection:
            return read_policy(connection)

    def set_policy(self, principal: Principal, policy: ShellPolicy) -> ShellPolicy:
        require(principal, Permission.ADMINISTER)
        checked = policy.checked()
        with self._database.begin() as connection:
            write_policy(connection, checked)
            told = {"user": policy.user, "shell": policy.shell, "idleS": policy.idle_s, "maxS": policy.max_s}
            self._audit.add(connection, principal, "shell.policy", "", {**told, "watch": policy.watch})
        return checked

    # ---- the sensors, and time --------------------------------------------------------------------------------------
    def came(self, endpoint: str, piece: Shell) -> None:
        """A piece of this sensor's. One for a shell that it has not (any more) is answered with its end."""
        with self._lock:
            live = self._live.get(piece.shell)
        if live is None or live.terms.endpoint not in ("", endpoint):
            if piece.what != "end":
                self._tell_end(endpoint, piece.shell)
        elif piece.what == "open":
            live.ready()
        elif piece.what == "output":
            live.printed(piece.data)
        elif piece.what == "end":
            live.end(piece.note or "exit")

    def lost(self, endpoint: str) -> None:
        """The sensor went away: it has ended its shells itself."""
        for live in self._all():
            if live.terms.endpoint == endpoint and live.state == "open":
                live.end("channel_lost")

    def task_moved(self, task: ResponseTask) -> None:
        """A watcher of Tasks: a shell whose task came to its end is over."""
        if task.action == ACTION and (task.is_ended or task.state is TaskState.EXECUTED):
            live = self._live.get(str(task.parameters.get("session", "")))
            if live is not None:
                live.end(_ENDS.get(task.state, str(task.result.get("reason", "exit"))))

    def sweep(self) -> None:
        for live in self._all():
            live.look_at_clock()

    def close(self) -> None:
        """The server stops: every shell ends."""
        for live in self._all():
            live.end("server_stopped")

    # ---- within -----------------------------------------------------------------------------------------------------
    def _announce(self, session: str, principal: Principal, policy: ShellPolicy) -> LiveShell:
        live = self._made(Terms(session, "", "", "", principal.name, policy.idle_s, policy.max_s, policy.watch))
        with self._lock:
            self._live[session] = live
        return live

    def _bind(self, live: LiveShell, task: ResponseTask, policy: ShellPolicy, reason: str) -> None:
        """Now it is known which task and endpoint it is."""
        session, target = live.terms.session, task.target
        live.terms = replace(live.terms, task_id=task.id, endpoint=target.id, endpoint_name=target.name)
        values = {
            "session": session, "task_id": task.id, "endpoint": target.id, "endpoint_name": target.name,
            "asked_by": task.created_by, "reason": reason.strip(), "user": policy.user, "idle_s": policy.idle_s,
            "max_s": policy.max_s, "watch": policy.watch, "state": "waiting", "asked_ms": self._now_ms(),
        }  # fmt: skip
        with self._database.begin() as connection:
            connection.execute(sa.insert(SESSIONS).values(**values))
        if live.state == "ended":  # quicker than this row
            self._ended(live)

    def _made(self, terms: Terms) -> LiveShell:
        def send(piece: Shell) -> None:
            self._send(live.terms.endpoint, piece)

        live = LiveShell(terms, self._file(terms.session), self._clock, send, self._started, self._ended)
        return live

    def _resume(self) -> None:
        """After a restart: what ran is over, for its channel broke; what waits still waits."""
        with self._database.begin() as connection:
            rows = connection.execute(sa.select(SESSIONS).where(SESSIONS.c.state != "ended")).all()
            for row in rows:
                if row.state == "waiting":
                    terms = (row.session, row.task_id, row.endpoint, row.endpoint_name, row.asked_by)
                    self._live[row.session] = self._made(Terms(*terms, row.idle_s, row.max_s, row.watch))
                    continue
                now = {"state": "ended", "ended_ms": self._now_ms(), "end_reason": "server_stopped"}
                change(connection, row.session, **now)
                self._audit.add(connection, SERVER, "shell.end", row.task_id, {"reason": "server_stopped"})

    def _started(self, live: LiveShell) -> None:
        terms = live.terms
        with self._database.begin() as connection:
            change(connection, terms.session, state="open", started_ms=self._now_ms())
            who = Principal(terms.asked_by, Role.SIEM, frozenset(), PrincipalKind.USER)
            self._audit.add(connection, who, "shell.start", terms.task_id, {"endpoint": terms.endpoint_name})

    def _ended(self, live: LiveShell) -> None:
        terms, counts = live.terms, live.counts
        with self._lock:
            self._live.pop(terms.session, None)
        if not terms.task_id:
            return  # nothing is written of it yet; `_bind` comes back
        sha256 = "" if live.sha256 == "-" else live.sha256
        values = {
            "state": "ended", "ended_ms": self._now_ms(), "end_reason": live.reason, "ended_by": live.ended_by,
            "input_bytes": counts.input_bytes, "output_bytes": counts.output_bytes, "sha256": sha256,
        }  # fmt: skip
        details: dict[str, Any] = {
            "reason": live.reason,
            "by": live.ended_by,
            "endpoint": terms.endpoint_name,
            "sha256": sha256,
        }
        details |= {"inputBytes": counts.input_bytes, "outputBytes": counts.output_bytes}
        with self._database.begin() as connection:
            change(connection, terms.session, **values)
            self._audit.add(connection, SERVER, "shell.end", terms.task_id, details)

    def _watched(self, principal: Principal, live: LiveShell) -> None:
        session = live.terms.session
        with self._database.begin() as connection:
            known = sa.select(WATCHERS).where(WATCHERS.c.session == session, WATCHERS.c.who == principal.name[:64])
            if connection.execute(known).first() is None:
                values = {"session": session, "who": principal.name[:64], "at_ms": self._now_ms()}
                connection.execute(sa.insert(WATCHERS).values(**values))
            self._audit.add(connection, principal, "shell.watch", live.terms.task_id)

    def _tell_end(self, endpoint: str, session: str) -> None:
        try:
            self._send(endpoint, Shell(session, "end", note="unknown"))
        except HinomiError:
            return

    def _of_task(self, task_id: str) -> LiveShell:
        with self._database.read() as connection:
            row = find(connection, task_id)
        with self._lock:
            live = self._live.get(row.session)
        if live is None:
            raise NotFound(f"the remote shell of task {task_id} is over")
        return live

    def _all(self) -> list[LiveShell]:
        with self._lock:
            return list(self._live.values())

    def _file(self, session: str) -> Path:
        return self._folder / f"{session}.cast"

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)
