"""A log file that is read on from its end, also when it is rotated, cut or made anew."""

import os
from contextlib import suppress

_MOST = 1 << 20  # bytes of one look


class FollowedFile:
    """From the end of what is there now. A file that comes later is read from its beginning."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._handle: int | None = None
        self._rest = b""
        self._open(at_end=True)

    def close(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def records(self, size: int) -> list[bytes]:
        """The whole records of a size that came since."""
        content = self._rest + self._more()
        whole = len(content) // size * size
        self._rest = content[whole:]
        return [content[at : at + size] for at in range(0, whole, size)]

    def lines(self) -> list[str]:
        """The whole lines that came since; one of more than a megabyte is no line."""
        *found, self._rest = (self._rest + self._more()).split(b"\n")
        if len(self._rest) > _MOST:
            self._rest = b""
        return [line.decode(errors="replace") for line in found]

    def _more(self) -> bytes:
        found = self._read()
        if not found and self._was_replaced():  # only when the old one is read to its end
            self.close()
            self._rest = b""
            self._open(at_end=False)
            found = self._read()
        return found

    def _read(self) -> bytes:
        if self._handle is None:
            return b""
        if os.fstat(self._handle).st_size < os.lseek(self._handle, 0, os.SEEK_CUR):  # cut
            os.lseek(self._handle, 0, os.SEEK_SET)
            self._rest = b""
        return os.read(self._handle, _MOST)

    def _was_replaced(self) -> bool:
        if self._handle is None:
            return True
        try:
            there, ours = os.stat(self.path), os.fstat(self._handle)  # noqa: PTH116 - asked every second
        except OSError:
            return False
        return (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino)

    def _open(self, *, at_end: bool) -> None:
        with suppress(OSError):
            self._handle = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
            if at_end:
                os.lseek(self._handle, 0, os.SEEK_END)
