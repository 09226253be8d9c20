"""Domains of the block list for real: a name server in one network namespace, a host that asks it in another."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.sensor import name_block, name_guard, nft
from hinomi.sensor.name_block import NameBlock, name_servers, question_for, was_refused
from hinomi.sensor.name_guard import name_of, read_framed, refused
from tests.make_endpoint import Space, needs_network, spaces

FOREVER = 1 << 60
PATIENCE_S = 30.0
NAMED, HOST = ("192.0.2.1", "fd00::1"), ("192.0.2.7", "fd00::7")


class Named:
    """A name server that answers every question with its own text, over UDP and TCP."""

    def __init__(self, space: Space) -> None:
        self._open = [space.does(lambda kind=kind, at=at: _door(kind, at)) for kind in _KINDS for at in NAMED]
        for each in self._open:
            threading.Thread(target=self._serve, args=(each,), daemon=True).start()

    @staticmethod
    def _serve(door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                if door.type == socket.SOCK_DGRAM:
                    question, peer = door.recvfrom(4096)
                    if not question:
                        return  # closed
                    door.sendto(_answer(question, door), peer)
                else:
                    stream, _ = door.accept()
                    with stream:
                        while (asked := read_framed(stream)) is not None:
                            found = _answer(asked, door)
                            stream.sendall(len(found).to_bytes(2, "big") + found)

    def close(self) -> None:
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


_KINDS = (socket.SOCK_DGRAM, socket.SOCK_STREAM)


def _door(kind: int, at: str) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ":" in at else socket.AF_INET, kind)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((at, 53))
    if kind == socket.SOCK_STREAM:
        made.listen()
    return made


def _answer(question: bytes, door: socket.socket) -> bytes:
    return question[:2] + b"\x81\x80" + question[4:] + f"by {door.getsockname()[0]}".encode()


@pytest.fixture
def net() -> Iterator[tuple[Space, Space, list[tuple[str, dict[str, Any]]], NameBlock]]:
    told: list[tuple[str, dict[str, Any]]] = []
    block = NameBlock(lambda kind, data: told.append((kind, dict(data))))
    with spaces(NAMED, HOST) as (named, host):
        server = Named(named)
        try:
            yield named, host, told, block
        finally:
            host.does(block.stop)
            server.close()


def ask(space: Space, name: str, at: str, kind: int = socket.SOCK_DGRAM) -> bytes:
    def there() -> bytes:
        with socket.socket(socket.AF_INET6 if ":" in at else socket.AF_INET, kind) as line:
            line.settimeout(5)
            line.connect((at, 53))
            question = question_for(name)
            if kind == socket.SOCK_DGRAM:
                line.send(question)
                return line.recv(4096)
            line.sendall(len(question).to_bytes(2, "big") + question)
            return read_framed(line) or b""

    return space.does(there)


def exists(answer: bytes) -> bool:
    return answer[3] & 0xF == 0


def refuse(host: Space, block: NameBlock, *names: str, until: int = FOREVER) -> str | None:
    return host.does(lambda: block.follow(dict.fromkeys(names, until)))


@needs_network
@pytest.mark.parametrize("at", NAMED)
@pytest.mark.parametrize("kind", _KINDS)
def test_a_listed_name_and_all_below_it_no_longer_resolve(net, at, kind) -> None:
    _, host, _, block = net
    assert exists(ask(host, "bad.example", at, kind))
    assert refuse(host, block, "bad.example") is None
    assert not exists(ask(host, "bad.example", at, kind))
    assert not exists(ask(host, "a.b.BAD.example", at, kind))
    for other in ("good.example", "notbad.example", "bad.example.org"):
        assert ask(host, other, at, kind).endswith(f"by {at}".encode()), "it was asked of whom it was meant for"
    refuse(host, block)
    assert exists(ask(host, "bad.example", at, kind))
    assert host.run("nft", "list", "tables") == ""


@needs_network
def test_what_is_tried_is_what_happens(net) -> None:
    _, host, told, block = net
    assert host.does(lambda: was_refused("bad.example", NAMED[0])) is False
    refuse(host, block, "bad.example")
    assert host.does(lambda: was_refused("bad.example", NAMED[0])) is True
    assert host.does(lambda: was_refused("good.example", NAMED[0])) is False
    wait_for(lambda: any(kind == "dns_query" for kind, _ in told))
    asked = next(data for kind, data in told if kind == "dns_query")
    assert (asked["name"], asked["result"]) == ("bad.example", "blocked")


@needs_network
def test_time_is_over(net) -> None:
    _, host, _, block = net
    refuse(host, block, "bad.example", until=int(time.time() * 1000) - 1)
    assert exists(ask(host, "bad.example", NAMED[0]))


@needs_network
def test_a_resolver_that_dies_is_passed_by_at_once_and_comes_back(net) -> None:
    _, host, told, block = net
    refuse(host, block, "bad.example")
    os.kill(block._guard.pid or 0, signal.SIGKILL)
    wait_for(lambda: any(kind == "sensor_tamper" for kind, _ in told))
    assert exists(ask(host, "bad.example", NAMED[0]))

    def again() -> bool:
        host.does(block.keep)
        return not exists(ask(host, "bad.example", NAMED[0]))

    wait_for(again)


@needs_network
def test_a_resolver_that_hangs_is_passed_by_when_its_time_is_over(net, monkeypatch) -> None:
    monkeypatch.setattr(name_block, "ALIVE_S", 3)
    _, host, _, block = net
    refuse(host, block, "bad.example")
    os.kill(block._guard.pid or 0, signal.SIGSTOP)

    def is_passed_by() -> bool:
        host.does(block.keep)
        with suppress(TimeoutError):
            return exists(ask(host, "bad.example", NAMED[0]))
        return False

    wait_for(is_passed_by)


@needs_network
def test_one_that_answers_is_kept(net, monkeypatch) -> None:
    monkeypatch.setattr(name_block, "ALIVE_S", 3)
    _, host, _, block = net
    refuse(host, block, "bad.example")
    until = time.monotonic() + 5
    while time.monotonic() < until:
        host.does(block.keep)
        assert not exists(ask(host, "bad.example", NAMED[0]))


@needs_network
def test_rules_that_were_removed_are_made_again(net) -> None:
    _, host, told, block = net
    refuse(host, block, "bad.example")
    host.run("nft", "delete", "table", "inet", name_block.TABLE)
    assert host.does(block.is_intact) is False
    host.does(block.keep)
    assert host.does(block.is_intact) is True
    assert ("sensor_tamper", "block_list_rules") in [(kind, data.get("name")) for kind, data in told]


@needs_network
def test_the_hosts_own_rules_stay(net) -> None:
    _, host, _, block = net
    host.run("nft", "add", "table", "ip", "mine")
    before = host.does(lambda: nft.ruleset_sha256([name_block.TABLE]))
    refuse(host, block, "bad.example")
    assert host.does(lambda: nft.ruleset_sha256([name_block.TABLE])) == before


@given(st.binary(max_size=200))
def test_any_packet_is_read_or_passed_on(raw: bytes) -> None:
    name = name_of(raw)
    if name is not None:
        answer = refused(raw)
        assert answer[:2] == raw[:2]
        assert answer[3] & 0xF == name_guard.NXDOMAIN


def test_the_name_of_a_question() -> None:
    assert name_of(question_for("Some.Where.example")) == "some.where.example"
    assert name_of(question_for("x.example")[:-20]) is None


def test_name_servers() -> None:
    text = "search x\nnameserver 127.0.0.53\nnameserver 192.0.2.1\nnameserver fe80::1%eth0\nnameserver fd00::1\nnameserver x\n"
    assert name_servers([text, text]) == ["192.0.2.1", "fd00::1"]


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < until
        time.sleep(0.01)
