"""Builds the sensor's eBPF object from its source, where a compiler is: python packaging/build_ebpf.py [TO]

Needs clang (from 12 on), the headers of libbpf and those of the kernel's user interface (libbpf-dev, linux-libc-dev). Without
them nothing is built, which is said and is no error: the sensor then uses the kernel's audit.
"""

import platform
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "hinomi" / "sensor" / "ebpf"
OBJECT = FOLDER / "processes.bpf.o"
_COMPILERS = ("clang", *(f"clang-{number}" for number in range(21, 11, -1)))


def compiler() -> str | None:
    return next((path for path in map(shutil.which, _COMPILERS) if path), None)


def build(to: Path = OBJECT) -> str | None:
    """Why it was not built; None when it was."""
    clang = compiler()
    if clang is None:
        return "no clang"
    headers = f"-I/usr/include/{platform.machine()}-linux-gnu"
    words = [clang, "-O2", "-g", "-Wall", "-Werror", "-target", "bpf", headers, f"-ffile-prefix-map={FOLDER}=."]
    words += ["-c", str(FOLDER / "processes.bpf.c"), "-o", str(to)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        return f"clang: {done.stderr.strip()[:1000]}"
    return None


if __name__ == "__main__":
    reason = build(*map(Path, sys.argv[1:2]))
    sys.stdout.write(f"eBPF object: {f'not built ({reason}); the audit is used instead' if reason else 'built'}\n")
