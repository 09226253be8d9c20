"""Whose certificate a request shows, and how much a peer may send."""

import ssl
import time
from collections import OrderedDict
from dataclasses import dataclass

from aiohttp import web
from cryptography import x509
from cryptography.x509.oid import NameOID

from hinomi.errors import TooMany, Unauthorised

MOST_KNOWN = 10_000


@dataclass(frozen=True, slots=True)
class Peer:
    """`serial` is hexadecimal; TLS has checked that our authority signed the certificate and that its time is not over."""

    guid: str
    serial: str
    address: str


def peer_of(request: web.Request) -> Peer:
    """Unauthorised when no certificate was shown."""
    transport = request.transport
    secured = transport.get_extra_info("ssl_object") if transport is not None else None
    shown = secured.getpeercert(binary_form=True) if isinstance(secured, ssl.SSLObject | ssl.SSLSocket) else None
    if not shown:
        raise Unauthorised("This needs the certificate of an enrolled sensor.")
    certificate = x509.load_der_x509_certificate(shown)
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Peer(str(names[0].value) if names else "", f"{certificate.serial_number:x}", request.remote or "")


class Allowance:
    """So much a second on average, so much at once. One thread."""

    def __init__(self, per_s: float, burst: float) -> None:
        self._per_s, self._burst = per_s, burst
        self._level, self._at_s = burst, time.monotonic()

    def take(self, amount: float) -> float:
        """Take it; how many seconds to wait before more is taken in (0 while within the allowance)."""
        now_s = time.monotonic()
        self._level = min(self._burst, self._level + (now_s - self._at_s) * self._per_s) - amount
        self._at_s = now_s
        return max(0.0, -self._level / self._per_s)


class Knocking:
    """How often one address may knock at the doors that need no certificate. One thread; forgets the oldest."""

    def __init__(self, per_s: float = 2.0, burst: float = 30.0) -> None:
        self._per_s, self._burst = per_s, burst
        self._known: OrderedDict[str, Allowance] = OrderedDict()

    def check(self, address: str) -> None:
        """TooMany with the seconds to wait."""
        allowance = self._known.setdefault(address, Allowance(self._per_s, self._burst))
        self._known.move_to_end(address)
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        wait_s = allowance.take(1)
        if wait_s > 0:
            raise TooMany("Too many attempts from this address.", int(wait_s) + 1)
