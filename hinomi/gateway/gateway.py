"""The room's face: start, close, who is connected, send, ask. A thread with a loop of its own; all methods are thread-safe.

gateway = Gateway(rooms, host, port, names); gateway.start(); desk.use(gateway) ... gateway.close()
"""

import asyncio
import concurrent.futures
import contextlib
import ipaddress
import logging
import socket
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiohttp import WSMsgType, web

from hinomi.access.sensor_identity import Cloned
from hinomi.errors import Forbidden, HinomiError, InputError, Unavailable
from hinomi.gateway.intake import Intake
from hinomi.gateway.peers import Peer
from hinomi.gateway.reports import Questions, Reports, outcome_of
from hinomi.gateway.rooms import GatewayRooms
from hinomi.gateway.routes import Routes, say_no_clearly
from hinomi.gateway.session import IN_FLIGHT, Session
from hinomi.gateway.signs import TamperSigns
from hinomi.wire import message as wire
from hinomi.wire.message import MAX_FRAME_BYTES, Message, read_message, write_message

log = logging.getLogger(__name__)

HELLO_S = 30.0
HEARTBEAT_S = 20
WORKERS = 16
MOST_CONNECTIONS = 20_000
_BACKLOG = 1024


class Gateway:
    """`names`: host names and addresses under which sensors reach it. `port` 0 takes a free one when it is started."""

    def __init__(self, rooms: GatewayRooms, host: str, port: int, names: Sequence[str] = ()) -> None:
        self._rooms = rooms
        self._host, self.port = host, port
        self._listener: socket.socket | None = None
        self.names = tuple(dict.fromkeys([*names, *_own_names(host)]))
        self._signs = TamperSigns(rooms.append, rooms.now_ms)
        self._intake = Intake(rooms.append, self._strangers)
        self._questions = Questions()
        self._reports = Reports(rooms, self._questions, self._signs)
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="gateway")
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._stopping: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="gateway")
        self._is_up = threading.Event()
        self._trouble: Exception | None = None

    @property
    def url(self) -> str:
        """Where a sensor finds it, by its first name."""
        name = self.names[0]
        return f"https://{f'[{name}]' if ':' in name else name}:{self.port}"

    def start(self) -> None:
        """Unavailable when the door cannot be opened."""
        self._listener = _listen(self._host, self.port)
        self.port = int(self._listener.getsockname()[1])
        self._intake.start()
        self._thread.start()
        self._is_up.wait()
        if self._trouble is not None:
            self._intake.close()
            raise Unavailable(f"the sensors' door cannot be opened: {self._trouble}") from self._trouble

    def close(self) -> None:
        """Say goodbye to every sensor and end; what was acknowledged is on disk."""
        stopping = self._stopping
        if self._thread.is_alive() and stopping is not None:
            self._loop.call_soon_threadsafe(stopping.set)
        if self._thread.ident is not None:
            self._thread.join()
            self._intake.close()
        self._pool.shutdown(cancel_futures=True)
        if self._listener is not None:
            self._listener.close()

    # ---- the courier ----------------------------------------------------------------------------------------------------
    def connected(self) -> set[str]:
        with self._lock:
            return set(self._sessions)

    def deliver(self, guid: str) -> None:
        session = self._session(guid)
        if session is not None:
            session.deliver()

    def cancel(self, guid: str, command_id: str) -> None:
        session = self._session(guid)
        if session is not None:
            session.post(wire.Cancel(command_id))

    def ask(self, guid: str, action: str, parameters: Mapping[str, Any], timeout_s: float) -> Mapping[str, Any]:
        """As in response.courier.Courier. Not from the gateway's own loop."""
        session = self._session(guid)
        if session is None:
            raise Unavailable(f"sensor {guid[:64]} is not connected")
        signed = self._rooms.desk.look(guid, action, parameters, max(1, min(60, int(timeout_s))))
        answer = self._questions.add(guid, signed)
        session.post(wire.CommandMessage(signed.body, signed.signature))
        try:
            return outcome_of(answer.result(timeout_s))
        except concurrent.futures.TimeoutError:
            raise Unavailable(f"sensor {guid[:64]} did not answer in {timeout_s:.0f} s") from None

    def send(self, guid: str, message: Message) -> None:
        """Unavailable when the sensor is not there; does not wait."""
        session = self._session(guid)
        if session is None:
            raise Unavailable(f"sensor {guid[:64]} is not connected")
        session.post(message)

    def disconnect(self, guid: str, reason: str = "revoked") -> None:
        session = self._session(guid)
        if session is not None:
            session.end(reason)

    def renew_policies(self) -> None:
        """Every connected sensor gets the policy that holds for it now."""
        for session in self._everyone():
            session.post(wire.Policy(self._rooms.policy(session.guid)))

    def renew_updates(self) -> None:
        """What is offered has changed: every connected sensor is told its package, if there is one for it."""
        for session in self._everyone():
            self._offer(session)

    def _offer(self, session: Session) -> None:
        offer = self._rooms.update(session.hello)
        if offer is not None:
            session.post(offer)

    def status(self) -> dict[str, Any]:
        intake = self._intake
        return {
            "url": self.url,
            "connected": len(self.connected()),
            "records": intake.records,
            "batches": intake.batches,
            "waitingBytes": intake.waiting_bytes,
        }

    def _session(self, guid: str) -> Session | None:
        with self._lock:
            return self._sessions.get(guid)

    def _everyone(self) -> list[Session]:
        with self._lock:
            return list(self._sessions.values())

    def _strangers(self, guid: str, count: int) -> None:
        self._signs.tell(guid, "records_of_another", "", {"count": count})

    # ---- in the loop ----------------------------------------------------------------------------------------------------
    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except Exception as error:  # told to who started it
            log.exception("the sensors' door fell shut")
            self._trouble = error
        finally:
            self._is_up.set()
            self._loop.close()

    async def _serve(self) -> None:
        self._stopping = asyncio.Event()
        routes = Routes(self._rooms, self._intake, self._signs, self._pool)
        self._known = routes.known
        app = web.Application(client_max_size=MAX_FRAME_BYTES, middlewares=[say_no_clearly])
        routes.add_to(app)
        app.router.add_get("/sensor/v1/channel", self._channel)
        runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=2)
        await runner.setup()
        context = await asyncio.to_thread(self._rooms.authority.server_context, self.names)
        assert self._listener is not None  # noqa: S101 - since `start`
        site = web.SockSite(runner, self._listener, ssl_context=context, backlog=_BACKLOG)
        await site.start()
        self._is_up.set()
        await self._stopping.wait()
        await asyncio.gather(*(session.say_goodbye("stopping") for session in self._everyone()), return_exceptions=True)
        await _close(runner)

    async def _channel(self, request: web.Request) -> web.StreamResponse:
        peer = await self._known(request)
        if len(self._sessions) >= MOST_CONNECTIONS:
            raise Unavailable("this server has as many sensors as it can serve")
        channel = web.WebSocketResponse(max_msg_size=MAX_FRAME_BYTES, heartbeat=HEARTBEAT_S, compress=False)
        await channel.prepare(request)
        hello = await self._greeted(channel, peer)
        if hello is not None:
            await self._converse(channel, peer, hello)
        return channel

    async def _greeted(self, channel: web.WebSocketResponse, peer: Peer) -> wire.Hello | None:
        """Its greeting, when it may come in; else it is told goodbye with the reason."""
        try:
            frame = await asyncio.wait_for(channel.receive(), HELLO_S)
            if frame.type is not WSMsgType.TEXT:
                raise InputError("a greeting comes first")
            hello = read_message(frame.data, frozenset({wire.Hello}))
            assert isinstance(hello, wire.Hello)  # noqa: S101  (the only one allowed)
            reason = await self._loop.run_in_executor(self._pool, self._why_not, peer, hello)
        except (InputError, TimeoutError):
            hello, reason = None, "malformed"
        if reason:
            with contextlib.suppress(ConnectionError, RuntimeError):
                await channel.send_str(write_message(wire.Bye(reason)))
            await channel.close()
            return None
        return hello

    def _why_not(self, peer: Peer, hello: wire.Hello) -> str:
        """ "" when it may come in."""
        if hello.version != wire.VERSION:
            return "version"
        if hello.sensor != peer.guid:
            self._signs.tell(peer.guid, "other_device", peer.address, {"named": hello.sensor})
            return "other_device"
        try:
            self._rooms.identities.connect(peer.guid, peer.serial, hello.epoch, hello.connection, peer.address)
        except Cloned as cloned:
            self._signs.tell(peer.guid, f"cloned_{cloned.sign}", peer.address)
            return "cloned"
        except Forbidden:
            return "revoked"
        except HinomiError as error:
            log.warning("sensor %s cannot come in now: %s", peer.guid, error)
            return "later"
        return ""

    async def _converse(self, channel: web.WebSocketResponse, peer: Peer, hello: wire.Hello) -> None:
        session = Session(channel, peer, hello, self._rooms, self._intake, self._reports, self._pool)
        now_ms = self._rooms.now_ms()
        session.lay_down(
            wire.Welcome(wire.VERSION, now_ms, self._rooms.version, HEARTBEAT_S, MAX_FRAME_BYTES - 8, IN_FLIGHT)
        )
        before = self._enter(session)
        if before is not None:
            await before.say_goodbye("replaced")
        try:
            await self._loop.run_in_executor(self._pool, self._arrived, session, hello, now_ms)
            await session.run()
        finally:
            if self._leave(session):
                await self._loop.run_in_executor(self._pool, self._gone, peer.guid)

    def _arrived(self, session: Session, hello: wire.Hello, now_ms: int) -> None:
        rooms, guid = self._rooms, session.guid
        rooms.endpoints.seen(
            guid, at_ms=now_ms, connected=True, skew_ms=hello.device_ms - now_ms, policy_version=hello.policy_version
        )
        session.post(wire.Policy(rooms.policy(guid)))
        self._offer(session)

    def _gone(self, guid: str) -> None:
        try:
            self._rooms.endpoints.seen(guid, at_ms=self._rooms.now_ms(), connected=False)
            self._rooms.shells.lost(guid)
        except HinomiError as error:
            log.warning("that sensor %s is gone could not be kept: %s", guid, error)

    def _enter(self, session: Session) -> Session | None:
        with self._lock:
            before = self._sessions.get(session.guid)
            self._sessions[session.guid] = session
        return before

    def _leave(self, session: Session) -> bool:
        """Whether nobody has taken its place."""
        with self._lock:
            is_last = self._sessions.get(session.guid) is session
            if is_last:
                del self._sessions[session.guid]
        return is_last


async def _close(runner: web.AppRunner) -> None:
    """End every connection. TLS says goodbye and waits for an answer: what a dead line still holds by then is cut."""
    server = runner.server
    lines = [one.transport for one in server.connections if one.transport] if server is not None else []
    await runner.cleanup()
    for line in lines:
        line.abort()
    await asyncio.sleep(0)  # the loop closes their sockets in its next turn


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise Unavailable(f"cannot listen for sensors on {host}:{port}: {error.strerror}") from None
    listener.setblocking(False)
    return listener


def _own_names(host: str) -> list[str]:
    """What goes into the certificate when nobody says more: the address itself, else this machine's name."""
    try:
        is_any = ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return [host]
    return [socket.gethostname(), "localhost", "127.0.0.1"] if is_any else [host]
