"""Opening a file that somebody hostile may have put there: only plain files, reached without any symbolic link.

Each part of the path is opened without following links, from its parent's descriptor, so nothing can be swapped under us;
the last is looked at before it is opened for reading: a FIFO, device or socket is never opened at all.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hinomi.sensor.action import ActionFailed

KINDS = {
    stat.S_IFDIR: ("a folder", "フォルダー"),
    stat.S_IFIFO: ("a FIFO", "FIFO"),
    stat.S_IFCHR: ("a device", "デバイス"),
    stat.S_IFBLK: ("a device", "デバイス"),
    stat.S_IFSOCK: ("a socket", "ソケット"),
}


@contextmanager
def open_plain(path: str) -> Iterator[tuple[int, os.stat_result]]:
    """(descriptor for reading, what it is). ActionFailed: not_found, symlink, not_a_file, not_permitted."""
    handle = _walk(path)
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            en, ja = KINDS.get(stat.S_IFMT(about.st_mode), ("no plain file", "通常ファイル以外"))
            raise ActionFailed("not_a_file", f"{path} is {en}.", f"{path} は{ja}です。")
        # through the handle: the same inode, whatever the name leads to by now
        descriptor = os.open(f"/proc/self/fd/{handle}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except OSError as error:
        raise _failure(path, error) from None
    finally:
        os.close(handle)
    try:
        yield descriptor, about
    finally:
        os.close(descriptor)


def _walk(path: str) -> int:
    """An O_PATH descriptor of the file itself."""
    *folders, last = [part for part in path.split("/") if part] or [""]
    if not path.startswith("/") or "\0" in path or not last or ".." in (*folders, last):
        raise ActionFailed(
            "refused", "The path is not absolute, or leads upward.", "絶対パスでないか、'..' を含んでいます。"
        )
    here = os.open("/", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in folders:
            below = os.open(part, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=here)
            os.close(here)
            here = below
        file = os.open(last, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=here)
    except OSError as error:
        raise _failure(path, error) from None
    finally:
        os.close(here)
    if stat.S_ISLNK(os.fstat(file).st_mode):
        os.close(file)
        raise _is_link(path)
    return file


def _failure(path: str, error: OSError) -> ActionFailed:
    if error.errno == errno.ENOENT:
        return ActionFailed("not_found", f"{path} is not there.", f"{path} は存在しません。")
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return _is_link(path)
    if error.errno in (errno.EACCES, errno.EPERM):
        return ActionFailed("not_permitted", f"{path} may not be read.", f"{path} の読み取りが許可されていません。")
    return ActionFailed("internal", f"{path}: {error.strerror}", f"{path} を開けません: {error.strerror}")


def _is_link(path: str) -> ActionFailed:
    real = path
    with suppress(OSError, RuntimeError):
        real = str(Path(path).resolve(strict=True))
    hint_en, hint_ja = (
        ("", "")
        if real == path
        else (f" It leads to {real}; ask for that.", f"実体は {real} です。そのパスを指定してください。")
    )
    return ActionFailed(
        "symlink",
        f"{path} goes through a symbolic link, or through something that is no folder.{hint_en}",
        f"{path} はシンボリックリンク、またはフォルダー以外を経由しています。{hint_ja}",
    )
