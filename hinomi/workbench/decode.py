"""What a command line hides: base64 (also as PowerShell takes it, UTF-16) and hexadecimal, one level inside another.

In: a command line as recorded. Out: the hidden text, or None. It decodes, it never runs anything; every step is bounded.
"""

import base64
import binascii
import re
from collections.abc import Callable
from functools import lru_cache

MAX_COMMAND = 65_536  # characters looked at; Windows allows 32,767 in a command line
MAX_DECODED = 8192  # characters shown
MAX_PIECES = 4  # hidden texts of one command that are shown
_NESTED = 2  # a hidden text, and what that one hides

# -enc, -e, /EncodedCommand, with a dash of any width; PowerShell takes any beginning of the word. The payload may hold ^ of cmd.
_ENCODED = re.compile(r"[-/–—―]e(?:c|n[a-z^]{0,14})?[\s:]+[\"']?([A-Za-z0-9+/^]{8,}={0,2})", re.IGNORECASE)
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/\\])([A-Za-z0-9+/]{24,}={0,2})(?![A-Za-z0-9+/=])")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:0x)?((?:[0-9A-Fa-f]{2}){12,})(?![0-9A-Za-z])")
_HEX_LIST = re.compile(r"(?:(?:0x|\\x|%|\[char\]0x)[0-9A-Fa-f]{2}[\s,+;]{0,3}){8,}", re.IGNORECASE)
_HEX_PAIR = re.compile(r"(?:0x|\\x|%)([0-9A-Fa-f]{2})")


@lru_cache(maxsize=1024)  # a command line stands in many activities: of its process, and of what that process did
def decode_command(command: str) -> str | None:
    """The text hidden in a command line, several joined by line ends; None when it hides none that a person can read."""
    found: list[str] = []
    waiting = [(command[:MAX_COMMAND], 0)]
    while waiting and len(found) < MAX_PIECES:
        text, depth = waiting.pop(0)
        for piece in _pieces(text):
            if piece not in found:
                found.append(piece)
                if depth + 1 < _NESTED:
                    waiting.append((piece, depth + 1))
    return "\n".join(found[:MAX_PIECES])[:MAX_DECODED] or None


def _pieces(text: str) -> list[str]:
    """Hidden texts in the order they stand. What -enc names is decoded first, and not a second time as plain base64."""
    found: dict[int, str] = {}
    taken: list[tuple[int, int]] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            start, end = match.span(match.lastindex or 0)
            if len(taken) > 64 or any(start < last and end > first for first, last in taken):
                continue
            decoded = read(match.group(match.lastindex or 0))
            if decoded:
                found[start] = decoded
                taken.append((start, end))
    return [found[start] for start in sorted(found)]


def _from_encoded(payload: str) -> str | None:
    return _from_base64(payload.replace("^", ""))


def _from_base64(payload: str) -> str | None:
    if len(set(payload)) < 8:
        return None
    trimmed = payload.rstrip("=")
    if len(trimmed) % 4 == 1:
        return None
    try:
        data = base64.b64decode(trimmed + "=" * (-len(trimmed) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return _readable(data)


def _from_hex(payload: str) -> str | None:
    return _readable(bytes.fromhex(payload))


def _from_hex_list(payload: str) -> str | None:
    return _readable(bytes.fromhex("".join(_HEX_PAIR.findall(payload))))


def _readable(data: bytes) -> str | None:
    """The bytes as UTF-16 or UTF-8 text, if nearly all of it is what a person writes."""
    # UTF-16 of Latin letters has a zero in every second byte; UTF-8 text has none.
    wide = data[1::2].count(0) * 4 > len(data)
    for encoding in ("utf-16-le", "utf-8") if wide else ("utf-8", "utf-16-le"):
        try:
            text = data.decode(encoding).lstrip("\ufeff")
        except UnicodeDecodeError:
            continue
        if len(text) >= 3 and _is_written(text, encoding):
            return text[:MAX_DECODED]
    return None


def _is_written(text: str, encoding: str) -> bool:
    sample = text[:2048]
    if encoding == "utf-16-le":
        # Any bytes are some UTF-16: demand letters of the languages that scripts are written in.
        good = sum(character.isascii() and (character.isprintable() or character in "\r\n\t") for character in sample)
        return good * 10 >= len(sample) * 8
    good = sum(character.isprintable() or character in "\r\n\t" for character in sample)
    return good == len(sample) and any(character.isalpha() for character in sample)


_READERS: tuple[tuple[re.Pattern[str], Callable[[str], str | None]], ...] = (
    (_ENCODED, _from_encoded),
    (_HEX_LIST, _from_hex_list),
    (_HEX, _from_hex),
    (_BASE64, _from_base64),
)
