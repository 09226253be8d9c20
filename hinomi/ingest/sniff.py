"""What a stream holds, by its first bytes. Names are not asked: they lie."""

import csv
import re

import orjson

HEAD_BYTES = 1 << 16
_TAR_AT, _TAR = 257, b"ustar"
_MAGICS = (
    (b"ElfFile\0", "evtx"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),  # an empty one
    (b"PK\x07\x08", "zip"),  # the first of a split one
)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_COLUMN = re.compile(r"[\w .#$@()/:\[\]-]{0,80}")
_PRINTABLE_SHARE = 0.9


def kind_of(head: bytes) -> str:
    """evtx, gzip, zip, tar, text or binary."""
    for magic, kind in _MAGICS:
        if head.startswith(magic):
            return kind
    if head[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR:
        return "tar"
    return "text" if encoding_of(head) else "binary"


def encoding_of(head: bytes) -> tuple[str, int] | None:
    """Encoding of a text and the length of its byte order mark; None when it is no text."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding, len(mark)
    if b"\0" in head:
        return _wide(head)
    odd = sum(head.count(byte) for byte in range(32) if byte not in (9, 10, 12, 13, 27))
    return ("utf-8", 0) if odd <= len(head) * (1 - _PRINTABLE_SHARE) else None


def _wide(head: bytes) -> tuple[str, int] | None:
    """UTF-16 without a mark: nearly every other byte of Western text is zero."""
    low, high = head[0::2], head[1::2]
    if high.count(0) > len(high) * 0.4 and low.count(0) == 0:
        return "utf-16-le", 0
    if low.count(0) > len(low) * 0.4 and high.count(0) == 0:
        return "utf-16-be", 0
    return None


def layout_of(head: bytes) -> str:
    """How a UTF-8 text holds its records: lines (a JSON value each), values (array or pretty-printed), table or prose.

    `head` may end in the middle of a line.
    """
    lines = [line.strip() for line in head.split(b"\n")]
    filled = [line for line in lines if line]
    if not filled:
        return "lines"
    if filled[0].startswith(b"["):
        return "values" if filled[0][1:].lstrip()[:1] in (b"{", b"", b"]") else "prose"
    if is_header(filled[0]):
        return "table"
    if not any(line.startswith(b"{") for line in filled[:50]):
        return "prose"
    if not filled[0].startswith(b"{"):
        return "lines"  # a damaged or foreign line before the records
    if _is_json(filled[0]) or len(filled) == 1:
        return "lines" if _is_json(filled[0]) or len(filled[0]) > 2 else "values"
    return "lines" if filled[1].startswith(b"{") and filled[0] != b"{" else "values"


def is_header(line: bytes) -> bool:
    """The first line of a table with commas: three names or more, none of them twice."""
    try:
        names = next(csv.reader([line.decode()]), [])
    except (UnicodeDecodeError, csv.Error):
        return False
    filled = [name for name in names if name]
    return len(filled) > 2 and len(set(filled)) == len(filled) and all(map(_COLUMN.fullmatch, names))


def _is_json(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True
