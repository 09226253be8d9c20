"""What sensors (and the server's own carriers) say of tasks. A sensor is hostile until shown otherwise.

Every word is held against the task it is about: another's task, one that was never handed out, a result without end are
refused and written into the audit log. The same word twice, or too late, changes nothing.
"""

import re
import threading
from collections.abc import Callable, Mapping
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.errors import Forbidden, NotFound
from hinomi.response import store
from hinomi.response.life import SERVER, Move, may, move, remark
from hinomi.response.sealed import SealedSecrets, take_out
from hinomi.schema.principal import Principal, PrincipalKind, Role
from hinomi.schema.task import ENDED, ResponseTask, TaskError, TaskState

MAX_RESULT_BYTES = 512 << 10  # the same as sensor.action.MAX_RESULT_BYTES, which this room cannot see
MAX_STRANGE = 100  # refused words of one sensor that are audited between two starts; the rest is only counted
MAX_PROGRESS = 1000
_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")

Outcome = Mapping[str, Any] | TaskError
Watcher = Callable[[ResponseTask], None]


class TaskReports:
    """The half of Tasks that the channel speaks to. `id_` is the task's or the command's id everywhere. Thread-safe."""

    def __init__(self, database: Database, audit: Audit, clock: Callable[[], float], secrets: SealedSecrets) -> None:
        self._database, self._audit, self._clock, self.secrets = database, audit, clock, secrets
        self._lock = threading.Lock()
        self._strange: dict[str, int] = {}
        self._progress: dict[str, tuple[str, float | None]] = {}
        self.watchers: list[Watcher] = []  # called after every move, outside the transaction
        # what another room adds to a result before it is kept: (command id) -> fields, for instance `stored_sha256`
        self.additions: list[Callable[[str], Mapping[str, Any]]] = []

    # ---- said by a sensor -------------------------------------------------------------------------------------------
    def received(self, id_: str, sensor: str, at_ms: int | None = None) -> None:
        """The sensor has the command on disk. Forbidden when it is not its own."""
        self._moved_by(id_, sensor, TaskState.DELIVERED, at_ms)

    def executing(self, id_: str, sensor: str, at_ms: int | None = None) -> None:
        self._moved_by(id_, sensor, TaskState.EXECUTING, at_ms)

    def progressed(self, id_: str, sensor: str, note: str, done: float | None = None) -> None:
        """How far it is; kept in memory only."""
        with self._database.read() as connection:
            row = self._own(connection, id_, sensor)
        if row is not None and TaskState(row.state) not in ENDED:
            with self._lock:
                if row.id in self._progress or len(self._progress) < MAX_PROGRESS:
                    self._progress[row.id] = (note[:500], done)

    def progress(self, task_id: str) -> tuple[str, float | None] | None:
        with self._lock:
            return self._progress.get(task_id)

    def finished(self, id_: str, sensor: str, outcome: Outcome, at_ms: int | None = None) -> None:
        """The end, as the sensor tells it; kept before this returns, so that it may be acknowledged.

        Twice is once. After the task has ended it is kept as a remark. Forbidden when it is not the sensor's own.
        """
        added = self._additions(id_) if not isinstance(outcome, TaskError) else {}
        with self._database.begin() as connection:
            row = self._own(connection, id_, sensor)
            if row is not None:
                self._finish(connection, row, _bounded(outcome), added, at_ms)
        self._after(row, id_, sensor, "result")

    def refused(self, id_: str, sensor: str, reason: str) -> None:
        """The sensor would not do it (wire.command.REASONS). `id_` "": it could not even read the command."""
        known = reason[:64] if _CODE.fullmatch(reason[:64]) else "malformed"
        if not id_:
            self._strange_word("", sensor, f"refused:{known}")
            return
        with self._database.begin() as connection:
            row = self._own(connection, id_, sensor)
            if row is not None and known != "repeated":
                to = TaskState.EXPIRED if known == "expired" else TaskState.FAILED
                error = TaskError(
                    "refused",
                    f"The endpoint refused the command: {known}.",
                    f"エンドポイントがコマンドを拒否しました ({known})。",
                )
                made = Move(to, _sensor(sensor), "sensor", evidence={"reason": known}, error=error)
                if may(TaskState(row.state), to):
                    move(connection, self._audit, row, made, self._now_ms())
        self._after(row, id_, sensor, "receipt")

    def task_of(self, command_id: str, sensor: str) -> str:
        """The eight digits of a command that this sensor was handed; Forbidden, NotFound."""
        with self._database.read() as connection:
            row = self._own(connection, command_id, sensor)
        if row is None:
            self._after(None, command_id, sensor, "upload")
            raise Forbidden("no such command was given to this sensor")
        return str(row.id)

    # ---- said by the server -----------------------------------------------------------------------------------------
    def carried(self, id_: str, outcome: Outcome) -> None:
        """The end of what the server did itself."""
        with self._database.begin() as connection:
            row = store.find(connection, id_)
            self._finish(connection, row, _bounded(outcome), {}, None)
        self._tell(row.id)

    def looked_at(self, id_: str, made: Move) -> None:
        """The verdict on an executed task; nothing when it has one already."""
        with self._database.begin() as connection:
            row = store.find(connection, id_)
            if not may(TaskState(row.state), made.to):
                return
            move(connection, self._audit, row, made, self._now_ms())
        self._tell(row.id)

    # ---- within -----------------------------------------------------------------------------------------------------
    def _moved_by(self, id_: str, sensor: str, to: TaskState, at_ms: int | None) -> None:
        moved = False
        with self._database.begin() as connection:
            row = self._own(connection, id_, sensor)
            if row is not None and may(TaskState(row.state), to):
                made = Move(to, _sensor(sensor), "sensor", evidence=_device_time(at_ms))
                move(connection, self._audit, row, made, self._now_ms())
                moved = True
        if row is None or moved:
            self._after(row, id_, sensor, str(to))

    def _own(self, connection: Connection, id_: str, sensor: str) -> sa.Row[Any] | None:
        """The row, if this sensor was handed it; None for everything else."""
        try:
            row = store.find(connection, id_)
        except NotFound:
            return None
        return row if sensor and row.sensor == sensor and row.handed_ms is not None else None

    def _finish(
        self, connection: Connection, row: sa.Row[Any], outcome: Outcome, added: Mapping[str, Any], at_ms: int | None
    ) -> None:
        now_ms, state = self._now_ms(), TaskState(row.state)
        by, who = (_sensor(row.sensor), "sensor") if row.sensor else (SERVER, "server")
        if state is TaskState.EXECUTED or state in ENDED:
            self._late(connection, row, outcome, who, now_ms)
            return
        if isinstance(outcome, TaskError):
            stopped = outcome.code == "cancelled" and row.cancel_ms is not None
            to = TaskState.CANCELLED if stopped else TaskState.FAILED
            made = Move(to, by, who, evidence=_device_time(at_ms), error=None if stopped else outcome)
        else:
            result, secret = take_out(outcome)
            if secret:
                self.secrets.keep(connection, row.id, secret, now_ms)
            made = Move(TaskState.EXECUTED, by, who, evidence=_device_time(at_ms), result={**result, **added})
        move(connection, self._audit, row, made, now_ms)

    def _late(self, connection: Connection, row: sa.Row[Any], outcome: Outcome, who: str, now_ms: int) -> None:
        """The first result after the end is worth knowing (it did happen after all); what repeats one is not."""
        if row.result or TaskState(row.state) is TaskState.EXECUTED:
            return
        if isinstance(outcome, TaskError):
            same = row.error is not None and row.error["code"] == outcome.code
            if not same:
                remark(connection, row, who, "late", {"error": outcome.code}, now_ms)
                store.change(connection, row.id, result={"late_error": outcome.code})
            return
        result, secret = take_out(outcome)
        if secret:
            self.secrets.keep(connection, row.id, secret, now_ms)
        store.change(connection, row.id, result=result or {"late": True})
        remark(connection, row, who, "late", {"result": "it was done all the same, after the task had ended"}, now_ms)
        self._audit.add(connection, _sensor(row.sensor), "task.late", row.id, {"state": row.state})

    def _additions(self, id_: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if len(id_) != 32:
            with self._database.read() as connection:
                row = connection.execute(sa.select(store.TASKS.c.command_id).where(store.TASKS.c.id == id_[:8])).first()
            if row is None:
                return {}
            id_ = row.command_id
        for add in self.additions:
            found |= add(id_)
        return found

    def _after(self, row: sa.Row[Any] | None, id_: str, sensor: str, what: str) -> None:
        if row is None:
            self._strange_word(id_, sensor, what)
            raise Forbidden("this task was not given to this sensor")
        self._tell(row.id)

    def _strange_word(self, id_: str, sensor: str, what: str) -> None:
        with self._lock:
            known = self._strange.get(sensor, 0)
            if len(self._strange) < MAX_PROGRESS or sensor in self._strange:
                self._strange[sensor] = known + 1
        if known >= MAX_STRANGE:
            return
        with self._database.begin() as connection:
            details = {"sensor": sensor[:64], "what": what}
            self._audit.add(connection, _sensor(sensor), "task.forged", id_[:40], details, "failure")

    def _tell(self, id_: str) -> None:
        """After the transaction: who waits for the task hears of it."""
        with self._database.read() as connection:
            row = store.find(connection, id_)
            task = store.task_of(row, store.steps_of(connection, [row.id]).get(row.id, ()))
        if task.is_ended:
            with self._lock:
                self._progress.pop(task.id, None)
        for watch in self.watchers:
            watch(task)

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)


