"""disable_account: nobody can log in with it any more; sessions that are open are the matter of sign_out."""

from hinomi.response import parameters
from hinomi.response.action import Action, Looker, Parameter, Verdict, Words
from hinomi.response.evidence import user_of
from hinomi.schema.task import Phase, ResponseTask, TargetKind


def verify(task: ResponseTask, looker: Looker) -> Verdict:
    look = dict(looker.ask(task.target, "look_at_account", {"user": user_of(task)}))
    return Verdict(
        look.get("locked") is True,
        Words("The account was looked at again.", "アカウントの状態を再確認しました。"),
        look,
    )


ACTION = Action(
    name="disable_account",
    public="disableAccount",
    kind=TargetKind.ACCOUNT,
    phase=Phase.CONTAIN,
    title=Words("Disable account", "アカウントの無効化"),
    effect=Words(
        "{user} can log in no more. Sessions that are open stay; sign out ends them.",
        "{user} はログインできなくなります。開いているセッションは「強制サインアウト」で終了します。",
    ),
    parameters=(Parameter("user", "text", Words("Account", "アカウント"), required=True),),
    read=parameters.user,
    verify=verify,
    undo="enable_account",
    is_destructive=True,
    timeout_s=60,
)
