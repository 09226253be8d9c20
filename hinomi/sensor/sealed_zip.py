"""A file on its way to the server: an AES-256 zip with a password of its own, written in bounded memory.

    with outgoing(work) as box:
        with box.add("name") as out: out.write(chunk)
    result = box.send(work, "name.zip")  # {"upload_sha256": ..., "password": ...}

The zip lies in the sensor's own folder (0700) only until it is sent; the password is in no file here.
"""

import hashlib
import secrets
import shutil
import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyzipper

from hinomi.sensor.action import ActionFailed, Work

PASSWORD_LENGTH = 20
ALPHABET = string.ascii_letters + string.digits  # 20 of 62: 119 bits
CHUNK = 1 << 20
SPARE_BYTES = 256 << 20  # stays free on the disk of the endpoint


class Writer(Protocol):
    def write(self, data: bytes, /) -> Any: ...


def new_password() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(PASSWORD_LENGTH))


class Box:
    def __init__(self, path: Path) -> None:
        self.path, self.password = path, new_password()
        self._zip = pyzipper.AESZipFile(
            path, "w", compression=pyzipper.ZIP_DEFLATED, compresslevel=1, encryption=pyzipper.WZ_AES
        )
        self._zip.setpassword(self.password.encode())

    @contextmanager
    def add(self, name: str) -> Iterator[Writer]:
        with self._zip.open(name, "w", force_zip64=True) as out:
            yield out

    def close(self) -> None:
        self._zip.close()

    def send(self, work: Work, name: str) -> dict[str, Any]:
        self.close()
        return {"upload_sha256": work.upload(self.path, name), "password": self.password}


def leftover(work: Work) -> Path:
    return work.folder / "outgoing" / f"{work.command_id}.zip"


def require_room(folder: Path, expected_bytes: int) -> None:
    """The folder, 0700. ActionFailed `no_space` when the disk could not hold `expected_bytes` and still have some room."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < expected_bytes + SPARE_BYTES:
        raise ActionFailed(
            "no_space",
            f"The endpoint's disk has {free >> 20} MB left, too little for a copy.",
            f"エンドポイントの空き容量は {free >> 20} MB で、写しを作成できません。",
        )


@contextmanager
def outgoing(work: Work, expected_bytes: int = 0) -> Iterator[Box]:
    """ActionFailed `no_space` when the disk could not hold `expected_bytes` and still have some room."""
    path = leftover(work)
    require_room(path.parent, expected_bytes)
    box = Box(path)
    try:
        yield box
    finally:
        box.close()
        path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Copied:
    sha1: str
    sha256: str
    size_bytes: int


def copy(read: Callable[[int], bytes], write: Callable[[bytes], Any], limit: int, check: Callable[[], None]) -> Copied:
    """At most `limit` bytes; `check` is called for each chunk and may raise."""
    first, second, done = hashlib.sha1(usedforsecurity=False), hashlib.sha256(), 0
    while done < limit and (chunk := read(min(CHUNK, limit - done))):
        check()
        first.update(chunk)
        second.update(chunk)
        write(chunk)
        done += len(chunk)
    return Copied(first.hexdigest(), second.hexdigest(), done)


def stop_when_cancelled(work: Work) -> None:
    if work.is_cancelled():
        raise ActionFailed("cancelled", "It was cancelled.", "取り消されました。")


def sweep(work: Work) -> None:
    """After a crash: what was on its way is thrown away; it is asked for again."""
    leftover(work).unlink(missing_ok=True)
