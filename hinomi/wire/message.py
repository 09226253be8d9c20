"""Control messages of the channel: one JSON object a text frame, `type` says which. Batches are binary frames.

    sensor -> server   hello, facts, receipt, progress, result, shell, refused_policy, update_outcome, bye
    server -> sensor   welcome, policy, command, cancel, ack, shell, update, bye, error

    write_message(Ack(batch=7)) -> bytes;  read_message(bytes) -> Ack(batch=7)

A binary frame is the number of the batch (8 bytes, big endian) and the packed RecordBatch (packing.py).
"""

import struct
from dataclasses import dataclass, field
from typing import Any

import orjson

from hinomi.errors import InputError, TooLarge
from hinomi.wire.command import MAX_COMMAND_BYTES
from hinomi.wire.inventory import HostFacts
from hinomi.wire.policy import SensorPolicy
from hinomi.wire.shape import most, read_shape, write_shape

VERSION = 1  # of what is said here; a server refuses a sensor of another
MAX_TEXT_BYTES = 2 << 20  # the software of a host, a command with its script
MAX_FRAME_BYTES = 8 << 20  # a packed batch
MAX_SHELL_BYTES = 64 << 10  # of one shell message
_NUMBER = struct.Struct(">Q")


@dataclass(frozen=True, slots=True)
class Hello:
    """First of a connection. `epoch`: 16 hex digits of the sensor's life; `command_epoch`: the least it obeys.

    `device_ms` is the device's wall clock, `monotonic_ms` its clock since boot `boot` (that never jumps). `connection`: a number that
    rises with every connection of this identity and is kept on disk: one that falls behind is a copy. `unfinished`: commands that the
    sensor holds and has not reported the end of.
    """

    version: int
    sensor: str = field(metadata=most(36))
    epoch: str = field(metadata=most(16))
    connection: int
    device_ms: int
    monotonic_ms: int
    boot: str = field(default="", metadata=most(64))
    command_epoch: int = 0
    sensor_version: str = field(default="", metadata=most(64))
    policy_version: int = 0
    unfinished: tuple[str, ...] = field(default=(), metadata=most(1000))
    platform: str = field(default="", metadata=most(64))  # of its package; "": it runs from none, and takes none


@dataclass(frozen=True, slots=True)
class Facts:
    facts: HostFacts


@dataclass(frozen=True, slots=True)
class Receipt:
    """`outcome`: delivered (it is on the sensor's disk), executing, or refused with one of wire.command.REASONS.

    `command` is "" when it was refused because not even its id could be read.
    """

    command: str = field(metadata=most(32))
    outcome: str = field(metadata=most(16))
    at_ms: int
    reason: str = field(default="", metadata=most(64))
    note: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    command: str = field(metadata=most(32))
    note: str = ""
    done: float | None = None  # 0 to 1


@dataclass(frozen=True, slots=True)
class Failure:
    """As schema.task.TaskError: `code` is stable, the texts are for people."""

    code: str = field(metadata=most(64))
    message: str
    ja: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """The end of a command, sent again until `Ack(result=...)`. Either `result` counts or `error`."""

    command: str = field(metadata=most(32))
    at_ms: int
    result: dict[str, Any] = field(default_factory=dict)
    error: Failure | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Shell:
    """One piece of a remote shell, either way. `shell` is the `session` among the parameters of the command that opened it.

    `what`: open (sensor: the command is here; server: somebody looks, start it in this size), output (sensor), input (server),
    resize (server), more (server: `credit` further bytes of output may come), end (either; `note` is the reason).
    `number` counts the pieces of each side from 1.
    """

    shell: str = field(metadata=most(32))
    what: str = field(metadata=most(16))
    data: bytes = field(default=b"", metadata=most(MAX_SHELL_BYTES))
    columns: int = 0
    rows: int = 0
    credit: int = 0
    number: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class RefusedPolicy:
    """A policy that this sensor cannot follow; the one before stays in effect."""

    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class Welcome:
    """Answer to `hello`. `server_ms` is taken for the device's skew. `max_batch_bytes`: of one packed batch."""

    version: int
    server_ms: int
    server_version: str = field(default="", metadata=most(64))
    heartbeat_s: int = 20
    max_batch_bytes: int = MAX_FRAME_BYTES - 8
    max_in_flight: int = 8  # batches sent and not yet acknowledged


@dataclass(frozen=True, slots=True)
class Policy:
    policy: SensorPolicy


