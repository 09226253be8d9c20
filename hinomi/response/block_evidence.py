"""Is a change of the block list where it should be? Asked of every endpoint that was connected when it was made."""

from typing import Any

from hinomi.errors import Unavailable
from hinomi.response.action import Looker, Verdict, Words
from hinomi.response.block_object import ON_SENSORS
from hinomi.schema.task import ResponseTask, Target, TargetKind

MAX_ASKED = 20


def verify(task: ResponseTask, looker: Looker) -> Verdict:
    wanted, version = task.action == "block_object", task.result.get("version", 0)
    if task.result.get("listed") is not wanted:
        return Verdict(False, Words("The list is not as it was asked.", "ブロックリストが要求どおりではありません。"))
    if task.parameters["type"] == "senderMailAddress" and task.parameters.get("action") != "log":
        text = f"The list (version {version}) is as asked. Mail connectors, where there are any, follow with their next round."
        ja = f"ブロックリスト (版 {version}) に反映しました。メールコネクターがある場合は次の巡回で適用されます。"
        return Verdict(True, Words(text, ja), {"version": version})
    if task.parameters["type"] not in ON_SENSORS or task.parameters.get("action") == "log":
        text = "The list (version {0}) is as asked. Endpoints do not block it themselves: it is in the exports."
        ja = "ブロックリスト (版 {0}) に反映しました。エンドポイントでは遮断されず、エクスポートの対象になります。"
        return Verdict(True, Words(text.format(version), ja.format(version)), {"version": version})
    endpoints = [guid for guid in task.result.get("endpoints", []) if looker.is_connected(guid)][:MAX_ASKED]
    held: dict[str, Any] = {guid: _held(guid, looker) for guid in endpoints}
    evidence = {"version": version, "held": held}
    behind = [guid for guid, found in held.items() if not isinstance(found, int) or found < version]
    if not held:
        text = f"It is on the list (version {version}); no endpoint was connected that could be asked."
        if not wanted:
            text = f"It is off the list (version {version}); no endpoint was connected that could be asked."
        ja = f"ブロックリスト (版 {version}) に反映しましたが、確認できる接続中のエンドポイントがありません。"
        return Verdict(None, Words(text, ja), evidence)
    if behind:
        text = f"{len(behind)} of {len(held)} connected endpoints do not hold version {version} yet."
        ja = f"接続中のエンドポイント {len(held)} 台のうち {len(behind)} 台が版 {version} を未適用です。"
        return Verdict(None, Words(text, ja), evidence)
    text = f"All {len(held)} connected endpoints that were asked hold version {version}."
    return Verdict(
        True, Words(text, f"確認した接続中のエンドポイント {len(held)} 台が版 {version} を適用済みです。"), evidence
    )


def _held(guid: str, looker: Looker) -> Any:
    try:
        return looker.ask(Target(TargetKind.ENDPOINT, guid), "look_at_block_list", {}).get("version")
    except Unavailable:
        return None
