"""The kernel's process connector: that a process did an exec or ended, and nothing else of it (linux/cn_proc.h)."""

import os
import socket
import struct
from dataclasses import dataclass
from errno import ENOBUFS

_CONNECTOR = 11  # NETLINK_CONNECTOR
_PROC = 1  # CN_IDX_PROC, CN_VAL_PROC
_DONE = 3  # NLMSG_DONE
_LISTEN, _IGNORE = 1, 2
_HEADER = struct.Struct("=IHHII")
_MESSAGE = struct.Struct("=IIIIHH")
_EVENT = struct.Struct("=IIQ")  # what, cpu, nanoseconds
_NONE, _EXEC, _EXIT = 0, 2, 0x80000000
_BUFFER = 8 << 20
_SO_RCVBUFFORCE = 33  # asm-generic/socket.h


@dataclass(frozen=True, slots=True)
class ProcessEvent:
    """`code`: of an end, as wait(2) gives it; None for an exec."""

    pid: int
    code: int | None


class ProcConnector:
    """OSError where the kernel has none or does not let us: only root in the machine's own namespaces hears."""

    def __init__(self) -> None:
        self.overruns = 0
        kind = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC
        self.socket = socket.socket(socket.AF_NETLINK, kind, _CONNECTOR)
        try:
            self.socket.bind((0, _PROC))
            self._widen()
            self.socket.settimeout(2)
            self._say(_LISTEN)
            self._wait_for_answer()
        except OSError:
            self.socket.close()
            raise

    def close(self) -> None:
        self._say(_IGNORE)
        self.socket.close()

    def receive(self) -> list[ProcessEvent]:
        """What waits; after two seconds without anything none. `overruns` counts when there was no room for some."""
        try:
            content = self.socket.recv(65_536)
        except TimeoutError:
            return []
        except OSError as error:
            if error.errno != ENOBUFS:
                raise
            self.overruns += 1
            return []
        found = _read(content)
        return [found] if found is not None else []

    def _say(self, word: int) -> None:
        body = _MESSAGE.pack(_PROC, _PROC, 0, 0, 4, 0) + struct.pack("=I", word)
        self.socket.send(_HEADER.pack(_HEADER.size + len(body), _DONE, 0, 0, os.getpid()) + body)

    def _wait_for_answer(self) -> None:
        """The kernel says 0 or an error; TimeoutError when it does not speak to us at all."""
        for _ in range(1000):
            content = self.socket.recv(65_536)
            at = _HEADER.size + _MESSAGE.size
            if len(content) >= at + _EVENT.size + 4 and _EVENT.unpack_from(content, at)[0] == _NONE:
                (error,) = struct.unpack_from("=I", content, at + _EVENT.size)
                if error:
                    raise OSError(error, os.strerror(error))
                return
        raise TimeoutError("no answer among a thousand events")

    def _widen(self) -> None:
        for option in (_SO_RCVBUFFORCE, socket.SO_RCVBUF):
            try:
                self.socket.setsockopt(socket.SOL_SOCKET, option, _BUFFER)
                return
            except PermissionError:
                continue


def _read(content: bytes) -> ProcessEvent | None:
    at = _HEADER.size + _MESSAGE.size
    if len(content) < at + _EVENT.size + 12:
        return None
    what, _, _ = _EVENT.unpack_from(content, at)
    pid, group, code = struct.unpack_from("=III", content, at + _EVENT.size)
    if what == _EXEC:
        return ProcessEvent(group, None)
    return ProcessEvent(group, code) if what == _EXIT and pid == group else None
