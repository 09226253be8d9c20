"""Which files a scan looks at: (path, follow), each file once as far as names tell. Links are not followed, except what the kernel
itself says (the file that a process runs).

quick: running programs, what starts by itself, temporary folders.  full: every local file system.  paths: as given.
"""

import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from hinomi.sensor import running_process
from hinomi.sensor.evidence import startup
from hinomi.sensor.evidence.budget import Budget

TEMPORARY = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108  (looked into, not written to)
MOUNTS = Path("/proc/self/mountinfo")
LOCAL = frozenset(
    [
        "ext2",
        "ext3",
        "ext4",
        "xfs",
        "btrfs",
        "f2fs",
        "jfs",
        "reiserfs",
        "zfs",
        "vfat",
        "exfat",
        "ntfs3",
        "overlay",
        "tmpfs",
        "squashfs",
        "iso9660",
    ]
)
MAX_FOLDERS = 1_000_000
STARTUP_S = 120.0
Place = tuple[str, bool]
_ESCAPED = re.compile(r"\\([0-7]{3})")  # proc(5): space, tab, newline and backslash


def quick() -> Iterator[Place]:
    yield from running_programs()
    yield from started_by_itself()
    for folder in TEMPORARY:
        yield from below(folder)


def full() -> Iterator[Place]:
    yield from running_programs()
    for root in local_roots(MOUNTS.read_text()):
        yield from below(root)


def given(paths: Sequence[str]) -> Iterator[Place]:
    for path in paths:
        try:
            is_folder = stat.S_ISDIR(os.lstat(path).st_mode)
        except OSError:
            is_folder = False  # the scan of it says what is wrong
        if is_folder:
            yield from below(path)
        else:
            yield path, False


def running_programs() -> Iterator[Place]:
    """Through the kernel's link: also what was deleted or replaced since it started."""
    seen: set[tuple[int, int]] = set()
    for pid in running_process.pids():
        try:
            about = Path(f"/proc/{pid}/exe").stat()
        except OSError:
            continue
        if (about.st_dev, about.st_ino) not in seen:
            seen.add((about.st_dev, about.st_ino))
            yield f"/proc/{pid}/exe", True


def started_by_itself() -> Iterator[Place]:
    budget = Budget(STARTUP_S)
    rows: Iterable[dict[str, object]]
    for rows in (startup.autoruns(budget), startup.services(budget), startup.scheduled(budget)):
        for row in rows:
            for name in ("target", "path"):
                if row.get(name):
                    yield str(row[name]), False
            for program in _programs(row):
                yield program, False


def _programs(row: dict[str, object]) -> Iterator[str]:
    """The programs that a unit or a line of cron starts: its words that are paths."""
    listed = row.get("runs") or []
    for line in [*(listed if isinstance(listed, list) else []), row.get("commands") or ""]:
        for word in str(line).replace("=", " ").replace("'", " ").replace('"', " ").split():
            path = word.lstrip("-@:+!")
            if path.startswith("/") and Path(path).is_file():
                yield os.path.realpath(path)


def below(root: str) -> Iterator[Place]:
    """Every file of the folder, on its own file system only."""
    try:
        device = os.lstat(root).st_dev
    except OSError:
        return
    waiting, folders = [root], 0
    while waiting and folders < MAX_FOLDERS:
        folders += 1
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    if not entry.is_dir(follow_symlinks=False):
                        if entry.is_file(follow_symlinks=False):
                            yield entry.path, False
                    elif entry.stat(follow_symlinks=False).st_dev == device:
                        waiting.append(entry.path)
        except OSError:
            yield here, False  # counted as not looked at


def local_roots(mountinfo: str) -> list[str]:
    """Mount points of local file systems, each file system once (a bind mount shows the same again)."""
    found: dict[str, str] = {}
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields, kind = before.split(" "), after.split(" ", 1)[0]
        if kind in LOCAL and (fields[2] not in found or fields[3] == "/"):
            found.setdefault(fields[2], unescaped(fields[4]))
    return list(found.values())


def unescaped(name: str) -> str:
    """A path as proc(5) writes it."""
    return _ESCAPED.sub(lambda each: chr(int(each[1], 8)), name)
