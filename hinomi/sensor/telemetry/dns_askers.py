"""Who connected to port 53 lately, as another source saw it: tells whose question it was when the asker is gone already."""

from collections import deque
from functools import cache
from threading import Lock

PORT = 53
_MOST = 1024
_WINDOW_MS = 1000  # before the question; resolvers connect and ask at once
_SLACK_MS = 5


class DnsAskers:
    """Safe in several threads; bounded, the oldest are forgotten."""

    def __init__(self) -> None:
        self._seen: deque[tuple[int, str, int]] = deque(maxlen=_MOST)
        self._lock = Lock()

    def connected(self, at_ms: int, server: str, pid: int) -> None:
        with self._lock:
            self._seen.append((at_ms, server, pid))

    def of(self, at_ms: int, server: str) -> int | None:
        """The one process that may have asked; None when nobody or more than one may."""
        with self._lock:
            found = {
                pid
                for seen_ms, to, pid in self._seen
                if to == server and at_ms - _WINDOW_MS <= seen_ms <= at_ms + _SLACK_MS
            }
        return found.pop() if len(found) == 1 else None


@cache
def the_askers() -> DnsAskers:
    """Those of this sensor."""
    return DnsAskers()
