"""look_at_isolation: what stands in the kernel now, and whether a packet outward is refused by it."""

import errno
import socket
from collections.abc import Mapping
from typing import Any

from hinomi.sensor import isolation, nft
from hinomi.sensor.action import EndpointAction, Work

# documentation addresses (RFC 5737, RFC 3849): nobody is there, nothing leaves the first router
NOWHERE = ((socket.AF_INET, "192.0.2.254"), (socket.AF_INET6, "2001:db8::fffe"))


def _is_refused(family: int, address: str) -> bool | None:
    """Does our own kernel refuse a datagram outward? None: there is no way there at all."""
    with socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as outward:
        try:
            outward.sendto(b"", (address, 9))  # discard, RFC 863
        except OSError as error:
            return True if error.errno == errno.EPERM else None
    return False


def run(work: Work, _parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    refused = {address: _is_refused(family, address) for family, address in NOWHERE}
    return {**isolation.look(work.folder, work.now_ms()), "refused_outward": refused}


ACTION = EndpointAction("look_at_isolation", run, nft.missing)
