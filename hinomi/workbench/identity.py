"""Names of alerts and incidents: `WB-<org>-<yyyymmdd>-<nnnnn>`, the day (UTC) they were made and a count within it.

The count starts at 00000 each day and grows beyond five digits; a search may write it with fewer.
"""

import hashlib
import re
from datetime import UTC, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from hinomi.workbench.store import counters

ALERT, INCIDENT = "WB", "IC"
_DIGITS = 5
_ID = re.compile(r"(WB|IC)-(.{1,32})-([0-9]{8})-([0-9]{1,9})", re.IGNORECASE)


class Numbers:
    """Hands out ids of one kind inside one transaction; `save` writes what was taken."""

    def __init__(self, connection: Connection, kind: str, org: str, created_ms: int) -> None:
        self._connection = connection
        day = datetime.fromtimestamp(created_ms / 1000, UTC).strftime("%Y%m%d")
        self._stem = f"{kind}-{org}-{day}"
        wanted = select(counters.c.value).where(counters.c.name == self._stem).with_for_update()
        self._saved: int | None = connection.execute(wanted).scalar()
        self._next = self._saved or 0

    def take(self) -> str:
        self._next += 1
        return f"{self._stem}-{self._next - 1:0{_DIGITS}d}"

    def save(self) -> None:
        if self._saved is None and self._next:
            self._connection.execute(insert(counters).values(name=self._stem, value=self._next))
        elif self._saved != self._next and self._next:
            mine = counters.c.name == self._stem
            self._connection.execute(update(counters).where(mine).values(value=self._next))
        self._saved = self._next or None


def normal_id(text: str) -> str:
    """An id as it is stored: `wb-1-20261122-0001` is WB-1-20261122-00001. What is no id comes back as it is."""
    found = _ID.fullmatch(text.strip())
    if not found:
        return text
    kind, org, day, number = found.groups()
    return f"{kind.upper()}-{org}-{day}-{int(number):0{_DIGITS}d}"


def age_key(identity: str) -> tuple[int, str]:
    """Sorts ids of one kind and day by age."""
    return len(identity), identity


def etag(identity: str, version: int) -> str:
    return hashlib.sha256(f"{identity}:{version}".encode()).hexdigest()[:32]


def is_current(sent: str | None, current: str) -> bool:
    """Does an If-Match header name the current version? None and `*` always do; quotes and W/ do not count."""
    if sent is None:
        return True
    tags = [tag.strip().removeprefix("W/").strip('"') for tag in sent.split(",")]
    return current in tags or "*" in tags
