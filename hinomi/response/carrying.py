"""Carries out what has no sensor: the server's own tasks, one after the other, in the order they were asked for."""

import logging

from hinomi.errors import HinomiError
from hinomi.response.task_list import TaskQuery
from hinomi.response.tasks import Tasks
from hinomi.response.wish import CarryFailed
from hinomi.schema.task import ResponseTask, TaskError, TaskState

log = logging.getLogger(__name__)


class Carrying:
    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks

    def work(self) -> int:
        """Carry out what waits; how many."""
        waiting = self._tasks.waiting("")
        for task in waiting:
            self._carry(task)
        return len(waiting)

    def resume(self) -> None:
        """At the start: what a crash interrupted is done again where that is harmless, else it fails and says so."""
        running = self._tasks.page(TaskQuery(states=(TaskState.EXECUTING,), top=1000)).items
        for task in running:
            carrier = self._tasks.wishes.carrier_of(task.action, task.target)
            if carrier is None:
                continue
            if carrier.is_repeatable:
                self._carry(task, again=True)
            else:
                ja = "サーバーの停止により中断されました。対象の状態を確認してください。"
                error = TaskError("interrupted", "The server stopped in the middle: look at the target.", ja)
                self._tasks.carried(task.id, error)

    def _carry(self, task: ResponseTask, *, again: bool = False) -> None:
        carrier = self._tasks.wishes.carrier_of(task.action, task.target)
        if carrier is None or not self._tasks.begin_carrying(task.id, again=again):
            return
        try:
            self._tasks.carried(task.id, carrier.carry(task))
        except CarryFailed as error:
            self._tasks.carried(task.id, TaskError(error.code, str(error), error.ja))
        except HinomiError as error:
            text = error.details.get("text", {})
            self._tasks.carried(task.id, TaskError("refused", str(error), text.get("ja", "")))
        except Exception as error:  # one task must not stop those behind it
            log.exception("task %s failed", task.id)
            name = type(error).__name__
            self._tasks.carried(
                task.id, TaskError("internal", f"{name}: see the log", f"{name}: ログを確認してください")
            )
