"""Messages of the kernel's audit -> events -> what they mean. Bytes in, data out: no socket, no clock.

    "audit(1700000000.123:77): arch=c000003e syscall=59 ... exe="/usr/bin/id" key="hinomi"\"

The messages of one event share the stamp `1700000000.123:77`; they may come between those of others, and EOE ends them.
Quoted values are plain; what holds blanks, quotes or other than ASCII stands in hex instead. Arguments too long for one
message are cut: `a1_len=9000 a1[0]=... a1[1]=...`. Nothing of it is trusted: programs choose what stands there.
"""

import re
from binascii import Error as HexError
from binascii import unhexlify
from collections import OrderedDict
from dataclasses import dataclass, field

from hinomi.sensor.telemetry.proc import LONGEST_COMMAND, MOST_ARGUMENTS, UNSET

SYSCALL, PATH, SOCKADDR, CWD, EXECVE, EOE, KERN_MODULE = 1300, 1302, 1306, 1307, 1309, 1320, 1330
CONFIG_CHANGE = 1305
_MOST_OPEN = 4096  # events that wait for their end
_MOST_MESSAGES = 512  # of one event: 4 MB of arguments
_ARGUMENT = re.compile(rb'(?:^| )a(\d{1,6})(?:\[(\d{1,4})\])?=("[^"]*"|[0-9A-Fa-f]*)(?= |$)')

Fields = dict[bytes, bytes]


@dataclass(slots=True)
class AuditEvent:
    """`messages`: (type, body) in their order. `stamp` is what they share."""

    stamp: bytes
    time_ms: int
    messages: list[tuple[int, bytes]] = field(default_factory=list)

    def body(self, kind: int) -> bytes:
        """Of the first message of the kind; empty when there is none."""
        return next((body for one, body in self.messages if one == kind), b"")

    def bodies(self, kind: int) -> list[bytes]:
        return [body for one, body in self.messages if one == kind]


class EventAssembler:
    """Puts messages together. `torn` counts events given up before their end came."""

    def __init__(self) -> None:
        self._open: OrderedDict[bytes, AuditEvent] = OrderedDict()
        self.torn = 0

    def add(self, kind: int, text: bytes) -> AuditEvent | None:
        """The event that this message completes."""
        head, found, body = text.partition(b"): ")
        if not found or head[:6] != b"audit(":
            return None
        stamp = head[6:]
        if kind == EOE:
            return self._open.pop(stamp, None)
        event = self._open.get(stamp)
        if event is None:
            time_ms = _milliseconds(stamp)
            if time_ms is None:
                return None
            event = AuditEvent(stamp, time_ms)
            if not SYSCALL <= kind < 1400 or kind == CONFIG_CHANGE:  # these stand alone
                event.messages.append((kind, body))
                return event
            self._open[stamp] = event
            if len(self._open) > _MOST_OPEN:
                self._open.popitem(last=False)
                self.torn += 1
        if len(event.messages) < _MOST_MESSAGES:
            event.messages.append((kind, body))
        return None

    def __len__(self) -> int:
        return len(self._open)


def _milliseconds(stamp: bytes) -> int | None:
    """Of `seconds.milliseconds:serial`."""
    seconds, dot, rest = stamp.partition(b".")
    fraction, colon, serial = rest.partition(b":")
    if not (dot and colon and seconds.isdigit() and fraction.isdigit() and serial.rstrip(b"\0").isdigit()):
        return None
    return int(seconds[:12]) * 1000 + int(fraction[:3]) if len(fraction) >= 3 else None


def fields_of(body: bytes) -> Fields:
    """name=value parts; the first of a name wins, for what a program may write comes behind what the kernel writes."""
    found: Fields = {}
    for part in body.rstrip(b"\0\n").split(b" "):
        name, equals, value = part.partition(b"=")
        if equals:
            found.setdefault(name, value)
    return found


def text_of(value: bytes | None) -> str | None:
    """A value that a program chose: quoted, or in hex; None for (null) and (none)."""
    if not value or value[:1] == b"(":
        return None
    content = _plain(value)
    return content.decode(errors="replace") or None if content is not None else None


def number_of(value: bytes | None) -> int | None:
    """A decimal number; "unset" is none."""
    found = int(value) if value and len(value) < 20 and value.lstrip(b"-").isdigit() else None
    return None if found == UNSET else found


def arguments_of(bodies: list[bytes]) -> list[str]:
    """The argument list of all EXECVE messages of one event, cut pieces put together; bounded."""
    pieces: dict[int, list[tuple[int, bytes]]] = {}
    total = 0
    for match in _ARGUMENT.finditer(b" ".join(body.rstrip(b"\0\n") for body in bodies)):
        number, piece, value = match.groups()
        place = int(number)
        content = _plain(value)
        if content is None or place >= MOST_ARGUMENTS or total > 4 * LONGEST_COMMAND:
            continue
        total += len(content)
        pieces.setdefault(place, []).append((int(piece or 0), content))
    return [b"".join(part for _, part in sorted(pieces[place])).decode(errors="replace") for place in sorted(pieces)]


def _plain(value: bytes) -> bytes | None:
    if value[:1] == b'"':
        return value[1:-1] if len(value) > 1 and value[-1:] == b'"' else None
    try:
        return unhexlify(value)
    except HexError:
        return None


def address_of(saddr: bytes | None) -> tuple[str, int] | None:
    """(address, port) of a SOCKADDR message's hex; None for other families than IPv4 and IPv6."""
    from ipaddress import IPv4Address, IPv6Address

    try:
        content = unhexlify(saddr or b"")
    except HexError:
        return None
    family = int.from_bytes(content[:2], "little")
    port = int.from_bytes(content[2:4], "big")
    if family == 2 and len(content) >= 8:
        return str(IPv4Address(content[4:8])), port
    if family == 10 and len(content) >= 24:
        found = IPv6Address(content[8:24])
        return str(found.ipv4_mapped or found), port
    return None
