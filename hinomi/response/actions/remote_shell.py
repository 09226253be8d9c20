"""remote_shell: a terminal on the endpoint for a person at the console, recorded; opened by response/shells.py."""

import re
from collections.abc import Mapping
from typing import Any

from hinomi.response import parameters
from hinomi.response.action import Action, Looker, Verdict, Words
from hinomi.schema.principal import Permission
from hinomi.schema.task import Phase, ResponseTask, TargetKind

MOST_S = 8 * 3600
_SESSION = re.compile(r"[0-9a-f]{32}")


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    parameters.only(given, ("session", "user", "shell", "idle_s", "max_s"))
    session = parameters.text(given, "session", most=32)
    if not _SESSION.fullmatch(session):
        raise parameters.ParametersRefused(
            "session: open a shell at the console or with `hinomi response shell`",
            "session: シェルはコンソールか `hinomi response shell` から開いてください",
        )
    return {
        "session": session,
        "user": parameters.text(given, "user", most=64, required=False),
        "shell": parameters.absolute_path(given, "shell", required=False),
        "idle_s": parameters.number(given, "idle_s", 30, MOST_S, 600),
        "max_s": parameters.number(given, "max_s", 30, MOST_S, 3600),
    }


def verify(task: ResponseTask, _looker: Looker) -> Verdict:
    """What the sensor killed at the end is counted there; what stayed is told."""
    left = task.result.get("left")
    if left == 0:
        note = Words("The shell is over; nothing of it is left.", "シェルは終了し、プロセスは残っていません。")
        return Verdict(True, note, {"left": 0})
    note = Words("Processes of the shell are left on the endpoint.", "シェルのプロセスがエンドポイントに残っています。")
    return Verdict(False, note, {"left": left})


ACTION = Action(
    name="remote_shell",
    public="remoteShell",
    kind=TargetKind.ENDPOINT,
    phase=Phase.INVESTIGATE,
    title=Words("Remote shell", "リモートシェル"),
    effect=Words(
        "A terminal opens on {host}. Everything typed and printed is recorded.",
        "{host} のターミナルを開きます。入力と出力はすべて記録されます。",
    ),
    permission=Permission.SHELL,
    read=read,
    verify=verify,
    same_as=lambda given: str(given.get("session", "")),
    timeout_s=MOST_S + 600,
)
