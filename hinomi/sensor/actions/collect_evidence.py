"""collect_evidence: the collection of the kit, run here; it comes to the server as one AES zip.

What it collects and how much of it: sensor/evidence. With a pattern set on this sensor, suspicious files are held against it too.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

from hinomi.sensor import pattern_folder, sealed_zip
from hinomi.sensor.action import ActionFailed, EndpointAction, Work
from hinomi.sensor.evidence.budget import Budget
from hinomi.sensor.evidence.collection import MOST_FILES_BYTES, Options, collect
from hinomi.sensor.scanner import Scanner

SECONDS = 20 * 60.0
_KERNEL_LINKS = "/proc/"  # the file of a running program, also when it is deleted


def run(work: Work, _parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    path, password = sealed_zip.leftover(work), sealed_zip.new_password()
    sealed_zip.require_room(path.parent, MOST_FILES_BYTES)
    try:
        with ExitStack() as closing:
            told = collect(path, password, _budget(work), Options(match=_match(work, closing)))
        sealed_zip.stop_when_cancelled(work)
        return {
            "name": _name(told),
            "size_bytes": told["size_bytes"],
            "upload_sha256": work.upload(path, f"{work.command_id}.zip"),
            "password": password,
            "report": {name: told[name] for name in ("host", "complete", "suspicious", "files", "parts")},
        }
    finally:
        path.unlink(missing_ok=True)


def _budget(work: Work) -> Budget:
    return Budget(SECONDS, work.progress, work.is_cancelled)


def _match(work: Work, closing: ExitStack) -> Callable[[str], list[str]] | None:
    """Names of patterns that a file meets; None without a pattern set, or with one that cannot be used just now."""
    held = pattern_folder.load(work.folder)
    if held is None:
        return None
    try:
        scanner = closing.enter_context(Scanner(held.yara, held.hashes))
    except ActionFailed:
        return None
    return lambda path: [name for _, name, _ in scanner.file(path, path.startswith(_KERNEL_LINKS)).found]


def _name(told: Mapping[str, Any]) -> str:
    return f"evidence-{told['host']}.zip"


def after_crash(work: Work, _parameters: Mapping[str, Any]) -> None:
    sealed_zip.sweep(work)


ACTION = EndpointAction("collect_evidence", run, after_crash=after_crash)
