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
_NEAR_MS = 5000  # between the packet of a relayed question and the relay's word of it


class DnsAskers:
    """Safe in several threads; bounded, the oldest are forgotten."""

    def __init__(self) -> None:
        self._seen: deque[tuple[int, str, int]] = deque(maxlen=_MOST)
        self._relayed: OrderedDict[int, tuple[int, int | None]] = OrderedDict()
        self._lock = Lock()
        self.relay: int | None = None  # the process that asks on for others

    def connected(self, at_ms: int, server: str, pid: int) -> None:
        with self._lock:
            self._seen.append((at_ms, server, pid))

    def relayed(self, at_ms: int, port: int, pid: int | None) -> None:
        """The relay asks on from this UDP port, for this process."""
        with self._lock:
            self._relayed[port] = at_ms, pid
            self._relayed.move_to_end(port)
            while len(self._relayed) > _MOST:
                self._relayed.popitem(last=False)

    def behind(self, at_ms: int, port: int) -> int | None:
        """The process that the relay asked for from this port at that time; told once."""
        with self._lock:
            told_ms, pid = self._relayed.get(port, (0, None))
            if abs(at_ms - told_ms) > _NEAR_MS:
                return None  # an older word: the port is somebody else's by now
            del self._relayed[port]
            return pid

    def of(self, at_ms: int, server: str) -> int | None:
        """The one process that may have asked; None when nobody or more than one may. The relay asks nothing of its own."""
        with self._lock:
            found = {
                pid
                for seen_ms, to, pid in self._seen
                if to == server and pid != self.relay and at_ms - _WINDOW_MS <= seen_ms <= at_ms + _SLACK_MS
            }
        return found.pop() if len(found) == 1 else None


@cache
def the_askers() -> DnsAskers:
    """Those of this sensor."""
    return DnsAskers()
