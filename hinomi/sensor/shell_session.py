"""One remote shell at work: a pseudo terminal whose other side is a line to the server.

What the shell prints goes out only as far as the server gave credit; without credit nothing is read from the terminal, so a program
that floods it waits, as it would on a slow terminal. One thread, one poll; `clock` counts seconds and never jumps.
"""

import contextlib
import fcntl
import json
import os
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hinomi.sensor.shell_lines import ShellLine
from hinomi.wire.message import Shell

CHUNK_BYTES = 16 << 10
WINDOW_BYTES = 256 << 10  # output under way, before the server's first `more`
MAX_TYPED_BYTES = 64 << 10  # typed and not yet read by the shell
START_WAIT_S = 180  # for somebody to look
LOOK_EVERY_MS = 250  # at the clock
END_WAIT_S = 60  # the guard works at it as long as it takes
DRAIN_TRIES = 12  # looks for credit, once the shell is over
GUARD = Path(__file__).with_name("shell_guard.py")


@dataclass(frozen=True, slots=True)
class Wish:
    """`idle_s`: without a key for so long it ends; `max_s`: in any case after so long."""

    user: str
    shell: str
    idle_s: int
    max_s: int


class ShellSession:
    def __init__(
        self,
        wish: Wish,
        line: ShellLine,
        is_cancelled: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wish, self._line, self._is_cancelled, self._clock = wish, line, is_cancelled, clock
        self._size = (24, 80)
        self._credit = WINDOW_BYTES
        self._typed = b""
        self._input_bytes = self._output_bytes = 0
        self._reason = ""
        self._began = self._touched = clock()

    def run(self) -> dict[str, Any]:
        """Wait for somebody, start the shell, and stay until it is over; what became of it."""
        self._line.send("open")
        if not self._has_begun():
            return self._result({})
        self._began = self._touched = self._clock()
        master, slave = os.openpty()
        try:
            os.set_blocking(master, False)
            self._resize(master, *self._size)
            with _guard(slave, self._wish) as guard:
                self._carry(master, guard)
                told = _end(guard)
            self._drain(master)
        finally:
            os.close(master)
        return self._result(told)

    def _has_begun(self) -> bool:
        """Until the server says that somebody looks."""
        watched = select.poll()
        watched.register(self._line.wake, select.POLLIN)
        while not self._reason:
            watched.poll(LOOK_EVERY_MS)
            while (piece := self._line.take()) is not None:  # what follows `open` is for the shell
                if piece.what == "open":
                    self._size = _size(piece)
                    self._look_outside()
                    return not self._reason
                if piece.what == "end":
                    self._reason = piece.note or "ended"
            if self._clock() - self._began >= START_WAIT_S:
                self._reason = "nobody_came"
            self._look_outside()
        return False

    def _look_outside(self) -> None:
        if self._is_cancelled():
            self._reason = self._reason or "cancelled"
        self._reason = self._reason or self._line.ended

    def _carry(self, master: int, guard: "subprocess.Popen[bytes]") -> None:
        """Both ways between terminal and line, until a reason to end."""
        assert guard.stdout is not None  # noqa: S101  (opened as a pipe)
        watched = select.poll()
        watched.register(self._line.wake, select.POLLIN)
        watched.register(guard.stdout.fileno(), 0)  # its end alone: what it says is read then
        while not self._reason:
            self._watch(watched, master)
            ready = dict(watched.poll(LOOK_EVERY_MS))
            if ready.get(master, 0) & (select.POLLIN | select.POLLHUP):
                self._read(master)
            if ready.get(guard.stdout.fileno(), 0) & select.POLLHUP:
                self._reason = self._reason or "exit"
            while (piece := self._line.take()) is not None:
                self._obey(master, piece)
            self._type(master)
            self._look_at_clock()
            self._look_outside()

    def _watch(self, watched: select.poll, master: int) -> None:
        wanted = (select.POLLIN if self._credit > 0 else 0) | (select.POLLOUT if self._typed else 0)
        if wanted:
            watched.register(master, wanted)
        else:  # a terminal that hung up would wake us for ever
            with contextlib.suppress(KeyError):
                watched.unregister(master)

    def _read(self, master: int) -> None:
        try:
            data = os.read(master, min(CHUNK_BYTES, max(1, self._credit)))
        except BlockingIOError:
            return
        except OSError:  # EIO: the last program let go of the terminal
            data = b""
        if not data:
            self._reason = self._reason or "exit"
            return
        self._send(data)

    def _send(self, data: bytes) -> None:
        self._credit -= len(data)
        self._output_bytes += len(data)
        self._line.send("output", data)

    def _obey(self, master: int, piece: Shell) -> None:
        if piece.what == "input":
            self._touched = self._clock()
            self._input_bytes += len(piece.data)
            # more than the shell can take: the rest is refused as a terminal does it
            self._typed = (self._typed + piece.data)[:MAX_TYPED_BYTES]
        elif piece.what == "resize":
            self._resize(master, *_size(piece))
        elif piece.what == "more":
            self._credit = min(WINDOW_BYTES, self._credit + max(0, piece.credit))
        elif piece.what == "end":
            self._reason = self._reason or piece.note or "ended"

    def _type(self, master: int) -> None:
        try:
            while self._typed:
                self._typed = self._typed[os.write(master, self._typed[:4096]) :]
        except BlockingIOError:
            return
        except OSError:
            self._typed = b""

    def _look_at_clock(self) -> None:
        now = self._clock()
        if now - self._touched >= self._wish.idle_s:
            self._reason = self._reason or "idle"
        if now - self._began >= self._wish.max_s:
            self._reason = self._reason or "limit"

    def _drain(self, master: int) -> None:
        """What the shell said last; the server may still have to give credit for it."""
        watched = select.poll()
        watched.register(self._line.wake, select.POLLIN)
        tries = DRAIN_TRIES
        while tries > 0 and not self._line.ended:
            if self._credit <= 0:
                watched.poll(LOOK_EVERY_MS)
                tries -= 1
                while (piece := self._line.take()) is not None:
                    self._credit += max(0, piece.credit)
                continue
            try:
                data = os.read(master, min(CHUNK_BYTES, self._credit))
            except OSError:
                return
            if not data:
                return
            self._send(data)

    @staticmethod
    def _resize(master: int, rows: int, columns: int) -> None:
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _result(self, told: dict[str, int]) -> dict[str, Any]:
        status = told.get("status")
        self._line.send("end", note=self._reason)
        return {
            "reason": self._reason,
            "exit_code": os.WEXITSTATUS(status) if status is not None and os.WIFEXITED(status) else None,
            "signal": os.WTERMSIG(status) if status is not None and os.WIFSIGNALED(status) else None,
            "left": told.get("left", 0),  # processes that could not be killed
            "seconds": round(self._clock() - self._began, 3),
            "input_bytes": self._input_bytes,
            "output_bytes": self._output_bytes,
        }


def _size(piece: Shell) -> tuple[int, int]:
    return min(max(piece.rows, 2), 500), min(max(piece.columns, 2), 1000)


def _guard(slave: int, wish: Wish) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603  (our own interpreter and file)
            [sys.executable, "-I", "-S", str(GUARD), str(slave), wish.user, wish.shell],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=[slave],
            env={},
            start_new_session=True,
        )
    finally:
        os.close(slave)


def _end(guard: "subprocess.Popen[bytes]") -> dict[str, int]:
    """Close the lifeline and hear what became of the shell; a guard that says nothing is killed, and the shell's session with it."""
    told: dict[str, int] = {}
    try:
        said, _ = guard.communicate(timeout=END_WAIT_S)
    except subprocess.TimeoutExpired:
        guard.kill()
        said, _ = guard.communicate()
    for one in said.splitlines():
        told |= json.loads(one)
    if "left" not in told and "pid" in told:
        _kill_session(told["pid"])
    return told


def _kill_session(session: int) -> None:
    """What is still in the shell's session, when its guard was killed."""
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and os.getsid(int(entry.name)) == session:
                os.kill(int(entry.name), 9)
