"""unblock_object: a value off the block list. Verified as block_object is."""

from collections.abc import Mapping
from typing import Any

from hinomi.response import parameters
from hinomi.response.action import Action, Parameter, Words
from hinomi.response.block_evidence import verify
from hinomi.response.block_object import TYPES, normal_value
from hinomi.schema.task import Phase, TargetKind


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    parameters.only(given, ("type", "value"))
    type_ = parameters.choice(given, "type", TYPES)
    return {"type": type_, "value": normal_value(type_, parameters.text(given, "value", most=2048))}


ACTION = Action(
    name="unblock_object",
    public="restoreBlock",
    kind=TargetKind.OBJECT,
    phase=Phase.RECOVER,
    title=Words("Remove from block list", "ブロックリストから削除"),
    effect=Words("{target} is blocked no more.", "{target} のブロックを解除します。"),
    parameters=(
        Parameter("type", "choice", Words("Type", "種類"), required=True, choices=TYPES),
        Parameter("value", "text", Words("Value", "値"), required=True),
    ),
    read=read,
    verify=verify,
    same_as=lambda given: f"{given.get('type')} {given.get('value')}",
    undo="block_object",
    platforms=frozenset({"linux", "windows"}),
    timeout_s=60,
)
