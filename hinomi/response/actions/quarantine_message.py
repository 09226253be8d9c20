"""quarantine_message: every copy leaves its mailbox and lies in the server's own store; restore_message puts it back."""

from hinomi.response import mail_evidence
from hinomi.response.action import Action, Looker, Verdict, Words
from hinomi.schema.task import Phase, ResponseTask, TargetKind


def verify(task: ResponseTask, looker: Looker) -> Verdict:
    found = mail_evidence.look(task, looker)
    if found["in_mailboxes"] or found["broken"]:
        return Verdict(False, Words("Copies are still in mailboxes.", "メールボックスにコピーが残っています。"), found)
    if found["partial"] or found["troubles"]:
        return Verdict(
            None,
            Words("Not every mailbox could be looked into.", "一部のメールボックスを確認できませんでした。"),
            found,
        )
    return Verdict(
        True, Words("No mailbox holds a copy any more.", "どのメールボックスにもコピーはありません。"), found
    )


ACTION = Action(
    name="quarantine_message",
    public="quarantineMessage",
    kind=TargetKind.MESSAGE,
    phase=Phase.CONTAIN,
    title=Words("Quarantine message", "メッセージの隔離"),
    effect=Words(
        "Every copy is taken out of its mailbox and kept where users cannot see it.",
        "すべてのコピーをメールボックスから取り出し、利用者から見えない場所に保管します。",
    ),
    parameters=mail_evidence.PARAMETERS,
    read=mail_evidence.read,
    verify=verify,
    undo="restore_message",
    platforms=frozenset(),
    timeout_s=1800,
)
