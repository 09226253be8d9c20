"""run_yara: YARA rules given by the asker, over files or over the memory of processes."""

from collections.abc import Mapping
from typing import Any

from hinomi.response import parameters
from hinomi.response.action import Action, Parameter, Words
from hinomi.schema.task import Phase, TargetKind

MAX_RULES_BYTES = 512 << 10
TARGETS = ("file", "process")


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    """The rules are compiled on the endpoint; that they can be is not known here."""
    parameters.only(given, ("rules", "target", "path", "name"))
    target = parameters.choice(given, "target", TARGETS, "file")
    path = parameters.absolute_path(given, "path", required=target == "file")
    name = parameters.text(given, "name", most=256, required=False)
    rules = parameters.text(given, "rules", most=MAX_RULES_BYTES)
    return {"rules": rules, "target": target, **({"path": path} if path else {}), **({"name": name} if name else {})}


ACTION = Action(
    name="run_yara",
    public="runYaraRules",
    kind=TargetKind.ENDPOINT,
    phase=Phase.INVESTIGATE,
    title=Words("Run YARA rules", "YARA ルールの実行"),
    effect=Words(
        "The YARA rules are run on {target} over the files or processes named; nothing is changed.",
        "{target} の指定ファイルまたはプロセスに YARA ルールを適用します。変更は行いません。",
    ),
    parameters=(
        Parameter("rules", "long_text", Words("YARA rules", "YARA ルール"), required=True),
        Parameter("target", "choice", Words("Look into", "対象"), required=True, choices=TARGETS),
        Parameter(
            "path",
            "text",
            Words(
                "File or folder; of processes: the file they run",
                "ファイルまたはフォルダー (プロセスの場合は実行ファイル)",
            ),
        ),
        Parameter("name", "text", Words("Name of the process", "プロセス名")),
    ),
    read=read,
    timeout_s=3600,
)
