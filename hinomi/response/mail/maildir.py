"""Mailboxes as Maildir folders under one root: ROOT/<mailbox>/[Maildir/]{cur,new}, further folders as `.Name` beside them.

The owner of a mailbox can write into it, and this program may be root: no link is followed, nothing but regular files is
opened. Source of the layout: https://cr.yp.to/proto/maildir.html and Maildir++.
"""

import contextlib
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from hinomi.errors import InputError, NotFound, Unavailable
from hinomi.response.mail.mail_store import Copy, Extent, Head, MailboxTrouble, Place, Stretch, Wanted, is_own
from hinomi.response.mail.message import MAX_MESSAGE_BYTES, read_letter
from hinomi.response.mail.senders import MAX_HEAD_BYTES

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NAME = re.compile(r"[^/\x00]{1,255}")
INBOX = "INBOX"
PARTS = ("cur", "new")
SETTLED_NS = 2_000_000_000  # file systems keep times coarsely: a younger folder may change again within the same tick
OVERLAP_NS = 60_000_000_000


class MaildirStore:
    def __init__(self, name: str, settings: dict[str, str]) -> None:
        """`settings`: root (absolute), inner ("" or "Maildir")."""
        self._name, self._root, self._inner = name, settings.get("root", ""), settings.get("inner", "")
        if not self._root.startswith("/") or "/" in self._inner or self._inner in ("..", "."):
            raise InputError("root: an absolute path; inner: the folder within each mailbox, or nothing")

    def mailboxes(self) -> list[str]:
        with self._opened() as root:
            names = sorted(name for name in _names(root) if not name.startswith("."))
        return [name for name in names if self._is_mailbox(name)]

    def find(self, wanted: Wanted, extent: Extent) -> Iterator[Copy]:
        if wanted.place is not None:
            with contextlib.suppress(NotFound):
                yield self._copy(wanted.place, self.fetch(wanted.place))
            return
        for mailbox in [wanted.mailbox] if wanted.mailbox else self.mailboxes():
            for folder in self._folders(mailbox):
                for place in self._places(mailbox, folder):
                    if not extent.count():
                        return
                    with contextlib.suppress(NotFound):
                        copy = self._copy(place, self.fetch(place))
                        if wanted.fits(copy.letter):
                            yield copy

    def fetch(self, place: Place) -> bytes:
        """NotFound for what is gone, too large or no regular file."""
        with self._located(place) as (folder, name):
            try:
                handle = os.open(name, _FILE, dir_fd=folder)
            except OSError:
                raise NotFound(f"no such message in {place.mailbox}") from None
            with os.fdopen(handle, "rb") as file:
                found = os.fstat(handle)
                if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_MESSAGE_BYTES:
                    raise NotFound("not a message that can be read")
                return file.read(MAX_MESSAGE_BYTES)

    def remove(self, place: Place) -> bool:
        with (
            contextlib.suppress(NotFound),
            self._located(place) as (folder, name),
            contextlib.suppress(FileNotFoundError),
        ):
            os.unlink(name, dir_fd=folder)
            os.fsync(folder)
            return True
        return False

    def watched(self, mailbox: str) -> list[str]:
        return [folder for folder in self._folders(mailbox) if not is_own(folder)]

    def end_of(self, mailbox: str, folder: str, after: str) -> str:
        """`moment of now/moment of the folder`, in ns; the latter 0 while it is too young to tell a change by."""
        now_ns, changed_ns = time.time_ns(), 0
        for part in PARTS:
            with contextlib.suppress(NotFound), self._folder(mailbox, folder, part) as handle:
                changed_ns = max(changed_ns, os.fstat(handle).st_mtime_ns)
        if changed_ns and changed_ns == _mark(after)[1]:
            return after
        return f"{now_ns}/{changed_ns if now_ns - changed_ns > SETTLED_NS else 0}/"

    def heads(self, stretch: Stretch, most: int) -> tuple[list[Head], str]:
        """By the time of the last change of the file (a rename into the folder is one), then by name."""
        after_ns, _, last = _mark(stretch.after)
        until_ns = _mark(stretch.until)[0]
        if after_ns > until_ns:  # the clock was set back
            after_ns, last = 0, ""
        # a part of a stretch goes on exactly; a new stretch begins somewhat earlier, for clocks of files run behind
        behind = (after_ns, last) if last else (after_ns - OVERLAP_NS, "")
        found = sorted(one for one in self._changed(stretch) if behind < (one[0], one[1]) and one[0] <= until_ns)
        heads = [head for _, uid in found[:most] if (head := self._head(stretch, uid)) is not None]
        if len(found) <= most:
            return heads, stretch.until
        return heads, f"{found[most - 1][0]}/0/{found[most - 1][1]}"

    def put_back(self, copy: Copy, raw: bytes) -> str:
        """By way of a hidden name, so that nobody sees half a message; owner, mode and time are those it had."""
        place, kept = copy.place, copy.attributes or {}
        with contextlib.suppress(NotFound):
            if self.fetch(place) == raw:
                return place.folder
        part, _, name = place.uid.partition("/")
        with self._folder(place.mailbox, place.folder, part) as folder:
            hidden = f".hinomi-{secrets.token_hex(8)}"
            handle = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=folder)
            with os.fdopen(handle, "wb") as file:
                file.write(raw)
                file.flush()
                os.fchmod(handle, int(kept.get("mode", 0o600)) & 0o777)
                if os.getuid() == 0:
                    os.fchown(handle, int(kept.get("uid", 0)), int(kept.get("gid", 0)))
                os.utime(handle, ns=(copy.received_ms * 1_000_000, copy.received_ms * 1_000_000))
                os.fsync(handle)
            os.rename(hidden, name, src_dir_fd=folder, dst_dir_fd=folder)
            os.fsync(folder)
        return place.folder

    def close(self) -> None:
        """Nothing stays open."""

    # ---- within -----------------------------------------------------------------------------------------------------
    def _changed(self, stretch: Stretch) -> Iterator[tuple[int, str]]:
        """(last change in ns, name) of what arrived since then."""
        for part in PARTS:
            with contextlib.suppress(NotFound), self._folder(stretch.mailbox, stretch.folder, part) as handle:
                for name in _names(handle):
                    with contextlib.suppress(OSError):
                        found = os.stat(name, dir_fd=handle, follow_symlinks=False)
                        is_letter = stat.S_ISREG(found.st_mode) and not name.startswith(".")
                        if is_letter and found.st_mtime_ns // 1_000_000 >= stretch.since_ms:
                            yield found.st_ctime_ns, f"{part}/{name}"

    def _head(self, stretch: Stretch, uid: str) -> Head | None:
        """None when it has left the place meanwhile: where it is now it counts as changed, and is looked at there."""
        place = Place(self._name, stretch.mailbox, stretch.folder, uid)
        with (
            contextlib.suppress(NotFound, OSError),
            self._located(place) as (folder, name),
            os.fdopen(os.open(name, _FILE, dir_fd=folder), "rb") as file,
        ):
            found = os.fstat(file.fileno())
            if stat.S_ISREG(found.st_mode):
                return Head(place, found.st_mtime_ns // 1_000_000, found.st_size, file.read(MAX_HEAD_BYTES))
        return None

    def _copy(self, place: Place, raw: bytes) -> Copy:
        with self._located(place) as (folder, name):
            try:
                found = os.stat(name, dir_fd=folder, follow_symlinks=False)
            except OSError:
                raise NotFound(f"no such message in {place.mailbox}") from None
        flags = tuple(place.uid.rpartition(":2,")[2]) if ":2," in place.uid else ()
        attributes: dict[str, int | str] = {
            "uid": found.st_uid,
            "gid": found.st_gid,
            "mode": stat.S_IMODE(found.st_mode),
        }
        return Copy(place, read_letter(raw), found.st_mtime_ns // 1_000_000, flags, attributes)

    def _folders(self, mailbox: str) -> list[str]:
        with self._box(mailbox) as box:
            return [
                INBOX,
                *sorted(name for name in _names(box) if name.startswith(".") and len(name) > 1 and name != ".."),
            ]

    def _places(self, mailbox: str, folder: str) -> list[Place]:
        found: list[Place] = []
        for part in PARTS:
            with contextlib.suppress(NotFound), self._folder(mailbox, folder, part) as handle:
                names = sorted(name for name in _names(handle) if not name.startswith("."))
                found += [Place(self._name, mailbox, folder, f"{part}/{name}") for name in names]
        return found

    @contextlib.contextmanager
    def _located(self, place: Place) -> Iterator[tuple[int, str]]:
        """The open folder of a copy and its name in there; a flag that a reader changed meanwhile does not hide it."""
        part, _, name = place.uid.partition("/")
        with self._folder(place.mailbox, place.folder, part) as folder:
            yield folder, self._now_called(folder, name)

    @staticmethod
    def _now_called(folder: int, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise NotFound("no such message")
        stem = name.partition(":2,")[0]
        with contextlib.suppress(OSError):
            os.stat(name, dir_fd=folder, follow_symlinks=False)
            return name
        return next((one for one in _names(folder) if one.partition(":2,")[0] == stem), name)

    @contextlib.contextmanager
    def _folder(self, mailbox: str, folder: str, part: str) -> Iterator[int]:
        if part not in PARTS:
            raise NotFound("no such folder")
        steps = [part] if folder == INBOX else [folder, part]
        with self._box(mailbox) as box, _into(box, steps) as handle:
            yield handle

    @contextlib.contextmanager
    def _box(self, mailbox: str) -> Iterator[int]:
        with self._opened() as root, _into(root, [mailbox, *([self._inner] if self._inner else [])]) as handle:
            yield handle

    @contextlib.contextmanager
    def _opened(self) -> Iterator[int]:
        try:
            handle = os.open(Path(self._root), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise MailboxTrouble(f"{self._root}: {error.strerror}") from None
        try:
            yield handle
        finally:
            os.close(handle)

    def _is_mailbox(self, name: str) -> bool:
        with contextlib.suppress(NotFound, Unavailable), self._folder(name, INBOX, "cur"):
            return True
        return False


def _mark(text: str) -> tuple[int, int, str]:
    """(moment in ns, moment of the folder in ns, name of the last letter)"""
    if not text:
        return 0, 0, ""
    moment, settled, last = text.split("/", 2)
    return int(moment), int(settled), last


@contextlib.contextmanager
def _into(handle: int, steps: list[str]) -> Iterator[int]:
    """Down the steps, through no link; NotFound."""
    opened: list[int] = []
    try:
        for step in steps:
            if not _NAME.fullmatch(step) or step in (".", ".."):
                raise NotFound("no such folder")
            try:
                handle = os.open(step, _FOLDER, dir_fd=handle)
            except OSError:
                raise NotFound(f"no folder {step!r}") from None
            opened.append(handle)
        yield handle
    finally:
        for one in opened:
            os.close(one)


def _names(folder: int) -> list[str]:
    return os.listdir(folder)
