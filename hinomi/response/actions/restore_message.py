"""restore_message: what was quarantined goes back to the folder it came from, with its flags and its time."""

from hinomi.response import mail_evidence
from hinomi.response.action import Action, Looker, Verdict, Words
from hinomi.schema.task import Phase, ResponseTask, TargetKind


def verify(task: ResponseTask, looker: Looker) -> Verdict:
    found = mail_evidence.look(task, looker)
    if found["in_quarantine"]:
        return Verdict(False, Words("Copies are still in quarantine.", "隔離されたままのコピーがあります。"), found)
    if "unique_id" in task.parameters:  # put back, a copy may have another number
        return Verdict(None, Words("It left the quarantine.", "隔離から戻されました。"), found)
    wanted = len(task.result.get("copies", []))
    is_true = found["in_mailboxes"] >= wanted
    return Verdict(
        is_true if is_true or not found["troubles"] else None,
        Words("The mailboxes were looked into again.", "メールボックスを再確認しました。"),
        found,
    )


ACTION = Action(
    name="restore_message",
    public="restoreMessage",
    kind=TargetKind.MESSAGE,
    phase=Phase.RECOVER,
    title=Words("Restore message", "メッセージの復元"),
    effect=Words("Quarantined copies go back to where they were.", "隔離したコピーを元のフォルダに戻します。"),
    parameters=mail_evidence.PARAMETERS,
    read=mail_evidence.read,
    verify=verify,
    platforms=frozenset(),
    timeout_s=1800,
)
