"""Which files are worth a look, and why: rules that add up. A reason is a code; its words are the server's.

What is listed is suspicious, not bad. Each rule looks at what the other parts of the collection have found already.
"""

from __future__ import annotations

import os
import re
import time
from typing import Any, Callable, Iterator

from .budget import Budget, OutOfTime
from .packages import Packages
from .processes import TEMPORARY, is_hidden
from .reading import bytes_of, facts_of, hash_of

LISTED_FROM = 30
# reason -> what it weighs; the sum is at most 100
WEIGHTS: dict[str, int] = {
    "yara": 100,
    "pattern_hash": 100,
    "running_memfd": 80,
    "preload_file": 70,
    "package_file_changed": 70,
    "running_deleted": 60,
    "preloaded_library": 60,
    "setuid_unpackaged": 60,
    "autorun_odd": 50,
    "runs_from_temporary": 45,
    "executable_in_temporary": 40,
    "system_folder_unpackaged": 40,
    "hidden_executable": 35,
    "autorun_unpackaged": 30,
    "deceptive_name": 30,
    "packed": 20,
    "running_unpackaged": 20,
    "recent": 10,
}
SYSTEM = ("/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/lib/", "/usr/lib/", "/lib64/", "/usr/lib64/")
_RECENT_MS = 3 * 86_400_000
_DECEPTIVE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|jpe?g|png|txt)\.(?:exe|sh|py|elf|bin|scr|js|vbs|bat)$|[\u202e\u200b]|\s+$", re.IGNORECASE
)
_RUNNABLE = re.compile(r"\.(?:sh|py|pl|rb|php|elf|ko|so|bin|run|ps1|bat|exe|dll|jar)$", re.IGNORECASE)
_PATH = re.compile(r"(?<![\w.])(/[\w./+@-]{2,300})")
_INTERPRETERS = re.compile(r"^(?:ba|da|z|k)?sh$|^python|^perl|^ruby|^php|^node")


