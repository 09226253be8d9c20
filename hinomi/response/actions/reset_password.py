"""reset_password: a new random password that must be changed at the next log-in."""

from hinomi.response import parameters
from hinomi.response.action import Action, Looker, Parameter, Verdict, Words
from hinomi.response.evidence import user_of
from hinomi.schema.task import Phase, ResponseTask, TargetKind


def verify(task: ResponseTask, looker: Looker) -> Verdict:
    look = dict(looker.ask(task.target, "look_at_account", {"user": user_of(task)}))
    return Verdict(
        look.get("must_change") is True,
        Words("The account was looked at again.", "アカウントの状態を再確認しました。"),
        look,
    )


ACTION = Action(
    name="reset_password",
    public="resetPassword",
    kind=TargetKind.ACCOUNT,
    phase=Phase.CONTAIN,
    title=Words("Force password reset", "パスワードの強制リセット"),
    effect=Words(
        "{user} gets a new random password, shown once, and must choose another at the next log-in.",
        "{user} に新しいランダムなパスワードを設定します。次回ログイン時に変更が必要です。",
    ),
    parameters=(Parameter("user", "text", Words("Account", "アカウント"), required=True),),
    read=parameters.user,
    verify=verify,
    is_destructive=True,
    timeout_s=60,
)
