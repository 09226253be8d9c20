"""Programs for the kernel from an object file, by libbpf: load, attach, hand out their ring buffer. Nothing is compiled here.

object = BpfObject(path, ("on_exec",), "events"); object.ring.wait(0.5); object.ring.read() -> [bytes, ...]
"""

import ctypes
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from hinomi.sensor.telemetry.bpf_ring import BpfRing

_LIBRARY = "libbpf.so.1"
_P, _TEXT, _INT = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "libbpf_set_print": (_P, [_P]),
    "bpf_object__open_file": (_P, [_TEXT, _P]),
    "bpf_object__load": (_INT, [_P]),
    "bpf_object__close": (None, [_P]),
    "bpf_object__find_program_by_name": (_P, [_P, _TEXT]),
    "bpf_object__find_map_by_name": (_P, [_P, _TEXT]),
    "bpf_object__find_map_fd_by_name": (_INT, [_P, _TEXT]),
    "bpf_map__max_entries": (ctypes.c_uint32, [_P]),
    "bpf_program__attach": (_P, [_P]),
    "bpf_link__destroy": (_INT, [_P]),
    "bpf_map_lookup_elem": (_INT, [_INT, _P, _P]),
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
    """`programs` are attached to what their sections name; they write into `ring`. OSError: what the kernel or libbpf does not do."""

    ring: BpfRing

    def __init__(self, path: Path, programs: Sequence[str], ring: str) -> None:
        self._lib = _library()
        self._links: list[int] = []
        self._ring: BpfRing | None = None
        self._object: int | None = self._lib.bpf_object__open_file(os.fsencode(path), None)
        if not self._object:
            raise _error(f"{path.name} cannot be opened")
        try:
            self._load(programs, ring)
        except OSError:
            self.close()
            raise

    def number(self, array: str) -> int:
        """The first number of an array of 64-bit numbers."""
        handle = self._lib.bpf_object__find_map_fd_by_name(self._object, array.encode())
        key, value = ctypes.c_uint32(0), ctypes.c_uint64(0)
        if self._lib.bpf_map_lookup_elem(handle, ctypes.byref(key), ctypes.byref(value)):
            raise _error(f"{array} cannot be read")
        return value.value

    def close(self) -> None:
        """Harmless when called twice; no other thread may read the ring."""
        for link in self._links:
            self._lib.bpf_link__destroy(link)
        self._links = []
        if self._ring:
            self._ring.close()
        if self._object:
            self._lib.bpf_object__close(self._object)
        self._ring = self._object = None

    def _load(self, programs: Sequence[str], ring: str) -> None:
        if self._lib.bpf_object__load(self._object):
            raise _error("the kernel does not take the programs")
        handle = self._lib.bpf_object__find_map_fd_by_name(self._object, ring.encode())
        size = self._lib.bpf_map__max_entries(self._lib.bpf_object__find_map_by_name(self._object, ring.encode()))
        self.ring = self._ring = BpfRing(handle, size)
        for name in programs:
            program = self._lib.bpf_object__find_program_by_name(self._object, name.encode())
            link = self._lib.bpf_program__attach(program) if program else None
            if not link:
                raise _error(f"{name} cannot be attached")
            self._links.append(link)


def _error(what: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{what}: {os.strerror(number)}")
