"""A helper program beside the sensor that is spoken to in JSON lines: started, told the newest state, begun again when it ended."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

log = logging.getLogger(__name__)

MUTE_S = 10.0  # it says something every second
RETRY_S = 2.0  # doubled with each end that was not asked for
MOST_RETRY_S = 300.0
LONG_ENOUGH_S = 600.0  # one that ran so long begins again at once

Heard = Callable[[Mapping[str, Any]], None]


class GuardProcess:
    """Thread-safe. `heard` is called in a thread of its own with each line; `ended` with the reason of an end nobody asked for."""

    def __init__(self, program: Path, arguments: Sequence[str], heard: Heard, ended: Callable[[str], None]) -> None:
        self._command = [sys.executable, "-I", "-S", str(program), *arguments]
        self._heard, self._ended = heard, ended
        self._lock = threading.RLock()
        self._running: subprocess.Popen[bytes] | None = None
        self._state: Mapping[str, Any] | None = None
        self._began_s = self._heard_s = 0.0
        self._retry_s, self._due_s = RETRY_S, 0.0

    @property
    def pid(self) -> int | None:
        with self._lock:
            return self._running.pid if self._running is not None and self._running.poll() is None else None

    def follow(self, state: Mapping[str, Any]) -> None:
        """Be what `state` says, from now on and after every new start."""
        with self._lock:
            self._state, self._due_s = state, 0.0
            if self.pid is None:
                self.keep()
            else:
                self.say(state)

    def say(self, message: Mapping[str, Any]) -> None:
        """Lost when it is not there."""
        with self._lock:
            if self._running is not None and self._running.stdin is not None:
                with suppress(OSError):
                    self._running.stdin.write(json.dumps(message).encode() + b"\n")
                    self._running.stdin.flush()

    def keep(self) -> None:
        """Asked every few seconds: end it when it is mute, begin it again when it ended."""
        with self._lock:
            if self._state is None:
                return
            now_s = time.monotonic()
            if self.pid is not None:
                if now_s - self._heard_s > MUTE_S:
                    self._kill()
                    self._count_end("it said nothing any more and was ended")
                return
            if now_s >= self._due_s:
                self._start()

    def _count_end(self, reason: str) -> None:
        now_s = time.monotonic()
        self._retry_s = RETRY_S if now_s - self._began_s > LONG_ENOUGH_S else min(self._retry_s * 2, MOST_RETRY_S)
        self._due_s = now_s + self._retry_s
        self._ended(reason)

    def _start(self) -> None:
        made = subprocess.Popen(  # noqa: S603  (our own interpreter and file)
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, cwd="/"
        )
        self._running, self._began_s = made, time.monotonic()
        self._heard_s = self._began_s
        threading.Thread(target=self._listen, args=(made, made.stdout), name="guard", daemon=True).start()
        if self._state is not None:
            self.say(self._state)

    def _listen(self, process: subprocess.Popen[bytes], lines: IO[bytes]) -> None:
        for line in lines:
            self._heard_s = time.monotonic()
            try:
                said = json.loads(line)
                self._heard(said)
            except ValueError:
                continue  # a line that was cut because we read too slowly
            except Exception:  # what it says next may be understood
                log.exception("a guard's word stumbled")
        lines.close()
        with self._lock:
            if self._running is process:  # else we ended it ourselves
                self._kill()
                self._count_end(f"it ended by itself ({process.returncode})")

    def stop(self) -> None:
        """End it, until `follow` is asked again."""
        with self._lock:
            self._state = None
            self._kill()

    def _kill(self) -> None:
        """The whole group: where a program watches another, both."""
        gone, self._running = self._running, None
        if gone is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(gone.pid, signal.SIGKILL)
        gone.wait()
        if gone.stdin is not None:
            with suppress(OSError):
                gone.stdin.close()
