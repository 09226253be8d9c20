"""DNS questions of this host and their answers, from the packets themselves (AF_PACKET): whatever resolver a program brings along.

The kernel hands over port 53 alone. A question is told with its answer, or by itself when none comes. Names over TLS or HTTPS are not seen.
"""

import os
import select
import socket
import struct
import time
from collections import OrderedDict, deque
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from typing import Any

from hinomi.sensor.collectors import Emit
from hinomi.sensor.telemetry import dns, ip_packet, packet_filter
from hinomi.sensor.telemetry.dns_askers import DnsAskers, the_askers
from hinomi.sensor.telemetry.ip_packet import Packet
from hinomi.sensor.telemetry.processes import ProcessTable, the_table
from hinomi.sensor.telemetry.socket_owner import SocketOwner
from hinomi.wire.policy import SensorPolicy

_PORT = 53
_ALL_PROTOCOLS = 3  # ETH_P_ALL
_OUTGOING, _LOOPBACK = 4, 772  # PACKET_OUTGOING, ARPHRD_LOOPBACK
_SOL_PACKET, _STATISTICS = 263, 6
_BUFFER = 4 << 20
_MOST_OPEN = 4096
_PATIENCE_S = 5.0  # a question without an answer is told by itself then
_MOST_AT_ONCE = 256
_HEARSAY_S = 0.3  # so long another source has to tell who asked
_RELAY_S = 1.0  # and so long the relay: its word has a process of its own to come through
_NAMES = {ip_packet.UDP: "udp", ip_packet.TCP: "tcp"}

_Key = tuple[int, str, int, str, int]  # protocol, asker, its port, server, number of the message


@dataclass(frozen=True, slots=True)
class _Question:
    asked_s: float
    at_ms: int
    onward: int  # the port by which the relay may ask it for another; 0: nobody stands between
    data: dict[str, Any]


