"""What the sensor does to stay small: memory shared by its threads, given back to the system, and never looked through in vain."""

import ctypes
import gc
import sys
import time
from typing import Any

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # mallopt(3)
_LARGE_BYTES = 256 << 10
_KEEP_EVERY_S = 60.0


class Memory:
    """Does nothing where the C library has no such calls."""

    def __init__(self) -> None:
        self._libc: Any = None if sys.platform == "win32" else ctypes.CDLL(None)
        self._due_s = 0.0

    def share(self) -> None:
        """Before threads begin. By default each takes memory of its own and keeps it, and so does what once was large: a fifth of all."""
        if hasattr(self._libc, "mallopt"):
            self._libc.mallopt(_ARENA_MAX, 1)
            self._libc.mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
            self._libc.mallopt(_TRIM_THRESHOLD, _LARGE_BYTES)

    def settle(self) -> None:
        """When all is loaded: what stays is not looked through for garbage any more."""
        gc.collect()
        gc.freeze()

    def keep(self) -> None:
        """Asked every few seconds: what a burst left free between what is used goes back, once a minute."""
        if time.monotonic() >= self._due_s:
            self._due_s = time.monotonic() + _KEEP_EVERY_S
            if hasattr(self._libc, "malloc_trim"):
                self._libc.malloc_trim(0)
