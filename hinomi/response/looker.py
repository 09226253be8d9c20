"""The server's own eyes: probes from this machine, from sensors near the target, and second looks by the target itself.

Everything ends at a deadline; what is asked after it is Unavailable.
"""

import ipaddress
import os
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from hinomi.errors import HinomiError, Unavailable
from hinomi.response.courier import Courier
from hinomi.schema.endpoint import Endpoint, EndpointQuery
from hinomi.schema.page import Page
from hinomi.schema.task import Target, TargetKind

PROBE_S = 1.0
LOOK_S = 15.0
MAX_NEIGHBOURS = 3
MAX_PORTS = 16
_ECHO = 8  # ICMP type, RFC 792
_ECHO_6 = 128  # ICMPv6 type, RFC 4443


class Neighbours(Protocol):
    def page(self, query: EndpointQuery) -> Page[Endpoint]: ...


LookHere = Callable[[Target, str, Mapping[str, Any]], Mapping[str, Any] | None]


def nothing_here(_target: Target, _action: str, _parameters: Mapping[str, Any]) -> None:
    """No target is this server's own."""
    return


class ServerLooker:
    """One for each verification. `deadline`: of `time.monotonic`."""

    def __init__(
        self,
        courier: Courier,
        neighbours: Neighbours,
        deadline: float,
        monotonic: Callable[[], float] = time.monotonic,
        look_here: LookHere = nothing_here,
    ) -> None:
        self._courier, self._neighbours = courier, neighbours
        self._deadline, self._monotonic, self._look_here = deadline, monotonic, look_here

    def reaches(self, address: str, ports: Sequence[int]) -> Mapping[str, bool]:
        """Asked from this server. Without "ping" when this machine may not send one."""
        self._left()
        return probe(address, ports)

    def ask_neighbours(self, target: Target, address: str, ports: Sequence[int]) -> Sequence[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        for guid in self._near(target, address):
            try:
                told = self._courier.ask(guid, "probe_address", _probe(address, ports), min(LOOK_S, self._left()))
                found.append({"endpoint": guid, **told})
            except HinomiError:
                continue  # a neighbour that is away proves nothing either way
        return found

    def ask(self, target: Target, action: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """Unavailable when it is away or silent. Mailboxes and directories are looked at by this server itself."""
        found = self._look_here(target, action, parameters)
        if found is not None:
            return found
        return self._courier.ask(_sensor(target), action, parameters, min(LOOK_S, self._left()))

    def is_connected(self, endpoint: str) -> bool:
        return endpoint in self._courier.connected()

    def _left(self) -> float:
        left = self._deadline - self._monotonic()
        if left <= 0:
            raise Unavailable("there was no time left to look")
        return left

    def _near(self, target: Target, address: str) -> list[str]:
        """Connected endpoints of the same network: /24 or /64, for netmasks are not known here."""
        here = _network(address)
        if here is None:
            return []
        page = self._neighbours.page(EndpointQuery(is_connected=True, top=1000))
        connected = self._courier.connected()
        near = [
            one.guid
            for one in page.items
            if one.guid in connected and one.guid != _sensor(target) and any(_network(ip) == here for ip in one.ips)
        ]
        return near[:MAX_NEIGHBOURS]


def _probe(address: str, ports: Sequence[int]) -> dict[str, Any]:
    return {"address": address, "ports": list(ports)[:MAX_PORTS]}


def _sensor(target: Target) -> str:
    return target.id.partition("\\")[0] if target.kind is TargetKind.ACCOUNT else target.id


def _network(address: str) -> object:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None
    return ipaddress.ip_network((found, 24 if found.version == 4 else 64), strict=False)


def probe(address: str, ports: Sequence[int], wait_s: float = PROBE_S) -> dict[str, bool]:
    """Does anything answer there: "ping", and each port (a refusal is an answer too). InputError-free: a bad address is silent."""
    try:
        ip = str(ipaddress.ip_address(address))
    except ValueError:
        return {}
    wanted = list(ports)[:MAX_PORTS]
    with ThreadPoolExecutor(len(wanted) + 1) as pool:
        pings = pool.submit(_pings, ip, wait_s)
        answers = dict(zip(map(str, wanted), pool.map(lambda port: _answers(ip, port, wait_s), wanted), strict=True))
    pinged = pings.result()
    return answers if pinged is None else {"ping": pinged, **answers}


def _answers(address: str, port: int, wait_s: float) -> bool:
    try:
        with socket.create_connection((address, port), timeout=wait_s):
            return True
    except ConnectionRefusedError:
        return True
    except OSError:
        return False


def _pings(address: str, wait_s: float) -> bool | None:
    """None when this process may not ping."""
    is_6 = ":" in address
    family = socket.AF_INET6 if is_6 else socket.AF_INET
    protocol = socket.IPPROTO_ICMPV6 if is_6 else socket.IPPROTO_ICMP
    try:  # the kernel fills in identifier and checksum (icmp(7), ping_group_range)
        line = socket.socket(family, socket.SOCK_DGRAM, protocol)
    except OSError:
        return _ping_word(address, wait_s)
    with line:
        line.settimeout(wait_s)
        token = os.urandom(8)
        try:
            line.sendto(struct.pack("!BBHHH", _ECHO_6 if is_6 else _ECHO, 0, 0, 0, 1) + token, (address, 0))
            return token in line.recv(256)
        except OSError:
            return False


def _ping_word(address: str, wait_s: float) -> bool | None:
    """With the system's own `ping`, which may what we may not."""
    try:
        words = ["ping", "-n", "-c", "1", "-W", str(max(1, round(wait_s))), address]
        done = subprocess.run(words, capture_output=True, timeout=wait_s + 2, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.returncode == 0
