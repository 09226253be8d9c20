"""delete_message: every copy is gone for good, from the mailboxes and from the quarantine."""

from hinomi.response import mail_evidence
from hinomi.response.action import Action, Looker, Verdict, Words
from hinomi.schema.task import Phase, ResponseTask, TargetKind


def verify(task: ResponseTask, looker: Looker) -> Verdict:
    found = mail_evidence.look(task, looker)
    if found["in_mailboxes"] or found["in_quarantine"]:
        return Verdict(False, Words("Copies are still there.", "コピーが残っています。"), found)
    if found["partial"] or found["troubles"]:
        return Verdict(
            None,
            Words("Not every mailbox could be looked into.", "一部のメールボックスを確認できませんでした。"),
            found,
        )
    return Verdict(True, Words("No copy is left.", "コピーは残っていません。"), found)


ACTION = Action(
    name="delete_message",
    public="deleteMessage",
    kind=TargetKind.MESSAGE,
    phase=Phase.ERADICATE,
    title=Words("Delete message", "メッセージの削除"),
    effect=Words(
        "Every copy is deleted for good, in mailboxes and in quarantine. This cannot be undone.",
        "メールボックスと隔離先のすべてのコピーを完全に削除します。元に戻せません。",
    ),
    parameters=mail_evidence.PARAMETERS,
    read=mail_evidence.read,
    verify=verify,
    is_destructive=True,
    platforms=frozenset(),
    timeout_s=1800,
)
