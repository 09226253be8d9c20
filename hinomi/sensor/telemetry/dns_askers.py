"""Who asked for names lately, as others saw it: tells whose question it was when its socket does not.

connected   another source saw a connection to port 53: the asker may be gone already
relayed     the guard of listed names asks on in the place of the asker: the question leaves from the guard's socket
"""

from collections import OrderedDict, deque
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
        self._relayed: OrderedDict[int, int | None] = OrderedDict()
        self._lock = Lock()
        self.relay: int | None = None  # the process that asks on for others

    def connected(self, at_ms: int, server: str, pid: int) -> None:
        with self._lock:
            self._seen.append((at_ms, server, pid))

    def relayed(self, port: int, pid: int | None) -> None:
        """The relay asks on from this UDP port, for this process."""
        with self._lock:
            self._relayed[port] = pid
            self._relayed.move_to_end(port)
            while len(self._relayed) > _MOST:
                self._relayed.popitem(last=False)

    def behind(self, port: int) -> int | None:
        """The process that the relay asks for from this port; told once."""
        with self._lock:
            return self._relayed.pop(port, None)

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
