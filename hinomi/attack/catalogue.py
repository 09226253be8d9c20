"""Which ATT&CK is in use: the file that a person imported into the data folder, else what comes with the product.

One per process, for one process serves one data folder. A running server takes a new import when it next asks.
"""

import os
import tempfile
import threading
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from hinomi.attack.bundled import bundled_facts
from hinomi.attack.facts import Facts, from_bytes, to_bytes
from hinomi.attack.knowledge import Attack, attack_of
from hinomi.errors import HinomiError

# What MITRE's terms ask to be shown wherever its data are:
# https://attack.mitre.org/resources/legal-and-branding/terms-of-use/
NOTICE = (
    "© 2025 The MITRE Corporation. "
    "This work is reproduced and distributed with the permission of The MITRE Corporation."
)

FILE = "attack.json"  # in the data folder


@dataclass(slots=True)
class _Shelf:
    path: Path | None = None
    mark: tuple[int, int] | None = None  # of the file that was read: time and size
    attack: Attack | None = None
    told: dict[str, Any] = field(default_factory=dict)
    trouble: str = ""


_SHELF = _Shelf()
_LOCK = threading.Lock()


def use_imported(folder: Path | None) -> None:
    """From now on an import of this data folder counts; None: only what comes with the product."""
    with _LOCK:
        _SHELF.path = folder / FILE if folder else None
        _SHELF.mark, _SHELF.attack, _SHELF.told, _SHELF.trouble = None, None, {}, ""


def load_attack() -> Attack:
    """The catalogue in use. The first asking takes about a second; a file that cannot be read counts as none."""
    return _imported() or _bundled()


def attack_status() -> dict[str, Any]:
    """{"version", "source": bundled | imported, "techniques", ...}; what the import was told; `trouble` with its file."""
    attack = load_attack()
    kinds = [actor.kind for actor in attack.actors.values()]
    counts = {
        f"{kind}s" if kind != "software" else kind: kinds.count(kind) for kind in ("group", "software", "mitigation")
    }
    return {
        "version": attack.version,
        "source": "imported" if _SHELF.attack is attack else "bundled",
        "techniques": sum(one.parent is None for one in attack.techniques.values()),
        "subtechniques": sum(one.parent is not None for one in attack.techniques.values()),
        "tactics": len(attack.tactics),
        **counts,
        "imported": dict(_SHELF.told) if _SHELF.attack is attack else None,
        "trouble": _SHELF.trouble,
    }


def write_import(folder: Path, facts: Facts, told: dict[str, Any]) -> None:
    """Replace the imported facts of a data folder: whole, or not at all."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".attack-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(to_bytes(facts, told))
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(folder / FILE)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@cache
def _bundled() -> Attack:
    return attack_of(bundled_facts())


def _imported() -> Attack | None:
    path = _SHELF.path
    if path is None:
        return None
    try:
        state = path.stat()
    except OSError:
        return None
    mark = (state.st_mtime_ns, state.st_size)
    if mark != _SHELF.mark:
        with _LOCK:
            _read(path, mark)
    return _SHELF.attack


def _read(path: Path, mark: tuple[int, int]) -> None:
    """A file that cannot be read is told in the status, and what comes with the product is used."""
    if _SHELF.mark == mark or _SHELF.path != path:
        return
    try:
        facts, _SHELF.told = from_bytes(path.read_bytes())
        _SHELF.attack, _SHELF.trouble = attack_of(facts), ""
    except (HinomiError, OSError) as error:
        _SHELF.attack, _SHELF.told, _SHELF.trouble = None, {}, str(error)
    _SHELF.mark = mark
