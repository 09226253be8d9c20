"""The signer: a process of its own, the only one that reads `signer.key`. It signs what the database says was asked for.

    python -m hinomi.response.signer FD      (a socketpair; first message: {"folder", "database"}; see signing.py)

It opens the operational database by itself and read-only. A task is signed when it is queued (and approved, where somebody
had to), for the sensor it is for, once: a second wish gets the same bytes. Whatever else is asked is refused. What it signed
is on disk (`signer.db`, synchronous FULL) before the answer leaves.
"""

import ctypes
import hashlib
import os
import secrets
import socket
import sqlite3
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from hinomi.database import Database
from hinomi.errors import HinomiError, Refused
from hinomi.response.store import APPROVALS, find
from hinomi.schema.task import TaskState
from hinomi.wire.command import Command, SignedCommand, sign

LOOKS = frozenset(
    {"probe_address", "look_at_process", "look_at_file", "look_at_isolation", "look_at_block_list", "look_at_account"}
)  # read-only: signed without a task
LOOK_S = 60  # how long a look may be obeyed
MAX_LOOK_BYTES = 64 << 10
MAX_MESSAGE_BYTES = 4 << 20
KEPT_MS = 30 * 86_400_000  # longer than any expiry of a task
SCRIPT_DOMAIN = b"hinomi-script-1\0"
_KEY, _EPOCH, _DONE = "signer.key", "signer.epoch", "signer.db"
_PR_SET_DUMPABLE = 4  # prctl(2): no core dump, and no other process of this user may read this one's memory


class SignerKey:
    """The key file and the epoch beside it, made at the first start; read again when another process rotated them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        make_key(folder)
        self._read()

    def _read(self) -> None:
        self._stamp = _stamp(self._folder)
        self.key = Ed25519PrivateKey.from_private_bytes((self._folder / _KEY).read_bytes())
        self.epoch = int((self._folder / _EPOCH).read_text())

    def refresh(self) -> None:
        if _stamp(self._folder) != self._stamp:
            self._read()


def make_key(folder: Path) -> None:
    """Nothing when there is one."""
    _write_once(folder / _EPOCH, b"1")
    raw = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    _write_once(folder / _KEY, raw)


def rotate(folder: Path, *, new_key: bool) -> int:
    """The next epoch: every command signed before it is refused by sensors that have heard of it.

    With `new_key` sensors that trust the old key obey nothing until they are enrolled again.
    """
    make_key(folder)
    epoch = int((folder / _EPOCH).read_text()) + 1
    if new_key:
        raw = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        _replace(folder / _KEY, raw)
    _replace(folder / _EPOCH, str(epoch).encode())
    return epoch


def _stamp(folder: Path) -> tuple[int, ...]:
    return tuple((folder / name).stat().st_mtime_ns for name in (_KEY, _EPOCH))


def _write_once(path: Path, content: bytes) -> None:
    if not path.exists():
        _replace(path, content)


def _replace(path: Path, content: bytes) -> None:
    """Whole or not at all, 0600 from the first moment."""
    new = path.with_suffix(f".{secrets.token_hex(4)}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(path)
    handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class DoneList:
    """What was signed: (command id -> body, signature), on disk before anybody hears of it."""

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        self._rows = sqlite3.connect(path, isolation_level=None)
        for line in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"):
            self._rows.execute(line)
        self._rows.execute(
            "CREATE TABLE IF NOT EXISTS signed (command TEXT PRIMARY KEY, task TEXT, sensor TEXT, action TEXT,"
            " body BLOB, signature BLOB, at_ms INTEGER)"
        )

    def get(self, command_id: str) -> SignedCommand | None:
        row = self._rows.execute("SELECT body, signature FROM signed WHERE command = ?", (command_id,)).fetchone()
        return SignedCommand(row[0], row[1]) if row else None

    def add(self, task: str, command: Command, signed: SignedCommand, now_ms: int) -> None:
        row = (command.id, task, command.sensor, command.action, signed.body, signed.signature, now_ms)
        self._rows.execute("INSERT INTO signed VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        self._rows.execute("DELETE FROM signed WHERE at_ms < ?", (now_ms - KEPT_MS,))

    def close(self) -> None:
        self._rows.close()


class Signer:
    """`database` is only read. `clock`: seconds since 1970 UTC."""

    def __init__(self, folder: Path, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock
        self._key = SignerKey(folder)
        self._done = DoneList(folder / _DONE)
        self._asked: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "sign": self._sign_task, "look": self._sign_look, "script": self._sign_script, "public": self._public,
        }  # fmt: skip

    def answer(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """{"error", "message"} for everything that is refused."""
        self._key.refresh()
        try:
            return self._asked[str(asked.get("op"))](asked)
        except HinomiError as error:
            return {"error": error.code, "message": str(error)}
        except (KeyError, TypeError, ValueError) as error:
            return {"error": "BadRequest", "message": f"not understood: {type(error).__name__}"}

    def _public(self, _asked: Mapping[str, Any]) -> dict[str, Any]:
        raw = self._key.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return {"key": raw.hex(), "epoch": self._key.epoch}

    def _sign_task(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        now_ms = self._now_ms()
        with self._database.read() as connection:
            row = find(connection, str(asked["task"]))
            wanted = sa.select(APPROVALS.c.decision).where(APPROVALS.c.task_id == row.id)
            decision = connection.execute(wanted).scalar()
        if row.state != TaskState.QUEUED or row.cancel_ms is not None or row.expires_ms <= now_ms or not row.sensor:
            raise Refused(f"task {row.id} is not one to be signed", "NotQueued")
        if decision is not None and decision != "approved":
            raise Refused(f"task {row.id} was not approved", "NotApproved")
        signed = self._done.get(row.command_id)
        if signed is None:
            command = Command(
                row.command_id, row.sensor, row.action, row.parameters, now_ms, row.expires_ms, self._key.epoch
            )
            signed = sign(command, self._key.key)
            self._done.add(row.id, command, signed, now_ms)
        return _told(signed)

    def _sign_look(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        now_ms, action, parameters = self._now_ms(), str(asked["action"]), asked["parameters"]
        if action not in LOOKS:
            raise Refused(f"{action[:64]} is not read-only: it needs a task", "NeedsTask")
        if not isinstance(parameters, dict) or len(orjson.dumps(parameters)) > MAX_LOOK_BYTES:
            raise Refused("the parameters are too many", "BadRequest")
        seconds = max(1, min(int(asked.get("seconds", LOOK_S)), LOOK_S))
        id_, expires_ms = secrets.token_hex(16), now_ms + seconds * 1000
        command = Command(id_, str(asked["sensor"])[:64], action, parameters, now_ms, expires_ms, self._key.epoch)
        return _told(sign(command, self._key.key))

    def _sign_script(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Over name, kind and text of a script of the library: changed in the database it does not run."""
        digest = str(asked["sha256"])
        if len(digest) != 64:
            raise Refused("a SHA-256 is needed", "BadRequest")
        return {"signature": self._key.key.sign(SCRIPT_DOMAIN + bytes.fromhex(digest)).hex()}

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)

    def close(self) -> None:
        self._done.close()


