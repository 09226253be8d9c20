"""MD5, SHA-1 and SHA-256 of program files, remembered by device, inode, size and times of change."""

import hashlib
import os
import stat
from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

REMEMBERED = 8192
_PIECE = 1 << 20

Hashes = dict[str, str]  # md5, sha1, sha256 in lower-case hex


class FileState(NamedTuple):
    """A file as the kernel's side saw it. Its device is not the one that stat tells (btrfs, overlays): only a name among others of its kind."""

    device: int
    inode: int
    size: int
    changed_ns: int
    touched_ns: int

    def is_that_of(self, told: os.stat_result) -> bool:
        return self[1:] == (told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns)


class FileHashes:
    """Safe in several threads. `limit_bytes`: larger files are not read."""

    def __init__(self, limit_bytes: int = 64 << 20) -> None:
        self.limit_bytes = limit_bytes
        self._known: OrderedDict[tuple[int, ...], Hashes] = OrderedDict()
        self._lock = Lock()

    def known(self, state: FileState) -> Hashes | None:
        """Of a file in exactly this state, when it was read in it; asks nobody."""
        with self._lock:
            return self._remembered(state)

    def of(self, *paths: str, state: FileState | None = None) -> Hashes:
        """Of the first path that can be opened; empty when none can, or when it is no regular file or too large.

        `state`: that of the file that is meant; when it is the one that is found, `known` tells it from now on.
        """
        for path in paths:
            try:
                told = os.stat(path)  # noqa: PTH116 - for every process
                if (known := self._recall(told, state)) is not None:
                    return known
                handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
            except (OSError, ValueError):
                continue
            try:
                return self._of_open(handle, state)
            except OSError:
                return {}
            finally:
                os.close(handle)
        return {}

    def _of_open(self, handle: int, state: FileState | None) -> Hashes:
        told = os.fstat(handle)
        if not stat.S_ISREG(told.st_mode) or told.st_size > self.limit_bytes:
            return {}
        if (known := self._recall(told, state)) is not None:
            return known
        found = self._read(handle)
        with self._lock:
            self._keep(_key(told), found)
        # read again: what was written meanwhile is in the hash and not in the state of before
        return self._recall(os.fstat(handle), state) or found

    def _recall(self, told: os.stat_result, state: FileState | None) -> Hashes | None:
        with self._lock:
            found = self._remembered(_key(told))
            if found is not None and state is not None and state.is_that_of(told):
                self._keep(state, found)
            return found

    def _remembered(self, key: tuple[int, ...]) -> Hashes | None:
        found = self._known.get(key)
        if found is not None:
            self._known.move_to_end(key)
        return found

    def _keep(self, key: tuple[int, ...], found: Hashes) -> None:
        self._known[key] = found
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def _read(self, handle: int) -> Hashes:
        sums = {
            "md5": hashlib.md5(usedforsecurity=False),
            "sha1": hashlib.sha1(usedforsecurity=False),
            "sha256": hashlib.sha256(),
        }
        left = self.limit_bytes
        while left > 0 and (piece := os.read(handle, min(_PIECE, left))):
            left -= len(piece)
            for one in sums.values():
                one.update(piece)
        return {name: one.hexdigest() for name, one in sums.items()}


def _key(told: os.stat_result) -> tuple[int, ...]:
    return told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns, 0  # never as long as a state
