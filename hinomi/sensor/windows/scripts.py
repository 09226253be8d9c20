"""Scripts on a Windows host: PowerShell only, from a file in the sensor's own folder, with a time limit.

What a script starts and leaves behind is not ended with it, as a job object would: said in the result.
"""

import hashlib
import os
import time
from collections.abc import Mapping
from typing import Any

from hinomi.sensor import sealed_zip
from hinomi.sensor.action import ActionFailed, Work
from hinomi.sensor.windows.command import POWERSHELL, Command
from hinomi.sensor.windows.plan import Answer, Host

MAX_TIMEOUT_S = 3600
MAX_OUTPUT_BYTES = 16 << 20
TAIL_CHARACTERS = 4096


def run(host: Host, work: Work, parameters: Mapping[str, Any]) -> dict[str, Any]:
    text = str(parameters["text"]).encode()
    if hashlib.sha256(text).hexdigest() != parameters["text_sha256"]:
        raise ActionFailed(
            "refused", "The text is not the one that was signed.", "スクリプトの内容が署名時のものと一致しません。"
        )
    if parameters.get("kind") != "powershell":
        raise ActionFailed(
            "unsupported",
            "Windows runs PowerShell scripts only.",
            "Windows では PowerShell スクリプトのみ実行できます。",
        )
    limit = min(int(parameters.get("output_limit_bytes") or MAX_OUTPUT_BYTES), MAX_OUTPUT_BYTES)
    timeout_s = min(float(parameters.get("timeout_s") or MAX_TIMEOUT_S), MAX_TIMEOUT_S)
    began = time.monotonic()
    arguments = [str(each) for each in parameters.get("arguments") or []]
    answer = _carried_out(host, work, text, arguments, timeout_s)
    seconds = round(time.monotonic() - began, 3)
    exit_code = None if answer is None else answer.code
    written, lost = (b"", 0) if answer is None else ((answer.output + answer.error).encode(), answer.lost_bytes)
    output = written[:limit]
    with sealed_zip.outgoing(work, len(output)) as box:
        with box.add("output.txt") as out:
            out.write(output)
        sent = box.send(work, f"{work.command_id}.zip")
    return {
        "exit_code": exit_code,
        "signal": 0,
        "timed_out": exit_code is None,
        "left": -1,
        "processes": 0,
        "forks_refused": 0,
        "seconds": seconds,
        "output_bytes": len(written) + lost,
        "truncated": len(written) + lost > len(output),
        "tail": output.decode(errors="replace")[-TAIL_CHARACTERS:],
        **sent,
    }


def _carried_out(host: Host, work: Work, text: bytes, arguments: list[str], timeout_s: float) -> Answer | None:
    """None when its time was over."""
    path = work.folder / "scripts" / f"{work.command_id}.ps1"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(b"\xef\xbb\xbf" + text)  # without the mark PowerShell 5 reads the host's code page
        words = (
            POWERSHELL,
            "-NoProfile",
            "-NonInteractive",
            "-ExecutionPolicy",
            "Bypass",
            "-File",
            str(path),
            *arguments,
        )
        return host.run(Command(words, timeout_s))
    except ActionFailed as failed:
        if failed.code != "timeout":
            raise
        return None
    finally:
        path.unlink(missing_ok=True)
