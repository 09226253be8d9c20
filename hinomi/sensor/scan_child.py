"""The process that reads hostile files: hashes and YARA, in bounds of its own, apart from the sensor.

    python -P -m hinomi.sensor.scan_child

Standard input and output: a JSON line each. First {"yara": rules, "hashes": [[type, value, name]], "file_s": seconds} ->
{"ready": true} | {"bad_rules": text}; then {"path": p, "follow": bool} | {"pid": n} -> {"found": [[kind, name]], "sha1",
"sha256", "size"} | {"skipped": why} | {"error": text}. A crash or a hang costs one file: the sensor starts another.
"""

import ctypes
import hashlib
import json
import os
import resource
import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yara_x

from hinomi.sensor import process_memory

PR_SET_PDEATHSIG = 1  # linux/prctl.h
MAX_HASHED = 2 << 30
MAX_YARA = 256 << 20
MAX_DATA = 1 << 30  # of memory; mapped files do not count
MAX_OFFSETS = 10
CHUNK = 1 << 20
WINDOW, OVERLAP = 32 << 20, 64 << 10  # of process memory: what lies across a border is in one of two windows


def main() -> None:
    _bound()
    begin = json.loads(sys.stdin.readline())
    try:
        scan = _Scan(begin)
    except yara_x.CompileError as error:
        _tell({"bad_rules": str(error)[:2000]})
        return
    _tell({"ready": True})
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            _tell(scan.process(int(asked["pid"])) if "pid" in asked else scan.file(asked["path"], asked["follow"]))
        except (OSError, ValueError, MemoryError, yara_x.ScanError, yara_x.TimeoutError) as error:
            _tell({"error": f"{type(error).__name__}: {error}"[:300]})


def _bound() -> None:
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    resource.setrlimit(resource.RLIMIT_DATA, (MAX_DATA, MAX_DATA))
    os.nice(10)


def _tell(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


class _Scan:
    def __init__(self, begin: dict[str, Any]) -> None:
        self._hashes: dict[str, list[str]] = {}
        for _kind, value, name in begin["hashes"]:
            self._hashes.setdefault(value, []).append(name)
        self._scanner = None
        if begin["yara"]:
            compiler = yara_x.Compiler()
            compiler.add_source(begin["yara"])
            self._scanner = yara_x.Scanner(compiler.build())
            self._scanner.set_timeout(int(begin["file_s"]))

    def file(self, path: str, follow: bool) -> dict[str, Any]:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | (0 if follow else os.O_NOFOLLOW))
        try:
            about = os.fstat(handle)
            if not stat.S_ISREG(about.st_mode):
                return {"skipped": "not a file"}
            return self._plain(handle, about.st_size)
        finally:
            os.close(handle)

    def _plain(self, handle: int, size: int) -> dict[str, Any]:
        if size > (MAX_HASHED if self._hashes else MAX_YARA):
            return {"skipped": "too large"}
        digests = _hash(handle, size) if self._hashes else ("", "")
        found = [["hash", name] for value in digests for name in self._hashes.get(value, [])]
        note = {}
        if self._scanner is not None and 0 < size <= MAX_YARA:
            found += _names(self._scanner.scan_file(f"/proc/self/fd/{handle}"))
        elif self._scanner is not None and size:
            note = {"partly": "too large for YARA"}
        if found and not digests[0]:
            os.lseek(handle, 0, os.SEEK_SET)
            digests = _hash(handle, size)
        return {"found": found, "sha1": digests[0], "sha256": digests[1], "size": size, **note}

    def process(self, pid: int) -> dict[str, Any]:
        found: dict[tuple[str, str], list[Any]] = {}
        size = 0
        if self._scanner is not None:
            for at, data in _windows(pid):
                size += len(data)
                for kind, name, offsets in _names(self._scanner.scan(data)):
                    known = found.setdefault((kind, name), [kind, name, []])
                    known[2] = sorted({*known[2], *(at + offset for offset in offsets)})[:MAX_OFFSETS]
        return {"found": list(found.values()), "sha1": "", "sha256": "", "size": size}


def _names(results: Any) -> list[list[Any]]:
    found = []
    for rule in results.matching_rules:
        offsets = [match.offset for pattern in rule.patterns for match in pattern.matches[:MAX_OFFSETS]]
        found.append(["yara", rule.identifier, sorted(offsets)[:MAX_OFFSETS]])
    return found


def _hash(handle: int, size: int) -> tuple[str, str]:
    """Of at most `size` bytes: a file that grows under us ends all the same."""
    first, second = hashlib.sha1(usedforsecurity=False), hashlib.sha256()
    while size > 0 and (chunk := os.read(handle, min(CHUNK, size))):
        first.update(chunk)
        second.update(chunk)
        size -= len(chunk)
    return first.hexdigest(), second.hexdigest()


def _windows(pid: int) -> Iterator[tuple[int, bytes]]:
    handle = process_memory.open_memory(pid)
    try:
        for region in process_memory.regions(pid):
            for start in range(region.start, region.end, WINDOW - OVERLAP):
                data = process_memory.read(handle, start, min(WINDOW, region.end - start))
                if data:
                    yield start, data
    finally:
        os.close(handle)


if __name__ == "__main__":
    if not Path("/proc/self/fd").is_dir():
        sys.exit("needs /proc")
    main()
