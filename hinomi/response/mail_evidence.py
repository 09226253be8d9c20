"""Parameters and verdicts that the three actions on messages share."""

from collections.abc import Mapping
from typing import Any

from hinomi.response import parameters
from hinomi.response.action import Looker, Parameter, Words
from hinomi.schema.task import ResponseTask

PARAMETERS = (
    Parameter("message_id", "text", Words("Message ID", "メッセージ ID")),
    Parameter("attachment_sha256", "text", Words("SHA-256 of an attachment", "添付ファイルの SHA-256")),
    Parameter("mailbox", "text", Words("Only in this mailbox", "このメールボックスのみ")),
    Parameter("unique_id", "text", Words("Only this copy", "このコピーのみ")),
)
MOST_ID = 4096


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    """{message_id | attachment_sha256 | unique_id, mailbox?}: exactly one way to name it."""
    parameters.only(given, ("message_id", "attachment_sha256", "mailbox", "unique_id"))
    ways = {
        "message_id": parameters.text(given, "message_id", most=1000, required=False),
        "attachment_sha256": parameters.digest(given, "attachment_sha256"),
        "unique_id": parameters.text(given, "unique_id", most=MOST_ID, required=False),
    }
    found: dict[str, Any] = {name: value for name, value in ways.items() if value}
    if len(found) != 1:
        raise parameters.ParametersRefused(
            "one of: message_id, attachment_sha256, unique_id",
            "message_id、attachment_sha256、unique_id のいずれか一つが必要です",
        )
    mailbox = parameters.text(given, "mailbox", most=320, required=False)
    return found | ({"mailbox": mailbox} if mailbox else {})


def look(task: ResponseTask, looker: Looker) -> dict[str, Any]:
    """Where copies are now, asked of the mailboxes themselves."""
    return dict(looker.ask(task.target, "look_at_message", task.parameters))
