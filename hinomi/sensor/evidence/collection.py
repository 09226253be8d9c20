"""The collection itself: parts one after the other into one encrypted zip, as far as the time reaches.

<zip>  sealed.json       only when made for a server's key: the password, encrypted to it (the one open member)
       kit.json          who, when, how far each part came
       system.json       the host
       <part>.jsonl      one JSON line for each user, login, process, connection, autorun, service, task, recent file
       suspicious.jsonl  what is worth a look, with reasons; the heaviest first
       files/<sha256>    the bytes of those, as far as the limits reach
       manifest.sha256   the SHA-256 of every member, as `sha256sum -c` reads it
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import time
from pathlib import Path
from typing import Any, Callable, Iterable

from . import processes, startup, system
from .aes_zip import AesZip
from .budget import Budget, OutOfTime
from .packages import Packages
from .reading import bytes_of
from .recent import PLACES, recent_files
from .sealing import seal
from .suspicion import Suspicions

FORM = 1
MOST_LINES = 100_000
MOST_PART_BYTES = 48 << 20
MOST_FILE_BYTES = 32 << 20
MOST_FILES_BYTES = 200 << 20
MOST_FILES = 200
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"


class Options:
    """What is collected, and for whom. `key`: (id, modulus, exponent) of the server's key; None: the password is for a person."""

    def __init__(
        self,
        org: str = "",
        version: str = "",
        key: tuple[str, int, int] | None = None,
        places: tuple[str, ...] = PLACES,
        days: float = 7,
        files: bool = True,
        match: Callable[[str], list[str]] | None = None,
    ) -> None:
        self.org, self.version, self.key = org, version, key
        self.places, self.days, self.files, self.match = places, days, files, match


def make_password() -> str:
    """Twenty characters that are not mistaken for each other."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(20))


def collect(into: Path, password: str, budget: Budget, options: Options | None = None) -> dict[str, Any]:
    """Write the zip (a new file, 0600) and tell what is in it: {host, ips, complete, parts, suspicious, files, sha256, size_bytes}."""
    chosen = options or Options()
    with AesZip(into, password) as out:
        made = _Collection(out, budget, chosen)
        if chosen.key is not None:
            out.add_open("sealed.json", _sealed(password, chosen.key))
        summary = made.run()
    whole = hashlib.sha256()
    with into.open("rb") as stream:
        for piece in iter(lambda: stream.read(1 << 20), b""):
            whole.update(piece)
    return {**summary, "sha256": whole.hexdigest(), "size_bytes": into.stat().st_size}


def _sealed(password: str, key: tuple[str, int, int]) -> bytes:
    told = base64.b64encode(seal(password.encode(), key[1], key[2])).decode()
    return json.dumps({"hinomi_kit": FORM, "key": key[0], "password": told}).encode()


class _Collection:
    def __init__(self, out: AesZip, budget: Budget, options: Options) -> None:
        self._out, self._budget, self._options = out, budget, options
        self._manifest: list[str] = []
        self._parts: list[dict[str, Any]] = []
        self._started = int(time.time() * 1000)
        self._suspicions = Suspicions(Packages())
        self._suspicious: list[dict[str, Any]] = []
        self._file_count = 0

    def run(self) -> dict[str, Any]:
        """The parts in the order of their worth: what is lost first by a reboot comes first."""
        budget, seen = self._budget, self._suspicions
        host = system.host()
        self._add("system.json", _line(host))
        self._part("processes", 0.05, processes.processes(budget), seen.of_process)
        self._part("connections", 0.15, processes.connections(budget))
        self._part("users", 0.2, system.users())
        self._part("logins", 0.22, system.logins())
        self._part("autoruns", 0.25, startup.autoruns(budget), seen.of_startup)
        self._part("services", 0.3, startup.services(budget), seen.of_startup)
        self._part("tasks", 0.4, startup.scheduled(budget), seen.of_startup)
        self._part("recent_files", 0.45, recent_files(budget, self._options.places, self._options.days), seen.of_recent)
        self._part("suspicious", 0.7, seen.found(budget, self._options.match), self._suspicious.append)
        if self._options.files:
            self._collect_files()
        return self._finish(host)

    def _part(
        self,
        name: str,
        done: float,
        rows: Iterable[dict[str, Any]],
        watch: Callable[[dict[str, Any]], None] = lambda _: None,
    ) -> None:
        """One file of lines. What a part stumbles over ends that part alone; how far it came is told."""
        self._budget.tell(name, done)
        began, lines, note = time.monotonic(), bytearray(), ""
        count = 0
        try:
            for row in rows:
                line = _line(row)
                if count >= MOST_LINES or len(lines) + len(line) > MOST_PART_BYTES:
                    note = "limit"
                    break
                lines += line
                count += 1
                watch(row)
        except OutOfTime:
            note = "time"
        except Exception as error:  # noqa: BLE001  (one broken file of the host must not cost the rest)
            note = f"error: {type(error).__name__}: {error}"[:300]
        self._add(f"{name}.jsonl", bytes(lines))
        self._parts.append({"name": name, "rows": count, "seconds": round(time.monotonic() - began, 2), "note": note})

    def _collect_files(self) -> None:
        """The bytes of suspicious files, named by their hash: a name of the host is only ever a value."""
        self._budget.tell("files", 0.8)
        left, seen = MOST_FILES_BYTES, set()
        for row in self._suspicious[:MOST_FILES]:
            sha256 = row.get("sha256")
            if self._budget.is_over or left <= 0:
                break
            if not sha256 or sha256 in seen:
                continue
            data = bytes_of(row["read_from"], MOST_FILE_BYTES + 1, follow=row["read_from"] != row["path"])
            # it may have changed since it was hashed; then it is not what the report speaks of
            if data is None or len(data) > min(MOST_FILE_BYTES, left) or hashlib.sha256(data).hexdigest() != sha256:
                continue
            seen.add(sha256)
            left -= len(data)
            self._file_count += 1
            self._add(f"files/{sha256}", data)

    def _finish(self, host: dict[str, Any]) -> dict[str, Any]:
        summary = {
            "hinomi_kit": FORM,
            "made_by": "python",
            "platform": "linux",
            "version": self._options.version,
            "org": self._options.org,
            "host": host["host"],
            "ips": host["ips"],
            "os": host["os"],
            "started": self._started,
            "finished": int(time.time() * 1000),
            "complete": not any(part["note"] for part in self._parts) and not self._budget.is_over,
            "is_root": hasattr(os, "geteuid") and os.geteuid() == 0,
            "parts": self._parts,
            "suspicious": len(self._suspicious),
            "files": self._file_count,
        }
        self._add("kit.json", _line(summary))
        self._out.add("manifest.sha256", "".join(self._manifest).encode())
        self._budget.tell("done", 1.0)
        return summary

    def _add(self, name: str, data: bytes) -> None:
        self._out.add(name, data)
        self._manifest.append(f"{hashlib.sha256(data).hexdigest()}  {name}\n")


def _line(row: dict[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=True, separators=(",", ":"), default=str).encode() + b"\n"
