"""collect_file: a copy of one file comes here, in an AES zip with a password of its own. The file stays where it is."""

from collections.abc import Mapping
from typing import Any

from hinomi.response import parameters
from hinomi.response.action import Action, Parameter, Words
from hinomi.response.evidence import file_arrived
from hinomi.schema.task import Phase, TargetKind


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    parameters.only(given, ("path",))
    return {"path": parameters.absolute_path(given, "path")}


ACTION = Action(
    name="collect_file",
    public="collectFile",
    kind=TargetKind.ENDPOINT,
    phase=Phase.INVESTIGATE,
    title=Words("Collect file", "ファイルの収集"),
    effect=Words(
        "A copy of {path} on {target} is sent here, encrypted. The file itself stays untouched.",
        "{target} の {path} の写しを暗号化してサーバーに送ります。元のファイルは変更しません。",
    ),
    parameters=(Parameter("path", "text", Words("Path of the file", "ファイルのパス"), required=True),),
    read=read,
    verify=file_arrived,
    timeout_s=3600,
)
