"""Processes for tests: each runs a file that no other process runs, and ends with the test."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hinomi.sensor import running_process


def own_program(folder: Path, program: str = "sleep", mark: bytes = b"") -> Path:
    """A copy of a system program that has a hash of its own: bytes behind the end of an ELF file change nothing."""
    found = shutil.which(program)
    assert found
    path = folder / f"{program}-{os.urandom(4).hex()}"
    path.write_bytes(Path(found).resolve().read_bytes() + (mark or os.urandom(16)))
    path.chmod(0o755)
    return path


@contextmanager
def running(words: Sequence[object]) -> Iterator[subprocess.Popen[bytes]]:
    """Started, past its exec and waiting for something; killed at the end."""
    process = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, start_new_session=True)
    try:
        while not is_exec_done(process.pid, str(words[0])):
            time.sleep(0.005)
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def is_exec_done(pid: int, path: str) -> bool:
    found = running_process.read(pid)
    if found is None or found.is_dead:
        return True
    is_waiting = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "S"
    return is_waiting and found.path == os.path.realpath(path)


def started_ms(pid: int) -> int:
    found = running_process.read(pid)
    assert found is not None
    return found.started_ms
