"""A maker for tests of mail: a post office at a desk that no thread drives, and its watch over listed senders."""

from pathlib import Path
from typing import Any

from hinomi.response.mail.connectors import MailConnectors
from hinomi.response.mail.post_office import PostOffice, wanted_of
from hinomi.response.mail.sender_watch import SenderWatch
from hinomi.response.sealed import sealing_box
from hinomi.schema.task import ResponseTask, Target, TargetKind
from tests.make_access import Clock
from tests.make_response import ASKER, Desk


class Office(Desk):
    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        super().__init__(folder, clock=clock)
        self.folder = folder
        box = sealing_box(folder / "sealing.key")
        self.connectors = MailConnectors(self.database, self.audit, box, self.clock)
        quarantine = folder / "mail-quarantine"
        self.office = PostOffice(self.database, self.audit, self.connectors, quarantine, box, self.clock)
        self.desk.carry_by(self.office)
        self.tasks.wishes.looks.append(self.office.look)
        self.watch = SenderWatch(self.database, self.audit, self.office, self.desk.block_list, self.clock)

    def do(self, action: str, **parameters: Any) -> ResponseTask:
        task = self.tasks.ask(ASKER, action, Target(TargetKind.MESSAGE, "the message"), parameters)
        self.desk._carrying.work()
        self.desk.verification.work()
        self.desk.verification.settle()
        return self.tasks.get(task.id)

    def found(self, **parameters: Any) -> list[tuple[str, str, str]]:
        copies = self.office.search(wanted_of(parameters))["copies"]
        return sorted((copy["mailbox"], copy["folder"], copy["status"]) for copy in copies)

    def sealed(self) -> list[Path]:
        return sorted((self.folder / "mail-quarantine").glob("*"))
