"""Writes a zip whose members are encrypted by AES-256, as 7-Zip, WinZip and pyzipper open it.

Source: WinZip, "AES Encryption Information" (AE-2); APPNOTE.TXT 6.3.10, 4.3.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

from .aes import BLOCK, block_cipher

_AES, _STORED, _DEFLATED = 99, 0, 8
_ENCRYPTED, _UTF8 = 1 << 0, 1 << 11
_SALT, _KEY, _CHECK, _CODE = 16, 32, 2, 10
_ROUNDS = 1000
_VERSION = 51
_DATE = 1 << 5 | 1  # 1980-01-01
_PIECE = 1 << 16


class AesZip:
    """`with AesZip(path, password) as out: out.add(name, data)`. A member is held in memory while it is written."""

    def __init__(self, path: Path, password: str) -> None:
        self._path, self._password = path, password.encode()
        self._directory = bytearray()
        self._count = 0

    def __enter__(self) -> AesZip:
        handle = os.open(str(self._path), os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
        self._out: BinaryIO = os.fdopen(handle, "wb")
        return self

    def __exit__(self, *_: object) -> None:
        place = self._out.tell()
        end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, self._count, self._count, len(self._directory), place, 0)
        self._out.write(bytes(self._directory) + end)
        self._out.close()

    @property
    def size_bytes(self) -> int:
        return self._out.tell()

    def add(self, name: str, data: bytes) -> None:
        """Encrypted; nothing of the content stands outside, its checksum neither (AE-2)."""
        packed = _deflated(data)
        method = _DEFLATED if len(packed) < len(data) else _STORED
        body = _sealed(self._password, packed if method == _DEFLATED else data)
        extra = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, method)
        self._write(name, _AES, _ENCRYPTED, 0, body, len(data), extra)

    def add_open(self, name: str, data: bytes) -> None:
        """A member that everyone may read."""
        self._write(name, _STORED, 0, zlib.crc32(data), data, len(data), b"")

    def _write(self, name: str, method: int, flags: int, crc: int, body: bytes, size: int, extra: bytes) -> None:
        told, place = name.encode(), self._out.tell()
        if place + len(body) > 0xFFFFFFFF or self._count == 0xFFFF:
            raise ValueError("the zip is full")
        fields = (_VERSION, flags | _UTF8, method, 0, _DATE, crc, len(body), size, len(told), len(extra))
        self._out.write(struct.pack("<IHHHHHIIIHH", 0x04034B50, *fields) + told + extra + body)
        entry = struct.pack(
            "<IHHHHHHIIIHHHHHII", 0x02014B50, 3 << 8 | _VERSION, *fields, 0, 0, 0, 0o100600 << 16, place
        )
        self._directory += entry + told + extra
        self._count += 1


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def _sealed(password: bytes, data: bytes) -> bytes:
    salt = os.urandom(_SALT)
    keys = hashlib.pbkdf2_hmac("sha1", password, salt, _ROUNDS, 2 * _KEY + _CHECK)
    encrypted = counter_mode(keys[:_KEY], data)
    code = hmac.new(keys[_KEY : 2 * _KEY], encrypted, hashlib.sha1).digest()[:_CODE]
    return salt + keys[2 * _KEY :] + encrypted + code


def counter_mode(key: bytes, data: bytes) -> bytes:
    """CTR with a little-endian counter that begins at 1, as WinZip has it."""
    encrypt = block_cipher(key)
    found = bytearray()
    for start in range(0, len(data), _PIECE):
        piece = data[start : start + _PIECE]
        first = start // BLOCK + 1
        count = (len(piece) + BLOCK - 1) // BLOCK
        counters = b"".join(struct.pack("<QQ", number, 0) for number in range(first, first + count))
        stream = encrypt(counters)[: len(piece)]
        mixed = int.from_bytes(piece, "little") ^ int.from_bytes(stream, "little")
        found += mixed.to_bytes(len(piece), "little")
    return bytes(found)
