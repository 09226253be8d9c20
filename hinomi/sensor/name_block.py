"""Domains of the block list: questions for port 53 are brought to name_guard.py, which says that a listed name does not exist.

    follow(names) -> guard process -> table `inet hinomi_names`;   probe(names) -> {name: it was refused}

The rules hold only while the set `alive` has its elements, and those time out in the kernel: `keep` renews them after it has
asked the guard a question and got an answer. A guard that hangs, or a sensor that was killed, is passed by after ALIVE_S.
Not covered: DNS over TLS or HTTPS, names in /etc/hosts, what a local cache still holds, and containers with networks of their own.
"""

import ipaddress
import secrets
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from hinomi.sensor import nft
from hinomi.sensor.action import ActionFailed
from hinomi.sensor.guard_process import GuardProcess
from hinomi.sensor.name_guard import BLOCKED, MARK, NXDOMAIN
from hinomi.sensor.telemetry.dns_askers import the_askers
from hinomi.sensor.telemetry.processes import the_table
from hinomi.sensor.telemetry.socket_owner import SocketOwner

TABLE = "hinomi_names"
PROGRAM = Path(__file__).with_name("name_guard.py")
RESOLVERS = (Path("/etc/resolv.conf"), Path("/run/systemd/resolve/resolv.conf"))
ALIVE_S = 20  # the rules outlive a guard that hangs so long at the most
ANSWER_S = 5.0
ASK_S = 2.0
SOMEWHERE = "192.0.2.53"  # RFC 5737: a question for it never leaves this host while it is refused
MOST_PROBED = 3
_LOCAL_OPTION = 65_001  # RFC 6891: for local and experimental use
Emit = Callable[[str, Mapping[str, Any]], None]


def rules(port4: int, port6: int) -> str:
    lines = [
        f"  set alive {{ type inet_proto; flags timeout; elements = {{ udp timeout {ALIVE_S}s, tcp timeout {ALIVE_S}s }}",
        "  }",
        "  chain output {",
        "    type nat hook output priority -100; policy accept;",
        f"    meta mark {MARK} return",
        '    oif "lo" return',  # a resolver on this host asks on by itself, and that question comes by here
    ]
    for family, port in (("ipv4", port4), ("ipv6", port6)):
        if port:
            lines += [
                f"    meta nfproto {family} {proto} dport 53 meta l4proto @alive redirect to :{port}"
                for proto in ("udp", "tcp")
            ]
    return "\n".join([*lines, "  }"])


def _renewal() -> str:
    """What is there already keeps its old end: so they go and come in one transaction."""
    fresh = f"element inet {TABLE} alive {{ udp timeout {ALIVE_S}s, tcp timeout {ALIVE_S}s }}"
    return f"add {fresh}\ndelete element inet {TABLE} alive {{ udp, tcp }}\nadd {fresh}\n"


def name_servers(texts: Iterable[str]) -> list[str]:
    """Addresses of resolv.conf(5) that are not of this host, each once."""
    found: dict[str, None] = {}
    for text in texts:
        for line in text.splitlines():
            words = line.split()
            if len(words) >= 2 and words[0] == "nameserver":
                with suppress(ValueError):
                    address = ipaddress.ip_address(words[1].partition("%")[0])
                    if not address.is_loopback and not address.is_link_local:
                        found[str(address)] = None
    return list(found)


