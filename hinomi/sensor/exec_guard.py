"""A small program that refuses files of the block list: the kernel asks it before a file is started (fanotify permission events).

    python -I -S exec_guard.py SENSOR_PID     standard input: JSON lines, what to refuse and where; output: JSON lines, what it did

Two processes: the responder answers the kernel, the watchdog kills it when it falls silent. Whatever ends the responder (its own
end, the watchdog's, the sensor's) closes the kernel's side with it, and everything starts again: it **fails open**.
Never opens a file that is watched, except through the descriptors that the kernel hands it: it would wait for itself.
It imports only the standard library and nothing of Hinomi, for it is started as a file.

    in    {"hashes": {hex: until ms}, "mounts": [path], "spared": [folder]}   all of it anew
          {"known": [path]}    files that are on the list by what telemetry saw: refused to be opened, too
          {"probe": hex, "until": ms}    a hash that the sensor tries for itself; nothing is told of it
    out   {"marked": {mount: reason or null}} {"refused": {...}} {"spared": {...}} {"late": {...}} {"beat": counters}
"""

import ctypes
import hashlib
import json
import os
import queue
import select
import signal
import stat
import struct
import sys
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

# linux/fanotify.h
FAN_CLOEXEC, FAN_NONBLOCK, FAN_CLASS_CONTENT = 0x1, 0x2, 0x4
FAN_MARK_ADD, FAN_MARK_REMOVE, FAN_MARK_DONT_FOLLOW, FAN_MARK_MOUNT = 0x1, 0x2, 0x4, 0x10
FAN_OPEN_PERM, FAN_OPEN_EXEC_PERM = 0x10000, 0x40000
FAN_ALLOW, FAN_DENY = 1, 2
AT_FDCWD = -100
EVENT = struct.Struct("=IBBHQii")  # length, version, reserved, header length, mask, fd, pid
ANSWER = struct.Struct("=iI")
PR_SET_PDEATHSIG = 1

LIMIT_BYTES = 256 << 20  # larger files start unread
LATE_S = 4.0  # a start waits so long at the most, however slow the disk
HUNG_S = 3.0  # of silence, then the watchdog ends the responder
ROUND_S = 0.25
REMEMBERED = 65_536
MOST_WAITING = 512  # descriptors held at once; the rest waits in the kernel
FRESH_NS = 100_000_000  # a file changed this lately may change again under the same time stamp: not remembered
MAX_LINE_BYTES = 4 << 20
PIECE = 1 << 20

Key = tuple[int, int, int, int, int]  # device, inode, changed, changed (inode), bytes
Sums = tuple[str, str]  # SHA-1, SHA-256

libc = ctypes.CDLL(None, use_errno=True)
libc.fanotify_mark.argtypes = [ctypes.c_int, ctypes.c_uint, ctypes.c_uint64, ctypes.c_int, ctypes.c_char_p]


class Job:
    """A file that has to be read before its start is answered; whoever comes first answers, the reader closes."""

    def __init__(self, fd: int, mask: int, pid: int, key: Key) -> None:
        self.fd, self.mask, self.pid, self.key = fd, mask, pid, key
        self.until = time.monotonic() + LATE_S
        self.lock, self.is_answered = threading.Lock(), False


