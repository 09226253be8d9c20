"""Name and addresses of this host, for every record; looked up again at most once a minute."""

import socket
import threading
import time

import psutil

_HOLDS_S = 60.0
_MOST = 32


class HostNames:
    """Thread-safe; costs nothing between two look-ups."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until_s = 0.0
        self._found: tuple[str, tuple[str, ...]] = ("", ())

    def __call__(self) -> tuple[str, tuple[str, ...]]:
        with self._lock:
            if time.monotonic() >= self._until_s:
                self._found = (socket.gethostname(), _addresses())
                self._until_s = time.monotonic() + _HOLDS_S
            return self._found


def _addresses() -> tuple[str, ...]:
    """Without loopback and link-local ones: they say nothing about which host it is."""
    found = [
        address.address.partition("%")[0]
        for addresses in psutil.net_if_addrs().values()
        for address in addresses
        if address.family in (socket.AF_INET, socket.AF_INET6)
    ]
    useful = [each for each in found if not each.startswith(("127.", "169.254.", "fe80:")) and each != "::1"]
    return tuple(dict.fromkeys(useful))[:_MOST]
