"""Tells when a process ends: a pidfd each in one epoll, so an end costs nothing until it comes (pidfd_open(2))."""

import os
import select
from collections.abc import Callable
from errno import EMFILE, ENFILE
from threading import Lock, Thread

_MOST = 4096  # processes watched at once; of others only the start is told


class ProcessEnds:
    """`ended(pid)` is called in a thread of its own, or at once in `watch` for what is gone already."""

    def __init__(self, ended: Callable[[int], None], most: int = _MOST) -> None:
        self._ended = ended
        self._most = most
        self._handles: dict[int, int] = {}  # pid -> pidfd
        self._pids: dict[int, int] = {}
        self._lock = Lock()
        self._poll = select.epoll()
        self._wake_read, self._wake_write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._poll.register(self._wake_read, select.EPOLLIN)
        self._thread = Thread(target=self._run, name="process ends", daemon=True)
        self._thread.start()
        self.unwatched = 0

    def watch(self, pid: int) -> None:
        with self._lock:
            if pid in self._handles:
                return
            if len(self._handles) >= self._most:
                self.unwatched += 1
                return
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            self._ended(pid)
            return
        except OSError as error:
            if error.errno not in (EMFILE, ENFILE):
                return  # a thread's id, or no pidfd here
            self.unwatched += 1
            return
        with self._lock:
            self._handles[pid], self._pids[handle] = handle, pid
        self._poll.register(handle, select.EPOLLIN)

    def close(self) -> None:
        os.write(self._wake_write, b"x")
        self._thread.join(5)
        for handle in (*self._pids, self._wake_read, self._wake_write):
            os.close(handle)
        self._poll.close()

    def __len__(self) -> int:
        return len(self._handles)

    def _run(self) -> None:
        while True:
            for handle, _ in self._poll.poll(maxevents=256):
                if handle == self._wake_read:
                    return
                self._poll.unregister(handle)
                with self._lock:
                    pid = self._pids.pop(handle)
                    del self._handles[pid]
                os.close(handle)
                self._ended(pid)
