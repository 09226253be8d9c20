"""What the server does in answer to an alert beside the tasks: remote shells, mail, directories; built and joined to the other rooms."""

import time
from typing import Protocol

from hinomi.access.access import Access
from hinomi.app.rounds import Rounds
from hinomi.database import Database
from hinomi.response.accounts.directories import Directories
from hinomi.response.desk import ResponseDesk
from hinomi.response.mail.connectors import MailConnectors
from hinomi.response.mail.post_office import PostOffice
from hinomi.response.mail.sender_watch import SenderWatch
from hinomi.response.sealed import sealing_box
from hinomi.response.shells import Shells
from hinomi.settings import Settings

MAIL_PAUSE_S = 30.0  # a letter lies in a mailbox for so long at most, plus the round itself


class Rooms(Protocol):
    """What is needed of a house that is being opened."""

    settings: Settings
    database: Database
    access: Access
    response: ResponseDesk


def open_shells(rooms: Rooms) -> Shells:
    """The gateway is joined later: `shells.use(send)`."""
    tasks = rooms.response.tasks
    shells = Shells(rooms.database, rooms.access.audit, tasks, rooms.settings.data / "shells", time.time)
    tasks.watchers.append(shells.task_moved)
    rooms.response.rounds.append(shells.sweep)
    return shells


def open_post_office(rooms: Rooms) -> PostOffice:
    """Carries out the tasks on messages."""
    data, audit = rooms.settings.data, rooms.access.audit
    box = sealing_box(data / "sealing.key")
    connectors = MailConnectors(rooms.database, audit, box, time.time)
    office = PostOffice(rooms.database, audit, connectors, data / "mail-quarantine", box, time.time)
    rooms.response.carry_by(office)
    rooms.response.tasks.wishes.looks.append(office.look)
    return office


def open_sender_watch(rooms: Rooms, office: PostOffice) -> tuple[SenderWatch, Rounds]:
    """What keeps letters of listed senders out of mailboxes, and its thread."""
    watch = SenderWatch(rooms.database, rooms.access.audit, office, rooms.response.block_list, time.time)
    rounds = Rounds("mail-rounds", watch.sweep, MAIL_PAUSE_S)
    watch.is_stopping = rounds.stopping.is_set
    return watch, rounds


def open_directories(rooms: Rooms) -> Directories:
    """Carries out the tasks on accounts of directories; those of hosts are the sensors' matter."""
    box = sealing_box(rooms.settings.data / "sealing.key")
    directories = Directories(rooms.database, rooms.access.audit, box, time.time)
    rooms.response.carry_by(directories)
    rooms.response.tasks.wishes.looks.append(directories.look)
    return directories
