"""All copies of a message in all mailboxes: found, taken into quarantine, put back, deleted; each copy is logged.

A copy that is taken is written to our own store first (sealed, 0600, fsync), and only then removed from the mailbox; put back, the
other way round. So a crash at any point loses nothing and the same task can be carried out again.
"""

import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken

from hinomi.access.audit import Audit
from hinomi.database import Database
from hinomi.errors import HinomiError, InputError, NotFound, Unavailable
from hinomi.response.life import SERVER
from hinomi.response.mail.connectors import MailConnectors
from hinomi.response.mail.mail_store import Copy, Extent, MailboxTrouble, MailStore, Place, Wanted
from hinomi.response.mail.message import Letter, as_message_id
from hinomi.response.mail.store import TAKEN
from hinomi.response.wish import CarryFailed
from hinomi.schema.task import ResponseTask, Target, TargetKind

MAX_COPIES = 500
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
        self._folder, self._box, self._clock = folder, box, clock

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
        rows = [row for row in self._taken(wanted) if row.state == "quarantined"]
        broken = [row.unique_id for row in rows if not self._is_whole(row)]
        return {
            "in_mailboxes": len(there), "in_quarantine": len(rows), "broken": broken, "partial": extent.is_partial,
            "troubles": troubles[:50], "places": there[:MAX_COPIES],
        }  # fmt: skip

    # ---- for people -------------------------------------------------------------------------------------------------
    def search(self, wanted: Wanted) -> dict[str, Any]:
        """{copies, partial, examined, troubles}; those in quarantine are among them, with their state."""
        extent, troubles = Extent(), list[str]()
        copies = [_shown(copy, "delivered") for copy in self._copies(wanted, extent, troubles)]
        copies += [_shown(self._copy_of(row), row.state) for row in self._taken(wanted) if row.state == "quarantined"]
        return {"copies": copies, "partial": extent.is_partial, "examined": extent.examined, "troubles": troubles[:50]}

    # ---- the three works --------------------------------------------------------------------------------------------
    def _quarantine(self, task_id: str, wanted: Wanted, extent: Extent, troubles: list[str]) -> list[dict[str, Any]]:
        found = [
            self._done(copy, "quarantined", partial(self._take, task_id, copy))
            for copy in self._copies(wanted, extent, troubles)
        ]
        # what an interrupted run of this task took already
        known = {copy["unique_id"] for copy in found}
        again = [row for row in self._taken(wanted) if row.task_id == task_id and row.unique_id not in known]
        for row in again:
            if row.state == "held":
                self._mark(row.unique_id, "quarantined", task_id, row.mailbox)
        return found + [
            _shown(self._copy_of(row), "quarantined") for row in again if row.state in ("held", "quarantined")
        ]

    def _restore(self, task_id: str, wanted: Wanted, _extent: Extent, _troubles: list[str]) -> list[dict[str, Any]]:
        rows = [row for row in self._taken(wanted) if row.state in ("held", "quarantined") or row.task_id == task_id]
        return [self._done(self._copy_of(row), "restored", partial(self._put_back, task_id, row)) for row in rows]

    def _delete(self, task_id: str, wanted: Wanted, extent: Extent, troubles: list[str]) -> list[dict[str, Any]]:
        found = [
            self._done(copy, "deleted", partial(self._remove, task_id, copy))
            for copy in self._copies(wanted, extent, troubles)
        ]
        for row in self._taken(wanted):
            if row.state in ("held", "quarantined"):
                copy = self._copy_of(row)
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
            raw = store.fetch(place)
            file = secrets.token_hex(16)
            self._write(file, raw)
            self._keep(task_id, copy, file)
            store.remove(place)
        self._mark(place.unique_id, "quarantined", task_id, place.mailbox)

    def _put_back(self, task_id: str, row: sa.Row[Any]) -> None:
        if row.state == "restored":
            return
        raw, copy = self._read(row), self._copy_of(row)
        with closing(self.connectors.opened(row.connector)) as store:
            store.put_back(copy, raw)
        self._mark(row.unique_id, "restored", task_id, row.mailbox)
        (self._folder / f"{row.file}.sealed").unlink(missing_ok=True)

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
        (self._folder / f"{row.file}.sealed").unlink(missing_ok=True)
        self._mark(row.unique_id, "deleted", task_id, row.mailbox)

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

    def _taken(self, wanted: Wanted) -> list[sa.Row[Any]]:
        columns = TAKEN.c
        conditions = [columns.unique_id == wanted.place.unique_id] if wanted.place else []
        conditions += [columns.message_id == wanted.message_id] if wanted.message_id else []
        conditions += [columns.mailbox == wanted.mailbox] if wanted.mailbox else []
        query = sa.select(TAKEN).where(*conditions).order_by(columns.changed_ms.desc()).limit(5000)
        with self._database.read() as connection:
            rows = list(connection.execute(query).all())
        digest = wanted.attachment_sha256
        return [row for row in rows if not digest or digest in row.attachments][:MAX_COPIES]

    def _keep(self, task_id: str, copy: Copy, file: str) -> None:
        place, letter = copy.place, copy.letter
        values = {
            "unique_id": place.unique_id, "file": file, "connector": place.connector, "mailbox": place.mailbox,
            "folder": place.folder, "uid": place.uid, "message_id": letter.message_id, "subject": letter.subject,
            "sender": letter.sender, "received_ms": copy.received_ms, "size_bytes": letter.size_bytes,
            "sha256": letter.sha256, "attachments": [one.sha256 for one in letter.attachments], "flags": list(copy.flags),
            "attributes": copy.attributes or {}, "state": "held", "task_id": task_id, "changed_ms": self._now_ms(),
        }  # fmt: skip
        with self._database.begin() as connection:
            before = connection.execute(sa.select(TAKEN.c.file).where(TAKEN.c.unique_id == place.unique_id)).scalar()
            connection.execute(sa.delete(TAKEN).where(TAKEN.c.unique_id == place.unique_id))
            connection.execute(sa.insert(TAKEN).values(**values))
        if before is not None:
            (self._folder / f"{before}.sealed").unlink(missing_ok=True)

    def _mark(self, unique_id: str, state: str, task_id: str, mailbox: str) -> None:
        """One copy came into a state: in the row and in the audit log."""
        with self._database.begin() as connection:
            row = connection.execute(sa.select(TAKEN).where(TAKEN.c.unique_id == unique_id)).one()
            values = {"state": state, "task_id": task_id, "changed_ms": self._now_ms()}
            connection.execute(sa.update(TAKEN).where(TAKEN.c.unique_id == unique_id).values(**values))
            details = {"mailbox": mailbox, "folder": row.folder, "sha256": row.sha256, "subject": row.subject[:100]}
            self._audit.add(connection, SERVER, f"mail.{state}", task_id, details)

    def _write(self, file: str, raw: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{file}.sealed"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(self._box.encrypt(raw))
            stream.flush()
            os.fsync(stream.fileno())

    def _read(self, row: sa.Row[Any]) -> bytes:
        try:
            return self._box.decrypt((self._folder / f"{row.file}.sealed").read_bytes())
        except (OSError, InvalidToken):
            raise Unavailable("the quarantined copy cannot be read; is data/sealing.key the same?") from None

    def _is_whole(self, row: sa.Row[Any]) -> bool:
        try:
            return hashlib.sha256(self._read(row)).hexdigest() == str(row.sha256)
        except Unavailable:
            return False

    @staticmethod
    def _copy_of(row: sa.Row[Any]) -> Copy:
        place = Place(row.connector, row.mailbox, row.folder, row.uid)
        letter = Letter(row.message_id, row.subject, row.sender, row.sha256, row.size_bytes, ())
        return Copy(place, letter, row.received_ms, tuple(row.flags), dict(row.attributes))

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)


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
