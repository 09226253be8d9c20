"""What a mail connector is: mailboxes in which one looks for copies of a message, takes them away and puts them back."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from hinomi.errors import InputError, Unavailable
from hinomi.response.mail.message import Letter

MAX_EXAMINED = 20_000  # messages that one search opens, in one connector
WINDOW_DAYS = 30  # how far back attachments are looked for: each message has to be read


@dataclass(frozen=True, slots=True)
class Wanted:
    """Either a message id or the SHA-256 of an attachment; `mailbox` "": in all. `place`: exactly this copy."""

    message_id: str = ""
    attachment_sha256: str = ""
    mailbox: str = ""
    place: "Place | None" = None

    def fits(self, letter: Letter) -> bool:
        if self.attachment_sha256:
            return any(one.sha256 == self.attachment_sha256 for one in letter.attachments)
        return not self.message_id or letter.message_id == self.message_id


@dataclass(frozen=True, slots=True)
class Place:
    """Where one copy lies. `uid` is what the store calls it in that folder."""

    connector: str
    mailbox: str
    folder: str
    uid: str

    @property
    def unique_id(self) -> str:
        text = f"{self.connector}\0{self.mailbox}\0{self.folder}\0{self.uid}"
        return base64.urlsafe_b64encode(text.encode("utf-8", "surrogateescape")).decode().rstrip("=")

    @classmethod
    def of(cls, unique_id: str) -> "Place":
        """InputError for what no search gave out."""
        try:
            text = base64.urlsafe_b64decode(unique_id + "=" * (-len(unique_id) % 4))
            parts = text.decode("utf-8", "surrogateescape").split("\0")
        except (binascii.Error, ValueError):
            parts = []
        if len(parts) != 4:
            raise InputError("uniqueId: not one that a search gave out")
        return cls(*parts)


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy as it lies there. `received_ms`: since 1970 UTC, by the store. `attributes`: what putting it back needs."""

    place: Place
    letter: Letter
    received_ms: int
    flags: tuple[str, ...] = ()
    attributes: dict[str, int | str] | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a letter that is new in its folder. `arrived_ms`: by the store, since 1970 UTC."""

    place: Place
    arrived_ms: int
    size_bytes: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Stretch:
    """What of a folder is looked through: from behind the mark `after` ("": from the beginning) to `until`, by `end_of`."""

    mailbox: str
    folder: str
    after: str
    until: str
    since_ms: int  # what arrived earlier is passed over


@dataclass(slots=True)
class Extent:
    """How much was looked at, and whether all of it was."""

    examined: int = 0
    is_partial: bool = False

    def count(self) -> bool:
        """One more; False when it is enough."""
        self.examined += 1
        if self.examined > MAX_EXAMINED:
            self.is_partial = True
        return not self.is_partial


class MailStore(Protocol):
    """One connector at work. Unavailable when the store does not answer; NotFound when a copy is gone."""

    def mailboxes(self) -> list[str]: ...

    def find(self, wanted: Wanted, extent: Extent) -> Iterator[Copy]: ...

    def fetch(self, place: Place) -> bytes: ...

    def remove(self, place: Place) -> bool:
        """For good; False when it had gone already."""
        ...

    def watched(self, mailbox: str) -> list[str]:
        """Folders in which letters arrive: not what the owner wrote, threw away or has not sent yet."""
        ...

    def end_of(self, mailbox: str, folder: str, after: str) -> str:
        """The mark behind what lies in the folder at this moment; `after` itself where nothing came since that mark."""
        ...

    def heads(self, stretch: Stretch, most: int) -> tuple[list[Head], str]:
        """The first ones, and the mark behind them; `stretch.until` when nothing is left. Some may come twice, none is left out."""
        ...

    def put_back(self, copy: Copy, raw: bytes) -> str:
        """To where it was, with its flags and time; the folder it is in now. Once, however often it is called."""
        ...

    def close(self) -> None: ...


# Names of folders that are not watched, where the server does not say what a folder is for (RFC 6154).
_OWN = {"sent", "sent items", "sent messages", "drafts", "trash", "deleted items", "deleted messages", "outbox"}


def is_own(folder: str) -> bool:
    """Does the owner of a mailbox fill this folder, going by its name."""
    return folder.replace("/", ".").rpartition(".")[2].casefold() in _OWN


class MailboxTrouble(Unavailable):
    """One mailbox or store cannot be looked into; the others can."""
