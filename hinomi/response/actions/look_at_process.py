"""look_at_process: what fits an identity, and runs. Read-only, asked by the server alone."""

from hinomi.response import parameters
from hinomi.response.action import Action, Words
from hinomi.schema.task import Phase, TargetKind

ACTION = Action(
    name="look_at_process",
    public="",
    kind=TargetKind.ENDPOINT,
    phase=Phase.INVESTIGATE,
    title=Words("Look at process", "プロセスの確認"),
    effect=Words("Nothing changes on {target}.", "{target} に変更は加わりません。"),
    read=parameters.process,
    is_internal=True,
    timeout_s=60,
)
