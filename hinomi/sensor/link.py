"""Sockets and plain HTTPS requests to the gateway; addresses are remembered, for while isolated there is no DNS."""

import hashlib
import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from hinomi.errors import TooLarge, Unavailable
from hinomi.sensor.folder import SensorFolder

CONNECT_S = 15.0
ANSWER_S = 60.0
MOST_ANSWER_BYTES = 4 << 20
_PIECE_BYTES = 1 << 20
_KEPT = "server-addresses.json"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Link:
    """`url`: https://host:port. `folder` None: nothing is remembered (before enrolment)."""

    def __init__(self, url: str, context: ssl.SSLContext, folder: SensorFolder | None = None) -> None:
        split = urlsplit(url)
        self.host, self.port = split.hostname or "", split.port or 443
        self.context, self._folder = context, folder
        self._addresses = self._remembered()

    @property
    def addresses(self) -> tuple[tuple[str, int], ...]:
        """(ip, port) of the server as far as they are known: they must stay reachable under isolation."""
        return tuple((address, self.port) for address in self._addresses)

    def connect(self) -> socket.socket:
        """A TCP socket to the server, by name or else by a remembered address; OSError."""
        trouble: OSError | None = None
        for address in dict.fromkeys((*self._resolved(), *self._addresses)):
            try:
                plain = socket.create_connection((address, self.port), CONNECT_S)
            except OSError as error:
                trouble = error
                continue
            self._remember(address)
            return plain
        raise trouble or OSError(f"{self.host} has no address")

    def open(self) -> http.client.HTTPSConnection:
        """A connection for one or several requests; OSError, ssl.SSLError."""
        connection = http.client.HTTPSConnection(self.host, self.port, timeout=ANSWER_S, context=self.context)
        plain = self.connect()
        try:
            connection.sock = self.context.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise
        connection.sock.settimeout(ANSWER_S)
        return connection

    def ask(
        self, method: str, path: str, body: bytes | Iterable[bytes] = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request on a connection of its own. Unavailable when there is no answer."""
        try:
            connection = self.open()
            try:
                connection.request(method, path, body, dict(headers or {}))
                return read_answer(connection)
            finally:
                connection.close()
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable(f"{self.host}:{self.port} does not answer: {error}") from error

    def resume(self, path: str, to: Path, size: int) -> str:
        """What lies there, of `size` bytes, behind what `to` holds of it since an earlier try; the SHA-256 of all.

        Unavailable when it breaks off; then `to` keeps what came.
        """
        digest, held = hashlib.sha256(), 0
        with to.open("a+b") as file:
            file.seek(0)
            while piece := file.read(_PIECE_BYTES):
                digest.update(piece)
                held += len(piece)
            if held < size:
                held += self._rest(path, held, size, file, digest)
        if held != size:
            raise Unavailable(f"{self.host}:{self.port} broke off after {held} of {size} bytes")
        return digest.hexdigest()

    def _rest(self, path: str, start: int, size: int, file: IO[bytes], digest: "hashlib._Hash") -> int:
        came = 0
        try:
            connection = self.open()
            try:
                connection.request("GET", path, headers={"Range": f"bytes={start}-"})
                response = connection.getresponse()
                if response.status != 206:
                    raise Unavailable(f"{self.host}:{self.port} does not have it ({response.status})")
                while piece := response.read(min(_PIECE_BYTES, size - start - came)):
                    digest.update(piece)
                    file.write(piece)
                    came += len(piece)
            finally:
                connection.close()
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable(f"{self.host}:{self.port} does not answer: {error}") from error
        return came

    def download(self, path: str, to: Path, most_bytes: int) -> str:
        """What lies there, into a file; its SHA-256. Unavailable; TooLarge, and the file is gone, over `most_bytes`."""
        digest, size = hashlib.sha256(), 0
        connection = self.open()
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            if response.status != 200:
                raise Unavailable(f"{self.host}:{self.port} does not have it ({response.status})")
            with to.open("wb") as file:
                while piece := response.read(_PIECE_BYTES):
                    size += len(piece)
                    if size > most_bytes:
                        raise TooLarge(f"more than {most_bytes} bytes")
                    digest.update(piece)
                    file.write(piece)
        except http.client.HTTPException as error:
            raise Unavailable(f"{self.host}:{self.port} does not answer: {error}") from error
        except TooLarge:
            to.unlink(missing_ok=True)
            raise
        finally:
            connection.close()
        return digest.hexdigest()

    def _resolved(self) -> list[str]:
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except OSError:
            return []
        return [str(each[4][0]) for each in found]

    def _remembered(self) -> tuple[str, ...]:
        kept = self._folder.read_json(_KEPT) if self._folder else None
        return tuple(each for each in kept if _is_address(each))[:8] if isinstance(kept, list) else ()

    def _remember(self, address: str) -> None:
        if self._addresses[:1] == (address,):
            return
        self._addresses = tuple(dict.fromkeys((address, *self._addresses)))[:8]
        if self._folder is not None:
            self._folder.write_json(_KEPT, list(self._addresses))


def read_answer(connection: http.client.HTTPSConnection) -> Answer:
    """OSError for an answer over the limit."""
    response = connection.getresponse()
    body = response.read(MOST_ANSWER_BYTES + 1)
    if len(body) > MOST_ANSWER_BYTES:
        raise OSError("the server's answer is larger than any answer may be")
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)


def _is_address(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(ipaddress.ip_address(value))
    except ValueError:
        return False
