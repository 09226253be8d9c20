"""Mail connectors as places where the block list may hold: what each does about a sender that is listed."""

from collections.abc import Sequence

from hinomi.response.action import Words
from hinomi.response.block_object import BlockObject
from hinomi.response.mail.enforcement import Enforcement
from hinomi.response.mail.senders import TYPE
from hinomi.response.survey import MOST_REASONS, Others, Place, State

_NONE = Words("There is no mail connector.", "メールコネクターがありません。")
_SOON = Words(
    "Not all mailboxes were looked through since the entry was added.",
    "項目の追加後に、まだすべてのメールボックスを確認していません。",
)


def mail_places(told: Sequence[Enforcement]) -> Others:
    """`told`: of every connector. `at_ms` of a place: what had arrived by then was looked at in all its mailboxes."""

    def places(one: BlockObject) -> Sequence[Place]:
        if one.type != TYPE:
            return ()
        if not told:
            return (Place("mail", "", State.NOT_ENFORCED, reasons=((_NONE, 1),)),)
        return tuple(_place(connector, one) for connector in told)

    return places


def _place(connector: Enforcement, one: BlockObject) -> Place:
    word, at_ms = connector.word(one.created_ms), connector.swept_ms or 0
    if word == "blocked":
        return Place("mail", connector.connector, State.ENFORCED, at_ms=at_ms)
    if word == "waiting":
        return Place("mail", connector.connector, State.WAITING, reasons=((_SOON, 1),), at_ms=at_ms)
    reasons = [(f"{mailbox}: {why}" if mailbox else why) for mailbox, why in connector.reasons.items()]
    is_whole = "" in connector.reasons or len(connector.reasons) >= connector.mailboxes
    state = State.NOT_ENFORCED if is_whole else State.PARTLY
    shown = tuple((Words(reason, reason), 1) for reason in reasons[:MOST_REASONS])
    return Place("mail", connector.connector, state, reasons=shown, at_ms=at_ms)
