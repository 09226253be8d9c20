"""block_object: a value onto the block list, from where it comes to the endpoints.

Verified on the endpoints that were connected: each is asked which version of the list it holds.
"""

from collections.abc import Mapping
from typing import Any

from hinomi.response import parameters
from hinomi.response.action import Action, Parameter, Words
from hinomi.response.block_evidence import verify
from hinomi.response.block_object import ACTIONS, RISKS, TYPES, normal_value
from hinomi.schema.task import Phase, TargetKind


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    parameters.only(given, ("type", "value", "action", "risk", "expires_ms"))
    type_ = parameters.choice(given, "type", TYPES)
    expires = given.get("expires_ms")
    return {
        "type": type_,
        "value": normal_value(type_, parameters.text(given, "value", most=2048)),
        "action": parameters.choice(given, "action", ACTIONS, "block"),
        "risk": parameters.choice(given, "risk", RISKS, "high"),
        **({} if expires is None else {"expires_ms": parameters.number(given, "expires_ms", 0, 1 << 53)}),
    }


ACTION = Action(
    name="block_object",
    public="block",
    kind=TargetKind.OBJECT,
    phase=Phase.CONTAIN,
    title=Words("Add to block list", "ブロックリストに追加"),
    effect=Words(
        "{target} goes onto the block list; endpoints refuse addresses, the rest is in the exports for DNS servers and proxies.",
        "{target} をブロックリストに追加します。IP アドレスはエンドポイントで遮断され、それ以外は DNS サーバーやプロキシ向けのエクスポートに含まれます。",
    ),
    parameters=(
        Parameter("type", "choice", Words("Type", "種類"), required=True, choices=TYPES),
        Parameter("value", "text", Words("Value", "値"), required=True),
        Parameter(
            "action", "choice", Words("Block, or only list", "ブロック、または一覧への記載のみ"), choices=ACTIONS
        ),
        Parameter("risk", "choice", Words("Risk", "リスク"), choices=RISKS),
        Parameter("expires_ms", "number", Words("Until (ms since 1970)", "有効期限 (1970 年からのミリ秒)")),
    ),
    read=read,
    verify=verify,
    same_as=lambda given: f"{given.get('type')} {given.get('value')}",
    undo="unblock_object",
    platforms=frozenset({"linux", "windows"}),
    timeout_s=60,
)
