"""Makers for tests of remote shells: the server's end of a line, and a real shell behind it."""

import base64
import getpass
import os
import threading
from collections.abc import Callable, Mapping
from typing import Any, Self

from hinomi.errors import Unavailable
from hinomi.response.live_shell import LiveShell, Viewer
from hinomi.response.shells import Shells
from hinomi.sensor.actions.remote_shell import run_shell
from hinomi.sensor.shell_lines import ShellLines
from hinomi.wire.message import Shell
from tests.make_access import Clock

SESSION = "5" * 32
# without a home: what a person's own profile does at each login is no matter of ours
USER = "nobody" if os.getuid() == 0 else getpass.getuser()


class ShellWork:
    """As much of `Work` as a shell uses."""

    def __init__(self) -> None:
        self.shells = ShellLines()
        self.cancelled = threading.Event()

    def is_cancelled(self) -> bool:
        return self.cancelled.is_set()


class Far:
    """A running shell, seen from the server: `type`, and wait for what it prints. Gives credit as it reads."""

    def __init__(self, *, gives_credit: bool = True, **parameters: Any) -> None:
        self.work, self.clock = ShellWork(), Clock(1000.0)
        self.parameters = {"session": SESSION, "user": USER, "shell": "/bin/bash", **parameters}
        self.pieces: list[Shell] = []
        self.output = b""
        self.result: Mapping[str, Any] = {}
        self.gives_credit = gives_credit
        self.came = threading.Condition()
        self.work.shells.connected(self._on_piece)
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        self.wait(lambda: [piece.what for piece in self.pieces] == ["open"])
        return self

    def __exit__(self, *_: object) -> None:
        self.say("end", note="test_over")
        self.join()

    def _run(self) -> None:
        self.result = run_shell(self.work, self.parameters, self.clock)  # type: ignore[arg-type]

    def _on_piece(self, piece: Shell) -> None:
        with self.came:
            self.pieces.append(piece)
            self.output += piece.data
            self.came.notify_all()
        if self.gives_credit and piece.what == "output":
            self.say("more", credit=len(piece.data))

    def say(self, what: str, **more: Any) -> None:
        self.work.shells.take(Shell(SESSION, what, **more))

    def start(self, rows: int = 24, columns: int = 80) -> "Far":
        self.say("open", rows=rows, columns=columns)
        self.type("PS1='> '; echo rea''dy\n")
        self.until(b"ready")
        return self

    def type(self, text: str) -> None:
        self.say("input", data=text.encode())

    def wait(self, is_true: Callable[[], bool], seconds: float = 20) -> None:
        with self.came:
            assert self.came.wait_for(is_true, seconds), (self.output[-2000:], self.pieces[-5:])

    def until(self, wanted: bytes) -> None:
        self.wait(lambda: wanted in self.output)

    def join(self) -> Mapping[str, Any]:
        self._thread.join(30)
        assert not self._thread.is_alive()
        return self.result


class Endpoint:
    """The sensor's half of remote shells for one endpoint, joined to the server's half without a network between."""

    def __init__(self, shells: Shells, guid: str) -> None:
        self.work, self.shells, self.guid = ShellWork(), shells, guid
        self.is_cut = False
        self.work.shells.connected(self._came)
        shells.use(self._send)
        self.results: list[Mapping[str, Any]] = []
        self._threads: list[threading.Thread] = []

    def _came(self, piece: Shell) -> None:
        if self.is_cut:
            raise BrokenPipeError
        self.shells.came(self.guid, piece)

    def _send(self, guid: str, piece: Shell) -> None:
        if guid != self.guid:
            raise Unavailable("not connected")
        self.work.shells.take(piece)

    def run(self, parameters: Mapping[str, Any]) -> None:
        """What the command does on the endpoint."""
        wanted = {**parameters, "user": USER, "shell": "/bin/bash"}
        work: Any = self.work
        thread = threading.Thread(target=lambda: self.results.append(run_shell(work, wanted, Clock(1000.0))))
        thread.start()
        self._threads.append(thread)

    def join(self) -> Mapping[str, Any]:
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive()
        return self.results[-1] if self.results else {}


class Screen:
    """A viewer that keeps what it was shown, and gives credit for it as a browser does."""

    def __init__(self, who: str, is_driver: bool = False) -> None:
        self.events: list[dict[str, Any]] = []
        self.came = threading.Condition()
        self.viewer = Viewer(who, self._deliver, is_driver)
        self.live: LiveShell | None = None

    def _deliver(self, event: dict[str, Any]) -> None:
        with self.came:
            self.events.append(event)
            self.came.notify_all()
        if self.live is not None and event["type"] == "output":
            self.live.shown(self.viewer, event["bytes"])

    @property
    def text(self) -> str:
        pieces = [base64.b64decode(event["data"]) for event in self.events if event["type"] == "output"]
        return b"".join(pieces).decode(errors="replace")

    @property
    def state(self) -> dict[str, Any]:
        return [event for event in self.events if event["type"] == "state"][-1]

    def type(self, text: str) -> bool:
        assert self.live is not None
        return self.live.type(self.viewer, text.encode())

    def until(self, is_true: Callable[[], bool]) -> None:
        with self.came:
            assert self.came.wait_for(is_true, 20), self.events[-5:]

    def sees(self, text: str) -> None:
        self.until(lambda: text in self.text)

    def ended(self) -> str:
        self.until(lambda: any(event["type"] == "end" for event in self.events))
        return str(next(event for event in self.events if event["type"] == "end")["reason"])
