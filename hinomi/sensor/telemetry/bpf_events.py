"""What the programs of hinomi/sensor/ebpf/processes.bpf.c hand over: bytes in, an exec or an end out."""

import struct
from dataclasses import dataclass
from functools import lru_cache

from hinomi.sensor.telemetry import proc
from hinomi.sensor.telemetry.processes import Exec

_START, _END = 1, 2
_HEAD = struct.Struct("=6I2Q4I")
_END_EVENT = struct.Struct("=IIiIQ")
_KIND = struct.Struct("=I")
_TICK_NS = 10_000_000  # the unit in which /proc tells a start


@dataclass(frozen=True, slots=True)
class End:
    """`code` as wait(2) gives it."""

    pid: int
    at_ms: int
    code: int


def read(content: bytes, boot_ms: int) -> Exec | End | None:
    """`boot_ms`: when the machine was booted (proc.boot_ms), so that a start is the same number as from /proc."""
    kind = _KIND.unpack_from(content)[0] if len(content) >= _KIND.size else 0
    if kind == _END and len(content) >= _END_EVENT.size:
        _, pid, code, _, at_ns = _END_EVENT.unpack_from(content)
        return End(pid, boot_ms + at_ns // 1_000_000, code)
    if kind != _START or len(content) < _HEAD.size:
        return None
    _, pid, ppid, uid, login, session, at_ns, start_ns, exe, cwd, size, _ = _HEAD.unpack_from(content)
    text = content[_HEAD.size :]
    arguments = text[exe + cwd : exe + cwd + size]
    return Exec(
        pid=pid,
        ppid=ppid,
        at_ms=boot_ms + at_ns // 1_000_000,
        exe=_path(text[:exe]),
        argv=_texts(arguments.removesuffix(b"\0"))[: proc.MOST_ARGUMENTS] if arguments else [],
        uid=uid,
        cwd=_path(text[exe : exe + cwd]),
        auid=None if login == proc.UNSET else login,
        session=None if session == proc.UNSET else session,
        start=boot_ms + start_ns // _TICK_NS * (_TICK_NS // 1_000_000),
    )


@lru_cache(1024)  # the programs and folders of a host are few
def _path(parts: bytes) -> str | None:
    """Its parts stand last first, each with a NUL behind; none at all when the kernel's side could not tell."""
    names = (part for part in reversed(_texts(parts)) if part and part != "/")
    return "/" + "/".join(names) if parts else None


def _texts(content: bytes) -> list[str]:
    return [part.decode(errors="replace") for part in content.split(b"\0")]