class DnsPackets:
    name = "dns_packets"
    kinds: tuple[str, ...] = ("dns",)

    def __init__(self, table: ProcessTable | None = None, askers: DnsAskers | None = None) -> None:
        self._table = table or the_table()
        self._socket: socket.socket | None = None
        self._wake: tuple[int, int] | None = None
        self._thread: Thread | None = None
        self._open: OrderedDict[_Key, _Question] = OrderedDict()
        self._owner = SocketOwner(time.monotonic)
        self._askers = askers or the_askers()
        self._unowned: deque[tuple[float, int, dict[str, Any]]] = deque()  # told when, `onward`, what
        self._seen = self._lost = self._told_lost = 0
        self._told_s = 0.0
        self._trouble: str | None = None

    def probe(self) -> str | None:
        try:
            _listening().close()
        except PermissionError:
            return "needs CAP_NET_RAW"
        except OSError as error:
            return f"no packets from this kernel: {error}"
        return None

    def start(self, emit: Emit, policy: SensorPolicy) -> None:
        del policy  # what it leaves out is left out behind us
        self._emit = emit
        self._socket, self._wake = _listening(), os.pipe2(os.O_CLOEXEC)
        self._thread = Thread(target=self._listen, name="dns", daemon=True)
        self._thread.start()

    def apply(self, policy: SensorPolicy) -> None:
        """Nothing of it is set in the system."""

    def stop(self) -> None:
        if self._wake is not None:
            os.write(self._wake[1], b"x")
        if self._thread is not None:
            self._thread.join(5)
        if self._socket is not None:
            self._socket.close()
        for handle in self._wake or ():
            os.close(handle)
        self._socket = self._thread = self._wake = None

    def health(self) -> dict[str, Any]:
        return {
            "seen": self._seen,
            "lost": self._lost,
            "unanswered": len(self._open),
            "without_process": self._owner.unasked,
            "trouble": self._trouble,
            "note": "names asked over TLS or HTTPS are not seen",
        }

    def _listen(self) -> None:
        assert self._socket is not None  # noqa: S101 - until the thread has ended
        assert self._wake is not None  # noqa: S101
        while True:
            patience_s = _HEARSAY_S if self._unowned else 1.0 if self._open else None
            ready, _, _ = select.select([self._socket.fileno(), self._wake[0]], [], [], patience_s)
            if self._wake[0] in ready:
                self._tell_late(float("inf"))
                self._tell_unowned(float("inf"))
                return
            try:
                self._read(self._socket)
            except OSError as error:
                if not isinstance(error, BlockingIOError):
                    self._trouble = str(error)
                    return
            self._tell_late(time.monotonic() - _PATIENCE_S)
            self._tell_unowned(time.monotonic())

    def _read(self, source: socket.socket) -> None:
        """What waits, a bounded number at a time."""
        with suppress(BlockingIOError):
            for _ in range(_MOST_AT_ONCE):
                content, (_, _, direction, hardware, _) = source.recvfrom(65_535)
                if hardware == _LOOPBACK and direction == _OUTGOING:
                    continue  # it comes a second time as what arrives
                packet = ip_packet.read(content)
                if packet is not None:
                    self._consider(packet, is_ours=direction == _OUTGOING or hardware == _LOOPBACK)
        self._count_lost(source)

    def _consider(self, packet: Packet, *, is_ours: bool) -> None:
        payload = packet.payload[2:] if packet.proto == ip_packet.TCP else packet.payload
        message = dns.read(payload) if payload else None
        if message is None:
            return
        if message.is_answer and packet.spt == _PORT:
            key = (packet.proto, packet.dst, packet.dpt, packet.src, message.number)
            question = self._open.get(key)
            if question is not None and question.data["name"].lower() == message.name.lower():
                del self._open[key]
                self._tell(question, message.result, message.answers)
        elif not message.is_answer and packet.dpt == _PORT and is_ours:
            self._ask(packet, message)

    def _ask(self, packet: Packet, message: dns.Message) -> None:
        key = (packet.proto, packet.src, packet.spt, packet.dst, message.number)
        if key in self._open:  # asked again: the same question
            return
        proto = _NAMES[packet.proto]
        pid = self._owner.of(proto, packet.spt)
        # of a quick answer the relay has closed its socket before we look: then it is nobody's
        onward = packet.spt if self._askers.relay and pid in (None, self._askers.relay) else 0
        pid = None if onward else pid
        data = self._actor(pid) | {"name": message.name, "type": message.type, "server": packet.dst, "proto": proto}
        self._open[key] = _Question(time.monotonic(), int(time.time() * 1000), onward, data)
        if len(self._open) > _MOST_OPEN:
            self._tell(self._open.popitem(last=False)[1], "", ())

    def _tell_late(self, before_s: float) -> None:
        while self._open and next(iter(self._open.values())).asked_s <= before_s:
            self._tell(self._open.popitem(last=False)[1], "", ())

    def _tell(self, question: _Question, result: str, answers: tuple[str, ...]) -> None:
        data = question.data | {"result": result or "UNANSWERED", "_time_ms": question.at_ms}
        data |= {"answers": list(answers)} if answers else {}
        if "pid" not in data:
            patience_s = _RELAY_S if question.onward else _HEARSAY_S
            self._unowned.append((time.monotonic() + patience_s, question.onward, data))
            if len(self._unowned) > _MOST_OPEN:
                self._tell_unowned(self._unowned[0][0])
        else:
            self._seen += 1
            self._emit("dns_query", data)

    def _tell_unowned(self, now_s: float) -> None:
        while self._unowned and self._unowned[0][0] <= now_s:
            _, onward, data = self._unowned.popleft()
            self._seen += 1
            at_ms = data["_time_ms"]
            asker = self._askers.behind(at_ms, onward) or self._askers.of(at_ms, data["server"])
            self._emit("dns_query", self._actor(asker) | data)

    def _actor(self, pid: int | None) -> dict[str, Any]:
        actor = self._table.of(pid)
        return actor.as_actor() if actor is not None else ({"pid": pid} if pid else {})

    def _count_lost(self, source: socket.socket) -> None:
        """Asking sets the kernel's counter back; told at most every ten seconds."""
        now_s = time.monotonic()
        if now_s - self._told_s < 10.0:
            return
        self._told_s = now_s
        _, dropped = struct.unpack("=II", source.getsockopt(_SOL_PACKET, _STATISTICS, 8))
        if dropped:
            self._lost += dropped
            text = f"{dropped} packets of DNS were lost"
            self._emit("sensor_loss", {"name": self.name, "lost": dropped, "text": text})


def _listening() -> socket.socket:
    """Packets from their IP header on. What comes in before the filter is there is thrown away like any other traffic."""
    kind = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC
    made = socket.socket(socket.AF_PACKET, kind, socket.htons(_ALL_PROTOCOLS))
    try:
        packet_filter.attach(made, packet_filter.of_port(_PORT))
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made
