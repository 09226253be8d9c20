"""DNS messages (RFC 1035): bytes in, a question and its answers out. Whatever is not one is None; nothing loops, nothing grows.

read(payload) -> Message(number, is_answer, name, type, result, answers)
"""

import ipaddress
import struct
from dataclasses import dataclass

_HEADER = struct.Struct(">HHHHHH")
_TAIL = struct.Struct(">HHIH")  # of an answer: type, class, time to live, length
_MOST_ANSWERS = 32
_MOST_LABELS = 128
_MOST_JUMPS = 16
_LONGEST = 4096  # of a message that is looked at; EDNS over UDP seldom has more
_TYPES = {
    1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 10: "NULL", 12: "PTR", 13: "HINFO", 15: "MX", 16: "TXT", 28: "AAAA", 29: "LOC",
    33: "SRV", 35: "NAPTR", 39: "DNAME", 43: "DS", 46: "RRSIG", 48: "DNSKEY", 52: "TLSA", 64: "SVCB", 65: "HTTPS",
    251: "IXFR", 252: "AXFR", 255: "ANY", 257: "CAA",
}  # fmt: skip
_RESULTS = ("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED")


@dataclass(frozen=True, slots=True)
class Message:
    """Of a message with one question, as all have. `result` and `answers` only of an answer."""

    number: int
    is_answer: bool
    name: str
    type: str
    result: str = ""
    answers: tuple[str, ...] = ()


def read(payload: bytes) -> Message | None:
    payload = payload[:_LONGEST]
    if len(payload) < _HEADER.size + 5:
        return None
    number, flags, questions, answers, _, _ = _HEADER.unpack_from(payload)
    if questions != 1 or flags >> 11 & 15:  # other than a query: updates, notifications
        return None
    found = _name(payload, _HEADER.size)
    if found is None or found[1] + 4 > len(payload):
        return None
    name, at = found
    kind, sort = struct.unpack_from(">HH", payload, at)
    if sort & 0x7FFF not in (1, 3, 255):  # internet, chaos, any
        return None
    asked = _TYPES.get(kind, f"TYPE{kind}")
    if not flags >> 15:
        return Message(number, False, name, asked)
    result = flags & 15
    told = _RESULTS[result] if result < len(_RESULTS) else f"RCODE{result}"
    return Message(number, True, name, asked, told, _answers(payload, at + 4, min(answers, _MOST_ANSWERS)))


def _answers(payload: bytes, at: int, count: int) -> tuple[str, ...]:
    found: list[str] = []
    for _ in range(count):
        owner = _name(payload, at)
        if owner is None or owner[1] + _TAIL.size > len(payload):
            break
        kind, _, _, length = _TAIL.unpack_from(payload, owner[1])
        at = owner[1] + _TAIL.size + length
        if at > len(payload):
            break
        told = _content(payload, kind, at - length, length)
        if told:
            found.append(told)
    return tuple(found)


def _content(payload: bytes, kind: int, at: int, length: int) -> str | None:
    if (kind, length) in ((1, 4), (28, 16)):
        return str(ipaddress.ip_address(payload[at : at + length]))
    if kind in (2, 5, 12, 39):
        name = _name(payload, at)
        return name[0] if name else None
    if kind == 15 and length > 2:
        name = _name(payload, at + 2)
        return name[0] if name else None
    return _text(payload[at + 1 : at + 1 + min(payload[at], length - 1)]) if kind == 16 and length > 1 else None


def _name(payload: bytes, at: int) -> tuple[str, int] | None:
    """(name without its last dot, where what follows it stands). Pointers lead backwards only, so that none leads in a circle."""
    labels: list[str] = []
    after = 0
    lowest = at
    size = jumps = 0
    while at < len(payload):
        length = payload[at]
        if length == 0:
            return ".".join(labels) or ".", after or at + 1
        if length & 0xC0 == 0xC0:
            if at + 2 > len(payload):
                return None
            target = struct.unpack_from(">H", payload, at)[0] & 0x3FFF
            after = after or at + 2
            jumps += 1
            if target >= lowest or jumps > _MOST_JUMPS:
                return None
            at = lowest = target
            continue
        size += length + 1
        if length & 0xC0 or size > 255 or len(labels) >= _MOST_LABELS or at + 1 + length > len(payload):
            return None
        labels.append(_text(payload[at + 1 : at + 1 + length]))
        at += 1 + length
    return None


def _text(label: bytes) -> str:
    """As zone files write it: what is no letter, digit, hyphen or underscore of ASCII stands as \\DDD; blanks and dots too."""
    if label.isascii() and label.replace(b"-", b"").replace(b"_", b"").isalnum():
        return label.decode()
    return "".join(chr(one) if 0x21 <= one < 0x7F and one not in b".\\" else f"\\{one:03}" for one in label)
