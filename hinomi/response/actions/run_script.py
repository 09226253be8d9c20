"""run_script: a script of the library on the endpoint. Its output comes here in an AES zip.

Exit codes are the script's own matter: one that is not 0 is a result, no failure. Running out of time is.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from hinomi.response import parameters
from hinomi.response.action import Action, Looker, Parameter, Verdict, Words
from hinomi.response.evidence import file_arrived
from hinomi.schema.principal import Permission
from hinomi.schema.task import Phase, ResponseTask, TargetKind

MAX_SCRIPT_BYTES = 512 << 10
MAX_TIMEOUT_S = 3600
MAX_OUTPUT_BYTES = 256 << 20
KNOWN = ("name", "kind", "text", "text_sha256", "arguments", "timeout_s", "output_limit_bytes")


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    parameters.only(given, KNOWN)
    text = parameters.text(given, "text", most=MAX_SCRIPT_BYTES)
    found = hashlib.sha256(text.encode()).hexdigest()
    if parameters.digest(given, "text_sha256") not in ("", found):
        raise parameters.ParametersRefused(
            "text_sha256 is not the hash of text", "text_sha256 が text のハッシュと一致しません"
        )
    return {
        "name": parameters.text(given, "name", most=256),
        "kind": parameters.choice(given, "kind", ("bash", "powershell"), "bash"),
        "text": text,
        "text_sha256": found,
        "arguments": parameters.texts(given, "arguments", most=64),
        "timeout_s": parameters.number(given, "timeout_s", 1, MAX_TIMEOUT_S, 600),
        "output_limit_bytes": parameters.number(given, "output_limit_bytes", 1024, MAX_OUTPUT_BYTES, 10 << 20),
    }


def verify(task: ResponseTask, looker: Looker) -> Verdict:
    if task.result.get("timed_out"):
        return Verdict(
            False,
            Words(
                "It ran out of time and was ended with all that it had started; its output up to then is kept.",
                "制限時間を超えたため、起動したプロセスごと終了しました。それまでの出力は保存されています。",
            ),
        )
    return file_arrived(task, looker)


ACTION = Action(
    name="run_script",
    public="runCustomScript",
    kind=TargetKind.ENDPOINT,
    phase=Phase.INVESTIGATE,
    title=Words("Run custom script", "カスタムスクリプトの実行"),
    effect=Words(
        "The script {name} runs on {target} with the rights of the sensor.",
        "スクリプト {name} を {target} 上でセンサーの権限により実行します。",
    ),
    parameters=(
        Parameter("name", "text", Words("Script", "スクリプト"), required=True),
        Parameter("kind", "choice", Words("Language", "言語"), choices=("bash", "powershell")),
        Parameter("arguments", "list", Words("Arguments", "引数")),
        Parameter("timeout_s", "number", Words("At most (s)", "制限時間 (秒)")),
        Parameter("output_limit_bytes", "number", Words("Output at most (bytes)", "出力の上限 (バイト)")),
    ),
    permission=Permission.SHELL,
    read=read,
    verify=verify,
    same_as=lambda parameters: f"{parameters.get('text_sha256')} {parameters.get('arguments')}",
    is_destructive=True,
    timeout_s=MAX_TIMEOUT_S + 300,
)
