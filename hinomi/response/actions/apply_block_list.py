"""apply_block_list: the block list as of one version, to one endpoint. Asked by the server alone.

Verified by a second look at what the endpoint holds and by trying: addresses are not reached from there, a start on each mount
that is asked about is refused, listed names do not resolve.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hinomi.response import parameters
from hinomi.response.action import Action, Looker, Verdict, Words
from hinomi.response.evidence import any_answered, not_connected
from hinomi.schema.task import Phase, ResponseTask, TargetKind

TYPES = ("fileSha1", "fileSha256", "ip", "domain", "url", "senderMailAddress")
MAX_OBJECTS = 10_000
PROBED, PORTS = 3, (80, 443)


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    parameters.only(given, ("version", "objects"))
    objects = given.get("objects")
    if type(objects) is not list or len(objects) > MAX_OBJECTS:
        raise parameters.ParametersRefused(
            f"objects: a list of at most {MAX_OBJECTS}", f"objects: {MAX_OBJECTS} 件以内のリストが必要です"
        )
    return {"version": parameters.number(given, "version", 0, 1 << 53), "objects": [_object(each) for each in objects]}


def _object(given: Any) -> dict[str, Any]:
    if type(given) is not dict:
        raise parameters.ParametersRefused("objects: {type, value}", "objects: {type, value} が必要です")
    parameters.only(given, ("type", "value", "expires_ms"))
    expires = {"expires_ms": parameters.number(given, "expires_ms", 0, 1 << 53)} if given.get("expires_ms") else {}
    kind = parameters.choice(given, "type", TYPES)
    return {"type": kind, "value": parameters.text(given, "value", most=2048), **expires}


def _addresses(objects: Sequence[Mapping[str, Any]]) -> list[str]:
    return [each["value"] for each in objects if each["type"] == "ip" and "/" not in each["value"]][:PROBED]


def _tried(look: Mapping[str, Any]) -> Iterator[tuple[str, str, object]]:
    """What the endpoint really tried: (files or domain, the mount or the name, whether it was refused)."""
    tried = look.get("tried")
    for kind, each in (tried if type(tried) is dict else {}).items():
        for name, is_refused in (each if type(each) is dict else {}).items():
            yield str(kind)[:16], str(name)[:256], is_refused


def verify(task: ResponseTask, looker: Looker) -> Verdict:
    if not looker.is_connected(task.target.id):
        return not_connected()
    look = dict(looker.ask(task.target, "look_at_block_list", {}))
    probed: dict[str, Any] = {}
    if task.result.get("enforced", {}).get("ip") == "blocked":
        for each in _addresses(task.parameters["objects"]):
            probed[each] = dict(looker.ask(task.target, "probe_address", {"address": each, "ports": list(PORTS)}))
    evidence = {"look": look, "probed": probed}
    open_ = [f"{kind} {name}" for kind, name, is_refused in _tried(look) if is_refused is False]
    if look.get("version") != task.parameters["version"] or look.get("intact") is False:
        return Verdict(
            False,
            Words(
                "The endpoint holds another list, or its rules were changed.",
                "エンドポイントの一覧または規則が一致しません。",
            ),
            evidence,
        )
    if open_:
        told = ", ".join(open_[:5])
        return Verdict(
            False,
            Words(f"It was tried and is not refused: {told}", f"実際に試したところ拒否されませんでした: {told}"),
            evidence,
        )
    if any(any_answered(each) for each in probed.values()):
        return Verdict(
            False, Words("A blocked address still answers.", "ブロック対象のアドレスが応答しています。"), evidence
        )
    return Verdict(
        True,
        Words(
            "The endpoint holds this version, its rules stand, and what was tried was refused.",
            "エンドポイントはこの版を保持し、規則は有効です。実際に試した対象はすべて拒否されました。",
        ),
        evidence,
    )


ACTION = Action(
    name="apply_block_list",
    public="",
    kind=TargetKind.ENDPOINT,
    phase=Phase.CONTAIN,
    title=Words("Apply block list", "ブロックリストの適用"),
    effect=Words("{target} enforces the block list.", "{target} にブロックリストを適用します。"),
    read=read,
    verify=verify,
    same_as=lambda parameters: str(parameters.get("version")),
    is_internal=True,
    timeout_s=120,
)
