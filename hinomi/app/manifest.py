"""The list of what a back-up consists of, with hashes: written last, so a folder without one is no back-up."""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from hinomi.errors import InputError, NotFound, Unavailable

NAME = "manifest.json"
FORMAT = 1
_BLOCK = 1 << 20


@dataclass(slots=True)
class Manifest:
    """`files`: path -> (bytes, SHA-256); `links`: path -> where it leads; `facts`: when, of what version, ..."""

    facts: dict[str, Any] = field(default_factory=dict)
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def bytes(self) -> int:
        return sum(size for size, _ in self.files.values())

    def write(self, folder: Path) -> None:
        draft = folder / f"{NAME}.new"
        draft.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        draft.chmod(0o600)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(folder / NAME)

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """NotFound when there is none; InputError for one that is damaged or leads out of the folder."""
        try:
            told = json.loads((folder / NAME).read_text(encoding="utf-8"))
            files = {str(name): (int(size), str(sha)) for name, (size, sha) in told["files"].items()}
            links = {str(name): str(to) for name, to in told["links"].items()}
            made = cls(dict(told["facts"]), files, links, int(told["format"]))
        except FileNotFoundError:
            raise NotFound(f"{folder} holds no finished back-up: there is no {NAME}") from None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{folder / NAME} cannot be read: {error}") from None
        if made.format > FORMAT:
            raise InputError(f"{folder} was made by a newer Hinomi (format {made.format} of back-ups)")
        for name in [*files, *links, *(str(PurePosixPath(at).parent / to) for at, to in links.items())]:
            _inside(name)
        return made


def copy(source: Path, target: Path, size: int | None = None) -> tuple[int, str]:
    """Copy one file into a new one, private and on disk; (bytes, SHA-256). At most `size` bytes."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    sha, done = hashlib.sha256(), 0
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as read, os.fdopen(handle, "wb") as write:
        for block in _blocks(read, size):
            sha.update(block)
            done += write.write(block)
        write.flush()
        os.fsync(write.fileno())
    return done, sha.hexdigest()


def measured(path: Path) -> tuple[int, str]:
    """(bytes, SHA-256) of a file, which is on disk when this returns."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def copy_checked(folder: Path, name: str, expected: tuple[int, str], target: Path) -> None:
    """Copy what the manifest names; Unavailable when it is not what was backed up."""
    try:
        found = copy(folder / name, target)
    except OSError as error:
        raise Unavailable(f"the back-up lacks {name}: {error.strerror}") from error
    if found != expected:
        raise Unavailable(f"the back-up is damaged: {name} is not what was backed up")


def _blocks(file: Any, size: int | None) -> Iterator[bytes]:
    left = size
    while block := file.read(_BLOCK if left is None else min(_BLOCK, left)):
        yield block
        left = None if left is None else left - len(block)


def _inside(name: str) -> None:
    parts = PurePosixPath(os.path.normpath(name)).parts
    if name.startswith("/") or not parts or parts[0] == "..":
        raise InputError(f"the manifest names a path outside its folder: {name[:200]!r}")
