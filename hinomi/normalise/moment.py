"""Moments as records write them -> milliseconds since 1970 UTC. A text without an offset is taken as UTC."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

_EPOCH, _NAIVE_EPOCH, _MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1), timedelta(milliseconds=1)  # noqa: DTZ001
_LATEST = 9_214_646_400_000  # 2262: what the lake's time type holds
_JSON_DATE = re.compile(r"/Date\((-?\d+)\)/")  # PowerShell's ConvertTo-Json before version 7
_WMI_DATE = re.compile(r"(\d{14})\.(\d{3})\d{3}([+-]\d{3})")  # CIM DATETIME, offset in minutes (DSP0004 5.5.1)
_SECOND = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}").fullmatch
_AMERICAN = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S")
_SECONDS_UNTIL = 100_000_000_000  # a bare number below this is seconds, above it milliseconds (year 5138 or 1973)


def milliseconds(value: Any) -> int | None:
    """None when it is no time, or one outside 1970 to 2262."""
    if type(value) is str:
        found = _of_text(value.strip())
    elif type(value) in (int, float):
        found = int(value * 1000 if abs(value) < _SECONDS_UNTIL else value)
    else:
        return None
    return found if found is not None and 0 < found < _LATEST else None


def milliseconds_of(column: list[Any]) -> list[int | None]:
    """A whole column at once. Of the form that EVTX has (2026-01-15T03:00:00.123456Z) each second is read once."""
    seconds: dict[str, int | None] = {}
    found: list[int | None] = []
    for value in column:
        if type(value) is str and 24 <= len(value) <= 30 and value[19] == "." and value[-1] == "Z":
            second, fraction = value[:19], value[20:-1]
            if second not in seconds:
                seconds[second] = milliseconds(second) if _SECOND(second) else None
            base = seconds[second]
            if base is not None and fraction.isascii() and fraction.isdigit():
                found.append(base + int(fraction[:3]))
                continue
        found.append(milliseconds(value))
    return found


def _of_text(text: str) -> int | None:
    try:
        return _since_epoch(datetime.fromisoformat(text))
    except ValueError:
        return _of_rare_text(text)


def _of_rare_text(text: str) -> int | None:
    if json_date := _JSON_DATE.fullmatch(text):
        return int(json_date[1][:18])
    if wmi_date := _WMI_DATE.fullmatch(text):
        return _of_wmi(wmi_date[1], int(wmi_date[2]), int(wmi_date[3]))
    for form in _AMERICAN:
        try:
            return _since_epoch(datetime.strptime(text, form).replace(tzinfo=UTC))
        except ValueError:
            continue
    return None


def _of_wmi(digits: str, fraction_ms: int, offset_minutes: int) -> int | None:
    try:
        moment = datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return int(moment.timestamp()) * 1000 + fraction_ms - offset_minutes * 60_000


def _since_epoch(moment: datetime) -> int | None:
    if moment.tzinfo is None:
        return (moment - _NAIVE_EPOCH) // _MILLISECOND
    try:
        return (moment - _EPOCH) // _MILLISECOND
    except OverflowError:  # year 1 with an offset
        return None
