"""Bytes on their way from a file to a reader: peeked at, unpacked, counted, bounded.

A stream that breaks does not raise: it ends early and says so in `trouble`, so that what came before the damage is read.
"""

import codecs
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from hinomi.ingest.limits import Limits

BLOCK_BYTES = 1 << 20
# What the standard archive readers raise on damaged input; RuntimeError is zipfile's for a wrong password
ARCHIVE_ERRORS = (
    OSError, EOFError, ValueError, RuntimeError, LookupError, OverflowError, zlib.error, tarfile.TarError,
    zipfile.BadZipFile,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a stream ended early: a reason of schema/record.py and the words for people."""

    reason: str
    detail: str
    offset: int | None = None


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Stream:
    """Any readable with a look ahead. `done` counts the bytes handed out; `behind` is the stream that it lies in."""

    def __init__(
        self, source: Readable, on_read: Callable[[int], None] | None = None, behind: "Stream | None" = None
    ) -> None:
        self._source, self._on_read, self._behind = source, on_read, behind
        self._ahead = b""
        self._own: Trouble | None = None
        self.done = 0

    @property
    def trouble(self) -> Trouble | None:
        """That of the stream it lies in, for it is the cause; else its own, or that of what it reads from."""
        deeper = self._behind.trouble if self._behind else None
        return deeper or self._own or getattr(self._source, "trouble", None)

    def peek(self, size: int) -> bytes:
        """The next bytes without taking them; fewer than `size` only at the end."""
        while len(self._ahead) < size and (more := self._pull(size - len(self._ahead))):
            self._ahead += more
        return self._ahead[:size]

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, at least one unless at the end."""
        if self._ahead:
            found, self._ahead = self._ahead[:size], self._ahead[size:]
        else:
            found = self._pull(size)
        self.done += len(found)
        return found

    def read_fully(self, size: int) -> bytes:
        """Exactly `size` bytes, fewer only at the end."""
        parts = []
        while size > 0 and (part := self.read(size)):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _pull(self, size: int) -> bytes:
        if self._own is not None:
            return b""
        try:
            found = self._source.read(size)
        except ARCHIVE_ERRORS as error:
            self._own = Trouble("damaged_file", f"cannot be read on: {error}", self.done)
            return b""
        if self._on_read:
            self._on_read(len(found))
        return found


class Budget:
    """What one file on disk may still unpack to, counted over all its members."""

    def __init__(self, limits: Limits, packed_bytes: int) -> None:
        self._limits = limits
        allowed = max(limits.ratio_from_bytes, packed_bytes * limits.ratio)
        self.allowed_bytes = min(limits.unpacked_bytes, allowed)
        self.used_bytes = 0
        self.members = 0

    def spend(self, size: int) -> bool:
        self.used_bytes += size
        return self.used_bytes <= self.allowed_bytes

    def enter(self) -> bool:
        self.members += 1
        return self.members <= self._limits.members


class Unpacked:
    """A readable whose bytes count against the budget of its file."""

    def __init__(self, source: Readable, budget: Budget) -> None:
        self._source, self._budget = source, budget
        self._own: Trouble | None = None

    @property
    def trouble(self) -> Trouble | None:
        return self._own or getattr(self._source, "trouble", None)

    def read(self, size: int, /) -> bytes:
        if self._own is not None:
            return b""
        found = self._source.read(min(size, BLOCK_BYTES))
        if not self._budget.spend(len(found)):
            self._own = Trouble("archive_limit", f"unpacks to more than {self._budget.allowed_bytes:,} bytes")
            return b""
        return found


class Gunzip:
    """A gzip stream of one or more members (RFC 1952), never more than it was asked for at a time."""

    def __init__(self, source: Stream) -> None:
        self._source = source
        self._unzip = zlib.decompressobj(wbits=31)
        self._packed = b""
        self.trouble: Trouble | None = None

    def read(self, size: int, /) -> bytes:
        while self.trouble is None:
            if self._unzip.eof and not self._next_member():
                return b""
            packed = self._packed or self._unzip.unconsumed_tail or self._source.read(BLOCK_BYTES)
            self._packed = b""
            if not packed:
                self.trouble = self._source.trouble or Trouble("damaged_file", "the gzip stream is cut off")
                return b""
            try:
                found = self._unzip.decompress(packed, size)
            except zlib.error as error:
                self.trouble = Trouble("damaged_file", f"the gzip stream is damaged: {error}")
                return b""
            if found:
                return found
        return b""

    def _next_member(self) -> bool:
        """Padding after a member is no damage: tape blocks, or a line end that a copying tool added."""
        rest = self._unzip.unused_data
        while not rest.strip(b"\0\r\n") and (more := self._source.read(BLOCK_BYTES)):
            rest = more
        rest = rest.lstrip(b"\0\r\n")
        if not rest:
            return False
        if rest[:2] != b"\x1f\x8b"[: len(rest[:2])]:
            self.trouble = Trouble("damaged_file", "something other than gzip follows the gzip stream")
            return False
        self._unzip, self._packed = zlib.decompressobj(wbits=31), rest
        return True


class Utf8:
    """UTF-16 text as UTF-8 bytes. What is no text is replaced, and said in `trouble` when all is read."""

    def __init__(self, source: Stream, encoding: str) -> None:
        self._source = source
        self._strict = codecs.getincrementaldecoder(encoding)("strict")
        self._lenient = codecs.getincrementaldecoder(encoding)("replace")
        self.trouble: Trouble | None = None

    def read(self, size: int, /) -> bytes:
        while True:
            block = self._source.read(max(2, size // 4 * 2))  # UTF-8 may be longer than UTF-16
            text = self._decoded(block)
            if text or not block:
                return text.encode()

    def _decoded(self, block: bytes) -> str:
        if self.trouble is None:
            state = self._strict.getstate()
            try:
                return self._strict.decode(block, final=not block)
            except UnicodeDecodeError as error:
                self.trouble = Trouble("invalid_text", str(error)[:200], self._source.done - len(block))
                self._lenient.setstate(state)
        return self._lenient.decode(block, final=not block)
