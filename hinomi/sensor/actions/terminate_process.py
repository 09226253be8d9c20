"""terminate_process: SIGKILL to one process by its identity, or to all that run a file.

Children are not ended with it: the kernel gives them to pid 1 (or a subreaper). Ending by hash or path is repeated until
none is found, so that a process that starts itself anew is caught as often as that helps; what is left is `survived`.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hinomi.sensor import running_process, state_file
from hinomi.sensor.action import ActionFailed, EndpointAction, Work
from hinomi.sensor.running_process import Hashes

WAIT_S = 5.0
ROUNDS = 5


def _intent(work: Work) -> Path:
    return work.folder / "terminate" / f"{work.command_id}.json"


def run(work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    hashes, wish = Hashes(), {name: value for name, value in parameters.items() if name != "name"}
    _refuse_protected(wish)
    killed: dict[int, dict[str, Any]] = {}
    refused: list[dict[str, Any]] = []
    for _ in range(ROUNDS):
        found = running_process.find(wish, hashes)
        refused = [
            {"pid": each.pid, "reason": why[0]} for each in found if (why := running_process.why_protected(each))
        ]
        now = [each for each in found if running_process.why_protected(each) is None]
        if not now:
            break
        killed |= {each.pid: running_process.described(each, hashes) for each in now}
        state_file.write(_intent(work), {"asked": list(killed.values())})
        _kill({"pid": each.pid, "started_ms": each.started_ms} for each in now)
        if "pid" in wish:
            break
    if not killed:
        _refuse_nothing(refused)
    left = {each.pid for each in running_process.find(wish, hashes) if running_process.why_protected(each) is None}
    survived = [
        running_process.described(each, hashes) for each in running_process.find(wish, hashes) if each.pid in left
    ]
    state_file.remove(_intent(work))
    return {
        "killed": [each for each in killed.values() if each["pid"] not in left],
        "survived": survived,
        "refused": refused,
        "children": "left",
    }


def _kill(identities: Any) -> None:
    deadline = time.monotonic() + WAIT_S
    for identity in list(identities):
        test = running_process.fits(identity, Hashes())
        with running_process.hold(identity["pid"]) as held:
            if held is not None and test(held.process):
                held.kill()
                held.wait(deadline - time.monotonic())


def _refuse_protected(wish: Mapping[str, Any]) -> None:
    if "pid" not in wish:
        return
    process = running_process.read(int(wish["pid"]))
    if process is None or process.is_dead:
        raise ActionFailed("not_found", "There is no such process (any more).", "該当するプロセスはありません。")
    why = running_process.why_protected(process)
    if why is not None:
        raise ActionFailed("refused", f"This process is not ended: {why[0]}.", f"終了できません: {why[1]}。")
    if not running_process.fits(wish, Hashes())(process):
        raise ActionFailed(
            "changed",
            "The number belongs to another process by now: the start times differ.",
            "PID は別のプロセスに再利用されています (開始時刻が異なります)。",
        )


def _refuse_nothing(refused: list[dict[str, Any]]) -> None:
    if refused:
        reasons = "; ".join(f"{each['pid']}: {each['reason']}" for each in refused)
        raise ActionFailed(
            "refused", f"Only protected processes fit: {reasons}.", f"保護対象のプロセスのみが該当します: {reasons}"
        )
    raise ActionFailed("not_found", "There is no such process (any more).", "該当するプロセスはありません。")


def after_crash(work: Work, _parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What we meant to end is in a file; when none of it runs any more the wish is met."""
    intent, hashes = state_file.read(_intent(work)), Hashes()
    if intent is None:
        return None
    asked = list(intent.get("asked", []))
    state_file.remove(_intent(work))
    if any(running_process.find({"pid": each["pid"], "started_ms": each["started_ms"]}, hashes) for each in asked):
        return None
    return {"killed": asked, "survived": [], "refused": [], "children": "left", "after_crash": True}


ACTION = EndpointAction("terminate_process", run, after_crash=after_crash)
