"""Commands are checked, written down, done in threads of their own, and their results kept until the server has them.

    take(signed) -> verify -> journal (on disk) -> receipt "delivered" -> journal "started" -> receipt "executing" -> run -> result

A command that came before is answered with what became of it. One that was cut off by a crash is not done again: its action is
asked what became of it.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from hinomi.sensor.action import MAX_RESULT_BYTES, ActionFailed, EndpointAction
from hinomi.sensor.journal import Entry, Journal
from hinomi.sensor.work import CommandWork, Surroundings
from hinomi.wire.command import Command, CommandRefused
from hinomi.wire.message import Failure, Message, Receipt, Result
from hinomi.wire.shape import read_shape, write_shape

log = logging.getLogger(__name__)

MOST_RUNNING = 24
GRACE_S = 30.0  # after its time is over, before it is given up


class Executor:
    """`on_end(action)` is called when a result is on disk. `verify` raises CommandRefused; `send` may lose messages (what matters is sent again by `report`)."""

    def __init__(
        self,
        journal: Journal,
        actions: Mapping[str, EndpointAction],
        surroundings: Surroundings,
        verify: Callable[[bytes, bytes], Command],
        send: Callable[[Message], object],
        on_end: Callable[[str], None] = lambda _action: None,
    ) -> None:
        self._journal, self._actions, self._surroundings = journal, actions, surroundings
        self._verify, self._send, self._on_end = verify, send, on_end
        self._lock = threading.Lock()
        self._running: dict[str, CommandWork] = {}
        self._room = threading.Semaphore(MOST_RUNNING)

    def take(self, body: bytes, signature: bytes) -> None:
        """A command as it came from the server; what must not be done is reported and told as a sign of tampering."""
        try:
            command = self._verify(body, signature)
            if command.action not in self._actions:
                raise CommandRefused("unknown_action", f"this sensor knows no action {command.action[:64]!r}")
            known = self._journal.get(command.id)
            if known is None and self._journal.is_forgotten(command):
                raise CommandRefused("repeated", "the command may have been done before this sensor lost its journal")
        except CommandRefused as refused:
            self._refuse(_id_of(body), refused)
            return
        known = self._journal.receive(command, _now_ms())
        if known is not None:
            self._answer_again(known)
            return
        self._send(Receipt(command.id, "delivered", _now_ms()))
        self._begin(Entry(command.id, command.action, command.parameters, command.expires_ms, "received", None))

    def cancel(self, command_id: str) -> None:
        with self._lock:
            work = self._running.get(command_id)
        if work is not None:
            work.cancelled.set()

    def acknowledged(self, command_id: str) -> None:
        self._journal.acknowledge(command_id)

    def resume(self) -> None:
        """At the start: begin what was received and not begun, find out what became of what was cut off."""
        self._journal.prune(_now_ms())
        for entry in self._journal.unfinished():
            if entry.state == "received":
                self._begin(entry)
            else:
                threading.Thread(target=self._find_out, args=(entry,), name="after-crash", daemon=True).start()

    def report(self) -> None:
        """A channel is there: everything that the server may not know yet."""
        for entry in self._journal.unfinished():
            self._send(Receipt(entry.id, "executing" if entry.state == "started" else "delivered", _now_ms()))
        for entry in self._journal.unacknowledged():
            self._answer_again(entry)

    def stop(self) -> None:
        """Ask all to stop; what does not is cut off with the process, and found out about at the next start."""
        with self._lock:
            for work in self._running.values():
                work.cancelled.set()

    # ---- one command ------------------------------------------------------------------------------------------------
    def _refuse(self, command_id: str, refused: CommandRefused) -> None:
        log.warning("a command was refused: %s: %s", refused.reason, refused)
        self._send(Receipt(command_id, "refused", _now_ms(), refused.reason, str(refused)[:1000]))
        told = {
            "name": "command_refused",
            "text": str(refused)[:1000],
            "reason": refused.reason,
            "command": command_id,
        }
        self._surroundings.emit("sensor_tamper", told)

    def _answer_again(self, entry: Entry) -> None:
        if entry.result is None:
            self._send(Receipt(entry.id, "executing" if entry.state == "started" else "delivered", _now_ms()))
            return
        self._send(read_shape(Result, orjson.loads(entry.result)))

    def _begin(self, entry: Entry) -> None:
        work = CommandWork(entry.id, self._surroundings)
        with self._lock:
            if entry.id in self._running:
                return
            self._running[entry.id] = work
        threading.Thread(target=self._do, args=(entry, work), name=f"command-{entry.action}", daemon=True).start()

    def _do(self, entry: Entry, work: CommandWork) -> None:
        try:
            with self._room:
                self._run(entry, work)
        except Exception:  # the edge of the thread: nobody else could see it
            log.exception("command %s could not be done", entry.id)
        finally:
            with self._lock:
                self._running.pop(entry.id, None)

    def _run(self, entry: Entry, work: CommandWork) -> None:
        if work.is_cancelled():
            self._end(
                entry, Failure("cancelled", "It was cancelled before it began.", "開始前に取り消されました。"), 0.0
            )
            return
        if _now_ms() >= entry.expires_ms:
            self._end(
                entry, Failure("expired", "Its time was over before it began.", "開始前に有効期限が切れました。"), 0.0
            )
            return
        action = self._actions.get(entry.action)
        if action is None:
            self._end(entry, Failure("unsupported", "This sensor knows no such action any more.", "このセンサーでは使えないアクションです。"), 0.0)  # fmt: skip
            return
        self._journal.start(entry.id)
        self._send(Receipt(entry.id, "executing", _now_ms()))
        begun_s = time.monotonic()
        outcome = _within(action, work, entry.parameters)
        self._end(entry, outcome, time.monotonic() - begun_s)

    def _find_out(self, entry: Entry) -> None:
        action = self._actions.get(entry.action)
        found: Mapping[str, Any] | None = None
        try:
            if action is not None:
                found = action.after_crash(CommandWork(entry.id, self._surroundings), entry.parameters)
        except Exception:  # an action that cannot tell is the same as one that does not know
            log.exception("what became of command %s cannot be found out", entry.id)
        if found is not None:
            self._end(entry, found, 0.0)
            return
        self._end(entry, Failure("interrupted", "The sensor was stopped in the middle; it was not done again.", "途中でセンサーが停止しました。再実行はしていません。"), 0.0)  # fmt: skip

    def _end(self, entry: Entry, outcome: Mapping[str, Any] | Failure, seconds: float) -> None:
        result, error = ({}, outcome) if isinstance(outcome, Failure) else (dict(outcome), None)
        message = Result(entry.id, _now_ms(), result, error, round(seconds, 3))
        self._journal.end(entry.id, orjson.dumps(write_shape(message)))
        told = {"command": entry.id, "action": entry.action, "outcome": error.code if error else "done"}
        self._surroundings.emit("response", told)
        self._send(message)
        self._on_end(entry.action)


def _within(action: EndpointAction, work: CommandWork, parameters: Mapping[str, Any]) -> Mapping[str, Any] | Failure:
    """What the action gave back, or why not; after `limit_s` it is asked to stop, and later given up."""
    outcome: list[Mapping[str, Any] | Failure] = []
    runner = threading.Thread(
        target=lambda: outcome.append(_outcome(action, work, parameters)), name=f"action-{action.name}", daemon=True
    )
    runner.start()
    runner.join(action.limit_s)
    if runner.is_alive():
        work.cancelled.set()
        runner.join(GRACE_S)
    if outcome:
        return outcome[0]
    return Failure("timeout", "It did not end in time.", "時間内に終わりませんでした。")


def _outcome(action: EndpointAction, work: CommandWork, parameters: Mapping[str, Any]) -> Mapping[str, Any] | Failure:
    try:
        result = action.run(work, parameters)
        size = len(orjson.dumps(result))
    except ActionFailed as failed:
        return Failure(failed.code[:64], str(failed)[:4000], failed.ja[:4000])
    except Exception as error:  # an action may fail in any way; the server must learn of it
        log.exception("action %s failed", action.name)
        return Failure("internal", f"{type(error).__name__}: {error}"[:4000], "アクションの内部エラーです。")
    if size > MAX_RESULT_BYTES:
        return Failure("too_large", f"The result has {size} bytes.", "結果が大きすぎます。")
    return result


def _id_of(body: bytes) -> str:
    """What a command that must not be trusted calls itself: only to tell the server which one it was."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    told = found.get("id") if isinstance(found, dict) else None
    return told if isinstance(told, str) and len(told) == 32 and told.isascii() and told.isalnum() else ""


def _now_ms() -> int:
    return int(time.time() * 1000)
