"""IP packets, honest and not."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from hinomi.sensor.telemetry import ip_packet
from hinomi.sensor.telemetry.ip_packet import TCP, UDP, Packet


def ipv4(proto: int, body: bytes, options: bytes = b"", fragment: int = 0) -> bytes:
    length = 20 + len(options)
    head = struct.pack(">BBHHHBBH4s4s", 0x40 | length // 4, 0, length + len(body), 1, fragment, 64, proto, 0,
                       bytes([10, 0, 0, 1]), bytes([10, 0, 0, 53]))  # fmt: skip
    return head + options + body


def udp(payload: bytes) -> bytes:
    return struct.pack(">HHHH", 4000, 53, 8 + len(payload), 0) + payload


def test_udp_and_what_follows_the_packet() -> None:
    expected = Packet(UDP, "10.0.0.1", 4000, "10.0.0.53", 53, b"hello")
    assert ip_packet.read(ipv4(UDP, udp(b"hello")) + b"padding") == expected
    assert ip_packet.read(ipv4(UDP, udp(b"hello"), options=bytes(8))) == expected


def test_tcp_over_ipv6() -> None:
    body = struct.pack(">HHIIBBHHH", 4000, 53, 0, 0, 6 << 4, 0, 0, 0, 0) + bytes(4) + b"data"
    head = struct.pack(">IHBB", 6 << 28, len(body), TCP, 64) + bytes(15) + b"\x01" + bytes(15) + b"\x02"
    assert ip_packet.read(head + body) == Packet(TCP, "::1", 4000, "::2", 53, b"data")


def test_later_fragments_and_others_are_none() -> None:
    assert ip_packet.read(ipv4(UDP, udp(b""), fragment=8)) is None
    assert ip_packet.read(ipv4(1, bytes(20))) is None


@given(st.binary(max_size=120))
def test_any_bytes_are_read_without_harm(content: bytes) -> None:
    ip_packet.read(content)
    ip_packet.read(b"\x45" + content)
    ip_packet.read(b"\x60" + content)