def script_digest(name: str, kind: str, text: str) -> str:
    """What is signed of a script."""
    made = hashlib.sha256()
    for part in (name, kind, text):
        raw = part.encode()
        made.update(len(raw).to_bytes(8, "big") + raw)
    return made.hexdigest()


def _told(signed: SignedCommand) -> dict[str, Any]:
    return {"body": signed.body.hex(), "signature": signed.signature.hex()}


def receive(stream: socket.socket) -> dict[str, Any] | None:
    """One message: its length in four bytes (big endian), then JSON. None at the end of the line."""
    head = _exactly(stream, 4)
    if head is None:
        return None
    size = int.from_bytes(head, "big")
    body = _exactly(stream, size) if size <= MAX_MESSAGE_BYTES else None
    found = orjson.loads(body) if body else None
    return found if isinstance(found, dict) else None


def send(stream: socket.socket, message: Mapping[str, Any]) -> None:
    body = orjson.dumps(message)
    stream.sendall(len(body).to_bytes(4, "big") + body)


def _exactly(stream: socket.socket, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        more = stream.recv(size - len(parts))
        if not more:
            return None
        parts += more
    return bytes(parts)


def main(arguments: list[str]) -> None:
    """Answer until the other end is gone: a server that is killed takes its signer with it."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    with socket.socket(fileno=int(arguments[0])) as stream:
        told = receive(stream)
        if told is None:
            return
        signer = Signer(Path(told["folder"]), Database(told["database"]))
        try:
            while (asked := receive(stream)) is not None:
                send(stream, signer.answer(asked))
        except (ConnectionError, orjson.JSONDecodeError):
            pass
        signer.close()


if __name__ == "__main__":
    main(sys.argv[1:])
