"""The way to the server: one WebSocket, kept up; batches out of the spool, control messages both ways.

One thread connects and reads, one sends batches. What is sent while there is no channel is lost, except what stands in the spool
and in the journal: that is sent (again) at the next connection. Far behind, batches are joined and posted in bulk.
"""

import contextlib
import http.client
import logging
import random
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import orjson
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from hinomi.errors import HinomiError, InputError
from hinomi.sensor.bulk import joined
from hinomi.sensor.link import Link, read_answer
from hinomi.sensor.spool import SensorSpool
from hinomi.wire import message as wire
from hinomi.wire.message import FROM_SERVER, MAX_TEXT_BYTES, Message, read_message, write_batch, write_message
from hinomi.wire.packing import CONTENT_TYPE

log = logging.getLogger(__name__)

FIRST_WAIT_S, MOST_WAIT_S = 0.5, 60.0
REFUSED_WAIT_S = 300.0  # revoked or cloned: the server will not change its mind soon
STEADY_S = 30.0  # a channel that held so long was a good one: the next wait is short again
HELLO_S = 30.0
BULK_BATCHES = 48  # so far behind it is posted in bulk
_LOOK_S = 1.0


class Lost(Exception):
    """The channel is gone; `reason` as in wire.message.Bye, "" for the network."""

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(slots=True)
class ChannelState:
    """What `hinomi sensor status` shows."""

    is_up: bool = False
    since_ms: int = 0
    tries: int = 0
    trouble: str = ""
    skew_ms: int = 0
    server_version: str = ""


