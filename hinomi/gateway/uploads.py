"""A file of a sensor in pieces, gone on with after a break: what the shelf holds is what is told.

PUT with `Content-Range: bytes A-B/SIZE` and the piece, or `bytes */SIZE` to ask how much is here. 200 {"held": n}; 201 when
the whole file is here and its hash fits; 409 {"held": n} when the piece is not the next.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from hinomi.errors import Conflict, InputError
from hinomi.gateway.rooms import Shelf

_RANGE = re.compile(r"bytes (?:\*|(\d{1,15})-(\d{1,15}))/(\d{1,15})")
_SHA256 = re.compile(r"[0-9a-f]{64}")
MAX_NAME = 1024

Told = tuple[int, dict[str, Any]]


def take_piece(shelf: Shelf, guid: str, command: str, headers: Mapping[str, str], piece: bytes) -> Told:
    """Status and answer. InputError, Forbidden, NotFound, TooLarge, DiskFull as the shelf says."""
    start, size = _range(headers.get("Content-Range", ""), len(piece))
    sha256 = headers.get("X-File-SHA256", "")
    if not _SHA256.fullmatch(sha256):
        raise InputError("X-File-SHA256: 64 hex digits")
    name = unquote(headers.get("X-File-Name", ""))[:MAX_NAME]
    try:
        held = shelf.begin(command, sensor=guid, name=name, size_bytes=size)
    except Conflict:
        return _complete(shelf, command, guid, sha256)
    if start is not None:
        if start != held:
            return 409, {"held": held}
        held = shelf.append(command, start, piece)
    is_end = start is not None or "X-File-End" in headers or size == 0
    if held < size or not is_end:
        return 200, {"held": held}
    shelf.finish(command, sha256)
    return 201, {"held": held}


def _complete(shelf: Shelf, command: str, guid: str, sha256: str) -> Told:
    """The same file once more: its last answer was lost."""
    kept = shelf.get(command)
    if kept.sensor != guid or kept.sha256 != sha256:
        raise Conflict("another file is here already for this command")
    return 201, {"held": kept.size_bytes}


def _range(text: str, length: int) -> tuple[int | None, int]:
    found = _RANGE.fullmatch(text)
    if found is None:
        raise InputError("Content-Range: bytes A-B/SIZE or bytes */SIZE")
    size = int(found.group(3))
    if found.group(1) is None:
        if length:
            raise InputError("Content-Range: a piece without its place")
        return None, size
    start, last = int(found.group(1)), int(found.group(2))
    if last - start + 1 != length or last >= size:
        raise InputError("Content-Range: it does not fit the piece")
    return start, size
