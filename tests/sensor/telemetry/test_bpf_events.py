"""What the kernel's side hands over, and what is no such thing."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from hinomi.sensor.telemetry import bpf_events
from hinomi.sensor.telemetry.bpf_events import End
from hinomi.sensor.telemetry.file_hashes import FileState
from hinomi.sensor.telemetry.processes import Exec

BOOT = 1_700_000_000_000


def place(*parts: str) -> bytes:
    return b"".join(part.encode() + b"\0" for part in reversed(parts)) or b"\0"


def start(exe: bytes, cwd: bytes, arguments: bytes, file: FileState | None = None) -> bytes:
    told = (1, 77, 7, 1000, 0xFFFFFFFF, 3, 1_234_567_890, 1_229_999_999, len(exe), len(cwd), len(arguments))
    head = struct.pack("=6I2Q4I4Q", *told, *(file or (0, 0, 0, 0, 0)))
    return head + exe + cwd + arguments


def test_an_exec() -> None:
    file = FileState(
        device=8, inode=1 << 40, size=39_432, changed_ns=1_600_000_000_123_456_789, touched_ns=1_600_000_001 * 10**9
    )
    told = bpf_events.read(start(place("usr", "bin", "id"), place(), b"id\0\0-u\0", file), BOOT)
    assert told == Exec(
        pid=77, ppid=7, at_ms=BOOT + 1234, exe="/usr/bin/id", argv=["id", "", "-u"], uid=1000, cwd="/", auid=None,
        session=3, start=BOOT + 1220, file=file,
    )  # fmt: skip


def test_a_path_that_could_not_be_told_is_none() -> None:
    told = bpf_events.read(start(b"", b"", b""), BOOT)
    assert isinstance(told, Exec)
    assert (told.exe, told.cwd, told.argv, told.file) == (None, None, [], None)


def test_an_end() -> None:
    assert bpf_events.read(struct.pack("=IIiIQ", 2, 77, 0x300, 0, 5_000_000), BOOT) == End(77, BOOT + 5, 0x300)


@given(st.integers(0, 3), st.binary(max_size=3000))
def test_any_bytes_are_read_without_harm(kind: int, content: bytes) -> None:
    bpf_events.read(content, BOOT)
    bpf_events.read(struct.pack("=I", kind) + content, BOOT)