class NameBlock:
    """Thread-safe but for `follow` and `stop`, which one thread at a time calls."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._names: dict[str, int] = {}
        self._ports = (0, 0)
        self._may_stand = True  # a sensor that was killed may have left it
        self._is_to_begin = False  # the guard ended and took the rules along
        self._listening, self._took = threading.Event(), threading.Event()
        self._guard = GuardProcess(PROGRAM, [], self._heard, self._ended)
        self._own = secrets.token_bytes(8)  # on our own trials: they are no sign of anything
        self._owner, self._askers, self._table = SocketOwner(time.monotonic), the_askers(), the_table()

    def follow(self, names: Mapping[str, int]) -> str | None:
        """Refuse these (name -> until, ms) and all below them; the reason why that cannot be, or None."""
        self._names = dict(names)
        if not names:
            self.stop()
            return None
        if (why := nft.missing()) is not None:
            return why
        self._took.clear()
        self._guard.follow({"names": self._names, "servers": self._servers(), "own": self._own.hex()})
        if not (self._listening.wait(ANSWER_S) and self._took.wait(ANSWER_S)):
            return "the resolver does not answer"
        self._may_stand = True
        try:
            nft.apply(nft.replacing(TABLE, rules(*self._ports)))
        except ActionFailed as failure:
            return str(failure)
        self._is_to_begin = False
        return None

    def keep(self) -> None:
        """Asked every few seconds: the rules hold on only when the resolver answers."""
        self._guard.keep()
        if not self._names or not self._listening.is_set():
            return
        if not nft.is_there(TABLE):
            if not self._is_to_begin:
                told = {"name": "block_list_rules", "text": "the rules for domains were gone"}
                self._emit("sensor_tamper", told)
            self.follow(self._names)
        elif self._is_answering():
            with suppress(ActionFailed):
                nft.apply(_renewal())

    def stop(self) -> None:
        """The rules first: nothing must be brought to a program that is gone."""
        self._names = {}
        if self._may_stand and nft.missing() is None:
            nft.delete(TABLE)
            self._may_stand = False
        self._guard.stop()
        self._listening.clear()
        self._askers.relay = None

    def is_intact(self) -> bool:
        return not self._names or (nft.is_there(TABLE) and bool(nft.elements(TABLE, "alive")))

    def probe(self, names: Iterable[str]) -> dict[str, bool | None]:
        """Name -> whether a question for it, on the way that programs ask, was refused by us; None where it cannot be asked."""
        there = next(iter(self._servers()), SOMEWHERE)
        return {name: was_refused(name, there, own=self._own) for name in list(names)[:MOST_PROBED]}

    def _servers(self) -> list[str]:
        return name_servers(path.read_text(errors="replace") for path in RESOLVERS if path.is_file())

    def _is_answering(self) -> bool:
        port = self._ports[0]
        name = next(iter(self._names))
        return bool(port) and was_refused(name, "127.0.0.1", port, self._own) is True

    def _heard(self, said: Mapping[str, Any]) -> None:
        if "listening" in said:
            self._ports = (int(said["listening"][0]), int(said["listening"][1]))
            self._askers.relay = self._guard.pid
            self._listening.set()
        if "names" in said:
            self._took.set()
        if "refused" in said:
            self._tell_refused(said["refused"])
        if "asked" in said:
            asker = self._owner.of("udp", said["asked"]["port"])
            self._askers.relayed(int(time.time() * 1000), said["asked"]["onward"], asker)

    def _tell_refused(self, asked: Mapping[str, Any]) -> None:
        """With who asked, where its socket is still there."""
        process = self._table.of(self._owner.of(asked["proto"], asked["port"]))
        actor = process.as_actor() if process is not None else {}
        self._emit("dns_query", {**actor, "name": asked["name"], "result": "blocked", "proto": asked["proto"]})

    def _ended(self, reason: str) -> None:
        self._listening.clear()
        self._askers.relay = None
        self._is_to_begin = True
        with suppress(ActionFailed):
            nft.delete(TABLE)
        self._emit("sensor_tamper", {"name": "block_list_resolver", "text": reason})


def was_refused(name: str, server: str, port: int = 53, own: bytes = b"") -> bool | None:
    """Ask for a name; True: our refusal (RFC 8914 "Blocked"). None: the question could not leave."""
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    question = question_for(name, own=own)
    with socket.socket(family, socket.SOCK_DGRAM) as line:
        line.settimeout(ASK_S)
        try:
            line.connect((server, port))
            line.send(question)
            answer = line.recv(4096)
        except TimeoutError:
            return False
        except OSError:
            return None
    is_ours = struct.pack(">H", BLOCKED) in answer[len(question_for(name)) - 11 :]
    return answer[:2] == question[:2] and answer[3] & 0xF == NXDOMAIN and is_ours


def question_for(name: str, kind: int = 1, own: bytes = b"") -> bytes:
    """A question with EDNS, so that the answer may say why (RFC 1035, 6891); `own` in an option for local use."""
    labels = b"".join(bytes([len(each)]) + each.encode() for each in name.split("."))
    head = secrets.token_bytes(2) + b"\x01\0\0\1\0\0\0\0\0\1"
    option = struct.pack(">HH", _LOCAL_OPTION, len(own)) + own if own else b""
    edns = b"\0" + struct.pack(">HHIH", 41, 1232, 0, len(option)) + option
    return head + labels + b"\0" + struct.pack(">HH", kind, 1) + edns
