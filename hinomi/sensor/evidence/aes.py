"""AES-256 of single blocks: by the libcrypto that Python itself is linked to where it can be found, else in Python.

Source: FIPS 197. The Python way is for hosts without libcrypto: some 500 KB a second, the same result.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import struct
from typing import Any, Callable

BLOCK = 16
Encrypt = Callable[[bytes], bytes]  # a multiple of 16 bytes -> as many, each block by itself (ECB)

_KNOWN_KEY = bytes(range(32))  # FIPS 197, C.3
_KNOWN_PLAIN = bytes.fromhex("00112233445566778899aabbccddeeff")
_KNOWN_RESULT = bytes.fromhex("8ea2b7ca516745bfeafc49904b496089")
_LIBRARIES = ("libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so.10", "libcrypto.so")


def block_cipher(key: bytes) -> Encrypt:
    """The quickest way there is on this host; every way is tried on a known answer before it is trusted."""
    library = _library()
    if library is not None:
        return lambda data: _by_library(library, key, data)
    return lambda data: _by_python(_expanded(key), data)


# ---- libcrypto ------------------------------------------------------------------------------------------------------
_found: list[Any] = []


def _library() -> Any:
    if not _found:
        _found.append(_usable_library())
    return _found[0]


def _usable_library() -> Any:
    for name in _LIBRARIES:
        try:
            library = ctypes.CDLL(name)
            library.EVP_CIPHER_CTX_new.restype = ctypes.c_void_p
            library.EVP_aes_256_ecb.restype = ctypes.c_void_p
            library.EVP_EncryptInit_ex.argtypes = [ctypes.c_void_p] * 3 + [ctypes.c_char_p] * 2
            library.EVP_CIPHER_CTX_set_padding.argtypes = [ctypes.c_void_p, ctypes.c_int]
            library.EVP_CIPHER_CTX_free.argtypes = [ctypes.c_void_p]
            library.EVP_EncryptUpdate.argtypes = [
                ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_int), ctypes.c_char_p, ctypes.c_int,
            ]  # fmt: skip
            if _by_library(library, _KNOWN_KEY, _KNOWN_PLAIN) == _KNOWN_RESULT:
                return library
        except (OSError, AttributeError, ValueError):
            continue
    return None


def _by_library(library: Any, key: bytes, data: bytes) -> bytes:
    context = library.EVP_CIPHER_CTX_new()
    try:
        into = ctypes.create_string_buffer(len(data) + BLOCK)
        length = ctypes.c_int(0)
        if (
            library.EVP_EncryptInit_ex(context, library.EVP_aes_256_ecb(), None, key, None) != 1
            or library.EVP_CIPHER_CTX_set_padding(context, 0) != 1
            or library.EVP_EncryptUpdate(context, into, ctypes.byref(length), data, len(data)) != 1
            or length.value != len(data)
        ):
            raise ValueError("libcrypto does not encrypt")
        return into.raw[: len(data)]
    finally:
        library.EVP_CIPHER_CTX_free(context)


# ---- Python ---------------------------------------------------------------------------------------------------------
def _double(value: int) -> int:
    return (value << 1 ^ (0x11B if value & 0x80 else 0)) & 0xFF


def _made_box() -> list[int]:
    """The substitution box (5.1.1): the inverse in GF(2^8), then an affine map."""
    powers, value = [], 1
    for _ in range(255):
        powers.append(value)
        value ^= _double(value)
    logs = {power: place for place, power in enumerate(powers)}
    box = []
    for byte in range(256):
        inverse = powers[-logs[byte] % 255] if byte else 0
        found = 0x63
        for turn in range(5):
            found ^= (inverse << turn | inverse >> (8 - turn)) & 0xFF
        box.append(found)
    return box


_BOX = _made_box()
# one table for each row of the state: substitution and mixing of a column in one step
_TABLES = [
    [
        struct.unpack(">I", bytes(column[-turn:] + column[:-turn] if turn else column))[0]
        for column in ([_double(box), box, box, _double(box) ^ box] for box in _BOX)
    ]
    for turn in range(4)
]


def _expanded(key: bytes) -> list[int]:
    """Sixty words (5.2)."""
    words = list(struct.unpack(">8I", key))
    constant = 1
    for place in range(8, 60):
        word = words[-1]
        if place % 8 == 0:
            word = _substituted((word << 8 | word >> 24) & 0xFFFFFFFF) ^ constant << 24
            constant = _double(constant)
        elif place % 8 == 4:
            word = _substituted(word)
        words.append(words[place - 8] ^ word)
    return words


def _substituted(word: int) -> int:
    return _BOX[word >> 24] << 24 | _BOX[word >> 16 & 255] << 16 | _BOX[word >> 8 & 255] << 8 | _BOX[word & 255]


def _by_python(words: list[int], data: bytes) -> bytes:
    one, two, three, four = _TABLES
    found = bytearray()
    for place in range(0, len(data), BLOCK):
        state = [part ^ key for part, key in zip(struct.unpack_from(">4I", data, place), words)]
        for turn in range(4, 56, 4):
            state = [
                one[state[n] >> 24]
                ^ two[state[(n + 1) & 3] >> 16 & 255]
                ^ three[state[(n + 2) & 3] >> 8 & 255]
                ^ four[state[(n + 3) & 3] & 255]
                ^ words[turn + n]
                for n in range(4)
            ]
        for n in range(4):
            last = (
                _BOX[state[n] >> 24] << 24
                | _BOX[state[(n + 1) & 3] >> 16 & 255] << 16
                | _BOX[state[(n + 2) & 3] >> 8 & 255] << 8
                | _BOX[state[(n + 3) & 3] & 255]
            )
            found += struct.pack(">I", last ^ words[56 + n])
    return bytes(found)
