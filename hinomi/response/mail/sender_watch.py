"""Letters of listed senders, as they arrive: taken into quarantine, or told, in rounds that end.

    senders on the block list -> sweep: for each mailbox and folder what came since the mark -> held | told, mark moved on

A folder's end is noted first, and the list is read after it: whatever lies before that end arrived before the list was read, so a
letter that is passed by was not listed when it came. A mark moves on only behind letters that were dealt with; a round that is killed
is done again from the last mark, and a letter it had on our disk already is finished first. docs/decisions/0018-listed-senders.md
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.errors import HinomiError, NotFound
from hinomi.response.block_list import BlockList
from hinomi.response.life import SERVER
from hinomi.response.mail.enforcement import BLOCK_LIST, Enforcement, mail_enforcement
from hinomi.response.mail.listed_senders import ListedSender, ListedSenders
from hinomi.response.mail.mail_store import Copy, Extent, Head, MailboxTrouble, MailStore, Place, Stretch, Wanted
from hinomi.response.mail.message import MAX_MESSAGE_BYTES, read_letter
from hinomi.response.mail.post_office import PostOffice
from hinomi.response.mail.quarantine import copy_of
from hinomi.response.mail.senders import TYPE, senders_of
from hinomi.response.mail.store import MARKS, NOTED, TAKEN, WATCHED

log = logging.getLogger(__name__)

MOST_HEADS = 100  # looked at before the mark is written
MAX_PIECES = 20  # of so many heads, in one mailbox and one round
ROUND_S = 60.0  # of one connector; the mailboxes that waited longest come first
# ValueError: a name that is no text, which the owner of a mailbox may give a folder
_TROUBLES = (HinomiError, OSError, ValueError)
NOTED_MS = 90 * 86_400_000


@dataclass(slots=True)
class _Box:
    """One mailbox under way. `troubles`: what could not be done there."""

    store: MailStore
    connector: str
    made_ms: int
    mailbox: str
    pieces: int = 0
    held: int = 0
    troubles: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Told:
    """How it went. `swept_ms` None: not all was looked at, what is known of earlier stays."""

    mailbox: str
    tried_ms: int
    swept_ms: int | None
    trouble: str = ""


class SenderWatch:
    """For one thread; `enforcement` from any. `is_stopping`: the round ends after the letter under way."""

    def __init__(
        self,
        database: Database,
        audit: Audit,
        office: PostOffice,
        block_list: BlockList,
        clock: Callable[[], float],
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._database, self._audit, self._office, self._clock = database, audit, office, clock
        self._block_list, self._senders = block_list, ListedSenders(database, block_list)
        self.is_stopping = is_stopping

    def enforcement(self) -> list[Enforcement]:
        """What each connector does about listed senders, for the block list's screen and the command line."""
        _, objects = self._block_list.effective()
        is_listed = any(one.type == TYPE for one in objects)
        with self._database.read() as connection:
            return mail_enforcement(connection, is_listed, self._now_ms())

    def sweep(self) -> int:
        """One round through all connectors; how many letters were taken."""
        connectors = self._office.connectors.rows()
        self._tidy(connectors)
        senders = self._senders.now()
        begun = {row.connector for row in self._begun()}
        return sum(self._connector(row) for row in connectors if senders or row["name"] in begun)

    # ---- one connector ----------------------------------------------------------------------------------------------
    def _connector(self, row: Mapping[str, Any]) -> int:
        name, made_ms, held = row["name"], row["created_ms"], 0
        until, told = time.monotonic() + ROUND_S, list[_Told]()
        try:
            with closing(self._office.connectors.opened(name)) as store:
                self._finish(store, name)
                mailboxes = self._longest_waiting(name, store.mailboxes())
                for mailbox in mailboxes if self._senders.now() else []:
                    if time.monotonic() > until or self.is_stopping():
                        break
                    box = _Box(store, name, made_ms, mailbox)
                    told.append(self._mailbox(box))
                    held += box.held
            told.append(_Told("", self._now_ms(), self._now_ms()))
        except _TROUBLES as error:
            told.append(_Told("", self._now_ms(), None, _why(error)))
        self._tell(name, made_ms, told)
        return held

    def _finish(self, store: MailStore, connector: str) -> None:
        """Letters that are on our disk and perhaps still in the mailbox, too: a round was killed in between."""
        for row in self._begun(connector):
            try:
                self._remove(store, row)
            except _TROUBLES as error:
                log.warning("a letter of %s is still to be taken: %s", row.mailbox, error)

    def _longest_waiting(self, connector: str, mailboxes: list[str]) -> list[str]:
        """And what is known of mailboxes that are there no more is forgotten."""
        with self._database.begin() as connection:
            wanted = sa.select(WATCHED.c.mailbox, WATCHED.c.tried_ms).where(WATCHED.c.connector == connector)
            tried: dict[str, int] = {row.mailbox: row.tried_ms for row in connection.execute(wanted)}
            for mailbox in set(tried) - set(mailboxes) - {""}:
                connection.execute(sa.delete(WATCHED).where(_row_of(connector, mailbox)))
        return sorted(mailboxes, key=lambda mailbox: tried.get(mailbox, 0))

    # ---- one mailbox ------------------------------------------------------------------------------------------------
    def _mailbox(self, box: _Box) -> _Told:
        began_ms, is_whole = self._now_ms(), True
        try:
            for folder in box.store.watched(box.mailbox):
                is_whole = self._folder(box, folder) and is_whole
        except _TROUBLES as error:
            box.troubles.append(_why(error))
        trouble = _plain("; ".join(box.troubles[:3])[:300])
        return _Told(box.mailbox, self._now_ms(), began_ms if is_whole and not trouble else None, trouble)

    def _folder(self, box: _Box, folder: str) -> bool:
        """Whether all was looked at that lay there."""
        key = _digest(box.connector, box.mailbox, folder)
        mark = self._mark(key, box.made_ms)
        until = box.store.end_of(box.mailbox, folder, mark)
        senders = self._senders.now()  # after the end was noted, see above
        since_ms = max(box.made_ms, min((one.since_ms for one in senders.values()), default=0)) // 1000 * 1000
        while mark != until:
            if box.pieces >= MAX_PIECES or self.is_stopping():
                return False
            heads, following = box.store.heads(Stretch(box.mailbox, folder, mark, until, since_ms), MOST_HEADS)
            judged = [self._judge(box, head, senders) for head in heads]  # each, also behind one that failed
            if not all(judged):
                return False
            mark = following
            box.pieces += mark != until
            self._set_mark(key, box, mark)
        return True

    def _judge(self, box: _Box, head: Head, senders: Mapping[str, ListedSender]) -> bool:
        """False when it should have been taken and could not be: it is looked at again in the next round."""
        now_ms = self._now_ms()
        met = [senders[one] for one in sorted(senders_of(head.raw)) if one in senders]
        met = [one for one in met if one.covers(head.arrived_ms, box.made_ms, now_ms)]
        if not met:
            return True
        held = next((one for one in met if one.is_held), None)
        if held is None:
            self._note(head, met[0])
            return True
        if head.size_bytes > MAX_MESSAGE_BYTES:
            box.troubles.append(f"{head.place.folder}: a letter of {held.value} is too large to be taken")
            self._note(head, held, "too large to be taken")
            return True
        try:
            box.held += self._hold(box.store, head.place, held.value)
        except NotFound:
            return True  # it went elsewhere meanwhile, and is met there
        except _TROUBLES as error:
            box.troubles.append(f"{head.place.folder}: {_why(error)}")
            return False
        return True

    # ---- one letter -------------------------------------------------------------------------------------------------
    def _hold(self, store: MailStore, place: Place, sender: str) -> bool:
        """On our disk, then out of the mailbox. False when it is left: gone, or put back by a person."""
        quarantine = self._office.quarantine
        with self._office.hands:
            copy = next(iter(store.find(Wanted(place=place), Extent())), None)
            if copy is None or self._was_put_back(copy):
                return False
            kept = replace(copy, attributes={**(copy.attributes or {}), "listed": sender})
            quarantine.keep(BLOCK_LIST, kept, store.fetch(place))
            (row,) = quarantine.rows(Wanted(place=place))
            if not quarantine.is_whole(row):
                raise MailboxTrouble("what was written to the quarantine is not what was read")
            return self._remove(store, row, is_first=True)

    def _remove(self, store: MailStore, row: sa.Row[Any], *, is_first: bool = False) -> bool:
        """Out of the mailbox, looked at again, and only then quarantined."""
        quarantine, place = self._office.quarantine, copy_of(row).place
        if not quarantine.is_whole(row):
            quarantine.forget(row.unique_id)
            return False
        if not store.remove(place) and is_first:
            quarantine.forget(row.unique_id)  # its owner moved it between our two looks: it is met where it is now
            return False
        if next(iter(store.find(Wanted(place=place), Extent())), None) is not None:
            raise MailboxTrouble("the letter is still there after it was removed")
        quarantine.mark(row.unique_id, "quarantined", BLOCK_LIST, {"sender": row.attributes.get("listed", "")})
        return True

    def _was_put_back(self, copy: Copy) -> bool:
        """A person's decision stands."""
        place, columns = copy.place, TAKEN.c
        same = (columns.connector == place.connector, columns.mailbox == place.mailbox)
        alike = self._office.quarantine.select(*same, columns.sha256 == copy.letter.sha256, columns.state == "restored")
        return bool(alike)

    def _note(self, head: Head, sender: ListedSender, reason: str = "the list says log") -> None:
        """Told once, and left where it is."""
        place, letter = head.place, read_letter(head.raw)
        key = _digest(place.connector, place.mailbox, place.folder, place.uid.rpartition("/")[2].partition(":2,")[0])
        details = {"mailbox": place.mailbox, "folder": place.folder, "subject": letter.subject[:100], "reason": reason}
        with self._database.begin() as connection:
            if connection.execute(sa.select(NOTED.c.key).where(NOTED.c.key == key)).first() is None:
                connection.execute(sa.insert(NOTED).values(key=key, at_ms=self._now_ms()))
                self._audit.add(connection, SERVER, "mail.noted", BLOCK_LIST, details | {"sender": sender.value})

    # ---- what is remembered -----------------------------------------------------------------------------------------
    def _begun(self, connector: str = "") -> list[sa.Row[Any]]:
        columns = TAKEN.c
        where = [columns.state == "held", columns.task_id == BLOCK_LIST]
        where += [columns.connector == connector] if connector else []
        return self._office.quarantine.select(*where)

    def _mark(self, key: str, made_ms: int) -> str:
        wanted = sa.select(MARKS.c.mark).where(MARKS.c.key == key, MARKS.c.made_ms == made_ms)
        with self._database.read() as connection:
            return str(connection.execute(wanted).scalar() or "")

    def _set_mark(self, key: str, box: _Box, mark: str) -> None:
        values = {"connector": box.connector, "made_ms": box.made_ms, "mark": mark}
        with self._database.begin() as connection:
            _put(connection, MARKS, MARKS.c.key == key, {"key": key, **values})

    def _tell(self, connector: str, made_ms: int, told: Iterable[_Told]) -> None:
        """How the round went, in one transaction."""
        with self._database.begin() as connection:
            wanted = sa.select(WATCHED).where(WATCHED.c.connector == connector, WATCHED.c.made_ms == made_ms)
            before = {row.mailbox: row.swept_ms for row in connection.execute(wanted)}
            for one in told:
                mailbox = _plain(one.mailbox)[:320]
                swept_ms = one.swept_ms if one.swept_ms is not None else before.get(mailbox)
                values = {"connector": connector, "mailbox": mailbox, "made_ms": made_ms, "swept_ms": swept_ms}
                values |= {"tried_ms": one.tried_ms, "trouble": one.trouble}
                _put(connection, WATCHED, _row_of(connector, mailbox), values)

    def _tidy(self, connectors: list[dict[str, Any]]) -> None:
        """What is known of connectors that were removed goes; so do old notes."""
        names = [row["name"] for row in connectors]
        gone = [table.c.connector.not_in(names) for table in (WATCHED, MARKS)]
        old = NOTED.c.at_ms < self._now_ms() - NOTED_MS
        with self._database.read() as connection:
            asked = zip((WATCHED, MARKS, NOTED), (*gone, old), strict=True)
            due = [
                (table, where) for table, where in asked if connection.execute(sa.select(table).where(where)).first()
            ]
        if due:
            with self._database.begin() as connection:
                for table, where in due:
                    connection.execute(sa.delete(table).where(where))

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)


def _put(connection: Connection, table: sa.Table, where: sa.ColumnElement[bool], values: Mapping[str, Any]) -> None:
    connection.execute(sa.delete(table).where(where))
    connection.execute(sa.insert(table).values(**values))


def _row_of(connector: str, mailbox: str) -> sa.ColumnElement[bool]:
    return sa.and_(WATCHED.c.connector == connector, WATCHED.c.mailbox == mailbox)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _why(error: Exception) -> str:
    return _plain(str(error) or type(error).__name__)[:200]


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
