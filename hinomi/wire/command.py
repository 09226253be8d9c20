"""A command: what the server asks one sensor to do, signed so that nobody else can ask it.

    signer process: sign(command, key) -> SignedCommand -> channel -> sensor: verify(signed, key, ...) -> Command

The signature covers every field in one canonical form, so a command cannot be changed, sent to another device, kept for
later or repeated with another meaning. That it is done at most once is the sensor's part (sensor/journal.py).
"""

import re
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hinomi.errors import InputError

MAX_COMMAND_BYTES = 1 << 20  # a script and its parameters fit
CLOCK_LEEWAY_MS = 120_000  # a device clock may be so far behind without refusing what was just signed
_ID = re.compile(r"[0-9a-f]{32}")
_DOMAIN = b"hinomi-command-1\0"  # a signature made for something else never fits here


@dataclass(frozen=True, slots=True)
class Command:
    """`id`: 32 hex digits, the same however often it is sent. Times: ms since 1970 UTC.

    `epoch` is the number of the signing key's life: one that is lower than what the sensor has seen is refused.
    """

    id: str
    sensor: str
    action: str
    parameters: dict[str, Any]
    not_before_ms: int
    expires_ms: int
    epoch: int


@dataclass(frozen=True, slots=True)
class SignedCommand:
    body: bytes
    signature: bytes


class CommandRefused(InputError):
    """A command that must not be done; `reason` is one of REASONS and is reported to the server."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


REASONS = frozenset(
    {"forged", "malformed", "other_device", "expired", "not_yet", "old_epoch", "unknown_action", "repeated"}
)


def canonical(command: Command) -> bytes:
    """The one spelling of a command; TooLarge is the caller's matter."""
    return orjson.dumps(
        {
            "id": command.id,
            "sensor": command.sensor,
            "action": command.action,
            "parameters": command.parameters,
            "notBefore": command.not_before_ms,
            "expires": command.expires_ms,
            "epoch": command.epoch,
        },
        option=orjson.OPT_SORT_KEYS,
    )


def sign(command: Command, key: Ed25519PrivateKey) -> SignedCommand:
    """InputError when it is too large to be sent."""
    body = canonical(command)
    if len(body) > MAX_COMMAND_BYTES:
        raise InputError(f"a command may have at most {MAX_COMMAND_BYTES} bytes; this one has {len(body)}")
    return SignedCommand(body, key.sign(_DOMAIN + body))


def verify(signed: SignedCommand, key: Ed25519PublicKey, *, sensor: str, least_epoch: int, now_ms: int) -> Command:
    """The command, when it was signed by `key` for this sensor and this time; CommandRefused with the reason."""
    if len(signed.body) > MAX_COMMAND_BYTES:
        raise CommandRefused("malformed", "the command is larger than any command may be")
    try:
        key.verify(signed.signature, _DOMAIN + signed.body)
    except InvalidSignature:
        raise CommandRefused("forged", "the signature does not fit") from None
    command = _read(signed.body)
    if command.sensor != sensor:
        raise CommandRefused("other_device", f"the command is for sensor {command.sensor}")
    if command.epoch < least_epoch:
        raise CommandRefused("old_epoch", f"the command is of epoch {command.epoch}, this sensor is at {least_epoch}")
    if now_ms >= command.expires_ms:
        raise CommandRefused("expired", "the command's time is over")
    if now_ms + CLOCK_LEEWAY_MS < command.not_before_ms:
        raise CommandRefused("not_yet", "the command's time has not come")
    return command


def _read(body: bytes) -> Command:
    try:
        found = orjson.loads(body)
        command = Command(
            id=found["id"],
            sensor=found["sensor"],
            action=found["action"],
            parameters=found["parameters"],
            not_before_ms=found["notBefore"],
            expires_ms=found["expires"],
            epoch=found["epoch"],
        )
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise CommandRefused("malformed", f"the command cannot be read: {error}") from None
    texts = (command.id, command.sensor, command.action)
    numbers = (command.not_before_ms, command.expires_ms, command.epoch)
    if not (all(type(each) is str for each in texts) and all(type(each) is int for each in numbers)):
        raise CommandRefused("malformed", "a field of the command has the wrong type")
    if not _ID.fullmatch(command.id) or type(command.parameters) is not dict:
        raise CommandRefused("malformed", "the command's id or parameters are not what they should be")
    return command
