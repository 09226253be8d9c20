"""urllib3 over a Unix socket: what clickhouse-connect is given as its pool of connections."""

import os
import socket
from pathlib import Path
from typing import Any

import urllib3

MOST_CONNECTIONS = 128  # at once; more askers wait here, the others in the owner


class _SocketConnection(urllib3.connection.HTTPConnection):
    path: Path

    def _new_conn(self) -> socket.socket:
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        timeout = self.timeout
        made.settimeout(timeout if isinstance(timeout, int | float) else None)
        try:
            dial(made, self.path)
        except OSError as error:
            made.close()
            raise urllib3.exceptions.NewConnectionError(self, f"{self.path}: {error}") from error
        return made


def dial(made: socket.socket, path: Path) -> None:
    """A socket's path may have 107 bytes only: reach a longer one through its folder's descriptor."""
    if len(os.fsencode(path)) <= 100:
        made.connect(str(path))
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        made.connect(f"/proc/self/fd/{folder}/{path.name}")
    finally:
        os.close(folder)


class _SocketPool(urllib3.HTTPConnectionPool):
    def __init__(self, path: Path, host: str, port: int, **options: Any) -> None:
        super().__init__(host, port, **options)
        self._path = path

    def _new_conn(self) -> urllib3.connection.HTTPConnection:
        made = _SocketConnection(self.host, self.port, timeout=self.timeout.connect_timeout)
        made.path = self._path
        return made


class SocketManager(urllib3.PoolManager):
    """Every address leads to the one socket."""

    def __init__(self, path: Path) -> None:
        super().__init__(num_pools=1, retries=False)
        self._path = path

    def _new_pool(
        self,
        scheme: str,  # noqa: ARG002
        host: str,
        port: int,
        request_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> urllib3.HTTPConnectionPool:
        return _SocketPool(self._path, host, port, maxsize=MOST_CONNECTIONS, block=True)
