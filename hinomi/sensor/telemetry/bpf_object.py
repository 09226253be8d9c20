"""Programs for the kernel from an object file, by libbpf: load, attach, read their ring buffer. Nothing is compiled here.

with BpfObject(path, ("on_exec",), "events") as object: object.poll(0.5) -> [bytes, ...]
"""

import ctypes
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

_LIBRARY = "libbpf.so.1"
_HEARD = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
_P, _TEXT, _INT = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "libbpf_set_print": (_P, [_P]),
    "bpf_object__open_file": (_P, [_TEXT, _P]),
    "bpf_object__load": (_INT, [_P]),
    "bpf_object__close": (None, [_P]),
    "bpf_object__find_program_by_name": (_P, [_P, _TEXT]),
    "bpf_object__find_map_fd_by_name": (_INT, [_P, _TEXT]),
    "bpf_program__attach": (_P, [_P]),
    "bpf_link__destroy": (_INT, [_P]),
    "bpf_map_lookup_elem": (_INT, [_INT, _P, _P]),
    "ring_buffer__new": (_P, [_INT, _HEARD, _P, _P]),
    "ring_buffer__poll": (_INT, [_P, _INT]),
    "ring_buffer__free": (None, [_P]),
}


@cache
def _library() -> ctypes.CDLL:
    found = ctypes.CDLL(_LIBRARY, use_errno=True)
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(found, name)
        function.restype, function.argtypes = result, arguments
    found.libbpf_set_print(None)  # it would write to our standard error
    return found


class BpfObject:
    """`programs` are attached to what their sections name; `ring` is read. OSError says what the kernel or libbpf does not do."""

    def __init__(self, path: Path, programs: Sequence[str], ring: str) -> None:
        self._lib = _library()
        self._heard: list[bytes] = []
        self._callback = _HEARD(self._keep)  # held as long as the ring: the library keeps only its address
        self._links: list[int] = []
        self._ring: int | None = None
        self._object: int | None = self._lib.bpf_object__open_file(os.fsencode(path), None)
        if not self._object:
            raise _error(f"{path.name} cannot be opened")
        try:
            self._load(programs, ring)
        except OSError:
            self.close()
            raise

    def poll(self, seconds: float) -> list[bytes]:
        """What came; when nothing does in this time, none. One thread at a time."""
        if self._lib.ring_buffer__poll(self._ring, int(seconds * 1000)) < 0 and ctypes.get_errno() != 4:  # EINTR
            raise _error("the ring buffer cannot be read")
        found, self._heard = self._heard, []
        return found

    def number(self, array: str) -> int:
        """The first number of an array of 64-bit numbers."""
        handle = self._lib.bpf_object__find_map_fd_by_name(self._object, array.encode())
        key, value = ctypes.c_uint32(0), ctypes.c_uint64(0)
        if self._lib.bpf_map_lookup_elem(handle, ctypes.byref(key), ctypes.byref(value)):
            raise _error(f"{array} cannot be read")
        return value.value

    def close(self) -> None:
        """Harmless when called twice; no other thread may be in `poll`."""
        for link in self._links:
            self._lib.bpf_link__destroy(link)
        self._links = []
        if self._ring:
            self._lib.ring_buffer__free(self._ring)
        if self._object:
            self._lib.bpf_object__close(self._object)
        self._ring = self._object = None

    def _load(self, programs: Sequence[str], ring: str) -> None:
        if self._lib.bpf_object__load(self._object):
            raise _error("the kernel does not take the programs")
        handle = self._lib.bpf_object__find_map_fd_by_name(self._object, ring.encode())
        self._ring = self._lib.ring_buffer__new(handle, self._callback, None, None)
        if not self._ring:
            raise _error("no ring buffer")
        for name in programs:
            program = self._lib.bpf_object__find_program_by_name(self._object, name.encode())
            link = self._lib.bpf_program__attach(program) if program else None
            if not link:
                raise _error(f"{name} cannot be attached")
            self._links.append(link)

    def _keep(self, _context: int, data: int, size: int) -> int:
        self._heard.append(ctypes.string_at(data, size))
        return 0


def _error(what: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{what}: {os.strerror(number)}")
