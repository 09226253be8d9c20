"""What the programs of hinomi/sensor/ebpf/processes.bpf.c hand over: bytes in, an exec or an end out."""

import struct
from functools import lru_cache
from typing import NamedTuple

from hinomi.sensor.telemetry import proc
from hinomi.sensor.telemetry.file_hashes import FileState
from hinomi.sensor.telemetry.processes import Exec

_START, _END = 1, 2
_HEAD = struct.Struct("=6I2Q4I4Q")
_END_EVENT = struct.Struct("=IIiIQ")
_KIND = struct.Struct("=I")
_TICK_NS = 10_000_000  # the unit in which /proc tells a start


class End(NamedTuple):
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
    (
        _, pid, ppid, uid, login, session, at_ns, start_ns, exe, cwd, size,
        device, inode, length, changed_ns, touched_ns,
    ) = _HEAD.unpack_from(content)  # fmt: skip
    exe_ends = _HEAD.size + exe
    cwd_ends = exe_ends + cwd
    arguments = content[cwd_ends : cwd_ends + size]
    return Exec(
        pid=pid,
        ppid=ppid,
        at_ms=boot_ms + at_ns // 1_000_000,
        exe=_path(content[_HEAD.size : exe_ends]),
        argv=_texts(arguments.removesuffix(b"\0"))[: proc.MOST_ARGUMENTS] if arguments else [],
        uid=uid,
        cwd=_path(content[exe_ends:cwd_ends]),
        auid=None if login == proc.UNSET else login,
        session=None if session == proc.UNSET else session,
        start=boot_ms + start_ns // _TICK_NS * (_TICK_NS // 1_000_000),
        file=FileState(device, inode, length, changed_ns, touched_ns) if inode else None,
    )


@lru_cache(1024)  # the programs and folders of a host are few
def _path(parts: bytes) -> str | None:
    """Its parts stand last first, each with a NUL behind; none at all when the kernel's side could not tell."""
    names = (part for part in reversed(_texts(parts)) if part and part != "/")
    return "/" + "/".join(names) if parts else None


def _texts(content: bytes) -> list[str]:
    return content.decode(errors="replace").split("\0")
