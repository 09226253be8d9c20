"""terminate_process: one process by its identity (pid and start time), or all that run a file.

Verified by a second look: nothing that fits runs any more.
"""

from hinomi.response import parameters
from hinomi.response.action import Action, Looker, Parameter, Verdict, Words
from hinomi.response.evidence import not_connected
from hinomi.schema.task import Phase, ResponseTask, TargetKind


def verify(task: ResponseTask, looker: Looker) -> Verdict:
    if not looker.is_connected(task.target.id):
        return not_connected()
    look = dict(looker.ask(task.target, "look_at_process", task.parameters))
    if look.get("running"):
        return Verdict(
            False, Words("It still runs, or runs again.", "プロセスがまだ、または再び動作しています。"), look
        )
    return Verdict(
        True,
        Words("Nothing that fits runs any more.", "該当するプロセスは動作していません。"),
        {**look, "killed": task.result.get("killed", [])},
    )


ACTION = Action(
    name="terminate_process",
    public="terminateProcess",
    kind=TargetKind.ENDPOINT,
    phase=Phase.CONTAIN,
    title=Words("Terminate process", "プロセスの終了"),
    effect=Words(
        "The process on {target} ends at once, without saving; its children go on.",
        "{target} 上のプロセスを保存なしで即時に終了します。子プロセスは残ります。",
    ),
    parameters=(
        Parameter("pid", "number", Words("Process id", "プロセス ID")),
        Parameter("started_ms", "number", Words("Start time (ms)", "開始時刻 (ms)")),
        Parameter("sha1", "text", Words("SHA-1 of the file it runs", "実行ファイルの SHA-1")),
        Parameter("sha256", "text", Words("SHA-256 of the file it runs", "実行ファイルの SHA-256")),
        Parameter("path", "text", Words("Path of the file it runs", "実行ファイルのパス")),
    ),
    read=parameters.process,
    verify=verify,
    is_destructive=True,
    timeout_s=120,
)
