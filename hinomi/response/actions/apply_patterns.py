"""apply_patterns: the pattern set as of one version, to one endpoint. Asked by the server alone."""

from collections.abc import Mapping
from typing import Any

from hinomi.response import parameters
from hinomi.response.action import Action, Looker, Verdict, Words
from hinomi.schema.task import Phase, ResponseTask, TargetKind


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    """`url`: the path on the gateway; the sensor asks only its own server."""
    parameters.only(given, ("version", "url", "sha256"))
    url = parameters.text(given, "url", most=1024)
    if not url.startswith("/") or url.startswith("//") or ".." in url:
        raise parameters.ParametersRefused("url: a path on this server", "url: このサーバー上のパスが必要です")
    digest = parameters.digest(given, "sha256", required=True)
    return {"version": parameters.number(given, "version", 0, 1 << 53), "url": url, "sha256": digest}


def verify(task: ResponseTask, _looker: Looker) -> Verdict:
    got = task.result.get("version")
    return Verdict(
        got == task.parameters["version"],
        Words("The endpoint says which version it holds.", "エンドポイントが保持する版を報告しました。"),
        {"version": got},
    )


ACTION = Action(
    name="apply_patterns",
    public="",
    kind=TargetKind.ENDPOINT,
    phase=Phase.ERADICATE,
    title=Words("Apply pattern set", "パターンセットの適用"),
    effect=Words(
        "{target} scans with this pattern set from now on.", "{target} は今後このパターンセットで検索します。"
    ),
    read=read,
    verify=verify,
    same_as=lambda parameters: str(parameters.get("version")),
    is_internal=True,
    timeout_s=600,
)
