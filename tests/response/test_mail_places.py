from collections.abc import Mapping
from types import MappingProxyType

import pytest

from hinomi.response.block_object import BlockObject
from hinomi.response.mail.enforcement import Enforcement
from hinomi.response.mail.enforcement import State as Mail
from hinomi.response.mail_places import mail_places
from hinomi.response.survey import State

SENDER = BlockObject("senderMailAddress", "mallory@bad.example", created_ms=100)


def connector(state: Mail, swept_ms: int | None, reasons: Mapping[str, str] = MappingProxyType({})) -> Enforcement:
    return Enforcement("office", "imap", state, swept_ms, held=0, mailboxes=2, reasons=reasons)


@pytest.mark.parametrize(
    ("told", "state", "reason"),
    [
        (connector(Mail.ENFORCED, 150), State.ENFORCED, ""),
        (connector(Mail.ENFORCED, 99), State.WAITING, "Not all mailboxes"),  # looked through before it was listed
        (connector(Mail.WAITING, None), State.WAITING, "Not all mailboxes"),
        (connector(Mail.FAILED, 150, {"ann@ours.example": "no such folder"}), State.PARTLY, "ann@ours.example: no such"),
        (connector(Mail.FAILED, 150, {"": "refused the log-in"}), State.NOT_ENFORCED, "refused the log-in"),
        (connector(Mail.FAILED, 150, {"a": "gone", "b": "gone"}), State.NOT_ENFORCED, "a: gone"),
    ],
)  # fmt: skip
def test_a_connector_does_about_a_sender_what_it_tells(told: Enforcement, state: State, reason: str) -> None:
    (place,) = mail_places([told])(SENDER)
    assert (place.kind, place.name, place.state) == ("mail", "office", state)
    assert (place.reasons[0][0].en if place.reasons else "").startswith(reason)
    assert bool(place.reasons) is bool(reason)


def test_without_a_connector_that_is_the_reason_and_other_types_have_no_place_there() -> None:
    (place,) = mail_places([])(SENDER)
    assert (place.state, place.reasons[0][0].en) == (State.NOT_ENFORCED, "There is no mail connector.")
    assert mail_places([connector(Mail.ENFORCED, 150)])(BlockObject("ip", "192.0.2.7")) == ()
