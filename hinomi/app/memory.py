"""Freed memory is kept while there is work, and given back when there is none.

A batch takes and frees tens of megabytes. Left alone, allocators hand them back to the system after each one and take
them anew for the next, and fresh pages cost more than the work on them: on a virtual machine half the time of an import.
"""

import ctypes
import gc
import sys

import pyarrow as pa

# Parameters of mallopt(3)
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_KEPT_BYTES = 512 << 20
_YOUNG_OBJECTS = 200_000  # a batch under way has about 100,000


def settle() -> None:
    """Of this process, from now on. Arrow shares the heap of everyone else then.

    What is loaded stays, and the collector need not walk it again and again; nor the batches that are under way when it
    looks for young circles.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, 20, 20)
    libc = _glibc()
    if libc is not None:
        libc.mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
        libc.mallopt(_MMAP_THRESHOLD, _KEPT_BYTES)
        pa.set_memory_pool(pa.system_memory_pool())


def give_back() -> None:
    """What is free goes back to the system, after a look for circles that kept something."""
    gc.collect()
    libc = _glibc()
    if libc is not None:
        libc.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    return libc if libc is not None and hasattr(libc, "malloc_trim") and hasattr(libc, "mallopt") else None
