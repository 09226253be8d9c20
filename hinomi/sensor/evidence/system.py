"""The host: its names, addresses, system, users and logins (Linux)."""

from __future__ import annotations

import os
import platform
import re
import socket
import struct
import time
from typing import Any, Iterator

from .reading import bytes_of, listed, text_of

MAX_LOGINS = 2000
_UTMP = struct.Struct("<h2xi32s4s32s256shhiii16s20x")  # utmp(5) on 64-bit Linux
_KINDS = {1: "run_level", 2: "boot", 6: "login_process", 7: "login", 8: "logout"}


def host() -> dict[str, Any]:
    release = dict(_assignments(text_of("/etc/os-release", follow=True)))
    uptime = text_of("/proc/uptime").split(" ")[0]
    told = os.uname()
    return {
        "host": told.nodename,
        "names": sorted({told.nodename, socket.gethostname()}),
        "ips": addresses(),
        "interfaces": interfaces(),
        "os": release.get("PRETTY_NAME", told.sysname),
        "os_id": release.get("ID", ""),
        "os_version": release.get("VERSION_ID", ""),
        "kernel": told.release,
        "kernel_build": told.version,
        "architecture": told.machine,
        "python": platform.python_version(),
        "machine_id": text_of("/etc/machine-id").strip(),
        "boot_id": text_of("/proc/sys/kernel/random/boot_id").strip(),
        "booted": int((time.time() - float(uptime)) * 1000) if uptime else None,
        "timezone": time.strftime("%Z %z"),
        "command_line": text_of("/proc/cmdline").strip(),
        "tainted": text_of("/proc/sys/kernel/tainted").strip(),
        "modules": [line.split(" ")[0] for line in text_of("/proc/modules").splitlines()],
        "mounts": [line.split(" ")[:3] for line in text_of("/proc/self/mounts").splitlines()][:500],
        "resolvers": re.findall(r"^nameserver\s+(\S+)", text_of("/etc/resolv.conf", follow=True), re.MULTILINE),
        "hosts_file": [
            line for line in text_of("/etc/hosts", follow=True).splitlines() if line.strip() and line[0] != "#"
        ],
        "uid": os.geteuid(),
    }


def _assignments(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals:
            yield name.strip(), value.strip().strip("\"'")


def addresses() -> list[str]:
    """Own addresses of both families, loopback and link-local left out."""
    four = set()
    last = ""
    for line in text_of("/proc/net/fib_trie").splitlines():
        found = re.search(r"-- (\d+\.\d+\.\d+\.\d+)", line)
        if found:
            last = found.group(1)
        elif "/32 host LOCAL" in line and not last.startswith("127."):
            four.add(last)
    six = set()
    for line in text_of("/proc/net/if_inet6").splitlines():
        packed = bytes.fromhex(line[:32])
        shown = socket.inet_ntop(socket.AF_INET6, packed)
        if shown != "::1" and not shown.startswith("fe80:"):
            six.add(shown)
    return sorted(four) + sorted(six)


def interfaces() -> list[dict[str, str]]:
    root = "/sys/class/net"
    return [{"name": name, "mac": text_of(f"{root}/{name}/address").strip()} for name in listed(root)]


def users() -> Iterator[dict[str, Any]]:
    administrators = _members(("sudo", "wheel", "adm", "docker", "lxd", "root"))
    for line in text_of("/etc/passwd").splitlines():
        parts = line.split(":")
        if len(parts) != 7 or not parts[2].isdigit():
            continue
        name, uid, shell = parts[0], int(parts[2]), parts[6]
        yield {
            "name": name,
            "uid": uid,
            "home": parts[5],
            "shell": shell,
            "can_log_in": not shell.endswith(("nologin", "false", "sync", "shutdown", "halt")),
            "groups": sorted(group for group, names in administrators.items() if name in names),
            "keys": _key_count(parts[5]),
        }


def _members(groups: tuple[str, ...]) -> dict[str, set[str]]:
    found = {}
    for line in text_of("/etc/group").splitlines():
        parts = line.split(":")
        if len(parts) == 4 and parts[0] in groups:
            found[parts[0]] = set(parts[3].split(","))
    return found


def _key_count(home: str) -> int:
    text = text_of(f"{home}/.ssh/authorized_keys")
    return sum(1 for line in text.splitlines() if line.strip() and not line.startswith("#"))


def logins() -> Iterator[dict[str, Any]]:
    """Sessions of now, then logins and failures, newest first."""
    for path, kind in (("/run/utmp", "now"), ("/var/log/wtmp", "past"), ("/var/log/btmp", "failed")):
        data = bytes_of(path, 64 << 20, follow=True) or b""
        whole = data[: len(data) - len(data) % _UTMP.size][-MAX_LOGINS * _UTMP.size :]
        for fields in reversed(list(_UTMP.iter_unpack(whole))):
            record = _login(fields)
            if record["type"] in ("login", "boot", "logout") or kind == "failed":
                yield {"list": kind, **record}


def _login(fields: tuple[Any, ...]) -> dict[str, Any]:
    kind, pid, line, _, user, origin, _, _, _, seconds, micros, address = fields
    return {
        "type": _KINDS.get(kind, str(kind)),
        "user": _word(user),
        "line": _word(line),
        "from": _word(origin),
        "address": _address(address),
        "pid": pid,
        "time": (seconds & 0xFFFFFFFF) * 1000 + micros // 1000,
    }


def _word(raw: bytes) -> str:
    return raw.split(b"\0")[0].decode("utf-8", "replace")


def _address(raw: bytes) -> str:
    if raw == b"\0" * 16:
        return ""
    return (
        socket.inet_ntop(socket.AF_INET, raw[:4]) if raw[4:] == b"\0" * 12 else socket.inet_ntop(socket.AF_INET6, raw)
    )