class Suspicions:
    """Gathers reasons by path, then tells them with hashes, the heaviest first."""

    def __init__(self, packages: Packages) -> None:
        self._packages = packages
        self._reasons: dict[str, set[str]] = {}
        self._links: dict[str, str] = {}  # path -> where its bytes can be read when it lies there no more
        self._weighed: set[str] = set()

    # ---- what the parts of the collection found -------------------------------------------------------------------
    def of_process(self, row: dict[str, Any]) -> None:
        path = row["exe"].replace(" (deleted)", "")
        if not path:
            return
        flags = row["flags"]
        if "deleted" in flags or "memfd" in flags:
            self._links.setdefault(path, f"/proc/{row['pid']}/exe")
        for flag, reason in (
            ("memfd", "running_memfd"),
            ("deleted", "running_deleted"),
            ("temporary", "runs_from_temporary"),
        ):
            if flag in flags:
                self._add(path, reason)
        if "hidden" in flags:
            self._add(path, "hidden_executable")
        if "preload" in flags:
            for library in _PATH.findall(row["preload"].partition("=")[2]):
                self._add(library, "preloaded_library")
        self._weigh(path, "running_unpackaged")
        self._script(row["cmd"], row["cwd"])

    def _script(self, command: str, cwd: str) -> None:
        """The script that an interpreter runs is what counts, not the interpreter."""
        words = command.split(" ")[:4]
        if _INTERPRETERS.match(words[0].rpartition("/")[2]):
            script = next((word for word in words[1:] if not word.startswith("-") and ("/" in word or "." in word)), "")
            path = os.path.normpath(os.path.join(cwd or "/", script)) if script else ""
            if path.startswith(TEMPORARY) and facts_of(path).get("is_regular"):
                self._add(path, "runs_from_temporary")

    def of_startup(self, row: dict[str, Any]) -> None:
        path = str(row["path"])
        if path == "/etc/ld.so.preload":
            for library in _PATH.findall(str(row.get("commands", ""))):
                self._add(library, "preload_file")
        if row.get("odd_lines") and path.startswith(SYSTEM):
            self._weigh(path, "autorun_odd")
        elif row.get("odd_lines"):
            self._add(path, "autorun_odd")
        runs = row.get("runs", "")
        text = "\n".join([*(runs if isinstance(runs, list) else [runs]), *row.get("odd_lines", [])])
        for target in _PATH.findall(text)[:20]:
            if facts_of(target).get("is_regular"):
                if target.startswith(TEMPORARY):
                    self._add(target, "runs_from_temporary")
                self._weigh(target, "autorun_unpackaged")

    def of_recent(self, row: dict[str, Any]) -> None:
        path, mode = row["path"], row["mode"]
        runnable = bool(mode & 0o111) or bool(_RUNNABLE.search(path))
        if mode & 0o6000 and mode & 0o111:
            self._weigh(path, "setuid_unpackaged")
        if runnable and path.startswith(TEMPORARY):
            self._add(path, "executable_in_temporary")
        if mode & 0o111 and is_hidden(path) and _is_program(path):
            self._add(path, "hidden_executable")
        if mode & 0o111 and path.startswith(SYSTEM):
            self._weigh(path, "system_folder_unpackaged")
        if _DECEPTIVE.search(path):
            self._add(path, "deceptive_name")

    def _add(self, path: str, reason: str) -> None:
        self._reasons.setdefault(path, set()).add(reason)

    def _weigh(self, path: str, reason: str) -> None:
        """A reason that holds only when no package brought the file; asked of the package database at the end, all at once."""
        self._weighed.add(f"{reason}\0{path}")

    # ---- the result -----------------------------------------------------------------------------------------------
    def found(self, budget: Budget, match: Callable[[str], list[str]] | None = None) -> Iterator[dict[str, Any]]:
        """Each suspicious file: {path, score, reasons, size, sha256 ..., matches}. `match`: names of patterns a file meets."""
        self._settle()
        rows = []
        for path in sorted(self._reasons):
            try:
                budget.check()
            except OutOfTime:
                break
            rows.append(self._row(path, match))
        yield from sorted((row for row in rows if row["score"] >= LISTED_FROM), key=lambda row: -int(row["score"]))

    def _settle(self) -> None:
        pairs = [entry.split("\0", 1) for entry in self._weighed]
        unowned = self._packages.unowned({path for _, path in pairs})
        for reason, path in pairs:
            if path in unowned:
                self._add(path, reason)
            elif reason in ("running_unpackaged", "system_folder_unpackaged") and self._packages.is_changed(path):
                self._add(path, "package_file_changed")

    def _row(self, path: str, match: Callable[[str], list[str]] | None) -> dict[str, Any]:
        place = self._links.get(path, path)
        facts = facts_of(path)
        reasons = set(self._reasons[path])
        if facts and facts["changed"] > time.time() * 1000 - _RECENT_MS:
            reasons.add("recent")
        if _is_packed(place, follow=place != path):
            reasons.add("packed")
        matches = match(place) if match is not None else []
        if matches:
            reasons.add("yara")
        kept: dict[str, Any] = {
            name: facts[name] for name in ("size", "mode", "uid", "modified", "changed") if name in facts
        }
        return {
            "path": path,
            "read_from": place,
            "score": min(100, sum(WEIGHTS[reason] for reason in reasons)),
            "reasons": sorted(reasons, key=lambda reason: -WEIGHTS[reason]),
            "matches": matches[:20],
            **kept,
            **hash_of(place, follow=place != path),
        }


def _is_program(path: str) -> bool:
    """An ELF file or a script, told by its first bytes."""
    return (bytes_of(path, 4) or b"")[:4] == b"\x7fELF" or (bytes_of(path, 2) or b"") == b"#!"


def _is_packed(path: str, follow: bool) -> bool:
    """An ELF file with the mark of the UPX packer (its header names the packer)."""
    head = bytes_of(path, 4096, follow) or b""
    return head[:4] == b"\x7fELF" and b"UPX!" in head
