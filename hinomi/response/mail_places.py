"""Mail connectors as places where the block list may hold: what each does about senders that are listed."""

from collections.abc import Sequence

from hinomi.response.action import Words
from hinomi.response.block_object import BlockObject
from hinomi.response.mail.connectors import MailConnectors
from hinomi.response.survey import Others, Place, State

_NONE = Words("There is no mail connector.", "メールコネクターがありません。")
_ASKED = Words(
    "The connector takes messages only when a task asks for it.",
    "コネクターはタスクで指示されたメッセージのみを隔離します。",
)


def mail_places(connectors: MailConnectors) -> Others:
    """As known now; one place for each connector."""
    names = connectors.names()

    def places(one: BlockObject) -> Sequence[Place]:
        if one.type != "senderMailAddress":
            return ()
        if not names:
            return (Place("mail", "", State.NOT_ENFORCED, reasons=((_NONE, 1),)),)
        return tuple(Place("mail", name, State.NOT_ENFORCED, reasons=((_ASKED, 1),)) for name in names)

    return places
