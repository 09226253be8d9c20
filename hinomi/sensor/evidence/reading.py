"""Reads files of a host that may be hostile: links, pipes, devices and growing files are not followed, waited for or swallowed."""

from __future__ import annotations

import hashlib
import os
import stat
from typing import Any

HASHED_BYTES = 64 << 20
TEXT_BYTES = 1 << 20
_PIECE = 1 << 18
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


def text_of(path: str, limit: int = TEXT_BYTES, follow: bool = False) -> str:
    """At most `limit` bytes as text; "" when it cannot be read."""
    data = bytes_of(path, limit, follow)
    return "" if data is None else data.decode("utf-8", "replace")


def bytes_of(path: str, limit: int, follow: bool = False) -> bytes | None:
    """At most `limit` bytes of a regular file (of /proc too, whose sizes are 0); None when it cannot be read."""
    try:
        handle = os.open(path, _FLAGS & ~getattr(os, "O_NOFOLLOW", 0) if follow else _FLAGS)
    except (OSError, ValueError):
        return None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        found = bytearray()
        while len(found) < limit:
            piece = os.read(handle, min(_PIECE, limit - len(found)))
            if not piece:
                break
            found += piece
        return bytes(found)
    except OSError:
        return None
    finally:
        os.close(handle)


def hash_of(path: str, follow: bool = False, limit: int = HASHED_BYTES) -> dict[str, str]:
    """{"sha256", "sha1"} of a regular file of at most `limit` bytes; {} otherwise."""
    try:
        handle = os.open(path, _FLAGS & ~getattr(os, "O_NOFOLLOW", 0) if follow else _FLAGS)
    except (OSError, ValueError):
        return {}
    try:
        told = os.fstat(handle)
        if not stat.S_ISREG(told.st_mode) or told.st_size > limit:
            return {}
        return _hashes(handle, limit)
    except OSError:
        return {}
    finally:
        os.close(handle)


def _hashes(handle: int, limit: int) -> dict[str, str]:
    long, short, size = hashlib.sha256(), hashlib.sha1(), 0  # noqa: S324  (an identity others ask for, no protection)
    while True:
        piece = os.read(handle, _PIECE)
        if not piece:
            return {"sha256": long.hexdigest(), "sha1": short.hexdigest()}
        size += len(piece)
        if size > limit:  # it grows while it is read
            return {}
        long.update(piece)
        short.update(piece)


def facts_of(path: str) -> dict[str, Any]:
    """Size, mode, owner and times (ms since 1970 UTC) of what lies there, links not followed; {} when nothing does."""
    try:
        told = os.lstat(path)
    except (OSError, ValueError):
        return {}
    return {
        "size": told.st_size,
        "mode": stat.S_IMODE(told.st_mode),
        "uid": told.st_uid,
        "modified": int(told.st_mtime * 1000),
        "changed": int(told.st_ctime * 1000),
        "is_regular": stat.S_ISREG(told.st_mode),
        "is_link": stat.S_ISLNK(told.st_mode),
    }


def listed(folder: str) -> list[str]:
    """The names in a folder, sorted; none when it cannot be read."""
    try:
        return sorted(os.listdir(folder))
    except (OSError, ValueError):
        return []
