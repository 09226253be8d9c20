"""The queue of executed tasks: each is looked at, and becomes verified, unverified or failed. The queue is the state itself:
what was not looked at when the server stopped is looked at when it starts again."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from hinomi.errors import HinomiError, Unavailable
from hinomi.response.action import Action, Verdict, Words
from hinomi.response.courier import Courier
from hinomi.response.life import SERVER, Move
from hinomi.response.looker import Neighbours, ServerLooker
from hinomi.response.task_list import TaskQuery
from hinomi.response.tasks import Tasks
from hinomi.schema.task import ResponseTask, TaskError, TaskState

log = logging.getLogger(__name__)

VERIFY_S = 60.0  # for all looks of one task
PREPARE_S = 10.0
TRIES_S = (0.0, 1.0, 4.0)  # waits before each look: what has just been done may not show yet
WORKERS = 4


class Verification:
    """`courier` is asked for at each look: the gateway may come later than this room."""

    def __init__(
        self,
        tasks: Tasks,
        courier: Callable[[], Courier],
        neighbours: Neighbours,
        monotonic: Callable[[], float] = time.monotonic,
        tries_s: tuple[float, ...] = TRIES_S,
    ) -> None:
        self._tasks, self._courier, self._neighbours = tasks, courier, neighbours
        self._monotonic, self._tries_s = monotonic, tries_s
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="verification")
        self._lock = threading.Lock()
        self._running: dict[str, Future[None]] = {}
        self._stop = threading.Event()

    def work(self) -> int:
        """Begin to look at every executed task that nobody looks at yet; how many. Returns at once."""
        found = self._tasks.page(TaskQuery(states=(TaskState.EXECUTED,), order="changed", is_descending=False, top=200))
        begun = 0
        with self._lock:
            self._running = {id_: one for id_, one in self._running.items() if not one.done()}
            for task in found.items:
                if task.id not in self._running and not self._stop.is_set():
                    self._running[task.id] = self._pool.submit(self._look, task)
                    begun += 1
        return begun

    def settle(self) -> None:
        """Wait until what was begun has ended: for tests and for the command line."""
        with self._lock:
            running = list(self._running.values())
        for one in running:
            one.result()

    def prepare(self, task: ResponseTask) -> None:
        """What has to be known before the command leaves, once: kept as a remark "before"."""
        action = self._tasks.wishes.actions.get(task.action)
        if action is None or any("before" in step.evidence for step in task.steps):
            return
        try:
            found = action.prepare(task, self._looker(PREPARE_S))
        except (HinomiError, OSError) as error:
            log.info("nothing could be found out before task %s: %s", task.id, error)
            return
        if found:
            self._tasks.note(task.id, "before", {"before": found})

    def close(self) -> None:
        self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _looker(self, seconds: float) -> ServerLooker:
        deadline, look_here = self._monotonic() + seconds, self._tasks.wishes.look
        return ServerLooker(self._courier(), self._neighbours, deadline, self._monotonic, look_here)

    def _look(self, task: ResponseTask) -> None:
        action = self._tasks.wishes.actions.get(task.action)
        verdict = _unknown(task.action) if action is None else self._verdict(action, task)
        if verdict is None:
            return  # stopping: looked at again at the next start
        try:
            self._tasks.looked_at(task.id, move_of(verdict))
        except HinomiError:
            log.exception("the verdict on task %s could not be kept; it is looked at again", task.id)

    def _verdict(self, action: Action, task: ResponseTask) -> Verdict | None:
        """The first that is true, else the last; None when the server stops meanwhile."""
        looker, verdict = self._looker(VERIFY_S), None
        for wait_s in self._tries_s:
            if self._stop.wait(wait_s):
                return None
            try:
                verdict = action.verify(task, looker)
            except Unavailable as error:
                verdict = Verdict(None, Words(str(error), f"確認できませんでした: {error}"))
            except Exception as error:  # a fault in a verification must not keep the task for ever
                log.exception("task %s could not be looked at", task.id)
                name = type(error).__name__
                return Verdict(None, Words(f"It could not be looked at ({name}).", f"確認できませんでした ({name})。"))
            if verdict.is_true:
                return verdict
        return verdict


def move_of(verdict: Verdict) -> Move:
    evidence, note = {"verification": verdict.evidence}, verdict.note
    if verdict.is_true:
        return Move(TaskState.VERIFIED, SERVER, note=note.en, evidence=evidence | {"note_ja": note.ja})
    code = "not_verified" if verdict.is_true is False else "could_not_look"
    to = TaskState.FAILED if verdict.is_true is False else TaskState.UNVERIFIED
    error = TaskError(code, note.en, note.ja)
    return Move(to, SERVER, note=note.en, evidence=evidence | {"note_ja": note.ja}, error=error)


def _unknown(action: str) -> Verdict:
    return Verdict(
        None, Words(f"This server knows no action {action}.", f"このサーバーにアクション {action} はありません。")
    )
