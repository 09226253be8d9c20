"""look_at_file: size, times and hashes of a file. Read-only, asked by the server alone."""

from collections.abc import Mapping
from typing import Any

from hinomi.response import parameters
from hinomi.response.action import Action, Words
from hinomi.schema.task import Phase, TargetKind


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    parameters.only(given, ("path",))
    return {"path": parameters.absolute_path(given, "path")}


ACTION = Action(
    name="look_at_file",
    public="",
    kind=TargetKind.ENDPOINT,
    phase=Phase.INVESTIGATE,
    title=Words("Look at file", "ファイルの確認"),
    effect=Words("Nothing changes on {target}.", "{target} に変更は加わりません。"),
    read=read,
    is_internal=True,
    timeout_s=600,
)
