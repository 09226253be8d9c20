"""The netlink socket of the kernel's audit: its state, its rules, its messages. Layouts: linux/audit.h, linux/netlink.h.

    link = AuditLink(); link.status(); link.add(rule); link.listen() or link.take_over(); link.receive() -> bytes ...

Unicast (`take_over`): this process becomes the one audit daemon; never while another is. Multicast (`listen`): beside it.
"""

import os
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from errno import ENOBUFS
from itertools import count
from threading import Lock

_NETLINK_AUDIT = 9
_GET, _SET, _ADD_RULE, _DEL_RULE, _LIST_RULES = 1000, 1001, 1011, 1012, 1013
_ERROR, _DONE, _OVERRUN = 2, 3, 4  # nlmsg_type
_REQUEST, _ACK = 1, 4  # nlmsg_flags
_SOL_NETLINK, _ADD_MEMBERSHIP, _DROP_MEMBERSHIP = 270, 1, 2  # linux/netlink.h; not in Python's socket
_READLOG_GROUP = 1  # AUDIT_NLGRP_READLOG
_HEADER = struct.Struct("=IHHII")
_SO_RCVBUFFORCE = 33  # asm-generic/socket.h; not in Python's socket
_WANTED_BUFFER = 32 << 20
_MESSAGE = 16_384  # MAX_AUDIT_MESSAGE_LENGTH is 8970
_NAMES = (
    "enabled", "failure", "pid", "rate_limit", "backlog_limit", "lost", "backlog", "features", "backlog_wait_time",
    "backlog_wait_time_actual",
)  # fmt: skip
_MASKS = {"enabled": 1, "failure": 2, "pid": 4, "rate_limit": 8, "backlog_limit": 16, "backlog_wait_time": 32}

# fields and operators of rules
PID, UID, EUID, LOGIN_UID, ARCH, PPID, SUCCESS, EXIT = 0, 1, 2, 9, 11, 18, 104, 103
MESSAGE_TYPE, EXE, ADDRESS_FAMILY, KEY = 12, 112, 113, 210
EQUAL, NOT_EQUAL = 0x40000000, 0x30000000
AT_EXIT, EXCLUDE = 4, 5  # filter lists
_PREPEND = 0x10
NEVER, ALWAYS = 0, 2
_MOST_FIELDS, _BITMASK_WORDS = 64, 64
_TEXT_FIELDS = frozenset({*range(13, 18), *range(19, 24), 105, 107, EXE, KEY})  # SELinux's, WATCH, DIR, and ours
_LAST_WORD = 0x0000FFFF  # the rest of it means classes of system calls (AUDIT_SYSCALL_CLASSES)

Condition = tuple[int, int, int | str]  # field, operator, value


