"""The lines between remote shells on this endpoint and the server: one channel, several shells, nothing unbounded.

    agent: lines.connected(send); lines.take(message); lines.lost()        shell: with lines.open(session) as line: ...

`take` never blocks: what a person types is short, and a line that holds more than MAX_WAITING_BYTES of it is ended.
"""

import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hinomi.wire.message import Shell

MAX_WAITING_BYTES = 256 << 10
_PIECE_BYTES = 64  # the piece itself takes room too
MAX_LINES = 16  # shells at one time on one endpoint

Send = Callable[[Shell], None]


class ShellLines:
    """Safe to use from any thread. Without a channel no line opens, and with its loss every line ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._send: Send | None = None
        self._lines: dict[str, ShellLine] = {}

    def connected(self, send: Send) -> None:
        """`send` may block until a piece is written, and raises OSError when the channel is gone."""
        with self._lock:
            self._send = send

    def lost(self) -> None:
        """The channel is gone: nobody could see or end a shell now, so none may go on."""
        with self._lock:
            self._send = None
            lines = list(self._lines.values())
        for line in lines:
            line.end("channel_lost")

    def take(self, message: Shell) -> None:
        """A piece from the server; one for a shell that is not here is dropped."""
        with self._lock:
            line = self._lines.get(message.shell)
        if line is not None:
            line.put(message)

    @contextmanager
    def open(self, session: str) -> "Iterator[ShellLine | None]":
        """None when the session is open already, there are too many, or there is no channel."""
        with self._lock:
            is_free = session not in self._lines and len(self._lines) < MAX_LINES
            line = ShellLine(session, self._send) if is_free and self._send is not None else None
            if line is not None:
                self._lines[session] = line
        try:
            yield line
        finally:
            if line is not None:
                with self._lock:
                    del self._lines[session]
                line.close()


class ShellLine:
    """One shell's end of the line. `wake` becomes readable when something came."""

    def __init__(self, session: str, send: Send) -> None:
        self._session, self._send = session, send
        self._lock = threading.Lock()
        self._came: deque[Shell] = deque()
        self._waiting_bytes = 0
        self._number = 0
        self._ended = ""
        self.wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def send(self, what: str, data: bytes = b"", note: str = "") -> bool:
        """Whether it went out."""
        self._number += 1
        try:
            self._send(Shell(self._session, what, data, number=self._number, note=note))
        except OSError:
            self.end("channel_lost")
            return False
        return True

    def put(self, message: Shell) -> None:
        with self._lock:
            self._waiting_bytes += len(message.data) + _PIECE_BYTES
            is_flood = self._waiting_bytes > MAX_WAITING_BYTES
            if not is_flood:
                self._came.append(message)
        if is_flood:
            self.end("flooded")
        self._ring()

    def end(self, reason: str) -> None:
        """The first reason counts."""
        with self._lock:
            self._ended = self._ended or reason
        self._ring()

    @property
    def ended(self) -> str:
        """Why it is over; "" while it is not."""
        with self._lock:
            return self._ended

    def take(self) -> Shell | None:
        """The oldest piece that came; None when there is none, and then `wake` is quiet."""
        with self._lock:
            if self._came:
                piece = self._came.popleft()
                self._waiting_bytes -= len(piece.data) + _PIECE_BYTES
                return piece
            with contextlib.suppress(BlockingIOError):
                os.eventfd_read(self.wake)
        return None

    def _ring(self) -> None:
        with self._lock:
            if self.wake >= 0:
                os.eventfd_write(self.wake, 1)

    def close(self) -> None:
        with self._lock:
            os.close(self.wake)
            self.wake = -1
