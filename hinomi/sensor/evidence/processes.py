"""Processes and their connections, from /proc (Linux), with what is odd about each."""

from __future__ import annotations

import os
import re
import socket
import struct
from typing import Any, Iterator

from .budget import Budget
from .reading import hash_of, listed, text_of

TEMPORARY = ("/tmp/", "/var/tmp/", "/dev/shm/", "/run/shm/", "/run/user/", "/var/run/user/")
_PRELOAD = re.compile(r"(?:^|\0)(LD_PRELOAD|LD_AUDIT|LD_LIBRARY_PATH)=([^\0]*)")
_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_STATES = {
    "01": "established", "02": "syn_sent", "03": "syn_recv", "04": "fin_wait1", "05": "fin_wait2", "06": "time_wait",
    "07": "close", "08": "close_wait", "09": "last_ack", "0A": "listen", "0B": "closing",
}  # fmt: skip


def processes(budget: Budget) -> Iterator[dict[str, Any]]:
    """Every process but this one. `flags`: deleted, memfd, temporary, hidden, preload, kernel."""
    booted = _booted_ms()
    hashes: dict[str, dict[str, str]] = {}
    names = _user_names()
    for name in listed("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            budget.check()
            found = _process(int(name), booted, hashes, names)
            if found:
                yield found


def _process(pid: int, booted: int, hashes: dict[str, dict[str, str]], names: dict[int, str]) -> dict[str, Any] | None:
    place = f"/proc/{pid}"
    status = text_of(f"{place}/stat")
    head, _, tail = status.rpartition(")")
    parts = tail.split()
    if len(parts) < 20:
        return None
    uid = _uid(text_of(f"{place}/status"))
    exe = _link(f"{place}/exe")
    command = text_of(f"{place}/cmdline", 1 << 16)
    preload = _PRELOAD.search(text_of(f"{place}/environ", 1 << 17))
    return {
        "pid": pid,
        "ppid": int(parts[1]),
        "start": booted + int(parts[19]) * 1000 // _TICK,
        "name": head.partition("(")[2],
        "exe": exe,
        "cmd": " ".join(command.rstrip("\0").split("\0")),
        "cwd": _link(f"{place}/cwd"),
        "uid": uid,
        "user": names.get(uid, str(uid)),
        "flags": _flags(exe, command, preload),
        "preload": f"{preload.group(1)}={preload.group(2)[:500]}" if preload else "",
        **_hash(f"{place}/exe", exe, hashes),
    }


def _flags(exe: str, command: str, preload: re.Match[str] | None) -> list[str]:
    found = []
    path = exe.replace(" (deleted)", "")
    if not exe:
        return ["kernel"] if not command else []
    if path.startswith("/memfd:"):
        found.append("memfd")
    elif exe.endswith(" (deleted)"):
        found.append("deleted")
    if path.startswith(TEMPORARY):
        found.append("temporary")
    if is_hidden(path):
        found.append("hidden")
    if preload and preload.group(1) != "LD_LIBRARY_PATH":
        found.append("preload")
    return found


def is_hidden(path: str) -> bool:
    """A hidden name, or a hidden folder where programs do not live (a home is full of those)."""
    return path.rpartition("/")[2].startswith(".") or ("/." in path and not path.startswith(("/home/", "/root/")))


def _hash(link: str, exe: str, hashes: dict[str, dict[str, str]]) -> dict[str, str]:
    """Through /proc, so that a deleted file has a hash too; the same file is read once."""
    if not exe:
        return {}
    try:
        told = os.stat(link)
    except OSError:
        return {}
    key = f"{told.st_dev}:{told.st_ino}:{told.st_mtime_ns}"
    if key not in hashes:
        hashes[key] = hash_of(link, follow=True)
    return hashes[key]


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""


def _uid(status: str) -> int:
    found = re.search(r"^Uid:\s+(\d+)", status, re.MULTILINE)
    return int(found.group(1)) if found else -1


def _user_names() -> dict[int, str]:
    found: dict[int, str] = {}
    for line in text_of("/etc/passwd").splitlines():
        parts = line.split(":")
        if len(parts) > 2 and parts[2].isdigit():
            found.setdefault(int(parts[2]), parts[0])
    return found


def _booted_ms() -> int:
    found = re.search(r"^btime (\d+)", text_of("/proc/stat"), re.MULTILINE)
    return int(found.group(1)) * 1000 if found else 0


def connections(budget: Budget) -> Iterator[dict[str, Any]]:
    """TCP and UDP sockets of both families, with the process that holds each."""
    owners = _socket_owners(budget)
    for proto in ("tcp", "tcp6", "udp", "udp6"):
        for line in text_of(f"/proc/net/{proto}", 16 << 20).splitlines()[1:]:
            parts = line.split()
            if len(parts) < 10:
                continue
            budget.check()
            own, other = _end(parts[1]), _end(parts[2])
            pid, exe = owners.get(parts[9], (None, ""))
            yield {
                "proto": proto[:3],
                "src": own[0],
                "spt": own[1],
                "dst": other[0],
                "dpt": other[1],
                "state": _STATES.get(parts[3], parts[3]) if proto[:3] == "tcp" else "",
                "uid": int(parts[7]),
                "pid": pid,
                "exe": exe,
            }


def _end(text: str) -> tuple[str, int]:
    """Addresses stand there as words in the order of the machine's bytes."""
    packed, _, port = text.partition(":")
    words = struct.pack(f"={len(packed) // 8}I", *(int(packed[n : n + 8], 16) for n in range(0, len(packed), 8)))
    shown = socket.inet_ntop(socket.AF_INET if len(words) == 4 else socket.AF_INET6, words)
    return (shown[7:] if shown.startswith("::ffff:") and "." in shown else shown), int(port, 16)


def _socket_owners(budget: Budget) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for name in listed("/proc"):
        if not name.isdigit():
            continue
        budget.check()
        exe = _link(f"/proc/{name}/exe")
        for handle in listed(f"/proc/{name}/fd"):
            target = _link(f"/proc/{name}/fd/{handle}")
            if target.startswith("socket:["):
                found.setdefault(target[8:-1], (int(name), exe))
    return found
