"""A plan: steps that are carried out in order, checks that look whether it truly came to pass, and the way back.

carry_out(plan, host): step, step, ... check, check, ...   a step or check that fails: back, last step first, and ActionFailed
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from hinomi.sensor.action import ActionFailed
from hinomi.sensor.windows.command import Command


@dataclass(frozen=True, slots=True)
class Answer:
    """`lost_bytes`: written too, over what is kept of a command's output."""

    code: int
    output: str
    error: str = ""
    lost_bytes: int = 0


class Host(Protocol):
    """Who carries commands out: the host itself (`shell.py`), or a model of one."""

    def run(self, command: Command) -> Answer:
        """ActionFailed `timeout` when it does not end, `unsupported` when there is no such program."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """`purpose` is said to people. `undo`: what takes it back; None when there is nothing to take back."""

    purpose: str
    do: Command
    undo: Command | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """`complaint`: the answer's output -> "" when it is as it should be, else what is wrong."""

    purpose: str
    ask: Command
    complaint: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Plan:
    name: str
    steps: tuple[Step, ...]
    checks: tuple[Check, ...] = ()


def ask(host: Host, command: Command, purpose: str) -> str:
    """The output. ActionFailed when the command fails."""
    answer = host.run(command)
    if answer.code:
        reason = (answer.error or answer.output).strip()[:300] or f"exit code {answer.code}"
        raise ActionFailed("internal", f"{purpose}: {reason}", f"コマンドが失敗しました ({purpose}): {reason}")
    return answer.output


def carry_out(plan: Plan, host: Host) -> dict[str, Any]:
    """What was done and seen. ActionFailed says at what it failed, and whether all of it was taken back."""
    begun: list[Step] = []
    try:
        for step in plan.steps:
            begun.append(step)  # one that fails may have done half of it
            ask(host, step.do, step.purpose)
        for check in plan.checks:
            _look(host, check)
    except ActionFailed as failed:
        left = _take_back(begun, host)
        en = f"not taken back: {', '.join(left)}" if left else "all of it was taken back"
        ja = f"元に戻せなかった手順: {', '.join(left)}" if left else "変更はすべて元に戻しました"
        raise ActionFailed(failed.code, f"{failed} ({en})", f"{failed.ja} ({ja})") from failed
    return {
        "plan": plan.name,
        "steps": [each.purpose for each in plan.steps],
        "checked": [each.purpose for each in plan.checks],
    }


def _look(host: Host, check: Check) -> None:
    try:
        wrong = check.complaint(ask(host, check.ask, check.purpose))
    except ValueError as error:
        wrong = f"the answer cannot be read: {error}"
    if wrong:
        raise ActionFailed("unverified", f"{check.purpose}: {wrong}", f"確認できません ({check.purpose}): {wrong}")


def _take_back(begun: list[Step], host: Host) -> list[str]:
    """Last first; one that cannot be taken back keeps none of the others from it."""
    left = []
    for step in reversed(begun):
        if step.undo is None:
            continue
        try:
            ask(host, step.undo, step.purpose)
        except ActionFailed:
            left.append(step.purpose)
    return left