class Responder:
    def __init__(self, sensor_pid: int) -> None:
        self.sensor_pid = sensor_pid
        self.group = libc.fanotify_init(
            FAN_CLOEXEC | FAN_NONBLOCK | FAN_CLASS_CONTENT, os.O_RDONLY | os.O_CLOEXEC | os.O_LARGEFILE
        )
        if self.group < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        self.hashes: dict[str, int] = {}
        self.probes: dict[str, int] = {}
        self.mounts: list[str] = []
        self.spared: tuple[str, ...] = ()
        self.known: OrderedDict[Key, Sums] = OrderedDict()
        self.waiting: set[Job] = set()
        self.jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self.lock = threading.Lock()
        self.counts = {"asked": 0, "read": 0, "refused": 0, "late": 0, "large": 0}
        self.typed, self.beat_s = b"", 0.0

    def run(self, beats: int) -> None:
        for _ in range(2):
            threading.Thread(target=self.read_jobs, daemon=True).start()
        watched, told_s = select.poll(), 0.0
        watched.register(0, select.POLLIN | select.POLLHUP)
        watched.register(self.group, select.POLLIN)
        while True:
            self.beat(beats)
            ready = dict(watched.poll(ROUND_S * 1000))
            if 0 in ready and not self.hear():
                return
            if self.group in ready and len(self.waiting) < MOST_WAITING:
                self.answer_events()
            elif self.group in ready:
                time.sleep(0.005)  # no room: the readers come first
            self.answer_late()
            if time.monotonic() - told_s >= 1:
                told_s = time.monotonic()
                tell({"beat": self.counts})

    def beat(self, beats: int) -> None:
        now_s = time.monotonic()
        if now_s - self.beat_s >= ROUND_S:
            self.beat_s = now_s
            with suppress(BlockingIOError):  # a watchdog that is stopped is the sensor's matter
                os.write(beats, b".")

    # ---- what the sensor says ----------------------------------------------------------------------------------------
    def hear(self) -> bool:
        """False when the sensor is gone."""
        piece = os.read(0, PIECE)
        if not piece or len(self.typed) > MAX_LINE_BYTES:
            return False
        *lines, self.typed = (self.typed + piece).split(b"\n")
        for line in lines:
            said = json.loads(line)
            if "hashes" in said:
                self.follow(said)
            if "probe" in said:
                self.probes = {said["probe"]: said["until"]}
                tell({"probing": said["probe"]})
            for path in said.get("known", ()):
                self.mark_file(path)
        return True

    def follow(self, said: dict[str, Any]) -> None:
        self.hashes, self.spared = said["hashes"], tuple(said["spared"])
        outcome: dict[str, str | None] = {}
        for mount in set(self.mounts) - set(said["mounts"]):
            self.mark(FAN_MARK_REMOVE | FAN_MARK_MOUNT, FAN_OPEN_EXEC_PERM, AT_FDCWD, mount)
        for mount in said["mounts"]:
            outcome[mount] = self.mark(FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_OPEN_EXEC_PERM, AT_FDCWD, mount)
        self.mounts = [mount for mount, reason in outcome.items() if reason is None]
        tell({"marked": outcome})

    def mark(self, how: int, mask: int, fd: int, path: str | None) -> str | None:
        """The kernel's reason against it, or None."""
        if libc.fanotify_mark(self.group, how, mask, fd, None if path is None else os.fsencode(path)) < 0:
            return os.strerror(ctypes.get_errno())
        return None

    def mark_file(self, path: str) -> None:
        """By name, which opens nothing: opening it here would ask this process itself."""
        self.mark(FAN_MARK_ADD | FAN_MARK_DONT_FOLLOW, FAN_OPEN_PERM | FAN_OPEN_EXEC_PERM, AT_FDCWD, path)

    # ---- what the kernel asks ----------------------------------------------------------------------------------------
    def answer_events(self) -> None:
        try:
            data = os.read(self.group, EVENT.size * 64)
        except BlockingIOError:
            return
        place = 0
        while place + EVENT.size <= len(data):
            length, _, _, _, mask, fd, pid = EVENT.unpack_from(data, place)
            place += length
            if fd >= 0:
                self.asked(mask, fd, pid)

    def asked(self, mask: int, fd: int, pid: int) -> None:
        self.counts["asked"] += 1
        try:
            told = os.fstat(fd)
            if not stat.S_ISREG(told.st_mode) or (not self.hashes and not self.probes):
                self.close(fd, FAN_ALLOW)
                return
            key = (told.st_dev, told.st_ino, told.st_mtime_ns, told.st_ctime_ns, told.st_size)
            sums = self.known.get(key)
            if sums is not None:
                self.close(fd, self.verdict(mask, fd, pid, sums))
                return
            if told.st_size > LIMIT_BYTES:
                self.counts["large"] += 1
                self.close(fd, FAN_ALLOW)
                return
        except OSError:
            self.close(fd, FAN_ALLOW)
            return
        job = Job(fd, mask, pid, key)
        self.waiting.add(job)
        self.jobs.put(job)

    def close(self, fd: int, answer: int) -> None:
        with suppress(OSError):
            os.write(self.group, ANSWER.pack(fd, answer))
        os.close(fd)

    def read_jobs(self) -> None:
        while True:
            job = self.jobs.get()
            try:
                sums = read_sums(job)
                if sums is not None:
                    self.remember(job.key, sums)
                    self.settle(job, self.verdict(job.mask, job.fd, job.pid, sums))
            except OSError:
                self.settle(job, FAN_ALLOW)
            finally:
                os.close(job.fd)
                self.waiting.discard(job)

    def settle(self, job: Job, answer: int) -> None:
        with job.lock:
            if not job.is_answered:
                job.is_answered = True
                with suppress(OSError):
                    os.write(self.group, ANSWER.pack(job.fd, answer))

    def answer_late(self) -> None:
        now_s = time.monotonic()
        for job in [each for each in tuple(self.waiting) if each.until <= now_s and not each.is_answered]:
            self.counts["late"] += 1
            tell({"late": {"path": path_of(job.fd), "pid": job.pid}})
            self.settle(job, FAN_ALLOW)

    def remember(self, key: Key, sums: Sums) -> None:
        self.counts["read"] += 1
        if time.time_ns() - max(key[2], key[3]) < FRESH_NS:
            return
        with self.lock:
            self.known[key] = sums
            while len(self.known) > REMEMBERED:
                self.known.popitem(last=False)

    def verdict(self, mask: int, fd: int, pid: int, sums: Sums) -> int:
        now_ms = time.time() * 1000
        if any(self.probes.get(each, 0) > now_ms for each in sums):
            return FAN_DENY
        found = next((each for each in sums if self.hashes.get(each, 0) > now_ms), None)
        if found is None:
            if mask & FAN_OPEN_PERM:  # marked once, and another file by now, or off the list
                self.mark(FAN_MARK_REMOVE, FAN_OPEN_PERM | FAN_OPEN_EXEC_PERM, fd, None)
            return FAN_ALLOW
        path = path_of(fd)
        told = {"path": path, "pid": pid, "sha1": sums[0], "sha256": sums[1], "value": found}
        if is_spared(path, os.fstat(fd), self.spared):
            tell({"spared": told})
            return FAN_ALLOW
        is_start = bool(mask & FAN_OPEN_EXEC_PERM)
        if not is_start and is_below(pid, self.sensor_pid):
            return FAN_ALLOW  # a person collects or scans it
        # what was refused a start cannot be had through an interpreter or the loader either
        self.mark(FAN_MARK_ADD, FAN_OPEN_PERM | FAN_OPEN_EXEC_PERM, fd, None)
        self.counts["refused"] += 1
        tell({"refused": {**told, "started": is_start, **of_process(pid)}})
        return FAN_DENY


