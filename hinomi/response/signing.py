"""The server's end of the line to the signer process. It never sees the key."""

import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hinomi.errors import Refused, Unavailable
from hinomi.response.signer import SCRIPT_DOMAIN, receive, send
from hinomi.wire.command import SignedCommand

log = logging.getLogger(__name__)

ANSWER_S = 30  # the database may be held by a long write
_START_S = 30
_STOP_S = 5


class Signing:
    """Thread-safe; a signer that died is started again, once for each question. `database`: path or URL."""

    def __init__(self, folder: Path, database: str) -> None:
        self._folder, self._database = folder.resolve(), database
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._closed = False

    def command(self, task_id: str) -> SignedCommand:
        """The task as its sensor will obey it: the same bytes however often it is asked. Refused, NotFound as Refused."""
        return _signed(self._ask({"op": "sign", "task": task_id}))

    def look(self, sensor: str, action: str, parameters: Mapping[str, Any], seconds: int = 60) -> SignedCommand:
        """A read-only command (signer.LOOKS) that holds for some seconds, at most a minute."""
        asked = {"op": "look", "sensor": sensor, "action": action, "parameters": dict(parameters), "seconds": seconds}
        return _signed(self._ask(asked))

    def script(self, digest: str) -> bytes:
        """Signature over signer.script_digest of a script."""
        return bytes.fromhex(self._ask({"op": "script", "sha256": digest})["signature"])

    def is_script(self, digest: str, signature: bytes) -> bool:
        try:
            key = Ed25519PublicKey.from_public_bytes(self.public()[0])
            key.verify(signature, SCRIPT_DOMAIN + bytes.fromhex(digest))
        except (InvalidSignature, ValueError):
            return False
        return True

    def public(self) -> tuple[bytes, int]:
        """(32 bytes of the public key, epoch): what a sensor is told when it enrols."""
        told = self._ask({"op": "public"})
        return bytes.fromhex(told["key"]), int(told["epoch"])

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._stop()

    def _ask(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        with self._lock:
            told = self._try(asked) or self._try(asked)
        if told is None:
            raise Unavailable("the signer does not answer; commands wait")
        if "error" in told:
            raise Refused(str(told.get("message", "")), str(told["error"]))
        return told

    def _try(self, asked: Mapping[str, Any]) -> dict[str, Any] | None:
        """None when the process is gone or mute: the same question may be asked again."""
        if self._closed:
            raise Unavailable("the server is stopping")
        try:
            line = self._line or self._start()
            send(line, asked)
            told = receive(line)
        except OSError as error:
            log.warning("the signer is gone (%s); it is started again", error)
            told = None
        if told is None:
            self._stop()
        return told

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
                [sys.executable, "-m", "hinomi.response.signer", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C in a terminal is for the server, which ends the line itself
            )
        ours.settimeout(ANSWER_S + _START_S)
        send(
            ours, {"folder": str(self._folder), "database": self._database}
        )  # not in its arguments: a URL has a password
        self._line = ours
        return ours

    def _stop(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None
        if self._process is not None:
            try:
                self._process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


def _signed(told: Mapping[str, Any]) -> SignedCommand:
    return SignedCommand(bytes.fromhex(told["body"]), bytes.fromhex(told["signature"]))
