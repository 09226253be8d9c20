"""One sensor's WebSocket from its greeting to its end. Runs in the gateway's loop; what may block goes to threads.

The reader takes frames as they come: batches go to the intake, control messages into a queue that one worker empties in
order. The writer sends what others laid down. Each queue is bounded: who does not keep up is cut off and comes again.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from typing import Any, TypeVar

from aiohttp import WSMessage, WSMsgType, web

from hinomi.errors import DiskFull, HinomiError, InputError, TooLarge, Unavailable
from hinomi.gateway.intake import Intake, Parcel
from hinomi.gateway.peers import Allowance, Peer
from hinomi.gateway.reports import Reports
from hinomi.gateway.rooms import GatewayRooms
from hinomi.wire import message as wire
from hinomi.wire.message import FROM_SENSOR, Message, read_batch, read_message, write_message

log = logging.getLogger(__name__)

MOST_UNSENT = 2000  # messages that wait for a sensor to read them
MOST_UNREAD = 200  # control messages of a sensor that wait to be told
IN_FLIGHT = 8  # batches of one sensor that are not acknowledged
RETRY_MS = 1000
FULL_RETRY_MS = 10_000
_BYTES_PER_S, _BURST_BYTES = 8 << 20, 32 << 20

T = TypeVar("T")


class Session:
    def __init__(
        self,
        socket: web.WebSocketResponse,
        peer: Peer,
        hello: wire.Hello,
        rooms: GatewayRooms,
        intake: Intake,
        reports: Reports,
        pool: Executor,
    ) -> None:
        self._socket, self.peer, self.hello, self._rooms = socket, peer, hello, rooms
        self._intake, self._reports, self._pool = intake, reports, pool
        self._loop = asyncio.get_running_loop()
        self._unsent: asyncio.Queue[Message] = asyncio.Queue(MOST_UNSENT)
        self._unread: asyncio.Queue[Message] = asyncio.Queue(MOST_UNREAD)
        self._due = asyncio.Event()
        self._due.set()  # what waited while it was away
        self._flying = 0
        self._allowance = Allowance(_BYTES_PER_S, _BURST_BYTES)

    @property
    def guid(self) -> str:
        return self.peer.guid

    # ---- said by others; from any thread ------------------------------------------------------------------------------
    def post(self, message: Message) -> None:
        self._loop.call_soon_threadsafe(self.lay_down, message)

    def deliver(self) -> None:
        """There is something for this sensor at the desk."""
        self._loop.call_soon_threadsafe(self._due.set)

    def end(self, reason: str) -> None:
        asyncio.run_coroutine_threadsafe(self.say_goodbye(reason), self._loop)

    # ---- in the loop ----------------------------------------------------------------------------------------------------
    def lay_down(self, message: Message) -> None:
        try:
            self._unsent.put_nowait(message)
        except asyncio.QueueFull:
            log.warning("sensor %s does not read; it is cut off", self.guid)
            self._loop.create_task(self.say_goodbye("slow"))

    async def say_goodbye(self, reason: str) -> None:
        with contextlib.suppress(ConnectionError, RuntimeError, TimeoutError):
            await asyncio.wait_for(self._socket.send_str(write_message(wire.Bye(reason))), 2)
        with contextlib.suppress(ConnectionError, RuntimeError, TimeoutError):
            await asyncio.wait_for(self._socket.close(), 5)

    async def run(self) -> None:
        """Until the sensor goes, breaks the rules, or is told goodbye."""
        helpers = [asyncio.ensure_future(each) for each in (self._write(), self._tell(), self._hand_out())]
        try:
            await self._read()
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)

    async def _read(self) -> None:
        async for frame in self._socket:
            try:
                if not await self._took(frame):
                    return
            except InputError as error:
                log.warning("sensor %s sent what cannot be read: %s", self.guid, error)
                await self.say_goodbye("malformed")
                return

    async def _took(self, frame: WSMessage) -> bool:
        """Whether there may be more."""
        if frame.type is WSMsgType.BINARY:
            await self._take_batch(frame.data)
            return True
        if frame.type is not WSMsgType.TEXT:
            return False
        message = read_message(frame.data, FROM_SENSOR)
        if not isinstance(message, wire.Bye):
            await self._unread.put(message)
        return not isinstance(message, wire.Bye)

    async def _take_batch(self, frame: bytes) -> None:
        number, packed = read_batch(frame)
        if self._flying >= IN_FLIGHT * 2:
            raise TooLarge(f"more than {IN_FLIGHT * 2} batches at once")
        self._flying += 1
        wait_s = self._allowance.take(len(frame))

        def done(trouble: Exception | None) -> None:
            self._loop.call_soon_threadsafe(self._landed, number, trouble)

        self._intake.put(Parcel(self.guid, packed, done))
        if wait_s > 0:
            await asyncio.sleep(wait_s)

    def _landed(self, number: int, trouble: Exception | None) -> None:
        self._flying -= 1
        self.lay_down(answer_to(number, trouble))

    async def _write(self) -> None:
        try:
            while True:
                message = await self._unsent.get()
                await self._socket.send_str(write_message(message))
        except (ConnectionError, RuntimeError):
            return

    async def _tell(self) -> None:
        while True:
            message = await self._unread.get()
            try:
                answer = await self._in_thread(partial(self._told, message))
            except Exception:  # one message must not end the others
                log.exception("a message of sensor %s stumbled", self.guid)
                continue
            if answer is not None:
                self.lay_down(answer)

    def _told(self, message: Message) -> Message | None:
        if isinstance(message, wire.Shell):
            self._rooms.shells.came(self.guid, message)
            return None
        return self._reports.took(self.guid, message, self.peer.address)

    async def _hand_out(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            try:
                for signed in await self._in_thread(lambda: self._rooms.desk.commands(self.guid)):
                    self.lay_down(wire.CommandMessage(signed.body, signed.signature))
                for command in await self._in_thread(lambda: self._rooms.desk.stopping(self.guid)):
                    self.lay_down(wire.Cancel(command))
            except Exception:  # tried again when something is queued or the sensor comes again
                log.exception("what waits for sensor %s could not be handed out", self.guid)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await self._loop.run_in_executor(self._pool, work)


def answer_to(number: int, trouble: Exception | None) -> Any:
    """An acknowledgement, or when to send the batch again (never: retry_after_ms 0)."""
    if trouble is None:
        return wire.Ack(batch=number)
    if isinstance(trouble, InputError):
        return wire.Error(trouble.code, str(trouble)[:1000], number)
    code = trouble.code if isinstance(trouble, HinomiError) else Unavailable.code
    wait_ms = FULL_RETRY_MS if isinstance(trouble, DiskFull) else RETRY_MS
    return wire.Error(code, str(trouble)[:1000], number, wait_ms)
