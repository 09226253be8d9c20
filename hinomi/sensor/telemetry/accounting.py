"""Records of wtmp and btmp (utmp(5)), as the C library of 64-bit Linux writes them. Bytes in, data out."""

import socket
import struct
from typing import Any

from hinomi.sensor.telemetry.logins import Said, address, told_only

SIZE = 384
_LAYOUT = struct.Struct("=h2xi32s4s32s256shhiii16s20x")
LOGIN_PROCESS, USER_PROCESS, DEAD_PROCESS = 6, 7, 8
_MOST_LINES = 4096


class Sessions:
    """Who sits at which line: the end of a session in wtmp does not say whose it was. Bounded."""

    def __init__(self) -> None:
        self._users: dict[str, str] = {}

    def of_wtmp(self, record: bytes) -> Said | None:
        kind, data = _read(record)
        line = data.get("tty", "")
        if kind == USER_PROCESS and data.get("target_user"):
            if len(self._users) < _MOST_LINES:
                self._users[line] = data["target_user"]
            return "login", data | {"result": "success"}
        if kind == DEAD_PROCESS and line in self._users:
            return "logout", data | {"target_user": self._users.pop(line)}
        return None


def of_btmp(record: bytes) -> Said | None:
    """A refused login."""
    kind, data = _read(record)
    return ("login", data | {"result": "failure"}) if kind in (LOGIN_PROCESS, USER_PROCESS) else None


def _read(record: bytes) -> tuple[int, dict[str, Any]]:
    kind, pid, line, _, user, host, _, _, session, seconds, micros, raw = _LAYOUT.unpack(record)
    name, tty = _text(host), _text(line)
    source = _address(raw) or address(name)
    data = told_only(
        {
            "target_user": _text(user),
            "src": source,
            "from_host": name if name and address(name) is None and not name.startswith(":") else None,
            "tty": tty,
            "service": "sshd" if (tty or "").startswith("ssh") else None,
            "type": "network" if source else "local",
            "session": session or None,
            "_time_ms": seconds * 1000 + micros // 1000 if seconds > 0 else None,
        }
    )
    return kind, data | ({"pid": pid} if pid > 0 else {})


def _text(value: bytes) -> str | None:
    return value.partition(b"\0")[0].decode(errors="replace") or None


def _address(raw: bytes) -> str | None:
    if not any(raw):
        return None
    family = socket.AF_INET6 if any(raw[4:]) else socket.AF_INET
    return address(socket.inet_ntop(family, raw if family == socket.AF_INET6 else raw[:4]))
