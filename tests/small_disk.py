"""A disk of its own that is soon full: memory, mounted for one test."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, mebibytes: int) -> Iterator[Path]:
    """Skips the test where mounting is not allowed."""
    folder.mkdir(exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "hinomi-test", str(folder)]
    if shutil.which("mount") is None or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk wants a privilege that is not here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
