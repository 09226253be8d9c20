"""What the steps of a task hold, and the verdicts that several actions give in the same words."""

from collections.abc import Mapping
from typing import Any

from hinomi.response.action import Looker, Verdict, Words
from hinomi.schema.task import ResponseTask


def before(task: ResponseTask) -> dict[str, Any]:
    """What `prepare` found out before the command was handed out; empty when nothing."""
    for step in reversed(task.steps):
        found = step.evidence.get("before")
        if isinstance(found, dict):
            return found
    return {}


def not_connected() -> Verdict:
    return Verdict(
        None,
        Words(
            "The sensor is not connected, so nobody could look.",
            "センサーが接続していないため、確認できませんでした。",
        ),
    )


def any_answered(answers: Mapping[str, Any]) -> bool:
    return any(value is True for value in answers.values())


def file_arrived(task: ResponseTask, _looker: Looker) -> Verdict:
    """The file room says in `stored_sha256` what came; the sensor says in `upload_sha256` what it sent."""
    sent, stored = task.result.get("upload_sha256"), task.result.get("stored_sha256")
    found = {"upload_sha256": sent, "stored_sha256": stored}
    if not sent or not stored:
        return Verdict(
            None,
            Words(
                "The file has not come, or was not hashed here.", "ファイルが届いていないか、サーバー側で未検証です。"
            ),
            found,
        )
    if sent != stored:
        return Verdict(
            False,
            Words("What came is not what the sensor sent.", "届いたファイルがセンサーの送信したものと一致しません。"),
            found,
        )
    return Verdict(
        True,
        Words("The file came, and its SHA-256 matches.", "ファイルが届き、SHA-256 が一致しました。"),
        found,
    )


def user_of(task: ResponseTask) -> str:
    """The account's name: the parameter, or what stands behind the host in the target's id."""
    return str(task.parameters.get("user") or task.target.id.rpartition("\\")[2])
