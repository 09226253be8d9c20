"""Who sent a letter: the addresses of From, Sender and Return-Path (what is left of the envelope), as the block list spells them.

    raw head of a letter -> senders_of -> {"mallory@bad.example", ...}

Heads are hostile. An address counts where it stands as one: between angle brackets, or alone where an address belongs. A name
that is shown, a comment or the name of a group never counts, whatever it looks like. Of a header that comes several times each
counts, for one reader shows the first and another the last. Source of the grammar: RFC 5322, 3.4 and 4.4; RFC 6532 for UTF-8.
"""

import re
from collections.abc import Iterator, Sequence
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from hinomi.response.block_object import ObjectRefused, normal_value

TYPE = "senderMailAddress"
MAX_HEAD_BYTES = 256 << 10  # of a letter's head; what stands behind them is not looked at
MAX_HEADER = 16_384  # characters of one header
MAX_ADDRESSES = 200
_HEADERS = re.compile(rb"(?:from|sender|return-path)[ \t]*:", re.IGNORECASE)
_LINES = re.compile(rb"\r\n|\n|\r")
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|\\.|[^"\\<>(),;:]+|.', re.DOTALL)
_ENCODED = re.compile(r"=\?[^?\s]{1,64}\?[bqBQ]\?[^?\s]*\?=(?:\s*=\?[^?\s]{1,64}\?[bqBQ]\?[^?\s]*\?=)*")
_BLANK = re.compile(r"[\s\x00]+")
_ROUTE = re.compile(r"\A(?:@[^@:,]*[,:])+")  # <@relay,@relay:user@host>, RFC 5322 4.4


def senders_of(head: bytes) -> frozenset[str]:
    """Normal spellings; never raises. What can stand on no list (no domain, a domain literal) is left out."""
    found: set[str] = set()
    for header in _headers(head[:MAX_HEAD_BYTES]):
        for written in _addresses(header[:MAX_HEADER]):
            found.add(_normal(written))
            if len(found) > MAX_ADDRESSES:
                break
    return frozenset(found - {""})


def _headers(head: bytes) -> Iterator[str]:
    """Values of the headers that name a sender, unfolded. A line that is no header hides none of those behind it."""
    value: list[bytes] | None = None
    for line in _LINES.split(head):
        if value is not None and line[:1] in (b" ", b"\t"):
            value.append(line)
            continue
        if value is not None:
            yield b"".join(value).decode("utf-8", "replace")
        match = _HEADERS.match(line)
        value = [line[match.end() :]] if match else None
        if not line:
            break
    if value is not None:
        yield b"".join(value).decode("utf-8", "replace")


def _addresses(header: str) -> Iterator[str]:
    """What stands in the place of an address."""
    alone: list[str] = []  # outside of brackets: a name, or an address without brackets
    inside: list[str] | None = None
    has_brackets = False
    for piece in [*_without_comments(_TOKENS.findall(header)), ","]:
        if piece == "<":
            if inside is not None:
                yield "".join(inside)  # the one before was never closed
            inside, has_brackets = [], True
        elif inside is not None and (piece == ">" or (piece in ",;" and _is_address("".join(inside)))):
            yield "".join(inside)
            inside = None
            if piece != ">":
                alone, has_brackets = [], False
        elif inside is not None:
            inside.append(piece)
        elif piece in (",", ";"):
            if not has_brackets:
                yield "".join(alone)
            alone, has_brackets = [], False
        elif piece == ":":
            alone = []  # that was the name of a group
        else:
            alone.append(piece)
    if inside is not None:
        yield "".join(inside)


def _is_address(text: str) -> bool:
    """Whether a comma ends it: within a route (`@a,@b:user@host`) it does not."""
    return not text.lstrip().startswith("@") or ":" in text


def _without_comments(pieces: Sequence[str]) -> list[str]:
    """Without what stands between parentheses that close; one that does not is a letter like others."""
    opened: list[int] = []
    ends: dict[int, int] = {}
    for number, piece in enumerate(pieces):
        if piece == "(":
            opened.append(number)
        elif piece == ")" and opened:
            ends[opened.pop()] = number
    kept: list[str] = []
    number = 0
    while number < len(pieces):
        if number in ends:
            number = ends[number]
        else:
            kept.append(pieces[number])
        number += 1
    return kept


def _normal(written: str) -> str:
    """As the block list spells it; "" for what is no address."""
    text = _decoded(_ROUTE.sub("", written.strip(), count=1)).strip()
    local, at, domain = text.rpartition("@")
    if not at:
        return ""
    local = local.strip()
    if len(local) > 1 and local[0] == local[-1] == '"':
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    text = f"{_BLANK.sub('', local)}@{_BLANK.sub('', domain)}"
    try:
        return normal_value(TYPE, text)
    except ObjectRefused:
        return ""


def _decoded(text: str) -> str:
    """Where only encoded words stand, many a reader shows as address what they hold."""
    if not _ENCODED.fullmatch(text):
        return text
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, ValueError):
        return text
