"""A file on its way to the server, in pieces, gone on with after a break where the server says it stopped."""

import contextlib
import hashlib
import http.client
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from hinomi.errors import Refused, Unavailable
from hinomi.sensor.link import Answer, Link, read_answer

PIECE_BYTES = 4 << 20
RETRY_S = 2.0
MOST_RETRY_S = 60.0
GIVE_UP_S = 4 * 3600  # without a single piece getting through


def upload(link: Link, command_id: str, path: Path, name: str, is_over: Callable[[float], bool]) -> str:
    """The SHA-256 of what was sent. `is_over(seconds)` waits and tells whether to give up. Unavailable, Refused."""
    size, sha256 = path.stat().st_size, _digest(path)
    wait_s, last_s = RETRY_S, time.monotonic()
    while True:
        before = time.monotonic()
        try:
            _send(link, command_id, path, name, size, sha256)
        except (Unavailable, OSError, http.client.HTTPException) as error:
            moved = isinstance(error, _Broken) and error.sent > 0
            last_s, wait_s = (before, RETRY_S) if moved else (last_s, min(MOST_RETRY_S, wait_s * 2))
            if time.monotonic() - last_s > GIVE_UP_S or is_over(wait_s):
                raise Unavailable(f"the file could not be sent: {error}") from error
        else:
            return sha256


class _Broken(Unavailable):
    sent = 0


def _send(link: Link, command_id: str, path: Path, name: str, size: int, sha256: str) -> None:
    address = f"/sensor/v1/files/{command_id}"
    headers = {"X-File-Name": quote(name[:255]), "X-File-SHA256": sha256}
    sent = 0
    connection: http.client.HTTPSConnection | None = None
    try:
        connection = link.open()
        with path.open("rb") as file:
            connection.request("PUT", address, b"", {**headers, "Content-Range": f"bytes */{size}"})
            offset = _held(read_answer(connection))
            while offset is not None:
                file.seek(offset)
                piece = file.read(min(PIECE_BYTES, size - offset))
                covers = f"bytes {offset}-{offset + len(piece) - 1}/{size}" if piece else f"bytes */{size}"
                ends = {"X-File-End": "1"} if offset + len(piece) >= size else {}
                connection.request("PUT", address, piece, {**headers, **ends, "Content-Range": covers})
                offset = _held(read_answer(connection))
                sent += len(piece)
    except (OSError, http.client.HTTPException) as error:
        broken = _Broken(str(error))
        broken.sent = sent
        raise broken from error
    finally:
        if connection is not None:
            connection.close()


def _held(answer: Answer) -> int | None:
    """How many bytes the server holds; None when the file is complete."""
    told: Any = None
    with contextlib.suppress(orjson.JSONDecodeError):
        told = orjson.loads(answer.body)
    if answer.status == 201:
        return None
    if answer.status in (200, 202, 409) and isinstance(told, dict) and type(told.get("held")) is int:
        held: int = told["held"]
        return held
    message = told.get("message") if isinstance(told, dict) else None
    if answer.status in (429, 500, 502, 503, 507):
        raise OSError(f"the server answers with {answer.status}: {message}")
    raise Refused(f"the server refuses the file ({answer.status}): {message}")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
