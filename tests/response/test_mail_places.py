from pathlib import Path

from hinomi.response.block_object import BlockObject
from hinomi.response.mail.connectors import MailConnectors
from hinomi.response.mail_places import mail_places
from hinomi.response.sealed import sealing_box
from hinomi.schema.principal import COMMAND_LINE
from tests.make_response import Desk

SENDER = BlockObject("senderMailAddress", "mallory@bad.example")


def test_senders_are_a_matter_of_the_connectors_there_are(tmp_path: Path) -> None:
    made = Desk(tmp_path)
    try:
        connectors = MailConnectors(made.database, made.audit, sealing_box(tmp_path / "sealing.key"), made.clock)
        (none,) = mail_places(connectors)(SENDER)
        assert (none.name, none.reasons[0][0].en) == ("", "There is no mail connector.")
        connectors.add(COMMAND_LINE, "office", "maildir", {"root": str(tmp_path)}, {})
        assert [place.name for place in mail_places(connectors)(SENDER)] == ["office"]
        assert mail_places(connectors)(BlockObject("ip", "192.0.2.7")) == ()
    finally:
        made.close()
