"""scan: the pattern set (hashes and YARA rules) over files of the endpoint. Nothing is moved or deleted."""

from collections.abc import Mapping
from typing import Any

from hinomi.response import parameters
from hinomi.response.action import Action, Looker, Parameter, Verdict, Words
from hinomi.schema.task import Phase, ResponseTask, TargetKind

KINDS = ("quick", "full", "paths")


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    parameters.only(given, ("kind", "paths", "pattern_version"))
    kind = parameters.choice(given, "kind", KINDS, "quick")
    found: dict[str, Any] = {"kind": kind}
    paths = parameters.absolute_paths(given, "paths")
    if (kind == "paths") != bool(paths):
        raise parameters.ParametersRefused(
            "paths belong to kind 'paths', which needs them", "paths は kind が 'paths' のときにだけ必要です"
        )
    if paths:
        found["paths"] = paths
    if given.get("pattern_version") is not None:
        found["pattern_version"] = parameters.number(given, "pattern_version", 0, 1 << 53)
    return found


def verify(task: ResponseTask, _looker: Looker) -> Verdict:
    wanted, used = task.parameters.get("pattern_version"), task.result.get("pattern_version")
    evidence = {"asked": wanted, "used": used, "files": task.result.get("files"), "errors": task.result.get("errors")}
    if wanted is not None and used != wanted:
        return Verdict(
            False,
            Words(
                "It was done with another pattern set than asked for.", "指定と異なるパターンセットで検索されました。"
            ),
            evidence,
        )
    if task.result.get("complete") is False:
        return Verdict(None, Words("It ended before it had seen all.", "すべてを検索する前に終了しました。"), evidence)
    return Verdict(True, Words("The result itself is the proof.", "結果そのものが証拠です。"), evidence)


ACTION = Action(
    name="scan",
    public="malwareScan",
    kind=TargetKind.ENDPOINT,
    phase=Phase.ERADICATE,
    title=Words("Scan for malware", "マルウェア検索"),
    effect=Words(
        "Files on {target} are compared with the pattern set; what is found is reported and left where it is.",
        "{target} のファイルをパターンセットと照合します。見つかったものは報告のみで、変更しません。",
    ),
    parameters=(
        Parameter("kind", "choice", Words("What to scan", "検索範囲"), required=True, choices=KINDS),
        Parameter("paths", "list", Words("Folders and files", "フォルダーとファイル")),
    ),
    read=read,
    verify=verify,
    same_as=lambda parameters: f"{parameters.get('kind')} {parameters.get('paths')}",
    timeout_s=6 * 3600,
)
