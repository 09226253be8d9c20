"""One small JSON file that survives a power cut: what stands in it was written whole, or not at all."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hinomi.sensor.disk import OWN, sync_folder

MAX_BYTES = 16 << 20


def write(path: Path, state: Mapping[str, Any]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | OWN, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(state, file, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def read(path: Path) -> dict[str, Any] | None:
    """None when there is none, or when it is not what we wrote."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return None
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    if path.parent.is_dir():
        sync_folder(path.parent)
