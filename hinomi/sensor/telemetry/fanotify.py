"""fanotify(7) by names: which file was made, renamed, deleted or written, where, and by which process.

One mark for each file system that holds a watched place; events tell the folder as a file handle and the name in it.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CLOEXEC, _NONBLOCK = 0x1, 0x2
_UNLIMITED_QUEUE = 0x10
_REPORT_DFID_NAME = 0xC00  # FAN_REPORT_DIR_FID | FAN_REPORT_NAME
_MARK_ADD, _MARK_FILESYSTEM = 0x1, 0x100
CLOSE_WRITE, CREATE, DELETE = 0x8, 0x100, 0x200
MOVED_FROM, MOVED_TO, OVERFLOW, ON_FOLDER = 0x40, 0x80, 0x4000, 0x40000000
_MASK = CLOSE_WRITE | CREATE | DELETE | MOVED_FROM | MOVED_TO

_HEADER = struct.Struct("<IBBHQii")  # length, version, reserved, header length, mask, fd, pid
_INFO = struct.Struct("<BBH")  # type, padding, length
_HANDLE = struct.Struct("<Ii")  # bytes, type
_DFID_NAME = 2
_FSID_BYTES = 8
_READ_BYTES = 1 << 18
_AT_FDCWD = -100

_libc = ctypes.CDLL(None, use_errno=True)
_libc.fanotify_mark.argtypes = [ctypes.c_int, ctypes.c_uint, ctypes.c_uint64, ctypes.c_int, ctypes.c_char_p]


@dataclass(frozen=True, slots=True)
class FileEvent:
    """`folder` is None when it was gone before it could be asked for; `overflow`: the kernel dropped events before this one."""

    mask: int
    pid: int
    folder: str | None
    name: str
    overflow: bool = False


class Fanotify:
    """A group of marks; OSError with the kernel's reason where it cannot be. Read in one thread, closed in the same."""

    def __init__(self) -> None:
        flags = _CLOEXEC | _NONBLOCK | _UNLIMITED_QUEUE | _REPORT_DFID_NAME
        self._fd = _checked(_libc.fanotify_init(flags, os.O_RDONLY | os.O_CLOEXEC))
        self._roots: dict[bytes, int] = {}  # fsid -> a folder of that file system, for open_by_handle_at
        self._folders: dict[bytes, str] = {}

    def fileno(self) -> int:
        return self._fd

    def mark(self, path: Path) -> None:
        """Watch the whole file system that holds the path."""
        root = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fsid = _fsid(root)
        if fsid in self._roots:
            os.close(root)
            return
        try:
            self._add(path)
        except OSError:
            os.close(root)
            raise
        self._roots[fsid] = root

    def _add(self, path: Path) -> None:
        _checked(_libc.fanotify_mark(self._fd, _MARK_ADD | _MARK_FILESYSTEM, _MASK, _AT_FDCWD, os.fsencode(path)))

    def read(self) -> Iterator[FileEvent]:
        """What has happened since; nothing when nothing has."""
        try:
            data = os.read(self._fd, _READ_BYTES)
        except BlockingIOError:
            return
        place = 0
        while place + _HEADER.size <= len(data):
            length, _, _, header, mask, _, pid = _HEADER.unpack_from(data, place)
            if length < _HEADER.size:
                return
            yield self._event(data[place + header : place + length], mask, pid)
            place += length

    def _event(self, infos: bytes, mask: int, pid: int) -> FileEvent:
        if mask & OVERFLOW:
            return FileEvent(mask, pid, None, "", overflow=True)
        kind, _, length = _INFO.unpack_from(infos) if len(infos) >= _INFO.size else (0, 0, 0)
        if kind != _DFID_NAME:
            return FileEvent(mask, pid, None, "")
        body = infos[_INFO.size : length]
        size, _ = _HANDLE.unpack_from(body, _FSID_BYTES)
        ends = _FSID_BYTES + _HANDLE.size + size
        name = body[ends:].partition(b"\0")[0]
        if mask & ON_FOLDER:
            self._folders.clear()  # a folder that moves takes all paths below along
        return FileEvent(mask, pid, self._folder(body[:ends]), os.fsdecode(name))

    def _folder(self, identity: bytes) -> str | None:
        known = self._folders.get(identity)
        if known is not None:
            return known
        root = self._roots.get(identity[:_FSID_BYTES])
        if root is None:
            return None
        handle = ctypes.create_string_buffer(identity[_FSID_BYTES:])
        fd = _libc.open_by_handle_at(root, handle, os.O_PATH | os.O_CLOEXEC)
        if fd < 0:
            return None
        try:
            found = str(Path(f"/proc/self/fd/{fd}").readlink())
        finally:
            os.close(fd)
        if found.endswith(" (deleted)"):
            return None
        if len(self._folders) >= 4096:
            self._folders.clear()
        self._folders[identity] = found
        return found

    def close(self) -> None:
        for fd in [self._fd, *self._roots.values()]:
            os.close(fd)
        self._roots.clear()


def _fsid(fd: int) -> bytes:
    """As the kernel tells it in events: two 32 bit numbers of statfs(2)."""
    buffer = ctypes.create_string_buffer(256)
    _checked(_libc.fstatfs(fd, buffer))
    return buffer.raw[56:64]  # struct statfs on 64 bit: seven longs before f_fsid


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{os.strerror(number)} ({errno.errorcode.get(number, number)})")
    return result
