"""The life of tasks under whatever persons, sensors, time and restarts do to it: a model of states beside the real rows."""

import itertools
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from hinomi.errors import Forbidden, NotFound, Refused
from hinomi.response.approvals import ApprovalPolicy, ApprovalRule
from hinomi.response.life import SERVER, Move
from hinomi.response.task_list import TaskQuery
from hinomi.schema.task import ENDED, NEXT, TaskError, TaskState
from tests.make_response import ADMINISTRATOR, ASKER, GUID, OTHER, SECOND, Desk

RESULTS: list[Any] = [
    {"files": 3}, {"password": "secret-of-the-zip-1234", "size": 1}, {"nested": [{"password": "p" * 20}]}, {},
    TaskError("not_found", "no such file"), TaskError("cancelled", "stopped"), {"huge": "x" * 600_000},
]  # fmt: skip


class Life(RuleBasedStateMachine):
    tasks = Bundle("tasks")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.made = Desk(self.folder)
        self.made.desk.approvals.set_policy(ADMINISTRATOR, ApprovalPolicy((ApprovalRule("isolate_endpoint"),)))
        self.known: dict[str, TaskState] = {}
        self.handed: set[str] = set()

    def teardown(self) -> None:
        self.made.close()
        shutil.rmtree(self.folder)

    # ---- persons ----------------------------------------------------------------------------------------------------
    @rule(
        target=tasks,
        action=st.sampled_from(["isolate_endpoint", "collect_evidence", "scan"]),
        guid=st.sampled_from([GUID, OTHER]),
        lasts=st.integers(10, 4000),
    )
    def ask(self, action: str, guid: str, lasts: int) -> str:
        same = [id_ for id_ in self.living() if self.wish(id_) == (action, guid)]
        try:
            given = {"kind": "quick"} if action == "scan" else {}
            made = self.made.ask(action, guid=guid, parameters=given, expires_s=lasts)
        except Refused as error:
            return self.twin(error, same)
        assert not same
        assert made.state is (TaskState.PENDING_APPROVAL if action == "isolate_endpoint" else TaskState.QUEUED)
        self.known[made.id] = made.state
        return made.id

    @rule(id_=tasks, who=st.sampled_from([ASKER, SECOND]), reason=st.sampled_from(["", "no"]))
    def decide(self, id_: str, who: Any, reason: str) -> None:
        was = self.made.tasks.get(id_).state
        try:
            if reason:
                self.made.tasks.reject(who, id_, reason)
            else:
                self.made.tasks.approve(who, id_)
        except Forbidden:
            assert who is ASKER
            return
        except Refused:
            assert was is not TaskState.PENDING_APPROVAL
            return
        assert (was, who) == (TaskState.PENDING_APPROVAL, SECOND)

    @rule(id_=tasks)
    def cancel(self, id_: str) -> None:
        try:
            self.made.tasks.cancel(SECOND, id_)
        except Refused:
            return
        if id_ not in self.handed:
            assert self.made.tasks.get(id_).state is TaskState.CANCELLED
        assert id_ not in self.waiting()

    # ---- sensors ----------------------------------------------------------------------------------------------------
    @rule(id_=tasks)
    def hand_out(self, id_: str) -> None:
        if id_ in self.waiting():
            assert self.made.tasks.handed_out(id_)
            self.handed.add(id_)
        else:
            assert not self.made.tasks.handed_out(id_)

    @rule(id_=tasks, word=st.sampled_from(["received", "executing"]), forged=st.booleans())
    def say(self, id_: str, word: str, forged: bool) -> None:
        sensor = self.other(id_) if forged else self.wish(id_)[1]
        before = self.made.tasks.get(id_)
        try:
            getattr(self.made.tasks, word)(id_, sensor)
        except (Forbidden, NotFound):
            assert forged or id_ not in self.handed
        if forged or id_ not in self.handed:
            assert self.made.tasks.get(id_) == before

    @rule(id_=tasks, result=st.sampled_from(RESULTS), forged=st.booleans())
    def finish(self, id_: str, result: Any, forged: bool) -> None:
        sensor = self.other(id_) if forged else self.wish(id_)[1]
        before = self.made.tasks.get(id_)
        try:
            self.made.tasks.finished(id_, sensor, result)
        except (Forbidden, NotFound):
            assert forged or id_ not in self.handed
        after = self.made.tasks.get(id_)
        if forged or id_ not in self.handed:
            assert after == before
        assert "password" not in str(after.result)

    @rule(id_=tasks, reason=st.sampled_from(["expired", "wrong_sensor", "repeated", "\0evil"]))
    def refuse(self, id_: str, reason: str) -> None:
        if id_ in self.handed:
            self.made.tasks.refused(id_, self.wish(id_)[1], reason)

    # ---- the server, time, and accidents ----------------------------------------------------------------------------
    @rule(id_=tasks, to=st.sampled_from([TaskState.VERIFIED, TaskState.UNVERIFIED, TaskState.FAILED]))
    def look(self, id_: str, to: TaskState) -> None:
        if self.made.tasks.get(id_).state is TaskState.EXECUTED:
            self.made.tasks.looked_at(id_, Move(to, SERVER))

    @rule(seconds=st.sampled_from([1, 60, 3600, 90_000]))
    def wait(self, seconds: int) -> None:
        self.made.clock.now_s += seconds
        self.made.tasks.sweep()
        assert self.made.tasks.sweep() == 0
        now = self.made.clock.now_ms
        for state in (TaskState.QUEUED, TaskState.DELIVERED):
            assert all(task.expires_ms > now for task in self.made.tasks.page(TaskQuery(states=(state,))).items)

    @rule()
    def restart(self) -> None:
        clock = self.made.clock
        self.made.close()
        self.made = Desk(self.folder, clock=clock)

    # ---- what holds always ------------------------------------------------------------------------------------------
    @invariant()
    def states_move_along_the_plan_and_the_end_is_the_end(self) -> None:
        for id_, was in self.known.items():
            now = self.made.tasks.get(id_).state
            assert now is was or self.leads(was, now), f"{was} -> {now}"
            self.known[id_] = now

    @invariant()
    def steps_tell_how_it_came_to_its_state(self) -> None:
        for id_ in self.known:
            task = self.made.tasks.get(id_)
            assert task.steps[-1].state is task.state
            assert [step.at_ms for step in task.steps] == sorted(step.at_ms for step in task.steps)
            states = list(dict.fromkeys(step.state for step in task.steps))
            assert all(after in NEXT[before] for before, after in itertools.pairwise(states))

    @invariant()
    def one_living_task_for_each_wish(self) -> None:
        wishes = [self.wish(id_) for id_ in self.living()]
        assert len(wishes) == len(set(wishes))

    @invariant()
    def nothing_waits_that_has_ended_or_is_not_approved(self) -> None:
        assert all(self.made.tasks.get(id_).state is TaskState.QUEUED for id_ in self.waiting())

    @staticmethod
    def leads(was: TaskState, now: TaskState) -> bool:
        """In one rule several steps may be taken."""
        reached, edge = {was}, {was}
        while edge:
            edge = {after for before in edge for after in NEXT[before]} - reached
            reached |= edge
        return now in reached and was not in ENDED

    def wish(self, id_: str) -> tuple[str, str]:
        task = self.made.tasks.get(id_)
        return task.action, task.target.id

    @staticmethod
    def twin(refusal: Refused, same: list[str]) -> str:
        assert (refusal.code, refusal.details["task"]) == ("TaskDuplication", same[0])
        return same[0]

    def other(self, id_: str) -> str:
        return OTHER if self.wish(id_)[1] == GUID else GUID

    def living(self) -> list[str]:
        return [id_ for id_ in self.known if not self.made.tasks.get(id_).is_ended]

    def waiting(self) -> list[str]:
        return [task.id for guid in (GUID, OTHER) for task in self.made.tasks.waiting(guid)]


Life.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestLife = Life.TestCase
