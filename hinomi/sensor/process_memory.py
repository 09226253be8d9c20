"""The memory of another process, region by region, as far as the kernel lets it be read. The process goes on."""

import os
from dataclasses import dataclass
from pathlib import Path

MAX_REGIONS = 70_000  # vm.max_map_count is 65,530
# reading them has side effects, or there is nothing of the process in them (proc(5))
SKIPPED = ("[vvar]", "[vvar_vclock]", "[vsyscall]", "/dev/")


@dataclass(frozen=True, slots=True)
class Region:
    start: int
    end: int
    rights: str
    file: str


def regions(pid: int) -> list[Region]:
    """Those that may be read. OSError when there is no such process."""
    found = []
    for line in Path(f"/proc/{pid}/maps").read_text(errors="replace").splitlines()[:MAX_REGIONS]:
        span, rights, _, _, _, *name = line.split(maxsplit=5)
        start, end = (int(each, 16) for each in span.split("-"))
        found.append(Region(start, end, rights, name[0] if name else ""))
    return [each for each in found if each.rights.startswith("r") and not each.file.startswith(SKIPPED)]


def open_memory(pid: int) -> int:
    return os.open(f"/proc/{pid}/mem", os.O_RDONLY | os.O_CLOEXEC)


def read(descriptor: int, start: int, length: int) -> bytes:
    """Shorter where a page cannot be read."""
    found = bytearray()
    while len(found) < length:
        try:
            more = os.pread(descriptor, length - len(found), start + len(found))
        except (OSError, OverflowError):
            break
        if not more:
            break
        found += more
    return bytes(found)
