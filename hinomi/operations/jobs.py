"""Long work for persons at the console: started, watched, cancelled, its result kept for a while. Bounded in all of it.

One at a time for each person (or `per_owner`), a few for all; each runs in a thread of its own. Nothing outlives the process.
"""

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hinomi.errors import HinomiError, NotFound, TooMany

log = logging.getLogger(__name__)

MAX_RUNNING = 2
MAX_KEPT = 20
KEPT_S = 3600.0


class State(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(slots=True)
class Job:
    """`done` of `total`: how far it is; `result` when it is done, `error` when it failed."""

    id: str
    owner: str
    started_s: float
    state: State = State.RUNNING
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    result: Any = None
    error: Exception | None = None
    cancel: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def report(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    @property
    def progress(self) -> float:
        """0 to 1."""
        if self.state is State.DONE:
            return 1.0
        return min(1.0, self.done / self.total) if self.total else 0.0


YIELD_S = 2.0  # so long a page may wait for the stream, no longer: it must come to an end


def give_way(is_busy: Callable[[], bool], cancel: threading.Event) -> None:
    """The stream goes first: work beside it would take half of its processor."""
    waited = 0.0
    while is_busy() and waited < YIELD_S and not cancel.wait(0.1):
        waited += 0.1


class Jobs:
    """`clock`: seconds that never go back. Thread-safe."""

    def __init__(self, name: str, clock: Callable[[], float], per_owner: int = 1) -> None:
        self._name, self._clock, self._per_owner = name, clock, per_owner
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}

    def start(self, owner: str, work: Callable[[Job], Any]) -> Job:
        """Run `work`; it looks at `job.cancel` now and then. TooMany when this person or the house has enough running."""
        with self._lock:
            self._forget_old()
            running = [job for job in self._jobs.values() if job.state is State.RUNNING]
            if sum(job.owner == owner for job in running) >= self._per_owner:
                raise TooMany("one of yours is running already: wait for it, or cancel it", retry_after_s=5)
            if len(running) >= MAX_RUNNING:
                raise TooMany("others are running already: try again in a moment", retry_after_s=10)
            job = Job(secrets.token_hex(8), owner, self._clock())
            self._jobs[job.id] = job
            job.thread = threading.Thread(
                target=self._run, args=(job, work), name=f"{self._name}-{job.id}", daemon=True
            )
            job.thread.start()
        return job

    def get(self, owner: str, id_: str) -> Job:
        """NotFound, also for what belongs to another."""
        with self._lock:
            job = self._jobs.get(id_)
        if job is None or job.owner != owner:
            raise NotFound("there is no such work; results are kept for an hour")
        return job

    def drop(self, owner: str, id_: str) -> Job:
        """Cancel it when it runs, forget it when it is over."""
        job = self.get(owner, id_)
        job.cancel.set()
        with self._lock:
            if job.state is not State.RUNNING:
                self._jobs.pop(id_, None)
        return job

    def close(self) -> None:
        """Cancel all, and wait for them: the rooms they read in are about to close."""
        with self._lock:
            jobs = list(self._jobs.values())
        for job in jobs:
            job.cancel.set()
        for job in jobs:
            if job.thread is not None:
                job.thread.join()

    def _run(self, job: Job, work: Callable[[Job], Any]) -> None:
        state = State.FAILED
        try:
            job.result = work(job)
            state = State.CANCELLED if job.cancel.is_set() else State.DONE
        except HinomiError as error:
            job.error = error
        except Exception as error:  # what it stumbles over is told to who waits, and to the log
            log.exception("%s %s failed", self._name, job.id)
            job.error = error
        finally:
            job.seconds = self._clock() - job.started_s
            job.state = state

    def _forget_old(self) -> None:
        now = self._clock()
        over = [job for job in self._jobs.values() if job.state is not State.RUNNING]
        for place, job in enumerate(sorted(over, key=lambda one: -one.started_s)):
            if place >= MAX_KEPT or now - job.started_s - job.seconds > KEPT_S:
                del self._jobs[job.id]
