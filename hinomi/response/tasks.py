"""Response tasks: asked for, approved, handed out, ended. The states and where they lead: schema/task.py.

    ask -> (pending_approval -> approve) -> queued -> waiting(sensor) -> hand out -> TaskReports -> executed -> verification

A task that the server itself carries out (block list, mail, directory) has no sensor and waits under "".
"""

import secrets as random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hinomi.access.audit import Audit
from hinomi.access.permission import require
from hinomi.database import Database
from hinomi.errors import Forbidden, HinomiError, InputError, Refused
from hinomi.response import approvals, overdue, store, task_list
from hinomi.response.life import SERVER, Move, may, move, remark, wrong_state
from hinomi.response.reports import TaskReports
from hinomi.response.sealed import SealedSecrets
from hinomi.response.task_list import TaskQuery
from hinomi.response.wish import Wish, Wishes, checked_group, checked_text, short
from hinomi.schema.page import Page
from hinomi.schema.principal import Principal, PrincipalKind
from hinomi.schema.task import ResponseTask, Step, Target, TaskError, TaskState

DAY_S = 86_400
LEAST_S, MOST_S = 10, 30 * DAY_S  # of an expiry
MAX_TARGETS = 1000
MAX_LIVING = 50_000
_S = TaskState


class Tasks(TaskReports):
    """`connected`: GUIDs of the sensors that are there now. Thread-safe."""

    def __init__(
        self,
        database: Database,
        audit: Audit,
        clock: Callable[[], float],
        secrets: SealedSecrets,
        wishes: Wishes,
        connected: Callable[[], set[str]] = set,
    ) -> None:
        super().__init__(database, audit, clock, secrets)
        self.wishes, self._connected = wishes, connected
        self._started_ms = self._now_ms()
        self.on_queued: list[Callable[[str], None]] = []  # (sensor): called after the commit
        self.on_cancel: list[Callable[[str, str], None]] = []  # (sensor, command id)

    # ---- what people ask for ----------------------------------------------------------------------------------------
    def ask(
        self,
        principal: Principal,
        action: str,
        target: Target,
        parameters: Mapping[str, Any] | None = None,
        *,
        description: str = "",
        expires_s: int = DAY_S,
        alert_id: str = "",
        group: str = "",
        source: str = "",
        undoes: str = "",
    ) -> ResponseTask:
        """The new task. Forbidden; InputError; NotFound; Refused TaskDuplication (`task`: the living one) or Unsupported."""
        self._require(principal, action)
        if not LEAST_S <= expires_s <= MOST_S:
            raise InputError(f"expires: from {LEAST_S} to {MOST_S} seconds")
        wish = self.wishes.read(action, target, parameters or {})
        texts: dict[str, Any] = {
            "description": checked_text("description", description, 1000),
            "alert_id": checked_text("alertId", alert_id, 64),
            "group": checked_group(group),
            "source": checked_text("source", source, 32),
        }
        with self._database.begin() as connection:
            task = self._insert(connection, principal, wish, expires_s, texts, undoes)
        self._tell(task.id)
        if task.state is _S.QUEUED:
            self._wake(wish.sensor)
        return task

    def ask_many(
        self, principal: Principal, action: str, targets: Sequence[Target], parameters: Mapping[str, Any], **more: Any
    ) -> list[ResponseTask | HinomiError]:
        """One task for each target, of one group when they are several; a refusal of one stops no other."""
        if not 0 < len(targets) <= MAX_TARGETS:
            raise InputError(f"from 1 to {MAX_TARGETS} targets")
        group = random.token_hex(8) if len(targets) > 1 else ""
        found: list[ResponseTask | HinomiError] = []
        for target in targets:
            try:
                found.append(self.ask(principal, action, target, parameters, **({"group": group} | more)))
            except HinomiError as error:
                found.append(error)
        return found

    def get(self, id_: str) -> ResponseTask:
        with self._database.read() as connection:
            row = store.find(connection, id_)
            return store.task_of(row, store.steps_of(connection, [row.id]).get(row.id, ()))

    def page(self, query: TaskQuery) -> Page[ResponseTask]:
        with self._database.read() as connection:
            return task_list.page(connection, query)

    def living(self, sensors: Sequence[str]) -> dict[str, int]:
        """How many tasks of each of these have not ended; those without any are left out."""
        columns = store.TASKS.c
        living = sa.and_(columns.sensor.in_(list(sensors)), columns.living.is_not(None))
        wanted = sa.select(columns.sensor, sa.func.count()).where(living).group_by(columns.sensor)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(wanted)}

    def group_state(self, group: str) -> TaskState | None:
        """The state of the worst member; None when there is no such group."""
        wanted = sa.select(store.TASKS.c.state).where(store.TASKS.c.group_id == group).distinct()
        with self._database.read() as connection:
            return task_list.group_state({TaskState(state) for state in connection.execute(wanted).scalars()})

    def cancel(self, principal: Principal, id_: str) -> ResponseTask:
        """At once while it is here; once it was handed out the sensor is asked to stop, and says what became of it."""
        told: tuple[str, str] | None = None
        self._require(principal, self.get(id_).action)
        with self._database.begin() as connection:
            row = store.find(connection, id_)
            state, now_ms = TaskState(row.state), self._now_ms()
            if not may(state, _S.CANCELLED):
                raise wrong_state(row.id, state)
            if row.handed_ms is None and state in (_S.PENDING_APPROVAL, _S.QUEUED):
                approvals.decide(connection, row.id, "cancelled", principal.name, "", now_ms)
                move(connection, self._audit, row, Move(_S.CANCELLED, principal, values={"cancel_ms": now_ms}), now_ms)
            elif row.cancel_ms is None:
                store.change(connection, row.id, cancel_ms=now_ms)
                remark(connection, row, principal.name, "cancel requested", {}, now_ms)
                self._audit.add(connection, principal, "task.cancel", row.id, {"state": str(state)})
                told = (row.sensor, row.command_id)
        if told is not None:
            for call in self.on_cancel:
                call(*told)
        self._tell(row.id)
        return self.get(row.id)

    def approve(self, principal: Principal, id_: str, reason: str = "") -> ResponseTask:
        """Its expiry counts from now. Forbidden for the asker himself, for keys, and without the permission."""
        with self._database.begin() as connection:
            row, now_ms = self._to_decide(connection, principal, id_), self._now_ms()
            text = checked_text("reason", reason, 1000)
            approvals.decide(connection, row.id, "approved", principal.name, text, now_ms)
            values = {"expires_ms": now_ms + row.lasts_ms}
            move(connection, self._audit, row, Move(_S.QUEUED, principal, note=text, values=values), now_ms)
        self._tell(row.id)
        self._wake(row.sensor)
        return self.get(row.id)

    def reject(self, principal: Principal, id_: str, reason: str) -> ResponseTask:
        with self._database.begin() as connection:
            row, now_ms = self._to_decide(connection, principal, id_), self._now_ms()
            text = checked_text("reason", reason, 1000)
            if not text:
                raise InputError("a reason is needed")
            approvals.decide(connection, row.id, "rejected", principal.name, text, now_ms)
            error = TaskError(
                "rejected", f"Rejected by {principal.name}: {text}", f"{principal.name} が却下しました: {text}"
            )
            move(connection, self._audit, row, Move(_S.REJECTED, principal, note=text, error=error), now_ms)
        self._tell(row.id)
        return self.get(row.id)

    def undo(self, principal: Principal, id_: str, description: str = "") -> ResponseTask:
        """The new task that takes this one back. Refused (NoUndo) when there is none or nothing to take back."""
        task = self.get(id_)
        undo = self.undo_of(task)
        if undo is None:
            raise Refused(f"task {task.id} has nothing to take back", "NoUndo")
        known = {parameter.name for parameter in self.wishes.action(undo).parameters}
        parameters = {name: value for name, value in task.parameters.items() if name in known}
        more: dict[str, Any] = {"alert_id": task.alert_id, "source": task.source, "undoes": task.id}
        target = Target(task.target.kind, task.target.id)
        return self.ask(principal, undo, target, parameters, description=description, **more)

    def undo_of(self, task: ResponseTask) -> str | None:
        """The action that takes it back; None when there is none, or it was not done."""
        action = self.wishes.actions.get(task.action)
        done = task.state in (_S.EXECUTED, _S.VERIFIED, _S.UNVERIFIED)
        return action.undo if action is not None and action.undo in self.wishes.actions and done else None

    def can_cancel(self, principal: Principal, task: ResponseTask) -> bool:
        action = self.wishes.actions.get(task.action)
        return may(task.state, _S.CANCELLED) and action is not None and action.permission in principal.permissions

    def can_approve(self, principal: Principal, task: ResponseTask) -> bool:
        return task.state is _S.PENDING_APPROVAL and approvals.why_not(principal, task.created_by) is None

    def reveal_password(self, principal: Principal, id_: str) -> str:
        """Once for those who may see results of this action, again only for an administrator; every look is audited."""
        task = self.get(id_)
        require(principal, self.wishes.action(task.action).permission)
        return self.secrets.reveal(principal, task.id, self._now_ms())

    # ---- what the channel asks --------------------------------------------------------------------------------------
    def waiting(self, sensor: str) -> list[ResponseTask]:
        """Queued and not asked to stop, oldest first. Those that were handed out before are among them until a receipt."""
        columns = store.TASKS.c
        wanted = sa.select(store.TASKS).where(
            columns.sensor == sensor,
            columns.state == str(_S.QUEUED),
            columns.cancel_ms.is_(None),
            columns.expires_ms > self._now_ms(),
        )
        with self._database.read() as connection:
            rows = connection.execute(wanted.order_by(columns.created_ms, columns.id).limit(1000)).all()
            steps = store.steps_of(connection, [row.id for row in rows])
        return [store.task_of(row, steps.get(row.id, ())) for row in rows]

    def stopping(self, sensor: str) -> list[str]:
        """Command ids that this sensor is still to be asked to stop."""
        columns = store.TASKS.c
        wanted = sa.select(columns.command_id).where(
            columns.sensor == sensor,
            columns.cancel_ms.is_not(None),
            columns.state.in_([str(_S.QUEUED), str(_S.DELIVERED), str(_S.EXECUTING)]),
        )
        with self._database.read() as connection:
            return list(connection.execute(wanted).scalars())

    def command_id(self, id_: str) -> str:
        with self._database.read() as connection:
            return str(store.find(connection, id_).command_id)

    def handed_out(self, id_: str) -> bool:
        """From here on the sensor may have it. False when it must not be sent any more."""
        with self._database.begin() as connection:
            row, now_ms = store.find(connection, id_), self._now_ms()
            is_due = row.state == _S.QUEUED and row.cancel_ms is None and row.expires_ms > now_ms
            if is_due and row.handed_ms is None:
                store.change(connection, row.id, handed_ms=now_ms)
                self._audit.add(connection, SERVER, "task.hand_out", row.id, {"command": row.command_id})
            return is_due

    def begin_carrying(self, id_: str, *, again: bool = False) -> bool:
        """The server begins to do it itself; False when another thread does or it has ended. `again`: after a crash."""
        with self._database.begin() as connection:
            row, now_ms = store.find(connection, id_), self._now_ms()
            if row.state == _S.EXECUTING:
                return again
            if row.state != _S.QUEUED or row.expires_ms <= now_ms or row.sensor:
                return False
            move(connection, self._audit, row, Move(_S.EXECUTING, SERVER, values={"handed_ms": now_ms}), now_ms)
        self._tell(row.id)
        return True

    def note(self, id_: str, note: str, evidence: Mapping[str, Any]) -> None:
        """A remark of the server's own, for instance what was found out before the command left."""
        with self._database.begin() as connection:
            remark(connection, store.find(connection, id_), SERVER.name, note, evidence, self._now_ms())

    # ---- what time does ---------------------------------------------------------------------------------------------
    def sweep(self, now_ms: int | None = None) -> int:
        """End what has expired, lapsed or run out of time; how many tasks. Called every few seconds and at the start."""
        now_ms = self._now_ms() if now_ms is None else now_ms
        moved: list[str] = []
        connected = self._connected()
        with self._database.begin() as connection:
            for row in overdue.rows(connection, now_ms):
                made = overdue.end_of(connection, row, self._deadline_ms(row, connected), now_ms)
                if made is not None:
                    move(connection, self._audit, row, made, now_ms)
                    moved.append(row.id)
        for id_ in moved:
            self._tell(id_)
        return len(moved)

    def _deadline_ms(self, row: sa.Row[Any], connected: set[str]) -> int:
        """Of a result: it may wait on a sensor that is away, and none could come while this server was down."""
        action = self.wishes.actions.get(row.action)
        deadline: int = max(row.changed_ms, self._started_ms) + (action.timeout_s if action else 600) * 1000
        is_away = bool(row.sensor) and row.sensor not in connected
        return max(deadline, int(row.expires_ms)) if is_away else deadline

    # ---- within -----------------------------------------------------------------------------------------------------
    def _require(self, principal: Principal, action: str) -> None:
        found = self.wishes.action(action)
        try:
            require(principal, found.permission)
            if found.is_internal and principal.kind is not PrincipalKind.SYSTEM:
                raise Forbidden(f"{action} is asked for by the server alone")
        except Forbidden:
            with self._database.begin() as connection:
                self._audit.add(connection, principal, "task.ask", "", {"action": action}, "failure")
            raise

    def _insert(
        self,
        connection: Connection,
        principal: Principal,
        wish: Wish,
        expires_s: int,
        texts: dict[str, Any],
        undoes: str,
    ) -> ResponseTask:
        living = store.living_key(wish.action.name, wish.target, wish.action.same_as(wish.parameters))
        _refuse_twin(connection, living)
        needs = principal.kind is not PrincipalKind.SYSTEM or not wish.action.is_internal
        needs = needs and approvals.read_policy(connection).needs(wish.action.name, wish.group)
        now_ms = self._now_ms()
        task = ResponseTask(
            id=store.next_id(connection),
            action=wish.action.name,
            target=wish.target,
            parameters=wish.parameters,
            state=_S.PENDING_APPROVAL if needs else _S.QUEUED,
            created_ms=now_ms,
            changed_ms=now_ms,
            expires_ms=now_ms + (max(expires_s * 1000, approvals.LAPSES_MS) if needs else expires_s * 1000),
            created_by=principal.name[:64],
            **texts,
        )
        more = {"command_id": store.new_command_id(), "sensor": wish.sensor, "living": living, "undoes": undoes}
        store.insert(connection, task, lasts_ms=expires_s * 1000, creator_kind=str(principal.kind), **more)
        store.add_step(connection, task.id, Step(task.state, now_ms, task.created_by, task.description[:500]))
        if needs:
            approvals.request(connection, task.id, now_ms)
        details = {"action": task.action, "target": task.target.name, "parameters": short(task.parameters)}
        details |= {"state": str(task.state), **{name: text for name, text in texts.items() if text}}
        self._audit.add(connection, principal, "task.ask", task.id, details)
        return task

    def _to_decide(self, connection: Connection, principal: Principal, id_: str) -> sa.Row[Any]:
        row = store.find(connection, id_)
        if row.state != _S.PENDING_APPROVAL:
            raise wrong_state(row.id, TaskState(row.state))
        approvals.check_may_decide(principal, row.created_by)
        return row

    def _wake(self, sensor: str) -> None:
        for call in self.on_queued:
            call(sensor)


def _refuse_twin(connection: Connection, living: str) -> None:
    """Refused with the id of the living task; and when there are too many at all."""
    twin = connection.execute(sa.select(store.TASKS.c.id).where(store.TASKS.c.living == living)).scalar()
    if twin is not None:
        text = {"en": f"the same task is under way: {twin}", "ja": f"同じタスクが進行中です: {twin}"}
        raise Refused(text["en"], "TaskDuplication", task=twin, text=text)
    alive = sa.select(sa.func.count()).select_from(store.TASKS).where(store.TASKS.c.living.is_not(None))
    if connection.execute(alive).scalar_one() >= MAX_LIVING:
        raise Refused(f"there are {MAX_LIVING} tasks under way; cancel some first", "TooManyTasks")