def read_sums(job: Job) -> Sums | None:
    """(SHA-1, SHA-256) by a descriptor of its own place; None when it was given up meanwhile."""
    sha1, sha256, place = hashlib.sha1(usedforsecurity=False), hashlib.sha256(), 0
    while not job.is_answered:
        piece = os.pread(job.fd, PIECE, place)
        if not piece:
            return sha1.hexdigest(), sha256.hexdigest()
        place += len(piece)
        sha1.update(piece)
        sha256.update(piece)
    return None


def path_of(fd: int) -> str:
    try:
        return os.fsencode(Path(f"/proc/self/fd/{fd}").readlink()).decode(errors="replace")
    except OSError:
        return ""


def is_spared(path: str, told: os.stat_result, folders: tuple[str, ...]) -> bool:
    """A program of the system or of the sensor: below those folders, and nobody but root can have put it there."""
    return told.st_uid == 0 and not told.st_mode & 0o022 and any(path.startswith(f"{each}/") for each in folders)


def is_below(pid: int, ancestor: int) -> bool:
    for _ in range(64):
        if pid == ancestor:
            return True
        pid = parent_of(pid)
        if pid <= 1:
            return False
    return False


def parent_of(pid: int) -> int:
    try:
        line = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return 0
    return int(line[line.rindex(b")") + 2 :].split()[1])


def of_process(pid: int) -> dict[str, Any]:
    """Who asked, as /proc tells it: it waits for our answer, so it is still there."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()[:4096].replace(b"\0", b" ").decode(errors="replace").strip()
        return {"cmd": line, "exe": str(Path(f"/proc/{pid}/exe").readlink()), "uid": Path(f"/proc/{pid}").stat().st_uid}
    except OSError:
        return {}


_telling = threading.Lock()


def tell(value: dict[str, Any]) -> None:
    """Dropped when the sensor does not read: an answer must never wait for it."""
    with _telling, suppress(OSError):
        os.write(1, json.dumps(value).encode() + b"\n")


def respond(sensor_pid: int, beats: int) -> NoReturn:
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    os.set_blocking(1, False)
    try:
        Responder(sensor_pid).run(beats)
    except OSError as error:
        tell({"trouble": error.strerror or str(error)})
    finally:
        os._exit(0)  # readers that hang must not hold the group open


def watch(responder: int, beats: int) -> int:
    """Until the responder ends, or is ended for its silence; the exit code."""
    while True:
        if not select.select([beats], [], [], HUNG_S)[0]:
            os.kill(responder, signal.SIGKILL)
            os.waitpid(responder, 0)
            return 3
        if not os.read(beats, 4096):
            os.waitpid(responder, 0)
            return 0


def main(arguments: list[str]) -> int:
    beats, theirs = os.pipe()
    responder = os.fork()
    if responder == 0:
        os.close(beats)
        os.set_blocking(theirs, False)
        respond(int(arguments[0]), theirs)
    os.close(theirs)
    return watch(responder, beats)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
