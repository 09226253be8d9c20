"""The recording of one remote shell: asciicast v2, 0600, each piece on the file before anybody sees it.

Source of the format: https://docs.asciinema.org/manual/asciicast/v2/ (a header, then [seconds, "o" | "i" | "r" | "m", text] a line).
Bytes that are no UTF-8 become U+FFFD; the person sees them as they are.
"""

import codecs
import hashlib
import json
import os
from pathlib import Path
from typing import Any

MAX_BYTES = 64 << 20  # then the session ends: nothing is shown that is not recorded


class RecordingFull(Exception):
    pass


class Recording:
    """`began_s`: seconds since 1970; moments within are seconds after it."""

    def __init__(self, path: Path, began_s: float, columns: int, rows: int, title: str) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._began_s, self._bytes = began_s, 0
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "r+b")
        self._decoders = {kind: codecs.getincrementaldecoder("utf-8")("replace") for kind in "io"}
        self._last_s = 0.0
        header = {"version": 2, "width": columns, "height": rows, "timestamp": int(began_s), "title": title}
        self._line({**header, "env": {"TERM": "xterm-256color"}})

    def add(self, kind: str, data: bytes, now_s: float) -> None:
        """`kind`: "o" printed, "i" typed. RecordingFull, OSError: then it must not be shown."""
        text = self._decoders[kind].decode(data)
        if text:
            self._event(now_s, kind, text)

    def resize(self, columns: int, rows: int, now_s: float) -> None:
        self._event(now_s, "r", f"{columns}x{rows}")

    def mark(self, text: str, now_s: float) -> None:
        self._event(now_s, "m", text)

    def close(self) -> str:
        """The SHA-256 of the file, which is on disk now."""
        with self._file as file:
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _event(self, now_s: float, kind: str, text: str) -> None:
        self._last_s = max(self._last_s, now_s - self._began_s)  # a clock set back must not run the player backwards
        self._line([round(self._last_s, 6), kind, text])

    def _line(self, value: Any) -> None:
        line = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        if self._bytes + len(line) > MAX_BYTES:
            raise RecordingFull
        self._file.write(line)
        self._file.flush()
        self._bytes += len(line)
