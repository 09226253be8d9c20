"""Mailboxes on an IMAP server, opened one after the other with a master user or with their own passwords, over TLS only.

Source: RFC 3501 (commands), RFC 4315 (UID EXPUNGE, so that nothing else marked as deleted goes with it).
"""

import imaplib
import re
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from hinomi.errors import InputError, NotFound
from hinomi.response.mail.mail_store import (
    WINDOW_DAYS,
    Copy,
    Extent,
    Head,
    MailboxTrouble,
    Place,
    Stretch,
    Wanted,
    is_own,
)
from hinomi.response.mail.message import MAX_MESSAGE_BYTES, Letter, read_letter
from hinomi.response.mail.senders import MAX_HEAD_BYTES

TIMEOUT_S = 30
_LIST = re.compile(rb'\((?P<flags>[^)]*)\) (?:"(?:[^"\\]|\\.)*"|NIL) (?P<name>.+)')
_DATE = re.compile(rb'INTERNALDATE "([^"]{20,40})"')
_FLAGS = re.compile(rb"FLAGS \(([^)]*)\)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_HEAD_UID = re.compile(rb"\bUID (\d{1,10})\b")
_VALIDITY, _NEXT = re.compile(rb"UIDVALIDITY (\d{1,10})"), re.compile(rb"UIDNEXT (\d{1,10})")
_NOT_WATCHED = {b"\\sent", b"\\drafts", b"\\trash", b"\\all", b"\\flagged"}  # RFC 6154
_FETCHED = 50  # heads asked for at once
_UID = re.compile(r"(\d{1,10}):(\d{1,10})")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Answer = TypeVar("Answer")


class ImapStore:
    """`settings`: host, port, security (tls | starttls), ca (PEM text, "" = the system's), mailboxes, login ("{mailbox}*master").

    `secret`: {"password": of the master user} or {"passwords": {mailbox: its own}}.
    """

    def __init__(self, name: str, settings: dict[str, Any], secret: dict[str, Any]) -> None:
        self._name, self._settings, self._secret = name, settings, secret
        if settings.get("security", "tls") not in ("tls", "starttls"):
            raise InputError("security: tls or starttls; a password is never sent in the clear")
        self._line: imaplib.IMAP4 | None = None
        self._mailbox = ""
        self._folder = ("", False)

    def mailboxes(self) -> list[str]:
        return [str(one) for one in self._settings.get("mailboxes", [])]

    def find(self, wanted: Wanted, extent: Extent) -> Iterator[Copy]:
        if wanted.place is not None:
            copy = self._copy_at(wanted.place)
            if copy is not None:
                yield copy
            return
        for mailbox in [wanted.mailbox] if wanted.mailbox else self.mailboxes():
            for folder in self._folders(mailbox):
                for uid in self._search(mailbox, folder, wanted):
                    if not extent.count():
                        return
                    copy = self._copy_at(Place(self._name, mailbox, folder, uid))
                    if copy is not None and wanted.fits(copy.letter):
                        yield copy

    def fetch(self, place: Place) -> bytes:
        found = self._fetched(place)
        if found is None:
            raise NotFound(f"no such message in {place.mailbox}")
        return found[1]

    def remove(self, place: Place) -> bool:
        uid = self._selected_uid(place, is_read_only=False)
        if uid is None or not self._ask(lambda line: line.uid("FETCH", uid, "(UID)"))[0]:
            return False
        if b"UIDPLUS" not in (self._ask(lambda line: line.capability())[0] or b"").upper().split():
            raise MailboxTrouble("the server cannot expunge one message alone (UIDPLUS, RFC 4315)")
        self._ask(lambda line: line.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"))
        self._ask(lambda line: line.uid("EXPUNGE", uid))
        return True

    def watched(self, mailbox: str) -> list[str]:
        listed = self._listed(mailbox)
        return [name for name, flags in listed if not flags & _NOT_WATCHED and not is_own(name)]

    def end_of(self, mailbox: str, folder: str, after: str) -> str:  # noqa: ARG002
        """`UIDVALIDITY:UIDNEXT`; the folder need not be opened for it."""
        self._login(mailbox)
        said = self._ask(lambda line: line.status(_quoted(folder), "(UIDVALIDITY UIDNEXT)"), f"{mailbox}/{folder}")
        text = said[0] if isinstance(said[0], bytes) else b""
        validity, following = _VALIDITY.search(text), _NEXT.search(text)
        if validity is None or following is None:
            raise MailboxTrouble(f"{mailbox}/{folder}: the server does not tell UIDVALIDITY and UIDNEXT")
        return f"{int(validity.group(1))}:{int(following.group(1))}"

    def heads(self, stretch: Stretch, most: int) -> tuple[list[Head], str]:
        """By UID. Where the numbers mean something else now (UIDVALIDITY), from the first one on."""
        validity, _, following = stretch.until.partition(":")
        before, _, first = stretch.after.partition(":")
        start, end = int(first) if before == validity else 1, int(following)
        if start >= end:
            return [], stretch.until
        if self._select(stretch.mailbox, stretch.folder, is_read_only=True) != validity:
            raise MailboxTrouble(f"{stretch.mailbox}/{stretch.folder}: renumbered meanwhile; looked into again later")
        # the server's day may be another than ours: one day more, and each letter's own moment decides
        day = _day(datetime.fromtimestamp(stretch.since_ms / 1000, UTC) - timedelta(days=2))
        said = self._ask(lambda line: line.uid("SEARCH", "UID", f"{start}:{end - 1}", "SINCE", day))
        uids = sorted(int(uid) for uid in (said[0] or b"").split())
        heads = self._heads_of(stretch, validity, uids[:most])
        kept = [head for head in heads if head.arrived_ms >= stretch.since_ms]
        return kept, stretch.until if len(uids) <= most else f"{validity}:{uids[most - 1] + 1}"

    def put_back(self, copy: Copy, raw: bytes) -> str:
        mailbox, folder = copy.place.mailbox, copy.place.folder
        if folder not in self._folders(mailbox):
            self._ask(lambda line: line.create(_quoted(folder)))
        if self._has(mailbox, folder, copy.letter):
            return folder
        flags = " ".join(
            flag for flag in copy.flags if re.fullmatch(r"\\?[A-Za-z0-9$_-]+", flag) and flag != r"\Recent"
        )
        moment = imaplib.Time2Internaldate(copy.received_ms / 1000)
        self._ask(lambda line: line.append(_quoted(folder), f"({flags})", moment, raw))
        return folder

    def close(self) -> None:
        line, self._line, self._mailbox, self._folder = self._line, None, "", ("", False)
        if line is not None:
            try:
                line.logout()
            except (OSError, imaplib.IMAP4.error):
                line.shutdown()

    # ---- within -----------------------------------------------------------------------------------------------------
    def _heads_of(self, stretch: Stretch, validity: str, uids: list[int]) -> Iterator[Head]:
        for at in range(0, len(uids), _FETCHED):
            parts = self._fetched_heads(",".join(map(str, uids[at : at + _FETCHED])))
            for part, behind in zip(parts, [*parts[1:], b""], strict=True):
                if not isinstance(part, tuple):
                    continue
                told = part[0] + (b" " + behind if isinstance(behind, bytes) else b"")
                uid, moment, size = _HEAD_UID.search(told), _DATE.search(told), _SIZE.search(told)
                if uid and moment:
                    place = Place(self._name, stretch.mailbox, stretch.folder, f"{validity}:{int(uid.group(1))}")
                    yield Head(place, _moment_ms(moment.group(1)), int(size.group(1)) if size else 0, part[1])

    def _fetched_heads(self, uids: str) -> list[Any]:
        wanted = f"(UID INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER]<0.{MAX_HEAD_BYTES}>)"
        return self._ask(lambda line: line.uid("FETCH", uids, wanted))

    def _has(self, mailbox: str, folder: str, letter: Letter) -> bool:
        wanted = Wanted(message_id=letter.message_id)
        uids = self._search(mailbox, folder, wanted) if letter.message_id else []
        return any(
            read_letter(self.fetch(Place(self._name, mailbox, folder, uid))).sha256 == letter.sha256 for uid in uids
        )

    def _copy_at(self, place: Place) -> Copy | None:
        found = self._fetched(place)
        if found is None:
            return None
        head, raw = found
        moment, flags = _DATE.search(head), _FLAGS.search(head)
        kept = tuple(flags.group(1).decode("ascii", "replace").split()) if flags else ()
        return Copy(place, read_letter(raw), _moment_ms(moment.group(1)) if moment else 0, kept)

    def _fetched(self, place: Place) -> tuple[bytes, bytes] | None:
        """(what is said of it, its bytes); None when it is gone or too large."""
        uid = self._selected_uid(place, is_read_only=True)
        if uid is None:
            return None
        said = self._ask(lambda line: line.uid("FETCH", uid, "(UID RFC822.SIZE)"))
        size = _SIZE.search(said[0] if isinstance(said[0], bytes) else b"")
        if size is None or int(size.group(1)) > MAX_MESSAGE_BYTES:
            return None
        parts = self._ask(lambda line: line.uid("FETCH", uid, "(UID FLAGS INTERNALDATE BODY.PEEK[])"))
        pairs = [part for part in parts if isinstance(part, tuple)]
        if not pairs:
            return None
        tail = b" ".join(part for part in parts if isinstance(part, bytes))
        return pairs[0][0] + b" " + tail, pairs[0][1]

    def _selected_uid(self, place: Place, *, is_read_only: bool) -> str | None:
        """The number within the folder, when the folder still means the same by it (UIDVALIDITY)."""
        match = _UID.fullmatch(place.uid)
        if match is None:
            raise InputError("uniqueId: not one that a search gave out")
        is_valid = self._select(place.mailbox, place.folder, is_read_only=is_read_only) == match.group(1)
        return match.group(2) if is_valid else None

    def _search(self, mailbox: str, folder: str, wanted: Wanted) -> list[str]:
        validity = self._select(mailbox, folder, is_read_only=True)
        if wanted.message_id:
            text = f'"{wanted.message_id}"'
            said = self._ask(lambda line: line.uid("SEARCH", "HEADER", "Message-ID", text))
        else:
            since = datetime.now(UTC) - timedelta(days=WINDOW_DAYS)
            said = self._ask(lambda line: line.uid("SEARCH", "SINCE", _day(since)))
        return [f"{validity}:{uid.decode()}" for uid in (said[0] or b"").split()]

    def _select(self, mailbox: str, folder: str, *, is_read_only: bool) -> str:
        """The folder's UIDVALIDITY; what is there is opened anew each time, so that nothing old is believed."""
        self._login(mailbox)
        self._ask(lambda line: line.select(_quoted(folder), readonly=is_read_only), f"{mailbox}/{folder}")
        said = self._connected().response("UIDVALIDITY")[1]
        return (said[0] or b"0").decode() if said else "0"

    def _folders(self, mailbox: str) -> list[str]:
        return [name for name, _ in self._listed(mailbox)]

    def _listed(self, mailbox: str) -> list[tuple[str, set[bytes]]]:
        """(folder, what the server says of it, lower case)"""
        self._login(mailbox)
        found: list[tuple[str, set[bytes]]] = []
        for line in self._ask(lambda line: line.list()):
            text = line[0] + b" " + line[1] if isinstance(line, tuple) else line
            match = _LIST.fullmatch(text or b"")
            flags = set(match.group("flags").lower().split()) if match else set()
            if match and b"\\noselect" not in flags:
                found.append((_unquoted(match.group("name")), flags))
        return found

    def _login(self, mailbox: str) -> None:
        if self._line is not None and self._mailbox == mailbox:
            return
        self.close()
        if mailbox not in self.mailboxes():
            raise NotFound(f"no mailbox {mailbox[:64]!r} in connector {self._name}")
        password = self._secret.get("passwords", {}).get(mailbox) or self._secret.get("password", "")
        user = str(self._settings.get("login") or "{mailbox}").replace("{mailbox}", mailbox)
        try:
            self._line = self._open()
            self._line.login(user, password)
        except imaplib.IMAP4.error:
            self.close()
            raise MailboxTrouble(f"{mailbox}: the server refuses the login") from None
        except OSError as error:
            self.close()
            raise MailboxTrouble(f"{mailbox}: {error}") from None
        self._mailbox = mailbox

    def _open(self) -> imaplib.IMAP4:
        host, port = str(self._settings["host"]), int(self._settings.get("port") or 0)
        context = ssl.create_default_context(cadata=self._settings.get("ca") or None)
        if self._settings.get("security", "tls") == "tls":
            return imaplib.IMAP4_SSL(host, port or 993, ssl_context=context, timeout=TIMEOUT_S)
        line = imaplib.IMAP4(host, port or 143, timeout=TIMEOUT_S)
        line.starttls(context)
        return line

    def _connected(self) -> imaplib.IMAP4:
        if self._line is None:
            raise MailboxTrouble(f"connector {self._name} is not connected")
        return self._line

    def _ask(self, command: Callable[[imaplib.IMAP4], tuple[str, Any]], what: str = "") -> list[Any]:
        line = self._connected()
        try:
            status, said = command(line)
        except (imaplib.IMAP4.error, OSError) as error:
            self.close()
            raise MailboxTrouble(f"{what or self._mailbox}: {str(error)[:200]}") from None
        if status != "OK":
            raise MailboxTrouble(f"{what or self._mailbox}: {str(said)[:200]}")
        return list(said) or [None]


def _moment_ms(text: bytes) -> int:
    found = imaplib.Internaldate2tuple(b'INTERNALDATE "' + text + b'"')
    return int(time.mktime(found) * 1000) if found else 0


def _day(moment: datetime) -> str:
    return f"{moment.day}-{_MONTHS[moment.month - 1]}-{moment.year}"


def _quoted(folder: str) -> str:
    if any(ord(character) < 32 for character in folder):
        raise InputError("a folder's name holds control characters")
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unquoted(name: bytes) -> str:
    text = name.decode("ascii", "surrogateescape")
    if text.startswith('"') and text.endswith('"'):
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text
