"""isolate_endpoint: only the server can still be reached from there.

Verified by silence: what answered before (asked by this server and by neighbours) answers no more, while the sensor is
still there and the rules in its kernel are those it made.
"""

from collections.abc import Mapping
from typing import Any

from hinomi.response import parameters
from hinomi.response.action import Action, Looker, Parameter, Verdict, Words
from hinomi.response.evidence import any_answered, before, not_connected
from hinomi.schema.task import Phase, ResponseTask, Target, TargetKind

# ssh, http, rpc, https, smb, rdp, winrm: what hosts answer on most
PORTS = (22, 80, 135, 443, 445, 3389, 5985)
MIN_DEAD_MAN_S, MAX_DEAD_MAN_S = 60, 30 * 86400


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    parameters.only(given, ("dead_man_s", "allow"))
    found: dict[str, Any] = {}
    if given.get("dead_man_s") is not None:
        found["dead_man_s"] = parameters.number(given, "dead_man_s", MIN_DEAD_MAN_S, MAX_DEAD_MAN_S)
    allow = parameters.networks(given, "allow")
    if any(each.endswith("/0") for each in allow):
        raise parameters.ParametersRefused(
            "allow: the whole network is no isolation", "allow: 全ネットワークを許可すると隔離になりません"
        )
    return {**found, "allow": allow} if allow else found


def _answers(target: Target, looker: Looker) -> dict[str, Any]:
    if not target.address:
        return {"server": {}, "neighbours": []}
    neighbours = [dict(each) for each in looker.ask_neighbours(target, target.address, PORTS)]
    return {"server": dict(looker.reaches(target.address, PORTS)), "neighbours": neighbours}


def prepare(task: ResponseTask, looker: Looker) -> dict[str, Any]:
    return _answers(task.target, looker)


def _is_audible(answers: Mapping[str, Any]) -> bool:
    return any_answered(answers.get("server", {})) or any(any_answered(each) for each in answers.get("neighbours", []))


def verify(task: ResponseTask, looker: Looker) -> Verdict:
    if not looker.is_connected(task.target.id):
        return not_connected()
    rules = looker.ask(task.target, "look_at_isolation", {})
    earlier, now = before(task), _answers(task.target, looker)
    evidence = {"before": earlier, "after": now, "rules": dict(rules)}
    if not rules.get("isolated") or rules.get("rules_sha256") != task.result.get("rules_sha256"):
        return Verdict(
            False,
            Words(
                "The rules in the kernel are not those of the isolation.",
                "カーネル内の規則が隔離時のものと一致しません。",
            ),
            evidence,
        )
    if _is_audible(now):
        return Verdict(False, Words("It still answers.", "対象がまだ応答しています。"), evidence)
    if not _is_audible(earlier):
        return Verdict(
            None,
            Words(
                "The rules stand, but it answered nobody before either: silence proves nothing here.",
                "規則は有効ですが、隔離前から応答がなかったため、無応答は証拠になりません。",
            ),
            evidence,
        )
    return Verdict(
        True,
        Words(
            "It answered before and is silent now; the sensor is still connected and the rules stand.",
            "隔離前は応答し、現在は無応答です。センサーは接続中で、規則も有効です。",
        ),
        evidence,
    )


ACTION = Action(
    name="isolate_endpoint",
    public="isolate",
    kind=TargetKind.ENDPOINT,
    phase=Phase.CONTAIN,
    title=Words("Isolate endpoint", "エンドポイントの隔離"),
    effect=Words(
        "{target} can reach only this server, and nobody can reach it; connections that are open are cut.",
        "{target} はこのサーバーとのみ通信でき、確立済みの接続は切断されます。",
    ),
    parameters=(
        Parameter("dead_man_s", "number", Words("Lifts itself after (s)", "自動解除までの秒数")),
        Parameter("allow", "list", Words("Addresses that stay reachable", "通信を許可するアドレス")),
    ),
    read=read,
    prepare=prepare,
    verify=verify,
    same_as=lambda _parameters: "",
    undo="restore_endpoint",
    is_destructive=True,
    timeout_s=60,
)
