"""The files of a sensor's package: distrusted until each was looked at. Only plain files and folders, all below one folder."""

import os
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from hinomi.errors import InputError, TooLarge
from hinomi.wire.update import MANIFEST, MAX_MANIFEST_BYTES, PackageInfo, read_manifest

MAX_FILES = 20_000
MAX_UNPACKED_BYTES = 1 << 30
_PIECE_BYTES = 1 << 20


def look_into(path: Path) -> PackageInfo:
    """What the package says it is. InputError for anything that `unpack` would not take; TooLarge."""
    with _opened(path) as archive:
        found = None
        for entry, name in _entries(archive):
            if str(name) == MANIFEST:
                if entry.size > MAX_MANIFEST_BYTES:
                    raise InputError(f"{MANIFEST} is too large")
                found = read_manifest(_content(archive, entry))
    if found is None:
        raise InputError(f"no package of a sensor: there is no {MANIFEST} in it")
    return found


def unpack(path: Path, to: Path) -> None:
    """Lay the files into the folder `to`, which is made. InputError, TooLarge; what was laid down by then stays."""
    to.mkdir(mode=0o755)
    with _opened(path) as archive:
        for entry, name in _entries(archive):
            place = to / name
            place.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            mode = 0o755 if entry.mode & 0o100 else 0o644
            handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
            with os.fdopen(handle, "wb") as file:
                stream = archive.extractfile(entry)
                while stream is not None and (piece := stream.read(_PIECE_BYTES)):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())


def _opened(path: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(path, "r:gz")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise InputError(f"no package of a sensor: {error}") from None


def _entries(archive: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, PurePosixPath]]:
    """Its plain files with their names below the one folder."""
    top, size = "", 0
    try:
        for count, entry in enumerate(archive, 1):
            size += max(0, entry.size)
            if count > MAX_FILES or size > MAX_UNPACKED_BYTES:
                raise TooLarge(f"a package may hold {MAX_FILES} files and {MAX_UNPACKED_BYTES} bytes")
            parts = PurePosixPath(entry.name).parts
            top = top or (parts[0] if parts else "")
            if not parts or parts[0] != top or top in ("/", "..", ".") or {"..", "/"} & {*parts} or "\0" in entry.name:
                raise InputError(f"the package names a file outside of its folder: {entry.name[:200]!r}")
            if entry.isdir():
                continue
            if not entry.isreg() or len(parts) < 2:
                raise InputError(f"the package holds what is no plain file: {entry.name[:200]!r}")
            yield entry, PurePosixPath(*parts[1:])
    except (tarfile.TarError, OSError, EOFError) as error:
        raise InputError(f"the package is damaged: {error}") from None


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(entry)
    return stream.read(MAX_MANIFEST_BYTES) if stream is not None else b""
