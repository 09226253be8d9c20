"""Passwords: hashed with Argon2id, compared in constant time, and made so that a person can read them aloud."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hinomi.errors import InputError

MIN_CHARACTERS = 12  # NIST SP 800-63B asks for 8; a console that can isolate machines asks for more
MAX_CHARACTERS = 256

_CONSONANTS = "bdfgjkmnprstvz"  # without letters that are read as others (l, h, c, q, w, x, y)
_VOWELS = "aeiou"
_WORDS, _SYLLABLES = 6, 2  # 70 choices a syllable, 12 syllables: 73 bits

_HASHER = PasswordHasher()  # RFC 9106, second recommended option (64 MiB, three passes)


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """True when the password is the right one. For no stored hash it takes the same time and says no."""
    if len(password) > MAX_CHARACTERS:
        return False
    try:
        _HASHER.verify(stored if stored is not None else _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """True when the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_hex(16))


def check_strength(password: str, user: str) -> None:
    """Nothing, or InputError that says what is wrong with a new password."""
    if not MIN_CHARACTERS <= len(password) <= MAX_CHARACTERS:
        raise InputError(f"a password has {MIN_CHARACTERS} to {MAX_CHARACTERS} characters")
    if len(set(password.casefold())) < 5 or user.casefold() in password.casefold():
        raise InputError("the password is too easy to guess: use other characters, and not the user's name")
    if not password.isprintable():
        raise InputError("the password has characters that cannot be typed")


def make_password() -> str:
    """A random password of readable words: 73 bits, as in `taboki-...`, six words of two syllables."""
    return "-".join("".join(_syllable() for _ in range(_SYLLABLES)) for _ in range(_WORDS))


def _syllable() -> str:
    return secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS)