class Channel:
    """`hello` makes the first message (called for each connection), `handle` gets every other message of the server.

    `on_up` and `on_down` are called in the channel's thread. `dropped(records)`: the server will never take these.
    """

    def __init__(
        self,
        link: Link,
        spool: SensorSpool,
        hello: Callable[[], wire.Hello],
        handle: Callable[[Message], None],
        on_up: Callable[[wire.Welcome], None],
        on_down: Callable[[], None],
        dropped: Callable[[int, str], None],
    ) -> None:
        self.link, self._spool = link, spool
        self._hello, self._handle = hello, handle
        self._on_up, self._on_down, self._dropped = on_up, on_down, dropped
        self.state = ChannelState()
        self._socket: ClientConnection | None = None
        self._stop = threading.Event()
        self._work = threading.Condition()
        self._in_flight: list[tuple[int, int]] = []  # (number, records)
        self._paused_until_s = 0.0
        self._limits = wire.Welcome(wire.VERSION, 0)
        self._thread = threading.Thread(target=self._run, name="channel", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, reason: str = "stopping") -> None:
        self._stop.set()
        self.send(wire.Bye(reason))
        self._close()
        self.wake()
        if self._thread.is_alive():
            self._thread.join(10)

    def wake(self) -> None:
        """There is something in the spool."""
        with self._work:
            self._work.notify_all()

    def send(self, message: Message) -> bool:
        """Whether it went out; what does not is lost."""
        try:
            self.send_or_raise(message)
        except OSError:
            return False
        return True

    def send_or_raise(self, message: Message) -> None:
        """OSError when there is no channel."""
        socket = self._socket
        if socket is None:
            raise OSError("there is no channel")
        try:
            socket.send(write_message(message))
        except (WebSocketException, OSError) as error:
            raise OSError(f"the channel was lost: {error}") from error

    def reconnect(self, link: Link) -> None:
        """Go on with another certificate."""
        self.link = link
        self._close()

    # ---- the thread that connects and reads -------------------------------------------------------------------------
    def _run(self) -> None:
        wait_s = FIRST_WAIT_S
        while not self._stop.is_set():
            begun_s = time.monotonic()
            self.state.tries += 1
            reason = ""
            try:
                self._session()
            except Lost as lost:
                self.state.trouble, reason = str(lost), lost.reason
            except (OSError, WebSocketException, ssl.SSLError, HinomiError, TimeoutError) as error:
                self.state.trouble = f"{type(error).__name__}: {error}"
            except Exception as error:  # the channel must be tried again, whatever it was
                log.exception("the channel stumbled")
                self.state.trouble = f"{type(error).__name__}: {error}"
            self._end_session()
            if time.monotonic() - begun_s > STEADY_S:
                wait_s = FIRST_WAIT_S
            if not self._stop.is_set():
                log.info("no channel to %s:%s: %s", self.link.host, self.link.port, self.state.trouble)
                self._stop.wait(REFUSED_WAIT_S if reason in _FINAL else wait_s * random.uniform(0.5, 1.5))  # noqa: S311
            wait_s = min(MOST_WAIT_S, wait_s * 2)

    def _session(self) -> None:
        plain = self.link.connect()
        try:
            socket = connect(
                f"wss://{_host(self.link.host)}:{self.link.port}/sensor/v1/channel",
                sock=plain,
                ssl=self.link.context,
                server_hostname=self.link.host,
                compression=None,
                proxy=None,
                user_agent_header=None,
                open_timeout=HELLO_S,
                close_timeout=2,
                max_size=MAX_TEXT_BYTES,
                legacy=True,
            )
        except BaseException:
            plain.close()
            raise
        if self._stop.is_set():
            socket.close()
            return
        self._greet(socket)
        sender = threading.Thread(target=self._send_batches, args=(socket,), name="channel-sender", daemon=True)
        sender.start()
        try:
            while True:
                self._took(read_message(_text(socket.recv()), FROM_SERVER))
        finally:
            self._close()
            self.wake()
            sender.join(10)

    def _greet(self, socket: ClientConnection) -> None:
        socket.send(write_message(self._hello()))
        answer = read_message(_text(socket.recv(timeout=HELLO_S)), FROM_SERVER)
        if isinstance(answer, wire.Bye):
            socket.close()
            raise Lost(f"the server refuses this sensor: {answer.reason}", answer.reason)
        if not isinstance(answer, wire.Welcome):
            raise Lost("the server does not answer the greeting")
        self._limits = answer
        self._in_flight.clear()
        self._spool.take_again()
        self._socket = socket
        now_ms = int(time.time() * 1000)
        self.state.is_up, self.state.since_ms, self.state.trouble = True, now_ms, ""
        self.state.skew_ms, self.state.server_version = now_ms - answer.server_ms, answer.server_version
        self._on_up(answer)

    def _took(self, message: Message) -> None:
        if isinstance(message, wire.Ack) and message.batch:
            self._acknowledged(message.batch)
        elif isinstance(message, wire.Error) and message.batch:
            self._refused(message)
        elif isinstance(message, wire.Bye):
            raise Lost(f"the server says goodbye: {message.reason}", message.reason)
        else:
            self._handle(message)

    def _acknowledged(self, number: int) -> None:
        self._spool.acknowledge(number)
        with self._work:
            self._in_flight = [each for each in self._in_flight if each[0] > number]
            self._work.notify_all()

    def _refused(self, error: wire.Error) -> None:
        """Later: from the oldest again. Never: it is lost, and told."""
        if error.retry_after_ms <= 0:
            lost = sum(records for number, records in self._in_flight if number == error.batch)
            self._acknowledged(error.batch)
            self._dropped(lost, error.code)
            return
        with self._work:
            self._paused_until_s = time.monotonic() + min(error.retry_after_ms / 1000, MOST_WAIT_S)
            self._in_flight.clear()
            self._spool.take_again()

    def _end_session(self) -> None:
        was_up, self.state.is_up = self.state.is_up, False
        self._close()
        if was_up:
            self._on_down()

    def _close(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            with contextlib.suppress(OSError, WebSocketException):
                socket.close()

    # ---- the thread that sends batches --------------------------------------------------------------------------------
    def _send_batches(self, socket: ClientConnection) -> None:
        try:
            while self._socket is socket:
                if not self._send_next(socket):
                    with self._work:
                        self._work.wait(_LOOK_S)
        except (OSError, WebSocketException, http.client.HTTPException, HinomiError) as error:
            log.info("batches cannot be sent: %s", error)
            self._close()

    def _send_next(self, socket: ClientConnection) -> bool:
        """Whether there may be more to send at once."""
        with self._work:
            if time.monotonic() < self._paused_until_s or len(self._in_flight) >= self._limits.max_in_flight:
                return False
            is_free = not self._in_flight
        if is_free and self._spool.waiting_batches > BULK_BATCHES:
            self._post()
            return True
        with self._work:
            frame = self._spool.take()
            if frame is None:
                return False
            self._in_flight.append((frame.number, frame.records))
        socket.send(write_batch(frame.number, frame.payload))
        return True

    def _post(self) -> None:
        """Many small batches as one, until little is left."""
        connection = self.link.open()
        try:
            while self._socket is not None and self._spool.waiting_batches > BULK_BATCHES // 2:
                bulk = joined(self._spool)
                if bulk is None:
                    return
                address = f"/sensor/v1/batches/{bulk.number}"
                connection.request("POST", address, bulk.packed, {"Content-Type": CONTENT_TYPE})
                answer = read_answer(connection)
                if answer.status == 200:
                    self._acknowledged(bulk.number)
                elif answer.status in (400, 413):
                    self._acknowledged(bulk.number)
                    self._dropped(bulk.records, _code(answer.body))
                else:
                    raise OSError(f"the server answers with {answer.status}: {_code(answer.body)}")
        finally:
            connection.close()


_FINAL = frozenset({"revoked", "cloned", "version"})


def _text(frame: str | bytes) -> str:
    if isinstance(frame, bytes):
        raise InputError("the server sent a binary frame")
    return frame


def _host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _code(body: bytes) -> str:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return "unreadable"
    return str(found.get("code", ""))[:64] if isinstance(found, dict) else "unreadable"
