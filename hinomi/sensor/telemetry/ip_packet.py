"""IPv4 and IPv6 packets of UDP and TCP: who to whom, and what. Bytes in, data out; None for everything else."""

import ipaddress
import struct
from dataclasses import dataclass

TCP, UDP = 6, 17


@dataclass(frozen=True, slots=True)
class Packet:
    proto: int
    src: str
    spt: int
    dst: str
    dpt: int
    payload: bytes


def read(content: bytes) -> Packet | None:
    found = _network(content)
    if found is None:
        return None
    proto, src, dst, body = found
    if len(body) < 8:
        return None
    spt, dpt = struct.unpack_from(">HH", body)
    if proto == UDP:
        payload = body[8 : max(8, struct.unpack_from(">H", body, 4)[0])]
    elif proto == TCP and len(body) >= 20:
        payload = body[max(20, (body[12] >> 4) * 4) :]
    else:
        return None
    return Packet(proto, str(ipaddress.ip_address(src)), spt, str(ipaddress.ip_address(dst)), dpt, payload)


def _network(content: bytes) -> tuple[int, bytes, bytes, bytes] | None:
    """(protocol, source, destination, what it carries)."""
    version = content[0] >> 4 if content else 0
    if version == 4 and len(content) >= 20:
        length, total = (content[0] & 15) * 4, struct.unpack_from(">H", content, 2)[0]
        if length < 20 or struct.unpack_from(">H", content, 6)[0] & 0x1FFF:
            return None
        return content[9], content[12:16], content[16:20], content[length : max(length, total)]
    if version == 6 and len(content) >= 40:
        return content[6], content[8:24], content[24:40], content[40 : 40 + struct.unpack_from(">H", content, 4)[0]]
    return None
