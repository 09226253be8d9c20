"""The pattern set that this sensor holds: one file of wire.pattern_set, and which version and hash it has.

The hash comes from a signed command; what does not have it is not used, wherever it came from.
"""

import hashlib
import os
from pathlib import Path

from hinomi.errors import InputError, TooLarge
from hinomi.sensor import state_file
from hinomi.wire.pattern_set import MAX_PACKED_BYTES, PatternSet, unpack


def _state(folder: Path) -> Path:
    return folder / "patterns" / "current.json"


def _packed(folder: Path, version: int) -> Path:
    return folder / "patterns" / f"{version}.bin"


def draft(folder: Path) -> Path:
    """Where a new one is fetched to."""
    path = folder / "patterns" / "draft.bin"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def version(folder: Path) -> int:
    """0: none was taken yet."""
    return int((state_file.read(_state(folder)) or {}).get("version", 0))


def keep(folder: Path, wanted_version: int, sha256: str) -> PatternSet:
    """The draft becomes the set that is in use. InputError or TooLarge for what is not it; then the old one stays."""
    patterns = _read(draft(folder), sha256)
    if patterns.version != wanted_version:
        raise InputError(f"it is version {patterns.version}, not {wanted_version}")
    _sync(draft(folder))
    before = version(folder)
    draft(folder).replace(_packed(folder, wanted_version))
    state_file.write(_state(folder), {"version": wanted_version, "sha256": sha256})
    if before != wanted_version:
        _packed(folder, before).unlink(missing_ok=True)
    return patterns


def load(folder: Path) -> PatternSet | None:
    """None when there is none, or when the file is not the one that was taken."""
    state = state_file.read(_state(folder))
    if state is None:
        return None
    try:
        return _read(_packed(folder, int(state["version"])), str(state["sha256"]))
    except (OSError, InputError, TooLarge, KeyError, ValueError):
        return None


def _read(path: Path, sha256: str) -> PatternSet:
    with path.open("rb") as file:
        packed = file.read(MAX_PACKED_BYTES + 1)
    if hashlib.sha256(packed).hexdigest() != sha256:
        raise InputError("its hash is not the one in the command")
    return unpack(packed)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
