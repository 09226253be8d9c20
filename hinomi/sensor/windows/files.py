"""Plain files of a Windows host: reached without reparse points (links, junctions, cloud placeholders), read in bounded memory.

Each part of the path is looked at before the file is opened, and the open file is compared with what was looked at.
"""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath, PureWindowsPath
from typing import Any

from hinomi.sensor import sealed_zip
from hinomi.sensor.action import ActionFailed, Work
from hinomi.sensor.file_copy import send_copy

MAX_BYTES = 2 << 30
_REPARSE = 0x400  # FILE_ATTRIBUTE_REPARSE_POINT, winnt.h
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


@contextmanager
def open_plain(path: str) -> Iterator[tuple[int, os.stat_result]]:
    """(descriptor for reading, what it is). ActionFailed: refused, not_found, symlink, not_a_file, not_permitted."""
    found = _checked(path)
    descriptor = -1
    try:
        before = _looked_at(found)
        descriptor = os.open(found, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0))
        about = os.fstat(descriptor)
        if (about.st_dev, about.st_ino) != (before.st_dev, before.st_ino):
            raise ActionFailed("changed", f"{path} was replaced meanwhile.", f"{path} は途中で置き換えられました。")
        yield descriptor, about
    except FileNotFoundError:
        raise ActionFailed("not_found", f"{path} is not there.", f"{path} は存在しません。") from None
    except PermissionError:
        raise ActionFailed(
            "not_permitted", f"{path} may not be read.", f"{path} の読み取りが許可されていません。"
        ) from None
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _checked(path: str) -> Path:
    """No share, no device, no stream beside a file, nothing that leads upward."""
    pure = PureWindowsPath(path) if os.name == "nt" else PurePath(path)
    below = pure.parts[1:]
    is_odd = any(part == ".." or ":" in part or _DEVICE.fullmatch(part.strip()) for part in below)
    if not pure.is_absolute() or "\0" in path or path.startswith(("\\\\", "//")) or is_odd or not below:
        raise ActionFailed(
            "refused", "The path is no path of a file on a drive.", "ドライブ上のファイルの絶対パスではありません。"
        )
    return Path(path)


def _looked_at(path: Path) -> os.stat_result:
    for each in (*reversed(path.parents), path):
        about = each.lstat()
        if stat.S_ISLNK(about.st_mode) or getattr(about, "st_file_attributes", 0) & _REPARSE:
            raise ActionFailed(
                "symlink", f"{each} is a link or junction.", f"{each} はリンクまたはジャンクションです。"
            )
    if not stat.S_ISREG(about.st_mode):
        raise ActionFailed("not_a_file", f"{path} is no plain file.", f"{path} は通常ファイルではありません。")
    return about


def collect(work: Work, path: str, limit: int) -> dict[str, Any]:
    """A copy in an AES zip, at the size it had when it was opened."""
    with open_plain(path) as opened:
        return {**send_copy(work, path, PureWindowsPath(path).name, opened, limit), "mode": "", "owner": ""}


def look(work: Work, path: str) -> dict[str, Any]:
    try:
        with open_plain(path) as (descriptor, about):
            most = about.st_size if about.st_size <= MAX_BYTES else 0
            copied = sealed_zip.copy(
                lambda size: os.read(descriptor, size), len, most, lambda: sealed_zip.stop_when_cancelled(work)
            )
            hashes = (
                {"sha1": copied.sha1, "sha256": copied.sha256} if most == about.st_size else {"sha1": "", "sha256": ""}
            )
            told = {
                "exists": True,
                "size_bytes": about.st_size,
                "modified_ms": about.st_mtime_ns // 1_000_000,
                "mode": "",
            }
            return {"path": path, **told, **hashes}
    except ActionFailed as failure:
        if failure.code != "not_found":
            raise
        return {"path": path, "exists": False}
