"""What content files were read as, kept on disk (shelf.py says what that is).

    FOLDER/<key of one load>.json        a line that says what it is and what it adds up to, then JSON

What was read by another code or by parsers of another version is not used. A cache that is stale, damaged, another's or writable by others is as if it were not there. It holds data only,
nothing that runs; whoever may write the folder of the user may as well change the rules themselves.
"""

import contextlib
import hashlib
import os
import platform
import stat
import tempfile
from functools import lru_cache, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import orjson

from hinomi.detect.shelf import Shelf

MAX_BYTES = 256 << 20
MAX_SHELVES = 32  # files of the folder; of more the oldest go
_PARSERS = ("pysigma", "pyyaml", "pydantic", "google-re2")
_CODE = ("detect", "schema", "attack")  # rooms whose code decides what a file is read as


class CompileCache:
    """A folder of shelves, one for each set of files that is loaded together."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def shelf(self, *purpose: str) -> Shelf:
        """`purpose`: what is loaded, from where, read by which rules."""
        key = _digest("\n".join(purpose).encode("utf-8", "surrogatepass"))
        made_by = _digest(f"{code_version()}\n{key}".encode())
        path = self._folder / f"{key}.json"
        return Shelf(_read(path, made_by), partial(_write, path, made_by))


@lru_cache(maxsize=1)
def code_version() -> str:
    """Another code or another parser, another version: what they read is not ours to use."""
    package = Path(__file__).resolve().parents[1]
    files = sorted(file for room in _CODE for file in (package / room).rglob("*.py"))
    digest = hashlib.blake2b(platform.python_version().encode(), digest_size=16)
    for file in files:
        digest.update(f"\n{file.relative_to(package)}\n".encode() + file.read_bytes())
    for name in _PARSERS:
        with contextlib.suppress(PackageNotFoundError):
            digest.update(f"\n{name} {version(name)}".encode())
    return digest.hexdigest()


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _read(path: Path, made_by: str) -> dict[str, Any]:
    """The readings in a file of ours; {} for whatever is wrong with it."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
            status = os.fstat(file.fileno())
            is_ours = status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
            if not is_ours or not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
                return {}
            head, payload = file.readline(256), file.read()
        if head.decode().split() != [made_by, _digest(payload)]:
            return {}
        readings = orjson.loads(payload)
    except (OSError, ValueError):
        return {}
    return readings if isinstance(readings, dict) else {}


def _write(path: Path, made_by: str, readings: dict[str, Any]) -> None:
    """Whole or not at all, whoever else writes: under a name of its own, then in one step.

    A folder that cannot be written costs the next start its time, nothing else.
    """
    with contextlib.suppress(OSError):
        _replace(path, made_by, orjson.dumps(readings))


def _replace(path: Path, made_by: str, payload: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".new")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(f"{made_by} {_digest(payload)}\n".encode() + payload)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    shelves = sorted(path.parent.glob("*.json"), key=lambda one: one.stat().st_mtime, reverse=True)
    for one in shelves[MAX_SHELVES:]:
        one.unlink(missing_ok=True)
