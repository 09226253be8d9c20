"""The TCP sockets of this network namespace, as /proc/net tells them: bytes in, data out, and reading them."""

import socket
import struct
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from hinomi.sensor.telemetry.logins import address

_ESTABLISHED, _SYN_SENT, _CLOSE_WAIT, _LISTEN = 1, 2, 8, 10  # net/tcp_states.h
_MOST = 65_536
TABLES = ("tcp", "tcp6")


@dataclass(frozen=True, slots=True)
class TcpSocket:
    """`dst` "" and `dpt` 0 while it listens; an address of all zeros is "*"."""

    src: str
    spt: int
    dst: str
    dpt: int
    is_listening: bool
    inode: int


def read_sockets() -> list[TcpSocket]:
    """Those that listen, connect or are connected; the tables of this thread's namespace, at most 65,536 lines of each."""
    found: list[TcpSocket] = []
    for table in TABLES:
        try:
            with Path(f"/proc/thread-self/net/{table}").open("rb") as file:
                lines = islice(file, 1, _MOST)
                found += [one for one in map(read_line, lines) if one is not None]
        except OSError:  # no IPv6
            continue
    return found


def read_line(line: bytes) -> TcpSocket | None:
    parts = line.split(None, 10)
    if len(parts) < 10:
        return None
    try:
        state, inode = int(parts[3], 16), int(parts[9])
        near, far = _end(parts[1]), _end(parts[2])
    except (ValueError, OSError):
        return None
    if state not in (_ESTABLISHED, _SYN_SENT, _CLOSE_WAIT, _LISTEN):
        return None
    if state == _LISTEN:
        return TcpSocket(near[0], near[1], "", 0, True, inode)
    return TcpSocket(*near, *far, False, inode)


def _end(text: bytes) -> tuple[str, int]:
    """ "0100007F:0035" -> 127.0.0.1, 53: words of four bytes in the machine's order."""
    host, _, port = text.partition(b":")
    words = [int(host[at : at + 8], 16) for at in range(0, len(host), 8)]
    packed = struct.pack(f"={len(words)}I", *words)
    family = socket.AF_INET if len(words) == 1 else socket.AF_INET6
    return address(socket.inet_ntop(family, packed)) or "*", int(port, 16)
