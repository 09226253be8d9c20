"""restore_endpoint: the isolation is lifted, the rules are byte for byte those of before.

Verified by a second look at the kernel; that something answers again is kept as evidence but is no condition, because a
host behind its own firewall answers nobody.
"""

from typing import Any

from hinomi.response import parameters
from hinomi.response.action import Action, Looker, Verdict, Words
from hinomi.response.evidence import before, not_connected
from hinomi.schema.task import Phase, ResponseTask, TargetKind

PORTS = (22, 80, 135, 443, 445, 3389, 5985)


def prepare(task: ResponseTask, looker: Looker) -> dict[str, Any]:
    return {"server": dict(looker.reaches(task.target.address, PORTS)) if task.target.address else {}}


def verify(task: ResponseTask, looker: Looker) -> Verdict:
    if not looker.is_connected(task.target.id):
        return not_connected()
    rules = looker.ask(task.target, "look_at_isolation", {})
    now = dict(looker.reaches(task.target.address, PORTS)) if task.target.address else {}
    evidence = {"before": before(task), "after": {"server": now}, "rules": dict(rules)}
    if rules.get("isolated") or rules.get("present"):
        return Verdict(False, Words("The isolation still stands.", "隔離がまだ有効です。"), evidence)
    if task.result.get("identical") is False:
        return Verdict(
            True,
            Words(
                "The isolation is gone. Other rules of the host changed while it stood.",
                "隔離は解除されました。隔離中に、ホストの他の規則が変更されています。",
            ),
            evidence,
        )
    return Verdict(
        True,
        Words(
            "The isolation is gone; the rules are as they were before it.",
            "隔離は解除され、規則は隔離前と同一です。",
        ),
        evidence,
    )


ACTION = Action(
    name="restore_endpoint",
    public="restoreIsolate",
    kind=TargetKind.ENDPOINT,
    phase=Phase.RECOVER,
    title=Words("Restore connection", "隔離の解除"),
    effect=Words(
        "{target} can use the network again, with the rules it had before.",
        "{target} は隔離前の規則に戻り、再び通信できます。",
    ),
    read=parameters.nothing,
    prepare=prepare,
    verify=verify,
    undo="isolate_endpoint",
    timeout_s=60,
)
