"""Lines of /proc/net/tcp."""

import socket

from hypothesis import given
from hypothesis import strategies as st

from hinomi.sensor.telemetry.socket_table import TcpSocket, read_line, read_sockets

LINE = b"   1: 0100007F:0035 0900000A:C350 01 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000 20 0"


def test_a_line() -> None:
    assert read_line(LINE) == TcpSocket("127.0.0.1", 53, "10.0.0.9", 50000, False, 4711)
    assert read_line(LINE.replace(b" 01 ", b" 06 ")) is None  # TIME_WAIT
    six = LINE.replace(b"0100007F", b"0000000000000000FFFF0000090000" + b"0A")
    assert (read_line(six) or TcpSocket("", 0, "", 0, False, 0)).src == "10.0.0.9"


def test_the_real_table_knows_our_door() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        assert [one.src for one in read_sockets() if one.spt == port and one.is_listening] == ["127.0.0.1"]


@given(st.binary(max_size=200))
def test_any_line_is_read_without_harm(line: bytes) -> None:
    read_line(line)