@dataclass(frozen=True, slots=True)
class CommandMessage:
    """wire.command.SignedCommand on its way."""

    body: bytes = field(metadata=most(MAX_COMMAND_BYTES))
    signature: bytes = field(metadata=most(64))


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop it if it has not ended; its result tells what became of it. Only stops: needs no signature."""

    command: str = field(metadata=most(32))


@dataclass(frozen=True, slots=True)
class Ack:
    """`batch`: that batch is on the server's disk (0: none). `result`: that command's result is kept ("": none)."""

    batch: int = 0
    result: str = field(default="", metadata=most(32))


@dataclass(frozen=True, slots=True)
class Update:
    """A package of the sensor can be fetched. `signature`: Ed25519 over all the rest (wire/update.py).

    `epoch`: of the key it was signed with. `goes_back`: it may be older than what runs.
    """

    sensor_version: str = field(metadata=most(64))
    platform: str = field(metadata=most(64))
    sha256: str = field(metadata=most(64))
    size_bytes: int
    epoch: int
    goes_back: bool = False
    signature: bytes = field(default=b"", metadata=most(64))


@dataclass(frozen=True, slots=True)
class UpdateOutcome:
    """What became of a package. `outcome`: running, refused, rolled_back; `reason` of the last two."""

    sha256: str = field(metadata=most(64))
    sensor_version: str = field(metadata=most(64))
    outcome: str = field(metadata=most(16))
    reason: str = field(default="", metadata=most(1000))


@dataclass(frozen=True, slots=True)
class Bye:
    """Why the other side ends: stopping, revoked, cloned, replaced, uninstalled, version."""

    reason: str = field(metadata=most(64))


@dataclass(frozen=True, slots=True)
class Error:
    """`batch`: which batch is not taken (0: none). `retry_after_ms`: 0 = never send it again as it is."""

    code: str = field(metadata=most(64))
    message: str
    batch: int = 0
    retry_after_ms: int = 0


Message = (
    Hello | Facts | Receipt | Progress | Result | Shell | RefusedPolicy | UpdateOutcome | Welcome | Policy | CommandMessage | Cancel
    | Ack | Update | Bye | Error
)  # fmt: skip

TYPES: dict[str, type[Any]] = {
    "hello": Hello, "facts": Facts, "receipt": Receipt, "progress": Progress, "result": Result, "shell": Shell,
    "refused_policy": RefusedPolicy, "update_outcome": UpdateOutcome, "welcome": Welcome, "policy": Policy, "command": CommandMessage, "cancel": Cancel,
    "ack": Ack, "update": Update, "bye": Bye, "error": Error,
}  # fmt: skip
_NAMES = {kind: name for name, kind in TYPES.items()}
FROM_SENSOR = frozenset({Hello, Facts, Receipt, Progress, Result, Shell, RefusedPolicy, UpdateOutcome, Bye})
FROM_SERVER = frozenset({Welcome, Policy, CommandMessage, Cancel, Ack, Shell, Update, Bye, Error})


def write_message(message: Message) -> str:
    return orjson.dumps({"type": _NAMES[type(message)], **write_shape(message)}).decode()


def read_message(text: str | bytes, allowed: frozenset[type[Any]] | None = None) -> Message:
    """The message of a text frame. TooLarge over MAX_TEXT_BYTES; InputError for anything malformed or not `allowed`."""
    if len(text) > MAX_TEXT_BYTES:
        raise TooLarge(f"a message may have at most {MAX_TEXT_BYTES} bytes")
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InputError(f"the message is no JSON: {error}") from None
    name = given.get("type") if isinstance(given, dict) else None
    kind = TYPES.get(name) if isinstance(name, str) else None
    if kind is None or (allowed is not None and kind not in allowed):
        raise InputError(f"no message of type {str(name)[:32]!r} is known here")
    message: Message = read_shape(kind, given)
    return message


def write_batch(number: int, packed: bytes) -> bytes:
    return _NUMBER.pack(number) + packed


def read_batch(frame: bytes) -> tuple[int, bytes]:
    """(number, packed batch) of a binary frame; TooLarge, InputError."""
    if len(frame) > MAX_FRAME_BYTES:
        raise TooLarge(f"a batch may have at most {MAX_FRAME_BYTES} bytes")
    if len(frame) <= _NUMBER.size:
        raise InputError("the frame ends before its batch")
    return _NUMBER.unpack_from(frame)[0], frame[_NUMBER.size :]
