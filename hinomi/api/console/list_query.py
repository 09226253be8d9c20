"""What lists of the console have in common: comma lists, order, "since"."""

from collections.abc import Callable
from typing import TypeVar

from hinomi.errors import InputError

T = TypeVar("T")

_SINCE_MS = {"24h": 86_400_000, "7d": 7 * 86_400_000, "30d": 30 * 86_400_000}


def read_list(name: str, text: str | None, kind: Callable[[str], T]) -> list[T]:
    """Members of a comma list, each made by `kind`; InputError for one that it refuses."""
    found = []
    for member in (text or "").split(","):
        if not member.strip():
            continue
        try:
            found.append(kind(member.strip()))
        except ValueError as error:
            raise InputError(f"{name}: {member.strip()[:60]!r} is not known") from error
    return found


def read_order(text: str | None, default: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """`score desc, createdDateTime desc` as pairs; a bare field is ascending. The room knows which fields there are."""
    found = []
    for part in (text or "").split(","):
        field, _, direction = part.strip().partition(" ")
        if not field:
            continue
        direction = direction.strip().lower() or "asc"
        if direction not in ("asc", "desc"):
            raise InputError(f"orderBy: {part.strip()[:60]!r} ends with neither asc nor desc")
        found.append((field, direction))
    return tuple(found) or default


def read_since(text: str | None, now_ms: int) -> int | None:
    """The start of the last 24h, 7d or 30d; None for all."""
    if not text or text == "all":
        return None
    if text not in _SINCE_MS:
        raise InputError(f"created: {text[:60]!r} is not one of 24h, 7d, 30d, all")
    return now_ms - _SINCE_MS[text]
