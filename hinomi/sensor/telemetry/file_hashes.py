"""MD5, SHA-1 and SHA-256 of program files, remembered by device, inode, size and time of change."""

import hashlib
import os
import stat
from collections import OrderedDict
from threading import Lock

REMEMBERED = 8192
_PIECE = 1 << 20

Hashes = dict[str, str]  # md5, sha1, sha256 in lower-case hex


class FileHashes:
    """Safe in several threads. `limit_bytes`: larger files are not read."""

    def __init__(self, limit_bytes: int = 64 << 20) -> None:
        self.limit_bytes = limit_bytes
        self._known: OrderedDict[tuple[int, int, int, int], Hashes] = OrderedDict()
        self._lock = Lock()

    def of(self, *paths: str) -> Hashes:
        """Of the first path that can be opened; empty when none can, or when it is no regular file or too large."""
        for path in paths:
            try:
                if (known := self._remembered(os.stat(path))) is not None:  # noqa: PTH116 - for every process
                    return known
                handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
            except (OSError, ValueError):
                continue
            try:
                return self._of_open(handle)
            except OSError:
                return {}
            finally:
                os.close(handle)
        return {}

    def _of_open(self, handle: int) -> Hashes:
        told = os.fstat(handle)
        if not stat.S_ISREG(told.st_mode) or told.st_size > self.limit_bytes:
            return {}
        if (known := self._remembered(told)) is not None:
            return known
        found = self._read(handle)
        with self._lock:
            self._known[_key(told)] = found
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return found

    def _remembered(self, told: os.stat_result) -> Hashes | None:
        key = _key(told)
        with self._lock:
            found = self._known.get(key)
            if found is not None:
                self._known.move_to_end(key)
            return found

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


def _key(told: os.stat_result) -> tuple[int, int, int, int]:
    return told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns
