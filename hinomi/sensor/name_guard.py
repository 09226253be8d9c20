"""A small resolver between this host and its name servers: names of the block list do not exist, all others are asked on.

    python -I -S name_guard.py     standard input: JSON lines, what to refuse; output: JSON lines

The rules of sensor/name_block.py bring every question for port 53 here, and only while the sensor finds this program answering
(each rule needs an element of a set that times out): hung or dead it is passed by. A question goes on to the server it was meant
for: over UDP the kernel's connection table tells which (ctnetlink), over TCP the socket (SO_ORIGINAL_DST).
It imports only the standard library and nothing of Hinomi, for it is started as a file.

    in    {"names": {name: until ms}, "servers": [address], "own": token}    a name covers all below it; servers: when the table does not
          tell; own: a question that bears the token is a trial of the sensor and not told
    out   {"listening": [port4, port6]} {"refused": {"name", "proto", "port"}} {"asked": {"port", "onward"}} {"beat": counters}
          port: the asker's; onward: the one that its question leaves by
"""

import ipaddress
import json
import os
import select
import socket
import struct
import threading
import time
from contextlib import suppress
from typing import Any

MARK = 0x48694E6F  # of our own questions: the rules let them through
SO_ORIGINAL_DST = 80  # linux/netfilter_ipv4.h, the same number for IPv6
NETLINK_NETFILTER, CT_GET = 12, 1 << 8 | 1  # NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_GET
NESTED = 0x8000
WAIT_S = 5.0
MOST_WAITING, MOST_STREAMS = 1024, 64
MOST_BYTES = 65_535
MAX_LINE_BYTES = 4 << 20
NXDOMAIN, BLOCKED = 3, 15  # RFC 1035; extended error 15 "Blocked" of RFC 8914
TOLD_EVERY_S = 60.0  # the same name is told once in that time
Address = tuple[str, int]


class Resolver:
    def __init__(self) -> None:
        self.names: dict[str, int] = {}
        self.servers: list[str] = []
        self.own = b""
        self.doors = [_bound(socket.AF_INET, "127.0.0.1"), _bound(socket.AF_INET6, "::1")]
        self.streams = threading.BoundedSemaphore(MOST_STREAMS)
        self.waiting: dict[int, tuple[socket.socket, socket.socket, Any, float]] = {}
        self.counts = {"asked": 0, "refused": 0, "unknown_server": 0}
        self.typed = b""
        self.told: dict[str, float] = {}

    def run(self) -> None:
        self.poll = select.poll()
        self.poll.register(0, select.POLLIN | select.POLLHUP)
        udp = {each.fileno(): each for each, _ in self.doors if each}
        tcp = {each.fileno(): each for _, each in self.doors if each}
        for number in (*udp, *tcp):
            self.poll.register(number, select.POLLIN)
        tell({"listening": [door[0].getsockname()[1] if door[0] else 0 for door in self.doors]})
        told_s = 0.0
        while True:
            for number, _ in self.poll.poll(1000):
                if number == 0 and not self.hear():
                    return
                if number in udp:
                    self.take(udp[number])
                elif number in tcp:
                    self.accept(tcp[number])
                elif number in self.waiting:
                    self.give_back(number)
            self.forget_late()
            if time.monotonic() - told_s >= 1:
                told_s = time.monotonic()
                tell({"beat": self.counts})

    def hear(self) -> bool:
        """False when the sensor is gone."""
        piece = os.read(0, 1 << 20)
        if not piece or len(self.typed) > MAX_LINE_BYTES:
            return False
        *lines, self.typed = (self.typed + piece).split(b"\n")
        for line in lines:
            said = json.loads(line)
            self.names, self.servers, self.own = said["names"], said["servers"], bytes.fromhex(said["own"])
            tell({"names": len(self.names)})
        return True

    # ---- UDP ----------------------------------------------------------------------------------------------------------
    def take(self, door: socket.socket) -> None:
        try:
            question, peer = door.recvfrom(MOST_BYTES)
        except OSError:
            return
        refusal = self.refusal(question, "udp", peer[1])
        if refusal is not None:
            with suppress(OSError):
                door.sendto(refusal, peer)
            return
        self.ask_on(door, question, peer)

    def ask_on(self, door: socket.socket, question: bytes, peer: Any) -> None:
        there = original_udp(door, peer) or self.first_server(door.family)
        if there is None or len(self.waiting) >= MOST_WAITING:
            return  # the asker's own time-out tells it
        onward = marked(socket.socket(door.family, socket.SOCK_DGRAM))
        try:
            onward.connect(there)
            tell({"asked": {"port": peer[1], "onward": onward.getsockname()[1]}})
            onward.send(question)
        except OSError:
            onward.close()
            return
        self.waiting[onward.fileno()] = (onward, door, peer, time.monotonic() + WAIT_S)
        self.poll.register(onward, select.POLLIN)

    def give_back(self, number: int) -> None:
        onward, door, peer, _ = self.waiting.pop(number)
        self.poll.unregister(number)
        with suppress(OSError):
            door.sendto(onward.recv(MOST_BYTES), peer)
        onward.close()

    def forget_late(self) -> None:
        now_s = time.monotonic()
        for number in [each for each, (*_, until) in self.waiting.items() if until <= now_s]:
            self.poll.unregister(number)
            self.waiting.pop(number)[0].close()

    def first_server(self, family: int) -> Address | None:
        self.counts["unknown_server"] += 1
        version = 4 if family == socket.AF_INET else 6
        return next(((one, 53) for one in self.servers if ipaddress.ip_address(one).version == version), None)

    # ---- TCP ----------------------------------------------------------------------------------------------------------
    def accept(self, door: socket.socket) -> None:
        try:
            asker, peer = door.accept()
        except OSError:
            return
        if not self.streams.acquire(blocking=False):
            asker.close()
            return
        threading.Thread(target=self.converse, args=(asker, peer), daemon=True).start()

    def converse(self, asker: socket.socket, peer: Any) -> None:
        try:
            with asker:
                asker.settimeout(WAIT_S)
                there = original_tcp(asker)
                while there is not None and (question := read_framed(asker)) is not None:
                    found = self.refusal(question, "tcp", peer[1]) or ask_stream(asker.family, there, question)
                    asker.sendall(struct.pack(">H", len(found)) + found)
        except OSError:
            return
        finally:
            self.streams.release()

    # ---- what is refused ------------------------------------------------------------------------------------------------
    def refusal(self, question: bytes, proto: str, port: int) -> bytes | None:
        """The answer that the name does not exist; None for a question that is to be asked on."""
        self.counts["asked"] += 1
        name = name_of(question)
        if name is None or not self.is_listed(name):
            return None
        self.counts["refused"] += 1
        if not (self.own and self.own in question):
            self.tell_refused(name, proto, port)
        return refused(question)

    def is_listed(self, name: str) -> bool:
        now_ms, labels = time.time() * 1000, name.split(".")
        return any(self.names.get(".".join(labels[place:]), 0) > now_ms for place in range(len(labels)))

    def tell_refused(self, name: str, proto: str, port: int) -> None:
        now_s = time.monotonic()
        if now_s - self.told.get(name, -TOLD_EVERY_S) < TOLD_EVERY_S:
            return
        if len(self.told) > 10_000:
            self.told.clear()
        self.told[name] = now_s
        tell({"refused": {"name": name, "proto": proto, "port": port}})


# ---- DNS messages (RFC 1035) ---------------------------------------------------------------------------------------------
def name_of(question: bytes) -> str | None:
    """The name that is asked for, lower case; None for what is no plain question."""
    if len(question) < 17 or question[2] & 0x80 or question[4:6] != b"\0\1":
        return None
    labels, place = [], 12
    while place < len(question) and question[place]:
        size = question[place]
        if size > 63 or place + 1 + size >= len(question):
            return None
        labels.append(question[place + 1 : place + 1 + size].decode("latin-1").lower())
        place += 1 + size
    return ".".join(labels) if labels else None


def refused(question: bytes) -> bytes:
    """NXDOMAIN, with the extended error "Blocked" for who asked with EDNS."""
    ends = question.index(b"\0", 12) + 5
    has_edns = question[10:12] != b"\0\0"
    flags = bytes([0x80 | question[2] & 0x79, 0x80 | NXDOMAIN])
    head = question[:2] + flags + b"\0\1\0\0\0\0" + (b"\0\1" if has_edns else b"\0\0")
    return head + question[12:ends] + (OPT if has_edns else b"")


_TEXT = b"block list"
_ERROR = struct.pack(">HHH", 15, 2 + len(_TEXT), BLOCKED) + _TEXT
OPT = b"\0" + struct.pack(">HHIH", 41, 1232, 0, len(_ERROR)) + _ERROR


# ---- to whom it was going ------------------------------------------------------------------------------------------------
def original_tcp(asker: socket.socket) -> Address | None:
    try:
        if asker.family == socket.AF_INET:
            raw = asker.getsockopt(socket.SOL_IP, SO_ORIGINAL_DST, 16)
            return socket.inet_ntop(socket.AF_INET, raw[4:8]), int.from_bytes(raw[2:4], "big")
        raw = asker.getsockopt(socket.IPPROTO_IPV6, SO_ORIGINAL_DST, 28)
        return socket.inet_ntop(socket.AF_INET6, raw[8:24]), int.from_bytes(raw[2:4], "big")
    except OSError:
        return None


def original_udp(door: socket.socket, peer: Any) -> Address | None:
    """From the connection table, by the tuple of the answer: we -> peer."""
    family, size = (door.family, 4 if door.family == socket.AF_INET else 16)
    here = door.getsockname()
    first, second = (1, 2) if size == 4 else (3, 4)  # CTA_IP_V4_SRC, _DST; CTA_IP_V6_SRC, _DST
    ips = attribute(first, socket.inet_pton(family, here[0])) + attribute(second, socket.inet_pton(family, peer[0]))
    ports = attribute(2, struct.pack(">H", here[1])) + attribute(3, struct.pack(">H", peer[1]))
    proto = attribute(1, bytes([socket.IPPROTO_UDP])) + ports
    asked = attribute(2 | NESTED, attribute(1 | NESTED, ips) + attribute(2 | NESTED, proto))  # CTA_TUPLE_REPLY
    body = struct.pack(">BBH", family, 0, 0) + asked
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as line:
            line.settimeout(1)
            line.send(struct.pack("=IHHII", 16 + len(body), CT_GET, 1, 1, 0) + body)
            told = line.recv(16_384)
        original = attributes(attributes(told[20:])[1])  # CTA_TUPLE_ORIG
        return (
            socket.inet_ntop(family, attributes(original[1])[second]),
            int.from_bytes(attributes(original[2])[3], "big"),
        )
    except (OSError, KeyError, struct.error):
        return None


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + b"\0" * (-len(value) % 4)


def attributes(raw: bytes) -> dict[int, bytes]:
    found, place = {}, 0
    while place + 4 <= len(raw):
        size, kind = struct.unpack_from("=HH", raw, place)
        if size < 4:
            break
        found[kind & 0x3FFF] = raw[place + 4 : place + size]
        place += size + (-size % 4)
    return found


def ask_stream(family: int, there: Address, question: bytes) -> bytes:
    with marked(socket.socket(family, socket.SOCK_STREAM)) as onward:
        onward.settimeout(WAIT_S)
        onward.connect(there)
        onward.sendall(struct.pack(">H", len(question)) + question)
        found = read_framed(onward)
    if found is None:
        raise ConnectionError("the name server said nothing")
    return found


def read_framed(stream: socket.socket) -> bytes | None:
    head = _exactly(stream, 2)
    return None if head is None else _exactly(stream, int.from_bytes(head, "big"))


def _exactly(stream: socket.socket, size: int) -> bytes | None:
    found = b""
    while len(found) < size:
        piece = stream.recv(size - len(found))
        if not piece:
            return None
        found += piece
    return found


def marked(given: socket.socket) -> socket.socket:
    given.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, MARK)
    return given


def _bound(family: int, address: str) -> tuple[Any, Any]:
    """A UDP and a TCP door on one free port; (None, None) where the host does not speak this family."""
    for _ in range(20):
        udp = tcp = None
        try:
            udp = socket.socket(family, socket.SOCK_DGRAM)
            udp.bind((address, 0))
            tcp = socket.socket(family, socket.SOCK_STREAM)
            tcp.bind((address, udp.getsockname()[1]))
            tcp.listen(64)
        except OSError:
            for each in (udp, tcp):
                if each is not None:
                    each.close()
            continue
        return udp, tcp
    return None, None


_telling = threading.Lock()


def tell(value: dict[str, Any]) -> None:
    """Dropped when the sensor does not read: an answer must never wait for it."""
    with _telling, suppress(OSError):
        os.write(1, json.dumps(value).encode() + b"\n")


def main() -> None:
    os.set_blocking(1, False)
    Resolver().run()


if __name__ == "__main__":
    main()