def _sensor(guid: str) -> Principal:
    """As the audit log names it; it may do nothing."""
    return Principal(f"sensor {guid}"[:64], Role.INGESTER, frozenset(), PrincipalKind.SYSTEM, "")


def _device_time(at_ms: int | None) -> dict[str, Any]:
    return {"device_ms": at_ms} if isinstance(at_ms, int) else {}


def _bounded(outcome: Outcome) -> Outcome:
    """What a sensor tells, cut to size; too much or no JSON at all is an error of the task."""
    if isinstance(outcome, TaskError):
        code = outcome.code if _CODE.fullmatch(outcome.code) else "internal"
        return TaskError(code, outcome.message[:2000].replace("\0", ""), outcome.ja[:2000].replace("\0", ""))
    try:
        size = len(orjson.dumps(outcome if isinstance(outcome, dict) else dict(outcome)))
    except (TypeError, ValueError, orjson.JSONEncodeError):
        return TaskError("malformed", "The result cannot be read.", "結果を読み取れません。")
    if size > MAX_RESULT_BYTES:
        ja = f"結果が上限 {MAX_RESULT_BYTES} バイトを超えています ({size} バイト)。"
        return TaskError("too_large", f"The result has {size} bytes, more than {MAX_RESULT_BYTES}.", ja)
    return outcome
