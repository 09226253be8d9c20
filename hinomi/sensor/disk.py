"""What the sensor needs of a disk and has to ask for in another way on Windows: flags, locks, lasting names, reading at a place."""

import os
import sys
from pathlib import Path
from typing import IO

# no child of the sensor gets the file; on Windows bytes stay what they are
OWN = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0)

if sys.platform == "win32":
    import msvcrt

    def lock(file: IO[str]) -> None:
        """Alone, or OSError at once; held until the file is closed."""
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def sync_folder(path: Path) -> None:
        """Windows has no such call: NTFS keeps names in its own log."""

    def sync_content(file: int) -> None:
        os.fsync(file)

    def read_at(file: int, length: int, offset: int) -> bytes:
        """Of a descriptor that one thread uses at a time."""
        os.lseek(file, offset, os.SEEK_SET)
        return os.read(file, length)

else:
    import fcntl

    def lock(file: IO[str]) -> None:
        """Alone, or OSError at once; held until the file is closed."""
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def sync_folder(path: Path) -> None:
        """Makes names in the folder last, not only contents."""
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def sync_content(file: int) -> None:
        os.fdatasync(file)

    def read_at(file: int, length: int, offset: int) -> bytes:
        return os.pread(file, length, offset)
