"""All copies of a message in all mailboxes: found, taken into quarantine, put back, deleted; each copy is logged.

A copy that is taken is written to our own store first (`quarantine.py`), and only then removed from the mailbox; put back, the
other way round. So a crash at any point loses nothing and the same task can be carried out again.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.fernet import Fernet

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.errors import HinomiError, InputError, NotFound
from hinomi.response.life import SERVER
from hinomi.response.mail.connectors import MailConnectors
from hinomi.response.mail.mail_store import Copy, Extent, MailboxTrouble, MailStore, Place, Wanted
from hinomi.response.mail.message import as_message_id
from hinomi.response.mail.quarantine import MAX_COPIES, Quarantine, copy_of
from hinomi.response.wish import CarryFailed
from hinomi.schema.task import ResponseTask, Target, TargetKind

SEARCH_S = 300.0
ACTIONS = ("quarantine_message", "restore_message", "delete_message")
LOOK = "look_at_message"


class PostOffice:
    """A Carrier of response tasks on messages. Thread-safe. `folder`: the quarantine (0700)."""

    is_repeatable = True

    def __init__(
        self,
        database: Database,
        audit: Audit,
        connectors: MailConnectors,
        folder: Path,
        box: Fernet,
        clock: Callable[[], float],
    ) -> None:
        self._database, self._audit, self.connectors = database, audit, connectors
        self.quarantine = Quarantine(database, audit, folder, box, clock)
        self.hands = threading.Lock()  # held while a copy goes back: the sweep must not meet it between mailbox and row

    # ---- as a carrier -----------------------------------------------------------------------------------------------
    def carries(self, action: str, target: Target) -> bool:
        return action in ACTIONS and target.kind is TargetKind.MESSAGE

    def carry(self, task: ResponseTask) -> Mapping[str, Any]:
        """{copies: [...], partial, troubles}: what became of each. CarryFailed when there is none."""
        wanted = wanted_of(task.parameters)
        work = {
            "quarantine_message": self._quarantine,
            "restore_message": self._restore,
            "delete_message": self._delete,
        }
        extent, troubles = Extent(), list[str]()
        copies = work[task.action](task.id, wanted, extent, troubles)
        result = {
            "copies": copies,
            "partial": extent.is_partial,
            "examined": extent.examined,
            "troubles": troubles[:50],
        }
        if not copies:
            told = "; ".join(troubles[:3])
            code = "unavailable" if troubles else "not_found"
            raise CarryFailed(code, told or "No copy was found.", told or "該当するメッセージが見つかりませんでした。")
        if all(copy["status"] == "failed" for copy in copies):
            raise CarryFailed("failed", str(copies[0]["error"]), str(copies[0]["error"]))
        return result

    def look(self, target: Target, action: str, parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """`look_at_message`: {in_mailboxes, in_quarantine, broken, partial, troubles}; None for other looks."""
        if action != LOOK or target.kind is not TargetKind.MESSAGE:
            return None
        wanted = wanted_of(parameters)
        extent, troubles = Extent(), list[str]()
        there = [copy.place.unique_id for copy in self._copies(wanted, extent, troubles)]
        rows = [row for row in self.quarantine.rows(wanted) if row.state == "quarantined"]
        broken = [row.unique_id for row in rows if not self.quarantine.is_whole(row)]
        return {
            "in_mailboxes": len(there), "in_quarantine": len(rows), "broken": broken, "partial": extent.is_partial,
            "troubles": troubles[:50], "places": there[:MAX_COPIES],
        }  # fmt: skip

    # ---- for people -------------------------------------------------------------------------------------------------
    def search(self, wanted: Wanted) -> dict[str, Any]:
        """{copies, partial, examined, troubles}; those in quarantine are among them, with their state."""
        extent, troubles = Extent(), list[str]()
        copies = [_shown(copy, "delivered") for copy in self._copies(wanted, extent, troubles)]
        copies += [
            _shown(copy_of(row), row.state) for row in self.quarantine.rows(wanted) if row.state == "quarantined"
        ]
        return {"copies": copies, "partial": extent.is_partial, "examined": extent.examined, "troubles": troubles[:50]}

    # ---- the three works --------------------------------------------------------------------------------------------
    def _quarantine(self, task_id: str, wanted: Wanted, extent: Extent, troubles: list[str]) -> list[dict[str, Any]]:
        found = [
            self._done(copy, "quarantined", partial(self._take, task_id, copy))
            for copy in self._copies(wanted, extent, troubles)
        ]
        # what an interrupted run of this task took already
        known = {copy["unique_id"] for copy in found}
        again = [row for row in self.quarantine.rows(wanted) if row.task_id == task_id and row.unique_id not in known]
        for row in again:
            if row.state == "held":
                self.quarantine.mark(row.unique_id, "quarantined", task_id)
        return found + [_shown(copy_of(row), "quarantined") for row in again if row.state in ("held", "quarantined")]

    def _restore(self, task_id: str, wanted: Wanted, _extent: Extent, _troubles: list[str]) -> list[dict[str, Any]]:
        rows = [
            row
            for row in self.quarantine.rows(wanted)
            if row.state in ("held", "quarantined") or row.task_id == task_id
        ]
        return [self._done(copy_of(row), "restored", partial(self._put_back, task_id, row)) for row in rows]

    def _delete(self, task_id: str, wanted: Wanted, extent: Extent, troubles: list[str]) -> list[dict[str, Any]]:
        found = [
            self._done(copy, "deleted", partial(self._remove, task_id, copy))
            for copy in self._copies(wanted, extent, troubles)
        ]
        for row in self.quarantine.rows(wanted):
            if row.state in ("held", "quarantined"):
                copy = copy_of(row)
                found.append(self._done(copy, "deleted", partial(self._forget, task_id, row)))
        return found

    def _done(self, copy: Copy, status: str, work: Callable[[], None]) -> dict[str, Any]:
        """One copy's outcome; that one fails stops no other."""
        try:
            work()
        except (HinomiError, OSError) as error:
            return {**_shown(copy, "failed"), "error": str(error)[:300]}
        return _shown(copy, status)

    def _take(self, task_id: str, copy: Copy) -> None:
        place = copy.place
        with closing(self.connectors.opened(place.connector)) as store:
            self.quarantine.keep(task_id, copy, store.fetch(place))
            store.remove(place)
        self.quarantine.mark(place.unique_id, "quarantined", task_id)

    def _put_back(self, task_id: str, row: sa.Row[Any]) -> None:
        if row.state == "restored":
            return
        raw, copy = self.quarantine.read(row), copy_of(row)
        with self.hands, closing(self.connectors.opened(row.connector)) as store:
            store.put_back(copy, raw)
            self.quarantine.mark(row.unique_id, "restored", task_id)
        self.quarantine.let_go(row)

    def _remove(self, task_id: str, copy: Copy) -> None:
        with closing(self.connectors.opened(copy.place.connector)) as store:
            store.remove(copy.place)
        with self._database.begin() as connection:
            details = {
                "mailbox": copy.place.mailbox,
                "sha256": copy.letter.sha256,
                "subject": copy.letter.subject[:100],
            }
            self._audit.add(connection, SERVER, "mail.deleted", task_id, details)

    def _forget(self, task_id: str, row: sa.Row[Any]) -> None:
        self.quarantine.let_go(row)
        self.quarantine.mark(row.unique_id, "deleted", task_id)

    # ---- within -----------------------------------------------------------------------------------------------------
    def _copies(self, wanted: Wanted, extent: Extent, troubles: list[str]) -> list[Copy]:
        """In all connectors; one that does not answer is told and does not hide the others."""
        found: list[Copy] = []
        until = time.monotonic() + SEARCH_S
        for name in [wanted.place.connector] if wanted.place else self.connectors.names():
            try:
                with closing(self.connectors.opened(name)) as store:
                    for copy in self._each(store, wanted, extent, troubles):
                        if len(found) >= MAX_COPIES or time.monotonic() > until:
                            extent.is_partial = True
                            return found
                        found.append(copy)
            except HinomiError as error:
                troubles.append(f"{name}: {error}"[:300])
        return found

    @staticmethod
    def _each(store: MailStore, wanted: Wanted, extent: Extent, troubles: list[str]) -> Iterator[Copy]:
        """A mailbox that cannot be opened hides none of the others."""
        if wanted.place is not None:
            yield from store.find(wanted, extent)
            return
        known = store.mailboxes()
        for mailbox in [wanted.mailbox] if wanted.mailbox else known:
            if mailbox not in known:
                continue
            try:
                yield from store.find(Wanted(wanted.message_id, wanted.attachment_sha256, mailbox), extent)
            except (MailboxTrouble, NotFound) as error:
                troubles.append(str(error)[:300])


def wanted_of(parameters: Mapping[str, Any]) -> Wanted:
    """From the normal form of the actions; InputError when it names no message."""
    mailbox = str(parameters.get("mailbox") or "")
    if parameters.get("unique_id"):
        return Wanted(place=Place.of(str(parameters["unique_id"])), mailbox="")
    message_id = as_message_id(str(parameters.get("message_id") or "")) if parameters.get("message_id") else ""
    digest = str(parameters.get("attachment_sha256") or "").lower()
    if not message_id and not digest:
        raise InputError("a message id, the SHA-256 of an attachment, or a uniqueId is needed")
    return Wanted(message_id, digest, mailbox)


def _shown(copy: Copy, status: str) -> dict[str, Any]:
    place, letter = copy.place, copy.letter
    return {
        "unique_id": place.unique_id, "connector": place.connector, "mailbox": place.mailbox, "folder": place.folder,
        "message_id": letter.message_id, "subject": letter.subject, "sender": letter.sender,
        "received_ms": copy.received_ms, "size_bytes": letter.size_bytes, "sha256": letter.sha256, "status": status,
        "attachments": [{"name": one.name, "sha256": one.sha256} for one in letter.attachments[:20]],
    }  # fmt: skip
