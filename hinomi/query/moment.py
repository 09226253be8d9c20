"""A moment as people and clients write it, in milliseconds since 1970 UTC.

Source: docs/reference/routes.md (times). ISO 8601 with or without zone (none means UTC) and fraction, a bare date, or a
whole number of milliseconds.
"""

import re
from datetime import UTC, datetime

from hinomi.query.refusal import QueryError

_MILLISECONDS = re.compile(r"[0-9]{1,15}")
_AGO = re.compile(r"([0-9]{1,5})([mhdw])")
_UNITS_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?( ?(Z|z|[+-]\d\d:?\d\d))?)?", re.ASCII)


def parse_moment(text: str) -> int:
    """Milliseconds since 1970 UTC. QueryError says what would be right."""
    text = text.strip()
    if _MILLISECONDS.fullmatch(text):
        return int(text)
    if not _ISO.fullmatch(text):
        raise _no_time(text)
    return _milliseconds(text)


def parse_when(text: str, now_ms: int) -> int:
    """A moment, or how long ago: 30m, 24h, 7d, 4w; now. Milliseconds since 1970 UTC."""
    word = text.strip().lower()
    if word == "now":
        return now_ms
    ago = _AGO.fullmatch(word)
    return now_ms - int(ago[1]) * _UNITS_MS[ago[2]] if ago else parse_moment(text)


def _milliseconds(text: str) -> int:
    # fromisoformat reads at most six digits of a fraction
    shortened = re.sub(r"[.,](\d{1,6})\d*", r".\1", text.replace(" +", "+").replace(" -", "-").replace(" Z", "Z"))
    try:
        moment = datetime.fromisoformat(shortened.replace("z", "Z"))
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        elapsed = aware - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise _no_time(text) from error
    return (elapsed.days * 86400 + elapsed.seconds) * 1000 + elapsed.microseconds // 1000


def _no_time(text: str) -> QueryError:
    return QueryError(
        f"{text[:60]!r} is not a time; write it like 2026-01-31T09:00:00Z",
        f"{text[:60]!r} は時刻ではありません。2026-01-31T09:00:00Z のように書いてください。",
    )


def format_moment(moment_ms: int) -> str:
    """2026-01-31T09:00:00.000Z"""
    moment = datetime.fromtimestamp(moment_ms // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment_ms % 1000:03d}Z"


def format_second(moment_ms: int) -> str:
    """2026-01-31T09:00:00Z, the shape of the public API."""
    return f"{datetime.fromtimestamp(moment_ms // 1000, UTC):%Y-%m-%dT%H:%M:%S}Z"
