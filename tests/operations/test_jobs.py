"""Long work: one a person, a few in all, cancelled, kept for a while, ended with the house."""

import threading

import pytest

from hinomi.errors import InputError, NotFound, TooMany
from hinomi.operations.jobs import KEPT_S, MAX_KEPT, Job, Jobs, State


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def ended(job: Job) -> Job:
    assert job.thread is not None
    job.thread.join()
    return job


def until_cancelled(job: Job) -> str:
    job.cancel.wait()
    return "part"


def test_it_runs_reports_and_keeps_its_result() -> None:
    jobs = Jobs("t", Clock())
    asked = threading.Event()

    def work(job: Job) -> str:
        job.report(3, 12)
        asked.wait()
        return "result"

    job = jobs.start("sato", work)
    with pytest.raises(TooMany):
        jobs.start("sato", work)
    asked.set()
    assert (ended(job).state, job.result, job.progress, job.done) == (State.DONE, "result", 1.0, 3)
    assert jobs.get("sato", job.id) is job
    for owner, id_ in (("suzuki", job.id), ("sato", "nothing")):
        with pytest.raises(NotFound):
            jobs.get(owner, id_)
    jobs.drop("sato", job.id)
    with pytest.raises(NotFound):
        jobs.get("sato", job.id)


def test_two_run_at_a_time_and_all_end_with_the_house() -> None:
    jobs = Jobs("t", Clock())
    running = [jobs.start(name, until_cancelled) for name in ("a", "b")]
    with pytest.raises(TooMany):
        jobs.start("c", until_cancelled)
    jobs.drop("a", running[0].id)
    assert ended(running[0]).state is State.CANCELLED
    third = jobs.start("c", until_cancelled)
    jobs.close()
    assert [job.state for job in (*running, third)] == [State.CANCELLED] * 3


def test_what_goes_wrong_is_kept_with_it() -> None:
    def stumble(_job: Job) -> None:
        raise ZeroDivisionError

    def refuse(_job: Job) -> None:
        raise InputError("no such field")

    jobs = Jobs("t", Clock())
    assert ended(jobs.start("a", stumble)).state is State.FAILED
    refused = ended(jobs.start("a", refuse))
    assert (refused.state, str(refused.error)) == (State.FAILED, "no such field")


def test_old_results_are_forgotten() -> None:
    clock = Clock()
    jobs = Jobs("t", clock)
    made = []
    for number in range(MAX_KEPT + 3):
        clock.now = float(number)
        made.append(ended(jobs.start("a", lambda _job: None)))
    jobs.start("a", lambda _job: None)
    with pytest.raises(NotFound):
        jobs.get("a", made[0].id)
    assert jobs.get("a", made[-1].id)
    clock.now += KEPT_S + 1
    ended(jobs.start("a", lambda _job: None))
    with pytest.raises(NotFound):
        jobs.get("a", made[-1].id)