@dataclass(frozen=True, slots=True)
class Rule:
    """`first`: before all others. Without system calls it means all of them."""

    action: int
    syscalls: tuple[int, ...] = ()
    conditions: tuple[Condition, ...] = ()
    filter_list: int = AT_EXIT
    first: bool = False

    def packed(self, with_place: bool = True) -> bytes:
        """struct audit_rule_data."""
        words = [0] * _BITMASK_WORDS
        for number in self.syscalls:
            words[number // 32] |= 1 << number % 32
        if not self.syscalls and self.filter_list == AT_EXIT:
            words = [0xFFFFFFFF] * (_BITMASK_WORDS - 1) + [_LAST_WORD]
        fields, values, operators = ([0] * _MOST_FIELDS for _ in range(3))
        text = b""
        for place, (name, operator, value) in enumerate(self.conditions):
            fields[place], operators[place] = name, operator
            if isinstance(value, str):
                encoded = value.encode()
                values[place], text = len(encoded), text + encoded
            else:
                values[place] = value
        flags = self.filter_list | (_PREPEND if self.first and with_place else 0)
        head = struct.pack("=III", flags, self.action, len(self.conditions))
        table = struct.pack(f"={_BITMASK_WORDS + 3 * _MOST_FIELDS}I", *words, *fields, *values, *operators)
        return head + table + struct.pack("=I", len(text)) + text

    @property
    def identity(self) -> bytes:
        """What the kernel says of the rule when it lists it: all but its place."""
        return self.packed(with_place=False)


def conditions_of(identity: bytes) -> tuple[int, tuple[Condition, ...]]:
    """The action of a rule in force and its conditions; a text stands where the kernel keeps its length."""
    _, action, count = struct.unpack_from("=III", identity)
    table = 12 + 4 * _BITMASK_WORDS
    fields, values, operators = (
        struct.unpack_from(f"={count}I", identity, table + 4 * _MOST_FIELDS * place) for place in range(3)
    )
    texts = table + 12 * _MOST_FIELDS + 4
    found: list[Condition] = []
    for field, value, operator in zip(fields, values, operators, strict=True):
        if field in _TEXT_FIELDS:
            found.append((field, operator, identity[texts : texts + value].decode(errors="replace")))
            texts += value
        else:
            found.append((field, operator, value))
    return action, tuple(found)


@dataclass(frozen=True, slots=True)
class Status:
    enabled: int
    failure: int
    pid: int
    rate_limit: int
    backlog_limit: int
    lost: int
    backlog: int
    features: int
    backlog_wait_time: int
    backlog_wait_time_actual: int = 0


class AuditLink:
    """One socket. OSError where the kernel has no audit or this process may not use it."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._asking = Lock()  # an answer must reach the thread that asked
        self.overruns = 0
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _NETLINK_AUDIT)
        try:
            self.socket.bind((0, 0))
        except OSError:
            self.socket.close()
            raise

    def close(self) -> None:
        self.socket.close()

    def status(self) -> Status:
        reply = self._ask(_GET, b"", reply_type=_GET)
        numbers = struct.unpack_from(f"={len(reply) // 4}I", reply)[1 : len(_NAMES) + 1]
        return Status(*numbers)

    def change(self, **values: int) -> None:
        """Change the state: enabled, failure, pid, rate_limit, backlog_limit, backlog_wait_time."""
        self._ask(_SET, _settings(**values))

    def add(self, rule: Rule) -> None:
        """FileExistsError when it is there already."""
        self._ask(_ADD_RULE, rule.packed())

    def remove(self, identity: bytes) -> None:
        """FileNotFoundError when there is no such rule."""
        self._ask(_DEL_RULE, identity)

    def rules(self) -> set[bytes]:
        """The identities of the rules that are in force."""
        found: set[bytes] = set()
        with self._asking:
            number = self._send(_LIST_RULES, b"")
            while True:
                kind, sequence, payload = self._message()
                if sequence != number:
                    continue
                if kind == _DONE:
                    return found
                if kind == _ERROR:
                    _raise_error(payload)
                elif kind == _LIST_RULES:
                    (length,) = struct.unpack_from("=I", payload, 12 + 4 * (_BITMASK_WORDS + 3 * _MOST_FIELDS))
                    found.add(payload[: 16 + 4 * (_BITMASK_WORDS + 3 * _MOST_FIELDS) + length])

    def widen(self) -> int:
        """Ask for a receive buffer that holds a burst; the size that was given."""
        for option in (_SO_RCVBUFFORCE, socket.SO_RCVBUF):
            try:
                self.socket.setsockopt(socket.SOL_SOCKET, option, _WANTED_BUFFER)
                break
            except PermissionError:
                continue
        return self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)

    def listen(self) -> None:
        """Also receive what the audit daemon receives."""
        self.socket.setsockopt(_SOL_NETLINK, _ADD_MEMBERSHIP, _READLOG_GROUP)

    def take_over(self) -> None:
        """Become the audit daemon: its messages come to this socket. FileExistsError when there is one."""
        self.change(pid=os.getpid())

    def take_over_again(self) -> None:
        """The same while another thread reads this socket: the answer is not waited for. What is heard beside is not heard twice."""
        with suppress(OSError):
            self.socket.setsockopt(_SOL_NETLINK, _DROP_MEMBERSHIP, _READLOG_GROUP)
        self._send(_SET, _settings(pid=os.getpid()), _REQUEST)

    def time_out(self, seconds: float) -> None:
        """How long `receive_all` waits for the first message; in the kernel, without a call more per message."""
        whole = int(seconds)
        packed = struct.pack("@ll", whole, int((seconds - whole) * 1_000_000))
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, packed)

    def receive_all(self, most: int = 10_000) -> list[bytes]:
        """The datagrams that wait, as they came; after the time-out none. `overruns` counts when there was no room for some."""
        found: list[bytes] = []
        receive = self.socket.recv
        try:
            found.append(receive(_MESSAGE))
            while len(found) < most:
                found.append(receive(_MESSAGE, socket.MSG_DONTWAIT))
        except BlockingIOError:
            pass
        except OSError as error:
            if error.errno != ENOBUFS:
                raise
            self.overruns += 1
        return found

    def _ask(self, kind: int, payload: bytes, reply_type: int | None = None) -> bytes:
        with self._asking:
            return self._answer(self._send(kind, payload), reply_type)

    def _answer(self, number: int, reply_type: int | None) -> bytes:
        answer, is_done = b"", False
        while not is_done or (reply_type is not None and not answer):  # the kernel answers in either order
            found, sequence, content = self._message()
            if sequence != number:
                continue
            if found == _ERROR:
                _raise_error(content)
                is_done = True
            elif found == reply_type:
                answer = content
        return answer

    def _send(self, kind: int, payload: bytes, flags: int = _REQUEST | _ACK) -> int:
        number = next(self._numbers)
        header = _HEADER.pack(_HEADER.size + len(payload), kind, flags, number, 0)
        self.socket.sendto(header + payload, (0, 0))
        return number

    def _message(self) -> tuple[int, int, bytes]:
        self.socket.settimeout(5)
        try:
            content = self.socket.recv(_MESSAGE)
        finally:
            self.socket.settimeout(None)
        _, kind, _, sequence, _ = _HEADER.unpack_from(content)
        return kind, sequence, content[_HEADER.size :]


def _settings(**values: int) -> bytes:
    """struct audit_status with what is to be changed."""
    mask = sum(_MASKS[name] for name in values)
    return struct.pack("=11I", mask, *(values.get(name, 0) for name in _NAMES))


def split(datagram: bytes) -> tuple[int, bytes]:
    """(type, text) of a datagram that the kernel sent: one message each, whose length field audit does not fill in fully."""
    return struct.unpack_from("=H", datagram, 4)[0], datagram[_HEADER.size :]


def _raise_error(payload: bytes) -> None:
    (number,) = struct.unpack_from("=i", payload)
    if number:
        raise OSError(-number, os.strerror(-number))
