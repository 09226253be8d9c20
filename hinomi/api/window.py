"""Windows of time in requests. Empty means absent, no zone means UTC; a second given as such is meant whole."""

import re

from hinomi.errors import InputError
from hinomi.query.moment import parse_moment

DAY_MS = 86_400_000
# a + in a query string that was not encoded arrives as a blank
_LOST_PLUS = re.compile(r"(:\d\d(?:[.,]\d+)?) (\d\d:?\d\d)$")
_FRACTION = re.compile(r":\d\d[.,]\d")


def read_start(name: str, text: str | None) -> int | None:
    """Milliseconds, or None when there is none."""
    if not text or not text.strip():
        return None
    return _read(name, _LOST_PLUS.sub(r"\1+\2", text.strip()))


def read_end(name: str, text: str | None) -> int | None:
    """The last millisecond that is meant: 03:00:00Z includes all of that second."""
    moment = read_start(name, text)
    if moment is None or text is None:
        return None
    is_exact = bool(_FRACTION.search(text)) or text.strip().isdigit()
    return moment if is_exact else moment + 999


def _read(name: str, text: str) -> int:
    try:
        return parse_moment(text)
    except InputError as error:
        raise InputError(f"{name}: {error}") from error


def check_order(start_ms: int | None, end_ms: int | None) -> None:
    if start_ms is not None and end_ms is not None and start_ms > end_ms:
        raise InputError("the window ends before it begins")
