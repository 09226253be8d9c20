"""Encrypts a short secret to the server's RSA key (RSA-OAEP with SHA-256, RFC 8017, 7.1.1): only the server opens it."""

from __future__ import annotations

import hashlib
import os

_HASH = 32


def seal(secret: bytes, modulus: int, exponent: int) -> bytes:
    """ValueError when the secret does not fit into the key."""
    size = (modulus.bit_length() + 7) // 8
    room = size - 2 * _HASH - 2
    if len(secret) > room:
        raise ValueError("the secret is too long for the key")
    block = hashlib.sha256(b"").digest() + b"\0" * (room - len(secret)) + b"\1" + secret
    seed = os.urandom(_HASH)
    masked = _mixed(block, _mask(seed, len(block)))
    told = b"\0" + _mixed(seed, _mask(masked, _HASH)) + masked
    return pow(int.from_bytes(told, "big"), exponent, modulus).to_bytes(size, "big")


def _mask(seed: bytes, length: int) -> bytes:
    """MGF1 (B.2.1)."""
    found = b""
    number = 0
    while len(found) < length:
        found += hashlib.sha256(seed + number.to_bytes(4, "big")).digest()
        number += 1
    return found[:length]


def _mixed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other))
