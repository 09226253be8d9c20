"""What the benchmarks ask of the machine: CPU and memory of a process, and how fast memory can be copied."""

import os
import statistics
import time
from pathlib import Path

import numpy as np


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int, name: str) -> int:
    """Bytes; `name` as in /proc/PID/status (VmRSS, VmHWM)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def memory_bandwidth() -> float:
    """Bytes a second that one thread copies, median of nine copies of 256 MiB."""
    source = np.ones(256 << 20, dtype=np.uint8)
    target = np.empty_like(source)
    np.copyto(target, source)
    taken = []
    for _ in range(9):
        started = time.perf_counter()
        np.copyto(target, source)
        taken.append(time.perf_counter() - started)
    return source.nbytes / statistics.median(taken)
