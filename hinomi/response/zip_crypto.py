"""A zip in the classic encryption of PKZIP, which every unpacker opens, Windows Explorer too.

It keeps mail scanners and careless double clicks away from what is inside, and nobody else: it has long been broken, so
what must stay secret is encrypted by other means before. Neither the standard library nor pyzipper writes it.
Source: APPNOTE.TXT 6.3.10, 4.3 (records) and 6.1 (traditional PKWARE encryption).
"""

import os
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from hinomi.errors import TooLarge

MAX_BYTES = 32 << 20  # a few MB a second in Python: what is larger should be encrypted by AES

_HEADER_BYTES = 12
_ENCRYPTED, _UTF8 = 1 << 0, 1 << 11
_STORED, _DEFLATED = 0, 8
_VERSION = 20
_UNIX, _REGULAR_0600 = 3, 0o100600 << 16
_NO_TIME, _DAY_ONE = 0, 1 << 5 | 1  # 1980-01-01 00:00: nobody needs to know when it was packed


def _crc_table() -> tuple[int, ...]:
    found = []
    for number in range(256):
        value = number
        for _ in range(8):
            value = value >> 1 ^ (0xEDB88320 if value & 1 else 0)
        found.append(value)
    return tuple(found)


_CRC = _crc_table()


@dataclass(slots=True)
class _Keys:
    """The three registers of the cipher (6.1.5)."""

    first: int = 0x12345678
    second: int = 0x23456789
    third: int = 0x34567890

    def encrypt(self, data: bytes) -> bytes:
        """One loop with everything in local names: it runs once for each byte."""
        table, one, two, three = _CRC, self.first, self.second, self.third
        found = bytearray(len(data))
        for place, byte in enumerate(data):
            mask = three | 2
            found[place] = byte ^ (mask * (mask ^ 1) >> 8 & 0xFF)
            one = one >> 8 ^ table[(one ^ byte) & 0xFF]
            two = ((two + (one & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
            three = three >> 8 ^ table[(three ^ two >> 24) & 0xFF]
        self.first, self.second, self.third = one, two, three
        return bytes(found)


def classic_zip(members: Mapping[str, bytes], password: str) -> bytes:
    """A zip of the members in their order, opened by `password`. TooLarge when they have more than MAX_BYTES together."""
    size = sum(map(len, members.values()))
    if size > MAX_BYTES:
        raise TooLarge(f"classic zip encryption is for at most {MAX_BYTES} bytes; this has {size}")
    written, directory = bytearray(), bytearray()
    for name, data in members.items():
        fields, told, body = _member(name, data, password)
        directory += struct.pack(
            "<IHHHHHHIIIHHHHHII", 0x02014B50, _UNIX << 8 | _VERSION, *fields, 0, 0, 0, 0, _REGULAR_0600, len(written)
        )
        directory += told
        written += struct.pack("<IHHHHHIIIHH", 0x04034B50, *fields, 0) + told + body
    count = len(members)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(directory), len(written), 0)
    return bytes(written + directory) + end


def _member(name: str, data: bytes, password: str) -> tuple[tuple[int, ...], bytes, bytes]:
    """The fields that both records of a member share, its name and its encrypted content."""
    crc = zlib.crc32(data)
    packed = _deflated(data)
    method = _DEFLATED if len(packed) < len(data) else _STORED
    keys = _Keys()
    keys.encrypt(password.encode())  # 6.1.5: the registers are set by running the password through them
    # the last byte of the header is the high byte of the checksum: by it a wrong password is noticed
    header = os.urandom(_HEADER_BYTES - 1) + bytes((crc >> 24,))
    body = keys.encrypt(header + (packed if method == _DEFLATED else data))
    told = name.encode()
    fields = (_VERSION, _ENCRYPTED | _UTF8, method, _NO_TIME, _DAY_ONE, crc, len(body), len(data), len(told))
    return fields, told, body


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()
