"""What a sensor collected by `collect_evidence` becomes a report like one of the kit: the same members, the same limits."""

import logging
import shutil
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from hinomi.errors import HinomiError, Refused
from hinomi.operations.kit_report import KitReport, KitReports
from hinomi.response.files import FileStore
from hinomi.response.life import SERVER
from hinomi.schema.task import ResponseTask, TaskState

log = logging.getLogger(__name__)

ACTION = "collect_evidence"
_DONE = (TaskState.EXECUTED, TaskState.VERIFIED)
_MOST_WAITING = 1000


class EvidenceIntake:
    """`moved` is told of every move of a task and only notes it; `work` does what has gathered, in a thread of the room."""

    def __init__(self, files: FileStore, reports: KitReports, password_of: Callable[[str], str]) -> None:
        self._files, self._reports, self._password_of = files, reports, password_of
        self._waiting: deque[str] = deque(maxlen=_MOST_WAITING)
        self._lock = threading.Lock()

    def moved(self, task: ResponseTask) -> None:
        if task.action == ACTION and task.state in _DONE:
            with self._lock:
                if task.id not in self._waiting:
                    self._waiting.append(task.id)

    def work(self) -> list[KitReport]:
        """The reports that were made; a collection that cannot be read is told in the log and stays with its task."""
        made = []
        while self._waiting:
            with self._lock:
                task_id = self._waiting.popleft()
            try:
                made.append(self._take(task_id))
            except Refused:
                continue  # it is a report already
            except HinomiError as error:
                log.warning("the evidence of task %s is no report: %s", task_id, error)
        return made

    def _take(self, task_id: str) -> KitReport:
        file = self._files.of_task(task_id)
        upload = self._reports.new_upload()
        try:
            shutil.copyfile(self._files.path(file), upload)
            upload.chmod(0o600)
            return self._reports.take(SERVER, upload, f"task-{task_id}.zip", self._password_of(task_id))
        finally:
            with suppress(FileNotFoundError):
                upload.unlink()
