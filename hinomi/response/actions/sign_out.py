"""sign_out: every session and process of an account ends. It can log in again unless it is disabled."""

from hinomi.response import parameters
from hinomi.response.action import Action, Looker, Parameter, Verdict, Words
from hinomi.response.evidence import user_of
from hinomi.schema.task import Phase, ResponseTask, TargetKind


def verify(task: ResponseTask, looker: Looker) -> Verdict:
    look = dict(looker.ask(task.target, "look_at_account", {"user": user_of(task)}))
    left = look.get("processes")  # a directory does not know
    return Verdict(
        None if left is None else left == 0,
        Words("The processes of the account were counted again.", "アカウントのプロセス数を再確認しました。"),
        look,
    )


ACTION = Action(
    name="sign_out",
    public="forceSignOut",
    kind=TargetKind.ACCOUNT,
    phase=Phase.CONTAIN,
    title=Words("Force sign out", "強制サインアウト"),
    effect=Words(
        "All sessions and programs of {user} end at once.",
        "{user} のすべてのセッションとプログラムを直ちに終了します。",
    ),
    parameters=(Parameter("user", "text", Words("Account", "アカウント"), required=True),),
    read=parameters.user,
    verify=verify,
    is_destructive=True,
    timeout_s=60,
)
