"""Whose port it is, by the real /proc of this test's own process."""

import os
import socket

from hinomi.sensor.telemetry.socket_owner import SocketOwner


def test_the_one_who_has_it() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        assert SocketOwner(lambda: 0.0).of("udp", made.getsockname()[1]) == os.getpid()


def test_nobody_has_it() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        port = made.getsockname()[1]
    assert SocketOwner(lambda: 0.0).of("udp", port) is None


def test_searching_is_bounded_and_who_had_one_is_asked_first() -> None:
    owner = SocketOwner(lambda: 0.0, rate=1)
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as first,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as second,
    ):
        for made in (first, second):
            made.bind(("127.0.0.1", 0))
            assert owner.of("udp", made.getsockname()[1]) == os.getpid()
    assert owner.unasked == 0
    fresh = SocketOwner(lambda: 0.0, rate=0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        assert fresh.of("udp", made.getsockname()[1]) is None
    assert fresh.unasked == 1
