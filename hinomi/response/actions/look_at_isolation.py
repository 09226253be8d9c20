"""look_at_isolation: does the isolation stand in the kernel, and with which rules? Read-only, asked by the server alone."""

from hinomi.response import parameters
from hinomi.response.action import Action, Words
from hinomi.schema.task import Phase, TargetKind

ACTION = Action(
    name="look_at_isolation",
    public="",
    kind=TargetKind.ENDPOINT,
    phase=Phase.INVESTIGATE,
    title=Words("Look at isolation", "隔離状態の確認"),
    effect=Words("Nothing changes on {target}.", "{target} に変更は加わりません。"),
    read=parameters.nothing,
    is_internal=True,
    timeout_s=30,
)
