"""probe_address: does anything answer there, asked from this host? One echo request, one connection to each port."""

import ipaddress
import os
import select
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hinomi.sensor.action import EndpointAction, Work

WAIT_S = 2.0
MAX_PORTS = 16
ECHO = {4: (socket.AF_INET, socket.IPPROTO_ICMP, 8, 0), 6: (socket.AF_INET6, socket.IPPROTO_ICMPV6, 128, 129)}


def run(_work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    address = ipaddress.ip_address(parameters["address"])
    ports = [int(port) for port in parameters.get("ports", [])][:MAX_PORTS]
    with ThreadPoolExecutor(1 + len(ports)) as pool:
        ping = pool.submit(ping_answers, str(address), address.version)
        tried = {str(port): pool.submit(accepts, str(address), port) for port in ports}
        return {"ping": ping.result(), **{port: each.result() for port, each in tried.items()}}


def accepts(address: str, port: int) -> bool:
    """A refusal by the host itself would be an answer too; only what comes back with a handshake counts here."""
    try:
        socket.create_connection((address, port), WAIT_S).close()
    except OSError:
        return False
    return True


def ping_answers(address: str, version: int) -> bool:
    family, protocol, request, reply = ECHO[version]
    number, mark = os.getpid() & 0xFFFF, os.urandom(16)
    packet = struct.pack("!BBHHH", request, 0, 0, number, 1) + mark
    if version == 4:
        packet = packet[:2] + struct.pack("!H", checksum(packet)) + packet[4:]  # the kernel does it for IPv6
    try:
        with socket.socket(family, socket.SOCK_RAW | socket.SOCK_CLOEXEC, protocol) as raw:
            raw.sendto(packet, (address, 0))
            return _hears(raw, address, reply, mark)
    except OSError:
        return False


def _hears(raw: socket.socket, address: str, reply: int, mark: bytes) -> bool:
    deadline = time.monotonic() + WAIT_S
    while (left := deadline - time.monotonic()) > 0 and select.select([raw], [], [], left)[0]:
        data, (sender, *_) = raw.recvfrom(2048)
        header = (data[0] & 0x0F) * 4 if raw.family == socket.AF_INET else 0  # IPv4 comes with its own header
        if sender == address and data[header : header + 1] == bytes([reply]) and data.endswith(mark):
            return True
    return False


def checksum(data: Sequence[int]) -> int:
    """RFC 1071."""
    total = sum(data[at] << 8 | (data[at + 1] if at + 1 < len(data) else 0) for at in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


ACTION = EndpointAction("probe_address", run)
