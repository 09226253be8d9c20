"""look_at_account: is an account locked, and who is logged in with it? Read-only, asked by the server alone."""

from hinomi.response import parameters
from hinomi.response.action import Action, Words
from hinomi.schema.task import Phase, TargetKind

ACTION = Action(
    name="look_at_account",
    public="",
    kind=TargetKind.ACCOUNT,
    phase=Phase.INVESTIGATE,
    title=Words("Look at account", "アカウントの確認"),
    effect=Words("Nothing changes on {target}.", "{target} に変更は加わりません。"),
    read=parameters.user,
    is_internal=True,
    timeout_s=30,
)
