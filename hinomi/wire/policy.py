"""SensorPolicy: what a sensor watches, what it leaves out, how much it may say and keep. Made by the server, versioned."""

from dataclasses import dataclass, field
from typing import Any

from hinomi.errors import InputError
from hinomi.wire.shape import most, read_shape, write_shape

KINDS = ("process", "file", "network", "dns", "login", "module")  # what can be watched
FILE_EVENTS = ("create", "rename", "delete", "write")
EXCLUSION_FIELDS = ("exe", "cmd", "user", "path", "address", "port", "domain")


@dataclass(frozen=True, slots=True)
class WatchedPlace:
    """A folder whose files are watched. `path` is absolute, without patterns."""

    path: str
    recursive: bool = True
    events: tuple[str, ...] = FILE_EVENTS


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Activities of `kind` ("" = any) whose `field` has the `value` are not sent; `*` in it stands for any characters."""

    field: str
    value: str
    kind: str = ""


_PLACES = (
    WatchedPlace("/etc"),
    WatchedPlace("/tmp"),  # noqa: S108  (watched, not used)
    WatchedPlace("/var/tmp"),  # noqa: S108
    WatchedPlace("/dev/shm"),  # noqa: S108
    WatchedPlace("/home"),
    WatchedPlace("/root"),
    WatchedPlace("/opt"),
    WatchedPlace("/usr/local"),
    WatchedPlace("/var/www"),
    WatchedPlace("/var/spool/cron"),
)


@dataclass(frozen=True, slots=True)
class SensorPolicy:
    """`version` rises with every change. `sources` forces collectors by name; empty: the best that the host offers.

    Over `rate_per_s` activities a second (averaged over ten seconds) the rest is counted and told as `sensor_loss`; over `spool_mb` on
    disk the oldest are dropped, counted and told. `block_mounts`: mount points where the start of a file is held against the
    block list; "auto" is every writable local one but those of the system and the sensor. A batch is sent after `batch_records` or `batch_ms`, whatever comes first;
    what comes after a silence at once.
    """

    version: int = 0
    name: str = field(default="", metadata=most(64))
    watch: tuple[str, ...] = field(default=KINDS, metadata=most(16))
    sources: tuple[str, ...] = field(default=(), metadata=most(16))
    places: tuple[WatchedPlace, ...] = field(default=_PLACES, metadata=most(256))
    exclusions: tuple[Exclusion, ...] = field(default=(), metadata=most(1000))
    hash_files: bool = True
    hash_limit_mb: int = 64
    block_mounts: tuple[str, ...] = field(default=("auto",), metadata=most(64))
    rate_per_s: int = 5000
    spool_mb: int = 512
    batch_records: int = 500
    batch_ms: int = 500
    facts_every_s: int = 900
    heartbeat_s: int = 20

    def watches(self, kind: str) -> bool:
        return kind in self.watch


# name -> (least, most) of the whole numbers
LIMITS: dict[str, tuple[int, int]] = {
    "version": (0, 1 << 31),
    "hash_limit_mb": (1, 4096),
    "rate_per_s": (10, 100_000),
    "spool_mb": (1, 1 << 20),
    "batch_records": (1, 10_000),
    "batch_ms": (10, 60_000),
    "facts_every_s": (5, 86_400),
    "heartbeat_s": (2, 300),
}


def read_policy(given: Any) -> SensorPolicy:
    """A policy that holds (`check_policy`); InputError names the field that is wrong and what would be right."""
    policy = read_shape(SensorPolicy, given, "policy")
    check_policy(policy)
    return policy


def write_policy(policy: SensorPolicy) -> dict[str, Any]:
    written: dict[str, Any] = write_shape(policy)
    return written


def check_policy(policy: SensorPolicy) -> None:
    """InputError names the field that is wrong and what would be right."""
    for name, (least, greatest) in LIMITS.items():
        if not least <= getattr(policy, name) <= greatest:
            raise InputError(f"policy.{name}: {getattr(policy, name)} is not between {least} and {greatest}")
    _one_of(policy.watch, KINDS, "policy.watch")
    for place in policy.places:
        if not place.path.startswith("/") or "\0" in place.path or "/../" in f"{place.path}/":
            raise InputError(f"policy.places: {place.path!r} is no absolute path")
        _one_of(place.events, FILE_EVENTS, "policy.places.events")
    for mount in policy.block_mounts:
        if mount != "auto" and (not mount.startswith("/") or "\0" in mount):
            raise InputError(f"policy.block_mounts: {mount!r} is neither auto nor an absolute path")
    for exclusion in policy.exclusions:
        _one_of((exclusion.field,), EXCLUSION_FIELDS, "policy.exclusions.field")
        _one_of((exclusion.kind,), ("", *KINDS), "policy.exclusions.kind")
        if not exclusion.value.strip("*"):
            raise InputError("policy.exclusions.value: would leave out everything")


def _one_of(given: tuple[str, ...], known: tuple[str, ...], place: str) -> None:
    for each in given:
        if each not in known:
            raise InputError(f"{place}: {each!r} is none of {', '.join(name or '(empty)' for name in known)}")
