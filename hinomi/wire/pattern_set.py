"""The pattern set as it travels to sensors: hashes and YARA rules of one version, as zstd over JSON.

    {"version": 3, "hashes": [{"type": "sha256", "value": "...", "name": "..."}], "yara": "rule ..."}

It is not signed itself: the signed command `apply_patterns` names its SHA-256, and a sensor takes no other bytes.
"""

from dataclasses import dataclass
from typing import Any

import orjson
import zstandard

from hinomi.errors import InputError, TooLarge

MAX_PACKED_BYTES = 8 << 20
MAX_BYTES = 32 << 20
HASH_LENGTHS = {"sha1": 40, "sha256": 64}


@dataclass(frozen=True, slots=True)
class HashPattern:
    """`type`: sha1 or sha256; `value` in lower-case hex; `name` is what a match is called."""

    type: str
    value: str
    name: str


@dataclass(frozen=True, slots=True)
class PatternSet:
    """`yara`: the text of all rules, one compilation unit; empty when there is none."""

    version: int
    hashes: tuple[HashPattern, ...] = ()
    yara: str = ""


def pack(patterns: PatternSet) -> bytes:
    """The same set gives the same bytes. TooLarge when no sensor would take it."""
    told = {
        "version": patterns.version,
        "hashes": [{"type": one.type, "value": one.value, "name": one.name} for one in patterns.hashes],
        "yara": patterns.yara,
    }
    plain = orjson.dumps(told)
    packed = zstandard.ZstdCompressor(level=9).compress(plain)
    if len(plain) > MAX_BYTES or len(packed) > MAX_PACKED_BYTES:
        raise TooLarge(f"the pattern set may have at most {MAX_BYTES} bytes; it has {len(plain)}")
    return packed


def unpack(packed: bytes) -> PatternSet:
    """InputError for anything that `pack` would not have made."""
    if len(packed) > MAX_PACKED_BYTES:
        raise TooLarge(f"a pattern set has at most {MAX_PACKED_BYTES} bytes")
    try:
        with zstandard.ZstdDecompressor().stream_reader(packed) as stream:
            plain = stream.read(MAX_BYTES + 1)
        if len(plain) > MAX_BYTES:
            raise TooLarge(f"a pattern set unpacks to at most {MAX_BYTES} bytes")
        found = orjson.loads(plain)
        patterns = PatternSet(found["version"], tuple(_hash(one) for one in found["hashes"]), found["yara"])
    except (zstandard.ZstdError, orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise InputError(f"this is no pattern set: {error}") from None
    if type(patterns.version) is not int or type(patterns.yara) is not str:
        raise InputError("this is no pattern set: a field has the wrong type")
    return patterns


def _hash(one: dict[str, Any]) -> HashPattern:
    found = HashPattern(one["type"], one["value"], one["name"])
    if any(type(each) is not str for each in (found.type, found.value, found.name)):
        raise TypeError("a field of a hash is no text")
    if HASH_LENGTHS.get(found.type) != len(found.value) or set(found.value) - set("0123456789abcdef"):
        raise InputError("this is no pattern set: a hash is not what it should be")
    return found
