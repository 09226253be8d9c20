"""enable_account: takes back disable_account."""

from hinomi.response import parameters
from hinomi.response.action import Action, Looker, Parameter, Verdict, Words
from hinomi.response.evidence import user_of
from hinomi.schema.task import Phase, ResponseTask, TargetKind


def verify(task: ResponseTask, looker: Looker) -> Verdict:
    look = dict(looker.ask(task.target, "look_at_account", {"user": user_of(task)}))
    return Verdict(
        look.get("locked") is False,
        Words("The account was looked at again.", "アカウントの状態を再確認しました。"),
        look,
    )


ACTION = Action(
    name="enable_account",
    public="enableAccount",
    kind=TargetKind.ACCOUNT,
    phase=Phase.RECOVER,
    title=Words("Enable account", "アカウントの有効化"),
    effect=Words(
        "{user} can log in again with the password it had.",
        "{user} は以前のパスワードで再びログインできます。",
    ),
    parameters=(Parameter("user", "text", Words("Account", "アカウント"), required=True),),
    read=parameters.user,
    verify=verify,
    undo="disable_account",
    timeout_s=60,
)
