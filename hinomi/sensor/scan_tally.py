"""What a scan has seen and found so far, and its summary, which is bounded: a result is at most half a megabyte."""

import json
import time
from typing import Any

from hinomi.sensor.scanner import Scanned

MAX_MATCHES_BYTES = 300 << 10
MAX_TROUBLES = 20


class Tally:
    def __init__(self) -> None:
        self.looked_at = self.bytes = self.errors = self.skipped = self.matched = 0
        self._matches: list[dict[str, Any]] = []
        self._troubles: list[dict[str, str]] = []
        self._room = MAX_MATCHES_BYTES
        self._began = time.monotonic()

    def add(self, about: dict[str, Any], scanned: Scanned) -> None:
        """`about` says what was looked at: {"path": ...}, of a process also pid and start."""
        if scanned.trouble:
            self.errors += scanned.is_error
            self.skipped += not scanned.is_error
            if len(self._troubles) < MAX_TROUBLES:
                self._troubles.append({"path": str(about.get("path")), "why": scanned.trouble})
        if scanned.sha256 or scanned.size_bytes or not scanned.trouble:
            self.looked_at += 1
            self.bytes += scanned.size_bytes
        digests = {"sha1": scanned.sha1, "sha256": scanned.sha256} if scanned.sha256 else {}
        for kind, name, offsets in scanned.found:
            more = {"offsets": list(offsets)} if offsets else {}
            self._keep({**about, **digests, "size_bytes": scanned.size_bytes, "pattern": name, "kind": kind, **more})

    def _keep(self, match: dict[str, Any]) -> None:
        self.matched += 1
        self._room -= len(json.dumps(match))
        if self._room >= 0:
            self._matches.append(match)

    def summary(self, noun: str) -> dict[str, Any]:
        """`matched` may be more than are listed in `matches`."""
        return {
            noun: self.looked_at,
            "bytes": self.bytes,
            "seconds": round(time.monotonic() - self._began, 3),
            "errors": self.errors,
            "skipped": self.skipped,
            "troubles": self._troubles,
            "matched": self.matched,
            "matches": self._matches,
        }
