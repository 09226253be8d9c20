"""This terminal joined to a remote shell of the running server: raw keys there, bytes back, until either side ends.

In: the server's address and local key, a task id. The keys Ctrl-] end the shell; whatever else is typed goes to the endpoint.
"""

import base64
import contextlib
import os
import select
import signal
import sys
import termios
import threading
import tty
from collections.abc import Iterator
from types import FrameType
from typing import Any

import orjson
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from hinomi.app.local_server import LocalServer
from hinomi.errors import InputError, NotFound, Unavailable
from hinomi.settings import Settings

ESCAPE = b"\x1d"  # Ctrl-], as telnet and others have it
LOOK_S = 0.5
_CHUNK = 4096


def running_server(settings: Settings) -> LocalServer:
    """Unavailable when none runs on the data folder."""
    server = LocalServer.of(settings)
    if server is None:
        raise Unavailable("no server runs on this data folder; start it with: hinomi serve")
    return server


def open_shell(server: LocalServer, endpoint: str, reason: str) -> str:
    """The id of its task."""
    asked = server.ask("POST", "/console/api/shells", json={"endpoint": endpoint, "reason": reason})
    return str(asked.json()["taskId"])


def attach(server: LocalServer, task_id: str, source: int, sink: int, *, watch: bool = False) -> dict[str, Any]:
    """Until it ends: {"reason", "text": {"en", "ja"}}. `source`, `sink`: descriptors of the terminal."""
    rows, columns = _size(sink)
    mode = "watch" if watch else "drive"
    address = f"{server.socket_url}/console/api/shells/{task_id}/stream?columns={columns}&rows={rows}&mode={mode}"
    try:
        with connect(address, additional_headers=server.headers, proxy=None, max_size=1 << 20) as line, _raw(source):
            return _carry(line, source, sink)
    except InvalidStatus as error:
        told = f"the server answers {error.response.status_code}"
        with contextlib.suppress(ValueError, KeyError, TypeError):
            told = str(orjson.loads(error.response.body or b"")["error"]["message"])
        raise (NotFound if error.response.status_code == 404 else InputError)(told) from None
    except OSError as error:
        raise Unavailable(f"the server does not answer: {error}") from None


def _carry(line: ClientConnection, source: int, sink: int) -> dict[str, Any]:
    ended: dict[str, Any] = {}
    over = threading.Event()

    def show() -> None:
        try:
            for text in line:
                event = orjson.loads(text)
                if event["type"] == "output":
                    _write(sink, base64.b64decode(event["data"]))
                elif event["type"] in ("end", "left"):
                    ended.update(event)
                    return
        except (ConnectionClosed, OSError):
            return
        finally:
            over.set()

    shown = threading.Thread(target=show, name="shell-output")
    shown.start()
    try:
        with contextlib.suppress(ConnectionClosed), _on_resize(line, sink):
            _type(line, source, over)
    finally:
        line.close()
        shown.join()
    return ended or {"reason": "channel_lost", "text": {"en": "The connection is gone.", "ja": "接続が切れました。"}}


def _type(line: ClientConnection, source: int, over: threading.Event) -> None:
    waiting = [source]
    while not over.is_set():
        ready, _, _ = select.select(waiting, [], [], LOOK_S)
        if not ready:
            continue
        data = os.read(source, _CHUNK)
        if not data:  # the input is at its end; what it started may still print
            waiting = []
        elif ESCAPE in data:
            line.send('{"type":"end"}')
            over.wait(LOOK_S * 10)
            return
        else:
            _say(line, type="input", data=data.decode(errors="replace"))


def _write(sink: int, data: bytes) -> None:
    while data:
        data = data[os.write(sink, data) :]


def _say(line: ClientConnection, **wish: Any) -> None:
    line.send(orjson.dumps(wish).decode())


def _size(sink: int) -> tuple[int, int]:
    with contextlib.suppress(OSError):
        size = os.get_terminal_size(sink)
        return max(2, min(size.lines, 500)), max(2, min(size.columns, 1000))
    return 24, 80


@contextlib.contextmanager
def _raw(source: int) -> Iterator[None]:
    """Every key goes through as it is; the terminal is as before in any case."""
    if not os.isatty(source):
        yield
        return
    before = termios.tcgetattr(source)
    try:
        tty.setraw(source)
        yield
    finally:
        termios.tcsetattr(source, termios.TCSADRAIN, before)


@contextlib.contextmanager
def _on_resize(line: ClientConnection, sink: int) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread() or not sys.stdout.isatty():
        yield
        return

    def resized(_number: int, _frame: FrameType | None) -> None:
        rows, columns = _size(sink)
        with contextlib.suppress(ConnectionClosed):
            _say(line, type="resize", rows=rows, columns=columns)

    before = signal.signal(signal.SIGWINCH, resized)
    try:
        yield
    finally:
        signal.signal(signal.SIGWINCH, before)
